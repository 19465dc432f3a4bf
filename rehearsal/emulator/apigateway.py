"""What the emulator's API Gateway lacks: updates, snapshots of deployments, exports, and tags.

Every function stands in the place of a method of moto 5.2.5 (pinned exactly); its docstring says
why. `apply` puts them there, before the emulator answers its first request.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import unquote

from moto.apigateway import exceptions, models, responses, urls

from rehearsal.emulator.apigateway_export import openapi_document

Operations = Sequence[Mapping[str, str]]
Fields = Mapping[str, tuple[str, Callable[[str], Any]]]

_PARAMETERS = "/requestParameters"


def _boolean(text: str) -> bool:
    return text.lower() == "true"


_METHOD: Fields = {
    "/authorizationType": ("authorization_type", str),
    "/apiKeyRequired": ("api_key_required", _boolean),
    _PARAMETERS: ("request_parameters", _boolean),
}
_INTEGRATION: Fields = {
    "/uri": ("uri", str),
    "/connectionType": ("connection_type", str),
    "/connectionId": ("connection_id", str),
    "/integrationTarget": ("integration_target", str),
    "/timeoutInMillis": ("timeout_in_millis", int),
    _PARAMETERS: ("request_parameters", str),
}
_RESOURCE: Fields = {"/pathPart": ("path_part", str), "/parentId": ("parent_id", str)}
_DEPLOYMENT: Fields = {"/description": ("description", str)}
_VPC_LINK: Fields = {"/name": ("name", str), "/description": ("description", str)}
_USAGE_PLAN_NUMBERS: Mapping[str, Callable[[str], Any]] = {
    "/throttle/rateLimit": float,
    "/throttle/burstLimit": int,
    "/quota/limit": int,
    "/quota/offset": int,
}


def _patch(target: Any, operations: Operations, fields: Fields) -> None:
    for operation in operations:
        path, removed = operation["path"], operation["op"] == "remove"
        parent, _, key = path.rpartition("/")
        name, convert = fields.get(path) or fields.get(parent) or ("", str)
        if not name:
            raise exceptions.BadRequestException(f"Invalid patch path '{path}' specified")
        value = None if removed else convert(operation["value"])
        if path in fields:
            setattr(target, name, value)
            continue
        entries = dict(getattr(target, name) or {})
        entries.pop(key, None)
        setattr(target, name, entries if removed else {**entries, key: value})


def _parts(response: Any) -> list[str]:
    """Return the path's parts: `restapis`, API, `resources`, resource, `methods`, method, ..."""
    return unquote(response.path).strip("/").split("/")


def update_method(response: Any) -> Any:
    """Answer UpdateMethod, which moto does not know; putting it again loses its integration."""
    _, api, _, resource, _, method = _parts(response)
    found = response.backend.get_method(api, resource, method)
    _patch(found, response._get_param("patchOperations"), _METHOD)
    return 200, {}, json.dumps(found.to_json())


def update_integration(response: Any) -> Any:
    """Answer UpdateIntegration, which moto does not know."""
    _, api, _, resource, _, method, _ = _parts(response)
    found = response.backend.get_integration(api, resource, method)
    if found is None:
        raise exceptions.NoIntegrationDefined
    _patch(found, response._get_param("patchOperations"), _INTEGRATION)
    return 200, {}, json.dumps(found.to_json())


def update_resource(response: Any) -> Any:
    """Answer UpdateResource, which moto does not know."""
    _, api, _, resource = _parts(response)
    found = response.backend.get_resource(api, resource)
    _patch(found, response._get_param("patchOperations"), _RESOURCE)
    return 200, {}, json.dumps(found.to_dict())


def update_deployment(response: Any) -> Any:
    """Answer UpdateDeployment, which moto does not know."""
    _, api, _, deployment = _parts(response)
    found = response.backend.get_deployment(api, deployment)
    _patch(found, response._get_param("patchOperations"), _DEPLOYMENT)
    return 200, {}, json.dumps(found.to_json())


def update_vpc_link(response: Any) -> Any:
    """Answer UpdateVpcLink, which moto does not know."""
    _, link = _parts(response)
    found = response.backend.get_vpc_link(link)
    _patch(found, response._get_param("patchOperations"), _VPC_LINK)
    return 200, {}, json.dumps(found.to_json())


def _keeping_the_link(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def put_integration(response: Any) -> Any:
        """Keep `connectionId`, the VPC link, and where it leads to, which moto drops."""
        status, headers, _ = original(response)
        _, api, _, resource, _, method, _ = _parts(response)
        integration = response.backend.get_integration(api, resource, method)
        integration.connection_id = response._get_param("connectionId")
        integration.integration_target = response._get_param("integrationTarget")
        return status, headers, json.dumps(integration.to_json())

    return put_integration


def _telling_the_link(original: Callable[[Any], dict[str, Any]]) -> Callable[[Any], Any]:
    def to_json(integration: Any) -> dict[str, Any]:
        """Answer `connectionId` and `integrationTarget` as well."""
        return {
            **original(integration),
            "connectionId": getattr(integration, "connection_id", None),
            "integrationTarget": getattr(integration, "integration_target", None),
        }

    return to_json


def _taking_snapshots(original: Callable[..., Any]) -> Callable[..., Any]:
    def create_deployment(api: Any, *arguments: Any, **named: Any) -> Any:
        """Keep with a deployment what is deployed; moto serves what the API is at the moment."""
        deployment = original(api, *arguments, **named)
        deployment.snapshot = openapi_document(api)
        return deployment

    return create_deployment


def get_deployment(api: Any, deployment_id: str) -> Any:
    """Answer a missing deployment as AWS does; moto fails with a server error."""
    if deployment_id not in api.deployments:
        raise exceptions.DeploymentNotFoundException
    return api.deployments[deployment_id]


def get_export(response: Any) -> Any:
    """Export the stage's deployment; moto exports the API as it is, without integrations."""
    _, api_id, _, stage_name, _, export_type = _parts(response)
    if export_type != "oas30":
        raise exceptions.BadRequestException(f"No API exporter for type '{export_type}'")
    stage = response.backend.get_stage(api_id, stage_name)
    deployment = response.backend.get_deployment(api_id, stage.deployment_id)
    return 200, {"Content-Type": "application/octet-stream"}, deployment.snapshot.encode()


def _reading_booleans(original: Callable[[Any, Operations], None]) -> Callable[..., None]:
    def apply_patch_operations(api: Any, operations: Operations) -> None:
        """Read `false` as false; moto's bool("false") is true."""
        original(api, operations)
        for operation in operations:
            if operation["path"] == "/disableExecuteApiEndpoint":
                api.disableExecuteApiEndpoint = _boolean(operation["value"])

    return apply_patch_operations


def _reading_numbers(original: Callable[[Any, Operations], None]) -> Callable[..., None]:
    def apply_patch_operations(plan: Any, operations: Operations) -> None:
        """Keep numbers as numbers; moto keeps quotas as text and refuses fractional rates."""
        rest = [one for one in operations if one["path"] not in _USAGE_PLAN_NUMBERS]
        original(plan, rest)
        for operation in operations:
            if operation["path"] in _USAGE_PLAN_NUMBERS:
                _, group, key = operation["path"].split("/")
                value = _USAGE_PLAN_NUMBERS[operation["path"]](operation["value"])
                getattr(plan, group)[key] = value

    return apply_patch_operations


def _tagged(response: Any) -> Any:
    """Return what a tag call's ARN names: `arn:...::/restapis/ID`, `.../stages/NAME`, and so on."""
    _, collection, name, *stage = unquote(response.path.split("/tags/")[1]).split("/")
    backend = response.backend
    if stage:
        return backend.get_stage(name, stage[-1])
    getters = {
        "restapis": backend.get_rest_api,
        "apikeys": backend.get_api_key,
        "usageplans": backend.get_usage_plan,
        "vpclinks": backend.get_vpc_link,
    }
    return getters[collection](name)


def get_tags(response: Any) -> str:
    """Answer the tags of every kind of resource; moto knows those of stages only."""
    return json.dumps({"tags": _tagged(response).tags or {}})


def tag_resource(response: Any) -> Any:
    """Tag every kind of resource; moto tags stages only."""
    target = _tagged(response)
    target.tags = {**(target.tags or {}), **response._get_param("tags")}
    return 204, {"status": 204}, ""


def untag_resource(response: Any) -> Any:
    """Untag every kind of resource; moto untags stages only."""
    target = _tagged(response)
    removed = response.querystring.get("tagKeys", [])
    target.tags = {key: text for key, text in (target.tags or {}).items() if key not in removed}
    return 204, {"status": 204}, ""


_TAG_PATH = (
    "{0}/tags/arn:(?P<partition>[^/]+):apigateway:(?P<region_name>[^/]+)::"
    "/(?P<collection>[^/]+)/(?P<resource_id>[^/]+)$"
)

_RESPONSES = (
    update_method,
    update_integration,
    update_resource,
    update_deployment,
    update_vpc_link,
    get_export,
    get_tags,
    tag_resource,
    untag_resource,
)

_WRAPPED: tuple[tuple[type, str, Callable[..., Any]], ...] = (
    (responses.APIGatewayResponse, "put_integration", _keeping_the_link),
    (models.Integration, "to_json", _telling_the_link),
    (models.RestAPI, "create_deployment", _taking_snapshots),
    (models.RestAPI, "apply_patch_operations", _reading_booleans),
    (models.UsagePlan, "apply_patch_operations", _reading_numbers),
)


@cache
def apply() -> None:
    """Patch moto's API Gateway, once a process; before the emulator's first request to it."""
    for function in _RESPONSES:
        setattr(responses.APIGatewayResponse, function.__name__, function)
    for owner, name, wrap in _WRAPPED:
        setattr(owner, name, wrap(getattr(owner, name)))
    setattr(models.RestAPI, get_deployment.__name__, get_deployment)
    urls.url_paths[_TAG_PATH] = responses.APIGatewayResponse.dispatch
