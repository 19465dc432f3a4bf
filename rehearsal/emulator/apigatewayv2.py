"""What the emulator's HTTP APIs lack: updates and tags of stages, the list of authorizers.

The functions stand in the place of methods of moto 5.2.5 (pinned exactly); their docstrings say
why. `apply` puts them there, before the emulator answers its first request.
"""

import json
import re
from functools import cache
from typing import Any
from urllib.parse import unquote

from moto.apigateway import urls
from moto.apigatewayv2.responses import ApiGatewayV2Response

_TAGS_OF_STAGES = (
    "{0}/v2/tags/(?P<resource_arn_pt1>[^/]+)/apis/(?P<resource_arn_pt2>[^/]+)"
    "/stages/(?P<resource_arn_pt3>[^/]+)$"
)
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


def tag_resource(response: Any) -> Any:
    """Answer TagResource for stages, too, whose tags moto keeps in the stage."""
    tagged, tags = _stage_named(response), json.loads(response.body).get("tags", {})
    if tagged is None:
        return _tag_resource(response)
    tagged.tags = {**(tagged.tags or {}), **tags}
    return 201, {}, "{}"


def untag_resource(response: Any) -> Any:
    """Answer UntagResource for stages, too."""
    tagged = _stage_named(response)
    if tagged is None:
        return _untag_resource(response)
    removed = response.querystring.get("tagKeys", ())
    tagged.tags = {key: value for key, value in (tagged.tags or {}).items() if key not in removed}
    return 200, {}, "{}"


def _stage_named(response: Any) -> Any:
    """Return the stage that a request about tags names by its ARN; None for anything else."""
    found = _STAGE.search(unquote(response.path))
    return found and response.apigatewayv2_backend.get_stage(*found.groups())


_STAGE = re.compile(r"/apis/([^/]+)/stages/([^/]+)$")
_tag_resource = ApiGatewayV2Response.tag_resource
_untag_resource = ApiGatewayV2Response.untag_resource


@cache
def apply() -> None:
    """Patch moto's HTTP APIs, once a process."""
    # Both versions are asked at one host, whose paths moto's first version has.
    urls.url_paths[_TAGS_OF_STAGES] = ApiGatewayV2Response.dispatch
    ApiGatewayV2Response.tag_resource = tag_resource  # type: ignore[method-assign, assignment]
    ApiGatewayV2Response.untag_resource = untag_resource  # type: ignore[method-assign, assignment]
    ApiGatewayV2Response.update_stage = update_stage  # type: ignore[attr-defined]
    ApiGatewayV2Response.get_authorizers = get_authorizers  # type: ignore[attr-defined]
