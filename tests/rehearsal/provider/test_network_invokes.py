"""The functions that ask about VPCs: their answers, and what they refuse."""

from typing import Any

import pytest

from rehearsal.provider import RefusedError
from rehearsal.provider.resource_type import NoSingleMatchError
from tests.rehearsal.provider.networks import (
    ASSOCIATION,
    ENDPOINT,
    ROUTE,
    ROUTE_TABLE,
    nat_gateway,
    subnet,
    vpc,
)


def call(rig: Any, name: str, /, **arguments: Any) -> dict[str, Any]:
    answer: dict[str, Any] = rig.provider.invoke(f"aws:ec2/{name}:{name}", arguments)
    return answer


def by(name: str, *values: str) -> list[dict[str, Any]]:
    return [{"name": name, "values": list(values)}]


def test_a_vpc_and_its_dns(rig: Any) -> None:
    made = vpc(rig, enableDnsHostnames=True)
    answer = call(rig, "getVpc", id=made.id)
    assert (answer["enableDnsSupport"], answer["enableDnsHostnames"]) == (True, True)
    assert answer["cidrBlock"] == "10.0.0.0/16"
    assert call(rig, "getVpcs", filters=by("vpc-id", made.id))["ids"] == [made.id]
    assert call(rig, "getVpcs", filters=by("vpc-id", "vpc-12345678"))["ids"] == []


def test_a_subnet_and_its_free_addresses(rig: Any) -> None:
    made = vpc(rig)
    one = subnet(rig, made, 1, availabilityZone="us-east-1b")
    answer = call(rig, "getSubnet", id=one.id)
    assert answer["availabilityZone"] == "us-east-1b"
    assert answer["availableIpAddressCount"] == 251
    assert answer["mapPublicIpOnLaunch"] is False
    assert call(rig, "getSubnets", filters=by("vpc-id", made.id))["ids"] == [one.id]


def test_routes_without_those_inside_the_vpc_and_to_gateway_endpoints(rig: Any) -> None:
    made = vpc(rig)
    _, _, public, nat = nat_gateway(rig, made)
    table = rig.create(ROUTE_TABLE, "table", vpcId=made.id)
    rig.create(ASSOCIATION, "association", subnetId=public.id, routeTableId=table.id)
    rig.create(
        ROUTE,
        "route",
        routeTableId=table.id,
        destinationCidrBlock="0.0.0.0/0",
        natGatewayId=nat.id,
    )
    rig.create(
        ENDPOINT,
        "s3",
        vpcId=made.id,
        serviceName="com.amazonaws.us-east-1.s3",
        vpcEndpointType="Gateway",
        routeTableIds=[table.id],
    )
    [route] = call(rig, "getRouteTable", routeTableId=table.id)["routes"]
    assert {key: value for key, value in route.items() if value} == {
        "cidrBlock": "0.0.0.0/0",
        "natGatewayId": nat.id,
    }
    of_subnet = by("association.subnet-id", public.id)
    assert call(rig, "getRouteTables", vpcId=made.id, filters=of_subnet)["ids"] == [table.id]
    [main] = call(rig, "getRouteTables", vpcId=made.id, filters=by("association.main", "true"))[
        "ids"
    ]
    assert main != table.id


def test_an_endpoint_or_the_providers_words(rig: Any) -> None:
    made = vpc(rig)
    service = "com.amazonaws.us-east-1.dynamodb"
    asked = {"vpcId": made.id, "serviceName": service}
    with pytest.raises(NoSingleMatchError, match="no matching EC2 VPC Endpoint found"):
        call(rig, "getVpcEndpoint", **asked)
    inputs = {**asked, "vpcEndpointType": "Gateway"}
    first = rig.create(ENDPOINT, "first", **inputs, tags={"Stack": "dev"})
    answer = call(rig, "getVpcEndpoint", **asked, filters=by("vpc-endpoint-type", "Gateway"))
    assert (answer["id"], answer["tags"]) == (first.id, {"Stack": "dev"})
    with pytest.raises(NoSingleMatchError, match="no matching"):
        call(rig, "getVpcEndpoint", **asked, filters=by("vpc-endpoint-type", "Interface"))
    rig.create(ENDPOINT, "second", **inputs)
    with pytest.raises(NoSingleMatchError, match="multiple EC2 VPC Endpoints matched"):
        call(rig, "getVpcEndpoint", **asked)


def test_a_prefix_list_and_the_groups_of_a_stack(rig: Any) -> None:
    name = "com.amazonaws.us-east-1.s3"
    answer = call(rig, "getPrefixList", name=name)
    assert answer["name"] == name
    assert answer["id"].startswith("pl-")
    made = vpc(rig)
    groups = call(rig, "getSecurityGroups", filters=by("vpc-id", made.id))["ids"]
    assert len(groups) == 1
    own = [*by("vpc-id", made.id), *by("tag:Stack", "dev")]
    assert call(rig, "getSecurityGroups", filters=own)["ids"] == []


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("getVpc", {"default": True}, "not taught the argument default; it takes id"),
        ("getSubnets", {"filters": by("tag:Name", "x")}, "the filter tag:Name was not taught"),
        ("getRouteTable", {"subnetId": "subnet-1"}, "not taught the argument subnetId"),
        ("getVpcEndpoint", {"id": "vpce-1"}, "not taught the argument id"),
        ("getVpcEndpoint", {"vpcId": "v", "serviceName": "s", "filters": by("x", "y")}, "filter x"),
    ],
)
def test_what_was_not_taught_is_refused(
    rig: Any, name: str, arguments: dict[str, Any], words: str
) -> None:
    with pytest.raises(RefusedError, match=words):
        call(rig, name, **arguments)
