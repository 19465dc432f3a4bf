"""Refusals of the VPC links of HTTP APIs."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rehearsal.provider.refusals.refusal import Parameters, Refusal

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
)
"""The rows of this module."""
