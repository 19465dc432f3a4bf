"""The network: subnets, ways to the internet, and what stays closed."""

from typing import Any

import pytest

from components.network import subnet_cidr
from rehearsal.mocks import Deployment
from tests import deployed
from tests.deployed import OTHER_VALUES

DEV: dict[str, Any] = {"stack": "dev"}
ONE_NAT: dict[str, Any] = {"stack": "dev", "privateSubnets": True}
VPC = "Vpc:metaflow-net-vpc.id"


def subnets(deployment: Deployment) -> dict[str, tuple[str, str, bool]]:
    return {
        one.name.removeprefix("metaflow-net-"): (
            one.inputs["availabilityZone"],
            one.inputs["cidrBlock"],
            one.inputs["mapPublicIpOnLaunch"],
        )
        for one in deployment.of_type("aws:ec2/subnet:Subnet")
    }


def routes(deployment: Deployment) -> dict[str, tuple[str, str]]:
    """Return each default route's target by its table; every route is a default route."""
    found = deployment.of_type("aws:ec2/route:Route")
    assert {one.inputs["destinationCidrBlock"] for one in found} == {"0.0.0.0/0"}
    targets = {
        one.inputs["routeTableId"]: {
            key: value
            for key, value in one.inputs.items()
            if key not in {"routeTableId", "destinationCidrBlock"}
        }
        for one in found
    }
    return {table: next(iter(target.items())) for table, target in targets.items()}


def tables(deployment: Deployment) -> dict[str, str]:
    """Return each subnet's route table."""
    return {
        one.inputs["subnetId"]: one.inputs["routeTableId"]
        for one in deployment.of_type("aws:ec2/routeTableAssociation:RouteTableAssociation")
    }


def test_dev_has_public_and_isolated_subnets() -> None:
    assert subnets(deployed.deploy_stack("dev")) == {
        "public-us-east-1a": ("us-east-1a", "10.20.0.0/21", True),
        "public-us-east-1b": ("us-east-1b", "10.20.8.0/21", True),
        "isolated-us-east-1a": ("us-east-1a", "10.20.128.0/21", False),
        "isolated-us-east-1b": ("us-east-1b", "10.20.136.0/21", False),
    }


def test_prod_gives_no_public_address_by_itself() -> None:
    assert subnets(deployed.deploy_stack("prod")) == {
        "public-us-east-1a": ("us-east-1a", "10.20.0.0/21", False),
        "public-us-east-1b": ("us-east-1b", "10.20.8.0/21", False),
        "public-us-east-1c": ("us-east-1c", "10.20.16.0/21", False),
        "private-us-east-1a": ("us-east-1a", "10.20.64.0/21", False),
        "private-us-east-1b": ("us-east-1b", "10.20.72.0/21", False),
        "private-us-east-1c": ("us-east-1c", "10.20.80.0/21", False),
        "isolated-us-east-1a": ("us-east-1a", "10.20.128.0/21", False),
        "isolated-us-east-1b": ("us-east-1b", "10.20.136.0/21", False),
        "isolated-us-east-1c": ("us-east-1c", "10.20.144.0/21", False),
    }


def test_a_zone_keeps_its_subnets_when_another_one_comes() -> None:
    before = subnets(deployed.deploy_stack("dev"))
    after = subnets(deployed.deploy_stack("dev", availabilityZoneCount=3))
    assert before.items() < after.items()


def test_no_two_subnets_overlap_in_the_smallest_network() -> None:
    import ipaddress

    networks = [
        ipaddress.IPv4Network(subnet_cidr("10.0.0.0/22", tier, f"us-east-1{letter}"))
        for tier in ("public", "private", "isolated")
        for letter in "abcdefgh"
    ]
    assert {network.prefixlen for network in networks} == {27}
    assert not any(
        one.overlaps(other) for one in networks for other in networks if one is not other
    )


def test_the_only_route_of_dev_is_the_public_one() -> None:
    assert routes(deployed.deploy_stack("dev")) == {
        "RouteTable:metaflow-net-public.id": (
            "gatewayId",
            "InternetGateway:metaflow-net-internet.id",
        )
    }


def test_prod_has_a_nat_gateway_in_each_zone() -> None:
    prod = deployed.deploy_stack("prod")
    assert routes(prod) == {
        "RouteTable:metaflow-net-public.id": (
            "gatewayId",
            "InternetGateway:metaflow-net-internet.id",
        ),
        **{
            f"RouteTable:metaflow-net-private-us-east-1{letter}.id": (
                "natGatewayId",
                f"NatGateway:metaflow-net-nat-us-east-1{letter}.id",
            )
            for letter in "abc"
        },
    }
    assert tables(prod) == {
        f"Subnet:metaflow-net-{tier}-us-east-1{letter}.id": f"RouteTable:metaflow-net-{table}.id"
        for letter in "abc"
        for tier, table in (
            ("public", "public"),
            ("private", f"private-us-east-1{letter}"),
            ("isolated", "isolated"),
        )
    }
    for letter in "abc":
        zone = f"us-east-1{letter}"
        assert deployed.inputs(
            prod, "aws:ec2/natGateway:NatGateway", f"metaflow-net-nat-{zone}"
        ) == {
            "subnetId": f"Subnet:metaflow-net-public-{zone}.id",
            "allocationId": f"Eip:metaflow-net-nat-{zone}.id",
        }


def test_one_nat_gateway_serves_every_private_subnet() -> None:
    deployment = deployed.deploy_stack(**ONE_NAT)
    private = {subnet: table for subnet, table in tables(deployment).items() if "private" in subnet}
    assert private == {
        f"Subnet:metaflow-net-private-us-east-1{letter}.id": (
            "RouteTable:metaflow-net-private-us-east-1a.id"
        )
        for letter in "ab"
    }
    assert routes(deployment)["RouteTable:metaflow-net-private-us-east-1a.id"] == (
        "natGatewayId",
        "NatGateway:metaflow-net-nat-us-east-1a.id",
    )


@pytest.mark.parametrize("settings", [DEV, ONE_NAT, {"stack": "prod"}], ids=str)
def test_isolated_subnets_have_no_way_out(settings: dict[str, Any]) -> None:
    deployment = deployed.deploy_stack(**settings)
    isolated = {table for subnet, table in tables(deployment).items() if "-isolated-" in subnet}
    assert isolated == {"RouteTable:metaflow-net-isolated.id"}
    assert isolated.isdisjoint(routes(deployment))
    assert all(
        not one.inputs.get("routes") for one in deployment.of_type("aws:ec2/routeTable:RouteTable")
    )


@pytest.mark.parametrize("service", ["s3", "dynamodb"])
@pytest.mark.parametrize("settings", [DEV, ONE_NAT, {"stack": "prod"}], ids=str)
def test_every_route_table_reaches_the_service_by_an_endpoint(
    settings: dict[str, Any], service: str
) -> None:
    deployment = deployed.deploy_stack(**settings)
    endpoint = deployed.inputs(
        deployment, "aws:ec2/vpcEndpoint:VpcEndpoint", f"metaflow-net-{service}"
    )
    every_table = {one.id for one in deployment.of_type("aws:ec2/routeTable:RouteTable")}
    assert set(endpoint.pop("routeTableIds")) == every_table
    assert endpoint == {
        "vpcId": VPC,
        "serviceName": f"com.amazonaws.us-east-1.{service}",
        "vpcEndpointType": "Gateway",
    }


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_default_security_group_is_empty(stack: str) -> None:
    group = deployed.inputs(
        deployed.deploy_stack(stack), "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
    )
    assert group == {"vpcId": VPC}


def test_flow_logs_record_all_traffic_with_retention() -> None:
    prod = deployed.deploy_stack("prod")
    logs = "arn:aws:logs:us-east-1:123456789012:log-group:metaflow-net-flow-logs-group"
    assert deployed.inputs(prod, "aws:ec2/flowLog:FlowLog") == {
        "vpcId": VPC,
        "trafficType": "ALL",
        "logDestinationType": "cloud-watch-logs",
        "logDestination": logs,
        "iamRoleArn": "arn:aws:iam::123456789012:role/metaflow-net-flow-logs-role",
    }


def test_the_vpc_has_the_address_range_that_is_set() -> None:
    deployment = deployed.deploy_stack("dev", **OTHER_VALUES)
    assert deployed.inputs(deployment, "aws:ec2/vpc:Vpc") == {"cidrBlock": "192.168.0.0/20"}
    assert subnets(deployment)["isolated-us-east-1b"][1] == "192.168.8.128/25"


def test_zones_are_the_first_by_name_and_no_local_zone() -> None:
    # The region answers unsorted, and with a Local Zone unless asked for zones of every account.
    zones = {zone for zone, _, _ in subnets(deployed.deploy_stack("prod")).values()}
    assert zones == {"us-east-1a", "us-east-1b", "us-east-1c"}
