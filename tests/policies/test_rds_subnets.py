"""The rule that no subnet of a database has a route to the internet, over every form of routes."""

from collections.abc import Mapping
from typing import Any

import pytest
from pulumi_policy import PolicyResource

from rules.rds import CLUSTER, CLUSTER_INSTANCE, INSTANCE
from rules.rds_relations import SUBNET_GROUP, rds_subnets_isolated
from tests.policies.harness import UNKNOWN
from tests.policies.small_stack import Small

ROUTE = "aws:ec2/route:Route"
TABLE = "aws:ec2/routeTable:RouteTable"
DEFAULT_TABLE = "aws:ec2/defaultRouteTable:DefaultRouteTable"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
MAIN_ASSOCIATION = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation"
SUBNET = "aws:ec2/subnet:Subnet"
VPC = "aws:ec2/vpc:Vpc"
DEFAULT_VPC = "aws:ec2/defaultVpc:DefaultVpc"
DEFAULT_SUBNET = "aws:ec2/defaultSubnet:DefaultSubnet"


class Routed:
    """A database in a subnet, and what its routes may name."""

    def __init__(self, small: Small) -> None:
        self.small = small
        default = UNKNOWN if small.preview else "rtb-default"
        self.vpc = small.add(VPC, "vpc", defaultRouteTableId=default)
        self.gateway = small.add("aws:ec2/internetGateway:InternetGateway", "gateway")
        self.nat = small.add("aws:ec2/natGateway:NatGateway", "nat")
        self.subnet = small.add(SUBNET, "subnet", vpcId=self.vpc)
        self.group = small.add(SUBNET_GROUP, "group", subnetIds=[self.subnet])
        small.add(INSTANCE, "database", dbSubnetGroupName=self.group)

    def table(self, **props: Any) -> PolicyResource:
        """Add the route table of the subnet."""
        found = self.small.add(TABLE, "table", vpcId=self.vpc, **props)
        self.small.add(ASSOCIATION, "at", subnetId=self.subnet, routeTableId=found)
        return found

    def default_table(self, **props: Any) -> PolicyResource:
        """Add the default table, whose id the program takes from the VPC."""
        return self.small.add(
            DEFAULT_TABLE, "default", **{"defaultRouteTableId": self.vpc, **props}
        )


@pytest.fixture
def routed(small: Small) -> Routed:
    return Routed(small)


LEADS_OUT = (
    "The subnet group of a database must have isolated subnets only; subnet has a route to an "
    "internet gateway, {}."
)


def _expect_route(routed: Routed, name: str) -> None:
    verdict = routed.small.judge(rds_subnets_isolated)
    assert verdict.violations == [LEADS_OUT.format(name)]
    assert verdict.urns == [routed.group.urn]
    assert not verdict.unknown


def _expect_isolated(routed: Routed) -> None:
    verdict = routed.small.judge(rds_subnets_isolated)
    assert verdict.violations == []
    assert not verdict.unknown


def test_a_route_to_the_internet(routed: Routed) -> None:
    table = routed.table()
    routed.small.add(ROUTE, "out", routeTableId=table, gatewayId=routed.gateway)
    _expect_route(routed, "out")


def test_a_route_to_a_gateway_of_another_stack(routed: Routed) -> None:
    table = routed.table()
    routed.small.add(ROUTE, "out", routeTableId=table, gatewayId="igw-0123456789abcdef0")
    _expect_route(routed, "out")


def test_an_inline_route_to_the_internet(routed: Routed) -> None:
    routed.table(routes=[{"cidrBlock": "0.0.0.0/0", "gatewayId": routed.gateway}])
    _expect_route(routed, "table")


def test_the_default_table_of_the_vpc(routed: Routed) -> None:
    routed.default_table(routes=[{"cidrBlock": "0.0.0.0/0", "gatewayId": routed.gateway}])
    _expect_route(routed, "default")


def test_a_default_table_by_its_id() -> None:
    routed = Routed(Small())
    routed.default_table(defaultRouteTableId="rtb-default", routes=[{"gatewayId": "igw-1"}])
    _expect_route(routed, "default")


def test_a_route_of_the_main_table_which_is_no_resource(routed: Routed) -> None:
    routed.small.add(ROUTE, "out", routeTableId=routed.vpc, gatewayId=routed.gateway)
    _expect_route(routed, "out")


def test_another_main_table(routed: Routed) -> None:
    table = routed.small.add(TABLE, "main", vpcId=routed.vpc)
    routed.small.add(MAIN_ASSOCIATION, "main", vpcId=routed.vpc, routeTableId=table)
    routed.small.add(ROUTE, "out", routeTableId=table, gatewayId=routed.gateway)
    _expect_route(routed, "out")


def test_the_main_table_does_not_count_beside_an_association(routed: Routed) -> None:
    routed.table()
    routed.default_table(routes=[{"cidrBlock": "0.0.0.0/0", "gatewayId": routed.gateway}])
    _expect_isolated(routed)


def test_other_routes_are_accepted(routed: Routed) -> None:
    table = routed.table(routes=[{"cidrBlock": "0.0.0.0/0", "natGatewayId": routed.nat}])
    routed.small.add(ROUTE, "nat", routeTableId=table, natGatewayId=routed.nat)
    routed.small.add(ROUTE, "vpn", routeTableId=table, gatewayId=routed.nat)
    other = routed.small.add(TABLE, "public", vpcId=routed.vpc)
    routed.small.add(ROUTE, "out", routeTableId=other, gatewayId=routed.gateway)
    _expect_isolated(routed)


def test_a_subnet_without_a_known_table_is_not_judged(routed: Routed) -> None:
    routed.small.add(ROUTE, "out", routeTableId="rtb-other", gatewayId=routed.gateway)
    _expect_isolated(routed)


def test_a_table_of_another_stack_is_not_judged(routed: Routed) -> None:
    routed.small.add(ASSOCIATION, "at", subnetId=routed.subnet, routeTableId="rtb-other")
    routed.small.add(ROUTE, "out", routeTableId=routed.vpc, gatewayId=routed.gateway)
    _expect_isolated(routed)


def test_inline_routes_that_the_provider_fills_in_are_none(routed: Routed) -> None:
    routed.table(routes=UNKNOWN)
    _expect_isolated(routed)


def test_a_gateway_that_nobody_knows_is_unknown(routed: Routed) -> None:
    table = routed.table(routes=[{"gatewayId": UNKNOWN}])
    verdict = routed.small.judge(rds_subnets_isolated)
    assert verdict.unknown
    routed.small.add(ROUTE, "out", routeTableId=table, gatewayId=routed.gateway)
    assert routed.small.judge(rds_subnets_isolated).violations == [LEADS_OUT.format("out")]


class InDefaultSubnet:
    """A database in a default subnet, and the VPCs that there are."""

    def __init__(self, small: Small) -> None:
        self.small = small
        self.own = small.add(VPC, "own", defaultRouteTableId="rtb-own")
        self.default = small.add(DEFAULT_VPC, "vpc", defaultRouteTableId="rtb-default")
        self.subnet = small.add(DEFAULT_SUBNET, "subnet", vpcId=self.default)
        self.group = small.add(SUBNET_GROUP, "group", subnetIds=[self.subnet])
        small.add(INSTANCE, "database", dbSubnetGroupName=self.group)


@pytest.fixture
def within(small: Small) -> InDefaultSubnet:
    return InDefaultSubnet(small)


BY_DEFAULT = (
    "The subnet group of a database must have isolated subnets only; subnet is a default subnet, "
    "whose route table AWS makes with a route to an internet gateway."
)


def _expect_public_by_default(within: InDefaultSubnet) -> None:
    verdict = within.small.judge(rds_subnets_isolated)
    assert verdict.violations == [BY_DEFAULT]
    assert verdict.urns == [within.group.urn]


def test_a_default_subnet(within: InDefaultSubnet) -> None:
    _expect_public_by_default(within)


def test_tables_of_another_vpc_make_no_default_subnet_private(within: InDefaultSubnet) -> None:
    table = within.small.add(DEFAULT_TABLE, "other", defaultRouteTableId=within.own)
    within.small.add(MAIN_ASSOCIATION, "other", vpcId=within.own, routeTableId=table)
    _expect_public_by_default(within)


def test_a_default_subnet_with_a_table_of_its_own(within: InDefaultSubnet) -> None:
    table = within.small.add(TABLE, "table", vpcId=within.default)
    within.small.add(ASSOCIATION, "at", subnetId=within.subnet, routeTableId=table)
    assert within.small.judge(rds_subnets_isolated).violations == []


@pytest.mark.parametrize("token", [DEFAULT_TABLE, MAIN_ASSOCIATION])
def test_a_default_vpc_whose_main_table_is_taken_over(within: InDefaultSubnet, token: str) -> None:
    key = "defaultRouteTableId" if token == DEFAULT_TABLE else "vpcId"
    within.small.add(token, "main", **{key: within.default})
    assert within.small.judge(rds_subnets_isolated).violations == []


def test_a_default_vpc_whose_main_table_leads_out(within: InDefaultSubnet) -> None:
    gateway = within.small.add("aws:ec2/internetGateway:InternetGateway", "gateway")
    table = within.small.add(TABLE, "table", routes=[{"gatewayId": gateway}])
    within.small.add(MAIN_ASSOCIATION, "main", vpcId=within.default, routeTableId=table)
    verdict = within.small.judge(rds_subnets_isolated)
    assert verdict.violations == [LEADS_OUT.format("table")]


@pytest.mark.parametrize("token", [INSTANCE, CLUSTER])
@pytest.mark.parametrize(
    ("props", "found"),
    [({}, "missing"), ({"dbSubnetGroupName": "default"}, "default")],
    ids=["missing", "default"],
)
def test_the_default_vpc(token: str, props: Mapping[str, Any], found: str) -> None:
    small = Small()
    database = small.add(token, "database", **props)
    verdict = small.judge(rds_subnets_isolated)
    kind = "RDS instance" if token == INSTANCE else "RDS cluster"
    assert verdict.violations == [
        f"The {kind} must stand in a subnet group of isolated subnets; dbSubnetGroupName is "
        f"{found}, which means the default VPC's public ones."
    ]
    assert verdict.urns == [database.urn]


@pytest.mark.parametrize(
    ("token", "props"),
    [
        (INSTANCE, {"dbSubnetGroupName": "of-another-stack"}),
        (INSTANCE, {"replicateSourceDb": "source"}),
        (CLUSTER_INSTANCE, {}),
    ],
    ids=["another stack", "replica", "cluster instance"],
)
def test_subnet_groups_that_are_not_judged(token: str, props: Mapping[str, Any]) -> None:
    small = Small()
    small.add(token, "database", **props)
    assert small.judge(rds_subnets_isolated).violations == []
