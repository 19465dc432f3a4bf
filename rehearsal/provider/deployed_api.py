"""What a stage of a REST API serves: the snapshot that its deployment took, read by GetExport."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rehearsal.provider.shapes import found

if TYPE_CHECKING:
    from rehearsal.provider.cloud import Cloud

_ANY = "x-amazon-apigateway-any-method"


@dataclass(frozen=True, kw_only=True)
class Route:
    """One deployed method.

    Attributes:
        path: the resource's path, such as `/flows/{proxy+}`.
        method: an HTTP method, or `ANY`.
        key_required: whether a caller needs an API key.
        authorization: `NONE`, `AWS_IAM` or another way of API Gateway.
        integration: `x-amazon-apigateway-integration` as exported.
    """

    path: str
    method: str
    key_required: bool
    authorization: str
    integration: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class DeployedApi:
    """A deployment's routes, resource policy (None without one), and whether callers are let in."""

    routes: tuple[Route, ...]
    policy: Mapping[str, Any] | None
    endpoint_disabled: bool


def deployed_api(cloud: "Cloud", api_id: str, stage_name: str) -> DeployedApi | None:
    """Return what a stage serves, or None when there is no such API or stage.

    A deployment is a snapshot: changes of methods, integrations and policy are served after the
    next one (https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-deploy-api.html).
    """
    answer = found(
        cloud.client("apigateway").get_export,
        "NotFoundException",
        restApiId=api_id,
        stageName=stage_name,
        exportType="oas30",
        parameters={"extensions": "apigateway"},
    )
    if answer is None:
        return None
    document = json.loads(answer["body"].read())
    (server,) = document["servers"]
    return DeployedApi(
        routes=tuple(
            _route(path, verb, operation)
            for path, operations in document["paths"].items()
            for verb, operation in operations.items()
        ),
        policy=document.get("x-amazon-apigateway-policy"),
        endpoint_disabled=server["x-amazon-apigateway-endpoint-configuration"][
            "disableExecuteApiEndpoint"
        ],
    )


def _route(path: str, verb: str, operation: Mapping[str, Any]) -> Route:
    return Route(
        path=path,
        method="ANY" if verb == _ANY else verb.upper(),
        key_required={"api_key": []} in operation.get("security", ()),
        authorization=operation.get("x-amazon-apigateway-auth", {}).get("type", "NONE"),
        integration=operation.get("x-amazon-apigateway-integration", {}),
    )
