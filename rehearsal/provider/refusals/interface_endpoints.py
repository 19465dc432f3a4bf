"""Refusals of interface endpoints: of services that are not there, or not in every zone."""

from typing import TYPE_CHECKING, Any

from rehearsal.provider.refusals.refusal import Parameters, Refusal
from rehearsal.provider.shapes import found

if TYPE_CHECKING:
    from rehearsal.provider.cloud import Cloud

_API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html"
_INTERFACE = "Interface"


def _service(cloud: "Cloud", name: str) -> Any:
    call = cloud.client("ec2").describe_vpc_endpoint_services
    kind = [{"Name": "service-type", "Values": [_INTERFACE]}]
    answer = found(call, "InvalidServiceName", ServiceNames=[name], Filters=kind) or {}
    return next(iter(answer.get("ServiceDetails", ())), None)


def _unknown_service(cloud: "Cloud", parameters: Parameters) -> str | None:
    name = parameters["ServiceName"]
    if parameters.get("VpcEndpointType") != _INTERFACE or _service(cloud, name):
        return None
    return f"InvalidServiceName: The Vpc Endpoint Service '{name}' does not exist"


def _zone(cloud: "Cloud", parameters: Parameters) -> str | None:
    if parameters.get("VpcEndpointType") != _INTERFACE:
        return None
    return _unserved(cloud, parameters["ServiceName"], parameters.get("SubnetIds") or [])


def _added_zone(cloud: "Cloud", parameters: Parameters) -> str | None:
    added = parameters.get("AddSubnetIds") or []
    call = cloud.client("ec2").describe_vpc_endpoints
    endpoint = call(VpcEndpointIds=[parameters["VpcEndpointId"]])["VpcEndpoints"][0]
    return _unserved(cloud, endpoint["ServiceName"], added)


def _unserved(cloud: "Cloud", name: str, subnet_ids: list[str]) -> str | None:
    service = _service(cloud, name)
    if service is None or not subnet_ids:
        return None
    for subnet in cloud.client("ec2").describe_subnets(SubnetIds=subnet_ids)["Subnets"]:
        if subnet["AvailabilityZone"] not in service["AvailabilityZones"]:
            return (
                f"InvalidParameter: The VPC endpoint service {name} does not support the "
                f"availability zone of the subnet: {subnet['SubnetId']}"
            )
    return None


def _ec2(source: str, problem: Any, operation: str) -> Refusal:
    return Refusal(service="ec2", operations=(operation,), source=source, problem=problem)


_ZONES = "terraform-aws-modules/terraform-aws-vpc#785"

REFUSALS: tuple[Refusal, ...] = (
    _ec2(_API, _unknown_service, "CreateVpcEndpoint"),
    _ec2(_ZONES, _zone, "CreateVpcEndpoint"),
    _ec2(_ZONES, _added_zone, "ModifyVpcEndpoint"),
)
"""The rows of this module."""
