"""What the emulator's HTTP APIs lack: updates of stages, and the list of authorizers.

The functions stand in the place of methods of moto 5.2.5 (pinned exactly); their docstrings say
why. `apply` puts them there, before the emulator answers its first request.
"""

import json
from functools import cache
from typing import Any
from urllib.parse import unquote

from moto.apigatewayv2.responses import ApiGatewayV2Response

_FIELDS = {
    "accessLogSettings": "access_log_settings",
    "autoDeploy": "auto_deploy",
    "defaultRouteSettings": "default_route_settings",
    "description": "description",
}


def update_stage(response: Any) -> Any:
    """Answer UpdateStage, which moto does not know."""
    path = response.path.split("/")
    stage = response.apigatewayv2_backend.get_stage(path[-3], unquote(path[-1]))
    for name, value in json.loads(response.body).items():
        setattr(stage, _FIELDS[name], value)
    return 200, {}, json.dumps(stage.to_json())


def get_authorizers(response: Any) -> Any:
    """Answer GetAuthorizers, which moto does not know; it answers with an internal error."""
    api = response.apigatewayv2_backend.get_api(response.path.split("/")[-2])
    items = [one.to_json() for one in api.authorizers.values()]
    return 200, {}, json.dumps({"items": items})


@cache
def apply() -> None:
    """Patch moto's HTTP APIs, once a process."""
    ApiGatewayV2Response.update_stage = update_stage  # type: ignore[attr-defined]
    ApiGatewayV2Response.get_authorizers = get_authorizers  # type: ignore[attr-defined]
