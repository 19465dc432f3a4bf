"""VPCs and their subnets."""

import ipaddress
from typing import Any

from rehearsal.provider.cloud import Cloud
from rehearsal.provider.ec2_calls import (
    filters,
    first,
    ipv4_network,
    put_tags,
    tag_outputs,
    tag_specifications,
)
from rehearsal.provider.plan_checks import one_of, problems
from rehearsal.provider.resource_type import Input, ResourceType, Values
from rehearsal.provider.shapes import found
from rehearsal.provider.unfinished import made

_LARGEST_VPC, _SMALLEST_VPC = 16, 28
_NO_VPC, _NO_SUBNET = "InvalidVpcID.NotFound", "InvalidSubnetID.NotFound"

# DNS host names need DNS support, so support is switched on first and off last.
_DNS_ATTRIBUTES = {
    "enableDnsSupport": "EnableDnsSupport",
    "enableDnsHostnames": "EnableDnsHostnames",
}


def _check_vpc(inputs: Values) -> list[str]:
    return problems(
        inputs, {"cidrBlock": _vpc_network, "instanceTenancy": one_of(("default", "dedicated"))}
    )


def _vpc_network(value: str) -> str | None:
    found = ipv4_network(value)
    if found or _LARGEST_VPC <= ipaddress.IPv4Network(value).prefixlen <= _SMALLEST_VPC:
        return found
    return (
        f"is {value!r}; the provider takes a prefix length from /{_LARGEST_VPC} to /{_SMALLEST_VPC}"
    )


def _create_vpc(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    vpc = cloud.client("ec2").create_vpc(
        CidrBlock=inputs["cidrBlock"],
        InstanceTenancy=inputs["instanceTenancy"],
        **tag_specifications(inputs, "vpc"),
    )["Vpc"]
    vpc_id = made(vpc["VpcId"])
    _put_dns_attributes(cloud, vpc_id, inputs)
    return vpc_id, _read_vpc(cloud, vpc_id, inputs) or {}


def _put_dns_attributes(cloud: Cloud, vpc_id: str, inputs: Values) -> None:
    order = list(_DNS_ATTRIBUTES)
    for name in order if inputs["enableDnsSupport"] else reversed(order):
        if _dns_attribute(cloud, vpc_id, name) != inputs[name]:
            cloud.client("ec2").modify_vpc_attribute(
                VpcId=vpc_id, **{_DNS_ATTRIBUTES[name]: {"Value": inputs[name]}}
            )


def _dns_attribute(cloud: Cloud, vpc_id: str, name: str) -> bool:
    answer = cloud.client("ec2").describe_vpc_attribute(VpcId=vpc_id, Attribute=name)
    return bool(answer[_DNS_ATTRIBUTES[name]]["Value"])


def _read_vpc(cloud: Cloud, vpc_id: str, _: Values) -> Values | None:
    client = cloud.client("ec2")
    vpc = first(client.describe_vpcs, "Vpcs", _NO_VPC, VpcIds=[vpc_id])
    if vpc is None:
        return None
    tables = client.describe_route_tables(
        Filters=filters({"vpc-id": vpc_id, "association.main": "true"})
    )
    groups = client.describe_security_groups(
        Filters=filters({"vpc-id": vpc_id, "group-name": "default"})
    )
    acls = client.describe_network_acls(Filters=filters({"vpc-id": vpc_id, "default": "true"}))
    main_table = tables["RouteTables"][0]["RouteTableId"]
    return {
        "arn": cloud.arn("ec2", f"vpc/{vpc_id}"),
        "cidrBlock": vpc["CidrBlock"],
        "instanceTenancy": vpc["InstanceTenancy"],
        **{name: _dns_attribute(cloud, vpc_id, name) for name in _DNS_ATTRIBUTES},
        "defaultSecurityGroupId": groups["SecurityGroups"][0]["GroupId"],
        "defaultRouteTableId": main_table,
        "mainRouteTableId": main_table,
        "defaultNetworkAclId": acls["NetworkAcls"][0]["NetworkAclId"],
        "dhcpOptionsId": vpc["DhcpOptionsId"],
        "ownerId": vpc["OwnerId"],
        **tag_outputs(vpc["Tags"]),
    }


def _to_default_tenancy(state: Values, inputs: Values) -> bool:
    return (state.get("instanceTenancy"), inputs["instanceTenancy"]) == ("dedicated", "default")


def _update_vpc(cloud: Cloud, vpc_id: str, state: Values, inputs: Values) -> Values:
    if state["instanceTenancy"] != inputs["instanceTenancy"]:
        cloud.client("ec2").modify_vpc_tenancy(
            VpcId=vpc_id, InstanceTenancy=inputs["instanceTenancy"]
        )
    _put_dns_attributes(cloud, vpc_id, inputs)
    put_tags(cloud, vpc_id, state.get("tags"), inputs.get("tags"))
    return _read_vpc(cloud, vpc_id, inputs) or {}


def _delete_vpc(cloud: Cloud, vpc_id: str, _: Values) -> None:
    found(cloud.client("ec2").delete_vpc, _NO_VPC, VpcId=vpc_id)


def _check_subnet(inputs: Values) -> list[str]:
    return problems(inputs, {"cidrBlock": ipv4_network})


def _create_subnet(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    client = cloud.client("ec2")
    zone = inputs.get("availabilityZone")
    if zone is None:
        # The emulator takes a zone of us-east-1 in every region; AWS takes one of the region's.
        zone = client.describe_availability_zones()["AvailabilityZones"][0]["ZoneName"]
    subnet = client.create_subnet(
        VpcId=inputs["vpcId"],
        CidrBlock=inputs["cidrBlock"],
        AvailabilityZone=zone,
        **tag_specifications(inputs, "subnet"),
    )["Subnet"]
    subnet_id = made(subnet["SubnetId"])
    _put_public_address(cloud, subnet, inputs)
    return subnet_id, _read_subnet(cloud, subnet_id, inputs) or {}


def _put_public_address(cloud: Cloud, subnet: Any, inputs: Values) -> None:
    if subnet["MapPublicIpOnLaunch"] != inputs["mapPublicIpOnLaunch"]:
        cloud.client("ec2").modify_subnet_attribute(
            SubnetId=subnet["SubnetId"],
            MapPublicIpOnLaunch={"Value": inputs["mapPublicIpOnLaunch"]},
        )


def _subnet(cloud: Cloud, subnet_id: str) -> Any:
    call = cloud.client("ec2").describe_subnets
    return first(call, "Subnets", _NO_SUBNET, SubnetIds=[subnet_id])


def _read_subnet(cloud: Cloud, subnet_id: str, _: Values) -> Values | None:
    subnet = _subnet(cloud, subnet_id)
    if subnet is None:
        return None
    return {
        "arn": cloud.arn("ec2", f"subnet/{subnet_id}"),
        "vpcId": subnet["VpcId"],
        "cidrBlock": subnet["CidrBlock"],
        "availabilityZone": subnet["AvailabilityZone"],
        "availabilityZoneId": subnet["AvailabilityZoneId"],
        "mapPublicIpOnLaunch": subnet["MapPublicIpOnLaunch"],
        "ownerId": subnet["OwnerId"],
        **tag_outputs(subnet["Tags"]),
    }


def _update_subnet(cloud: Cloud, subnet_id: str, state: Values, inputs: Values) -> Values:
    _put_public_address(cloud, _subnet(cloud, subnet_id), inputs)
    put_tags(cloud, subnet_id, state.get("tags"), inputs.get("tags"))
    return _read_subnet(cloud, subnet_id, inputs) or {}


def _delete_subnet(cloud: Cloud, subnet_id: str, _: Values) -> None:
    found(cloud.client("ec2").delete_subnet, _NO_SUBNET, SubnetId=subnet_id)


RESOURCE_TYPES = (
    ResourceType(
        token="aws:ec2/vpc:Vpc",
        inputs={
            "cidrBlock": Input(required=True),
            "enableDnsHostnames": Input(default=False),
            "enableDnsSupport": Input(default=True),
            "instanceTenancy": Input(default="default"),
            "tags": Input(),
        },
        check=_check_vpc,
        create=_create_vpc,
        read=_read_vpc,
        update=_update_vpc,
        conditions={"from dedicated to default": _to_default_tenancy},
        delete=_delete_vpc,
    ),
    ResourceType(
        token="aws:ec2/subnet:Subnet",
        inputs={
            "vpcId": Input(required=True),
            "cidrBlock": Input(required=True),
            "availabilityZone": Input(),
            "mapPublicIpOnLaunch": Input(default=False),
            "tags": Input(),
        },
        check=_check_subnet,
        create=_create_subnet,
        read=_read_subnet,
        update=_update_subnet,
        delete=_delete_subnet,
    ),
)
"""The rows of this module."""
