"""A VPC to adopt: its settings, and what AWS would say of it to the placeholders."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from rehearsal.provider.resource_type import NoSingleMatchError, RefusedError

VPC = "vpc-0a0a0a0a0a0a0a0a0"


GROUP = "sg-0a0a0a0a0a0a0a0a0"


def subnet(tier: str, letter: str) -> str:
    """Return the id of the subnet of a tier (`public`, `private`, `database`) in a zone."""
    digit = {"public": "a", "private": "b", "database": "d"}[tier]
    return f"subnet-{digit * 16}{letter}"


_TIER = {"a": "public", "b": "private", "d": "database"}

PUBLIC: Mapping[str, Any] = MappingProxyType(
    {
        "vpcId": VPC,
        "publicSubnetIds": [subnet("public", "a"), subnet("public", "b")],
        "databaseSubnetIds": [subnet("database", "a"), subnet("database", "b")],
    }
)
"""Settings that adopt its public subnets."""

PRIVATE: Mapping[str, Any] = MappingProxyType(
    {
        "vpcId": VPC,
        "privateSubnets": True,
        "privateSubnetIds": [subnet("private", "a"), subnet("private", "b")],
        "databaseSubnetIds": [subnet("database", "a"), subnet("database", "b")],
    }
)
"""Settings that adopt its private subnets, which have a NAT gateway."""

_TARGETS = (
    "coreNetworkArn",
    "gatewayId",
    "instanceId",
    "natGatewayId",
    "networkInterfaceId",
    "transitGatewayId",
    "vpcEndpointId",
    "vpcPeeringConnectionId",
)


def answer(function: str, arguments: Mapping[str, Any], region: str) -> dict[str, Any]:
    """Answer a function that asks about the VPC."""
    answers: Mapping[str, Callable[[], dict[str, Any]]] = {
        "getPrefixList": lambda: {"id": f"pl-of-{arguments['name']}"},
        "getRouteTable": lambda: _route_table(str(arguments["routeTableId"])),
        "getRouteTables": lambda: {"ids": [_table_of(arguments)]},
        "getSecurityGroups": lambda: {"ids": _groups(arguments)},
        "getSubnet": lambda: _subnet(str(arguments["id"]), region),
        "getSubnets": lambda: {
            "ids": [subnet(tier, letter) for tier in _TIER.values() for letter in "ab"]
        },
        "getVpc": lambda: {
            "cidrBlock": "10.99.0.0/16",
            "cidrBlockAssociations": [{"cidrBlock": "10.99.0.0/16", "state": "associated"}],
            "enableDnsSupport": True,
            "enableDnsHostnames": True,
        },
        "getVpcEndpoint": _no_endpoint,
        "getVpcs": lambda: {"ids": [VPC]},
    }
    if function not in answers:
        raise RefusedError(f"The placeholders were not taught the function {function}.")
    return answers[function]()


def _groups(arguments: Mapping[str, Any]) -> list[str]:
    """Return the VPC's groups; it has none of a stack's own."""
    own = any(one["name"].startswith("tag:") for one in arguments["filters"])
    return [] if own else [GROUP]


def _no_endpoint() -> dict[str, Any]:
    raise NoSingleMatchError("no matching EC2 VPC Endpoint found")


def _table_of(arguments: Mapping[str, Any]) -> str:
    [wanted] = arguments["filters"]
    return f"rtb-{_TIER[wanted['values'][0][7]]}"


def _route_table(table: str) -> dict[str, Any]:
    target = {
        "rtb-public": {"gatewayId": "igw-1"},
        "rtb-private": {"natGatewayId": "nat-1"},
    }.get(table)
    route = {"cidrBlock": "0.0.0.0/0", **dict.fromkeys(_TARGETS, ""), **(target or {})}
    return {"routes": [route] if target else []}


def _subnet(subnet_id: str, region: str) -> dict[str, Any]:
    return {
        "availabilityZone": f"{region}{subnet_id[-1]}",
        "availabilityZoneId": f"use1-az{ord(subnet_id[-1]) - ord('a') + 1}",
        "availableIpAddressCount": 250,
        "mapPublicIpOnLaunch": _TIER[subnet_id[7]] == "public",
    }
