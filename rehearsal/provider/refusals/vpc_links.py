"""Refusals of VPC links of version 2, and of integrations over a VPC link."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rehearsal.provider.refusals.refusal import Parameters, Refusal
from rehearsal.provider.shapes import found

if TYPE_CHECKING:
    from rehearsal.provider.cloud import Cloud

_GUIDE = "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-vpc-links-v2.html"

_WITHOUT_LINKS: Mapping[str, str] = {
    "use1-az3": "snyk/driftctl#1329",
    "euw3-az2": "aws/aws-cdk#13569",
    "ape1-az1": "aws/aws-cdk#12083",
    "cac1-az4": "formkiq/formkiq-core#205",
    "apne2-az4": _GUIDE,
    "usw1-az2": _GUIDE,
}
"""Zones in which API Gateway makes no network interfaces, and who met them or says so."""

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


def _zone(cloud: "Cloud", parameters: Parameters) -> str | None:
    answer = cloud.client("ec2").describe_subnets(SubnetIds=parameters["SubnetIds"])
    for subnet in answer["Subnets"]:
        zone_id = subnet["AvailabilityZoneId"]
        if zone_id in _WITHOUT_LINKS:
            return (
                f"Subnet '{subnet['SubnetId']}' is in Availability Zone '{zone_id}' where service "
                f"is not available ({_WITHOUT_LINKS[zone_id]})"
            )
    return None


REFUSALS: tuple[Refusal, ...] = (
    Refusal(service="apigatewayv2", operations=("CreateVpcLink",), source=_GUIDE, problem=_zone),
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
