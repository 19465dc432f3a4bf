"""The settings of the network: addresses, zones, ways out."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from settings.checks import problem_of_vpc_cidr
from settings.parts import Conflicts, Rule, SettingsModel, allowed, rejecting
from settings.values import Zone


class NetworkSettings(SettingsModel):
    """The VPC and its subnets."""

    vpc_cidr: Annotated[
        str, rejecting(problem_of_vpc_cidr), allowed("a private IPv4 network of /16 to /22")
    ] = "10.20.0.0/16"
    """Address range of the VPC; it cannot change while the stack lives, since RDS cannot move."""

    availability_zone_count: Annotated[int, Field(ge=2, le=6), allowed("2 to 6")] = 2
    """How many zones to use, the region's first ones; zones can be added, not removed."""

    availability_zones: Annotated[
        tuple[Zone, ...],
        Field(max_length=6, strict=False),
        allowed("2 to 6 names of zones, such as us-east-1a"),
    ] = ()
    """The zones to use by name, instead of a count; zones can be added, not removed."""

    private_subnets: Annotated[bool, allowed("true or false")] = False
    """Whether tasks and jobs run in private subnets behind NAT, without public addresses."""

    nat_gateways: Annotated[Literal["one", "per-zone"], allowed("one, per-zone")] = "one"
    """One NAT gateway for all private subnets, or one for each zone."""

    flow_logs: Annotated[bool, allowed("true or false")] = False
    """Whether the VPC's traffic is logged."""


def _zones(settings: NetworkSettings) -> Conflicts:
    zones = settings.availability_zones
    if zones and (len(zones) == 1 or len(set(zones)) < len(zones)):
        yield "availabilityZones", ", ".join(zones), "2 to 6 different zones"
    if settings.nat_gateways == "per-zone" and not settings.private_subnets:
        yield "natGateways", "per-zone without privateSubnets", "per-zone with privateSubnets true"


RULES: Sequence[Rule] = (
    Rule(_zones, frozenset({"availability_zones", "nat_gateways", "private_subnets"})),
)
