"""Which subnets of a stack have a route to an internet gateway."""

from collections.abc import Iterable, Mapping
from typing import Any

from pulumi_policy import PolicyResource
from pulumi_policy.proxy import UnknownValueError

from rules.reading import elements, given, judge_each, known, mapping, related
from rules.rule import Stack

_DEFAULT_SUBNET = "aws:ec2/defaultSubnet:DefaultSubnet"
SUBNETS = ("aws:ec2/subnet:Subnet", _DEFAULT_SUBNET)
DEFAULT_VPC = "aws:ec2/defaultVpc:DefaultVpc"
_VPC = "aws:ec2/vpc:Vpc"
VPCS = (_VPC, DEFAULT_VPC)

_GATEWAY = "aws:ec2/internetGateway:InternetGateway"
_TABLE = "aws:ec2/routeTable:RouteTable"
_DEFAULT_TABLE = "aws:ec2/defaultRouteTable:DefaultRouteTable"
_ROUTE = "aws:ec2/route:Route"
_ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
_MAIN_ASSOCIATION = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation"


def route_to_internet(stack: Stack, subnet: PolicyResource) -> PolicyResource | None:
    """Return what routes a subnet to an internet gateway: a route, or a table with inline routes.

    None where there is no such route, and where the stack has not the subnet's route table: that of
    its association, or else the main one of its VPC.

    Raises:
        UnknownValueError: whether an inline route leads there is known after the update only.
    """
    found: list[PolicyResource] = []

    def judge(table: PolicyResource) -> None:
        routes = [one for one in stack.of_type(_ROUTE) if related(one, "routeTableId", [table])]
        found.extend(one for one in routes if _leads_out(stack, one, "gatewayId", one.props))
        judge_each(
            elements(given(table, "routes")),
            lambda route: found.extend(
                [table] if _leads_out(stack, table, "routes", mapping(route)) else []
            ),
        )

    try:
        judge_each(_tables(stack, subnet), judge)
    except UnknownValueError:
        if not found:
            raise
    return found[0] if found else None


def is_public_by_default(stack: Stack, subnet: PolicyResource) -> bool:
    """Say whether a default subnet is left with the route table that AWS gives a default VPC.

    Its main table leads to an internet gateway (Amazon VPC User Guide, "Default VPCs"), unless the
    stack has a table for the subnet or takes over the main one.
    """
    if subnet.resource_type != _DEFAULT_SUBNET or _associations(stack, subnet):
        return False
    own = stack.of_type(_VPC)
    tables = [one for one in stack.of_type(_DEFAULT_TABLE) if not _is_default_of(one, own)]
    main = [one for one in stack.of_type(_MAIN_ASSOCIATION) if not related(one, "vpcId", own)]
    return not tables and not main


def _leads_out(stack: Stack, resource: PolicyResource, key: str, route: Mapping[str, Any]) -> bool:
    """Say whether a route leads to an internet gateway.

    Args:
        stack: where the gateways are looked up.
        resource: the resource that has the route.
        key: its property that names the gateway.
        route: the route's own properties.
    """
    gateways = stack.of_type(_GATEWAY)
    try:
        target = route.get("gatewayId")
    except UnknownValueError:
        if related(resource, key, gateways):
            return True
        if resource.property_dependencies.get(key):
            return False
        raise
    return str(target).startswith("igw-") or target in {
        known(one.props, "id") for one in gateways
    } - {None}


def _tables(stack: Stack, subnet: PolicyResource) -> list[PolicyResource]:
    """Return what routes of the subnet name: its table, or a VPC in the place of its main one."""
    associations = _associations(stack, subnet)
    if associations:
        return _named(stack, associations)
    vpcs = related(subnet, "vpcId", stack.of_type(VPCS))
    main = [one for one in stack.of_type(_MAIN_ASSOCIATION) if related(one, "vpcId", vpcs)]
    if main:
        return _named(stack, main)
    default = [one for one in stack.of_type(_DEFAULT_TABLE) if _is_default_of(one, vpcs)]
    return [*default, *vpcs]


def _associations(stack: Stack, subnet: PolicyResource) -> list[PolicyResource]:
    return [one for one in stack.of_type(_ASSOCIATION) if related(one, "subnetId", [subnet])]


def _named(stack: Stack, associations: Iterable[PolicyResource]) -> list[PolicyResource]:
    tables = stack.of_type((_TABLE, _DEFAULT_TABLE))
    return [table for one in associations for table in related(one, "routeTableId", tables)]


def _is_default_of(table: PolicyResource, vpcs: Iterable[PolicyResource]) -> bool:
    identifier = known(table.props, "defaultRouteTableId")
    owned = {known(one.props, "defaultRouteTableId") for one in vpcs} - {None}
    return identifier in owned or bool(related(table, "defaultRouteTableId", vpcs))
