"""What the emulator's HTTP APIs lack: updates of stages, and their tags.

Every function stands in the place of a method of moto 5.2.5 (pinned exactly); its docstring says
why. `apply` puts them there, before the emulator answers its first request.
"""

import json
from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import unquote

from moto.apigatewayv2.models import ApiGatewayV2Backend
from moto.apigatewayv2.responses import ApiGatewayV2Response

_FIELDS = {
    "accessLogSettings": "access_log_settings",
    "autoDeploy": "auto_deploy",
    "defaultRouteSettings": "default_route_settings",
    "description": "description",
}
_STAGES = "/stages/"


def update_stage(response: Any) -> Any:
    """Answer UpdateStage, which moto does not know."""
    path = response.path.split("/")
    stage = response.apigatewayv2_backend.get_stage(path[-3], unquote(path[-1]))
    for name, value in json.loads(response.body).items():
        setattr(stage, _FIELDS[name], value)
    return 200, {}, json.dumps(stage.to_json())


def _tagging(original: Callable[..., None]) -> Callable[..., None]:
    def tag_resource(backend: Any, resource_arn: str, tags: dict[str, str]) -> None:
        """Give a stage its tags; moto keeps those that it was made with."""
        original(backend, resource_arn, tags)
        if _STAGES in resource_arn:
            _stage(backend, resource_arn).tags.update(tags)

    return tag_resource


def _untagging(original: Callable[..., None]) -> Callable[..., None]:
    def untag_resource(backend: Any, resource_arn: str, tag_keys: list[str]) -> None:
        """Take tags from a stage, too."""
        original(backend, resource_arn, tag_keys)
        if _STAGES in resource_arn:
            tags = _stage(backend, resource_arn).tags
            for key in tag_keys:
                tags.pop(key, None)

    return untag_resource


def _stage(backend: Any, resource_arn: str) -> Any:
    api, _, name = resource_arn.rpartition("/apis/")[2].partition(_STAGES)
    return backend.get_stage(api, name)


@cache
def apply() -> None:
    """Patch moto's HTTP APIs, once a process."""
    ApiGatewayV2Response.update_stage = update_stage  # type: ignore[attr-defined]
    for name, wrap in (("tag_resource", _tagging), ("untag_resource", _untagging)):
        setattr(ApiGatewayV2Backend, name, wrap(getattr(ApiGatewayV2Backend, name)))
