"""The settings of the network: addresses, zones, ways out."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from settings.checks import problem_of_vpc_cidr
from settings.parts import Conflicts, Rule, SettingsModel, allowed, rejecting
from settings.values import EgressCidr, EndpointService, SecurityGroupId, Zone

MOST_JOB_GROUPS = 4
"""A network interface takes five security groups (Amazon VPC User Guide, "Amazon VPC quotas"), of
which one is the jobs' own."""


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
    """Whether tasks and jobs run in private subnets, without public addresses."""

    nat_gateways: Annotated[Literal["none", "one", "per-zone"], allowed("none, one, per-zone")] = (
        "one"
    )
    """One NAT gateway for all private subnets, one for each zone, or no way to the internet."""

    interface_endpoints: Annotated[bool, allowed("true or false")] = False
    """Whether tasks and jobs reach AWS by interface endpoints inside the VPC."""

    extra_endpoints: Annotated[
        tuple[EndpointService, ...],
        Field(max_length=20, strict=False),
        allowed("up to 20 names of services, such as com.amazonaws.us-east-1.athena"),
    ] = ()
    """Services beyond the stack's own that get an interface endpoint, for the code of jobs."""

    job_egress_cidrs: Annotated[
        tuple[EgressCidr, ...],
        Field(max_length=20, strict=False),
        allowed("up to 20 IPv4 networks such as 203.0.113.0/24"),
    ] = ()
    """Networks beyond the stack that jobs may reach by HTTPS; empty means any."""

    job_security_group_ids: Annotated[
        tuple[SecurityGroupId, ...],
        Field(max_length=MOST_JOB_GROUPS, strict=False),
        allowed(f"up to {MOST_JOB_GROUPS} ids of security groups"),
    ] = ()
    """Security groups that jobs are in besides their own; they must belong to the stack's VPC."""

    flow_logs: Annotated[bool, allowed("true or false")] = False
    """Whether the VPC's traffic is logged."""


def _zones(settings: NetworkSettings) -> Conflicts:
    zones = settings.availability_zones
    if zones and (len(zones) == 1 or len(set(zones)) < len(zones)):
        yield "availabilityZones", ", ".join(zones), "2 to 6 different zones"


def _ways_out(settings: NetworkSettings) -> Conflicts:
    nat = settings.nat_gateways
    if nat != "one" and not settings.private_subnets:
        yield "natGateways", f"{nat} without privateSubnets", f"{nat} with privateSubnets true"
    elif nat == "none" and not settings.interface_endpoints:
        yield (
            "natGateways",
            "none without interfaceEndpoints, so that tasks and jobs reach nothing",
            "none with interfaceEndpoints true",
        )
    if settings.extra_endpoints and not settings.interface_endpoints:
        found = "set without interfaceEndpoints"
        yield "extraEndpoints", found, "only together with interfaceEndpoints true"


def _twice(settings: NetworkSettings) -> Conflicts:
    lists = {
        "extraEndpoints": settings.extra_endpoints,
        "jobEgressCidrs": settings.job_egress_cidrs,
        "jobSecurityGroupIds": settings.job_security_group_ids,
    }
    for key, values in lists.items():
        twice = sorted({one for one in values if values.count(one) > 1})
        if twice:
            yield key, f"{', '.join(twice)} more than once", "each once"


RULES: Sequence[Rule] = (
    Rule(_zones, frozenset({"availability_zones"})),
    Rule(
        _ways_out,
        frozenset({"nat_gateways", "private_subnets", "interface_endpoints", "extra_endpoints"}),
    ),
    Rule(_twice, frozenset({"extra_endpoints", "job_egress_cidrs", "job_security_group_ids"})),
)
