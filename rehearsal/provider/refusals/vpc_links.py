"""Refusals of integrations over a VPC link."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rehearsal.provider.refusals.refusal import Parameters, Refusal
from rehearsal.provider.shapes import found

if TYPE_CHECKING:
    from rehearsal.provider.cloud import Cloud

_MISSING = "NotFoundException"


def _integration(cloud: "Cloud", parameters: Parameters) -> Mapping[str, Any]:
    """Return an integration as a call would leave it."""
    if "patchOperations" not in parameters:
        return parameters
    place = {name: parameters[name] for name in ("restApiId", "resourceId", "httpMethod")}
    before = found(cloud.client("apigateway").get_integration, _MISSING, **place) or {}
    patched = {
        one["path"].removeprefix("/"): one.get("value", "") for one in parameters["patchOperations"]
    }
    return {**before, **patched}


def _without_target(cloud: "Cloud", parameters: Parameters) -> str | None:
    integration = _integration(cloud, parameters)
    link, target = integration.get("connectionId"), integration.get("integrationTarget")
    if not link or target:
        return None
    second = found(cloud.client("apigatewayv2").get_vpc_link, _MISSING, VpcLinkId=link)
    return f"IntegrationTarget is required for VpcLinkV2 {link}." if second else None


def _with_target(cloud: "Cloud", parameters: Parameters) -> str | None:
    integration = _integration(cloud, parameters)
    link, target = integration.get("connectionId"), integration.get("integrationTarget")
    if not link or not target:
        return None
    first = found(cloud.client("apigateway").get_vpc_link, _MISSING, vpcLinkId=link)
    if first is None:
        return None
    return f"IntegrationTarget {target} is given for the VPC link {link} of version 1"


REFUSALS: tuple[Refusal, ...] = (
    Refusal(
        service="apigateway",
        operations=("PutIntegration", "UpdateIntegration"),
        source="hashicorp/terraform-provider-aws#45230",
        problem=_without_target,
    ),
    Refusal(
        service="apigateway",
        operations=("PutIntegration", "UpdateIntegration"),
        # AWS names it for links of version 2 only; whether it refuses or passes over it otherwise
        # is not documented, and the stricter way is taken.
        source="https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-private-integration.html",
        problem=_with_target,
    ),
)
"""What API Gateway refuses and the emulator accepts."""
