"""The settings of a VPC that is there already: its subnets, and the endpoints that it has."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field
from pydantic.alias_generators import to_camel

from settings.network import NetworkSettings
from settings.parts import Conflicts, Rule, SettingsModel, allowed
from settings.values import SubnetId, VpcId

_LEAST_ZONES = 2
_SUBNETS = "2 to 6 ids of subnets, each in another zone"
_ENDPOINTS = (
    "dynamodb, ecr.api, ecr.dkr, ecs, ecs-agent, ecs-telemetry, logs, s3, secretsmanager, sts"
)


class AdoptedNetworkSettings(SettingsModel):
    """A VPC in which the stack stands instead of one of its own."""

    vpc_id: Annotated[VpcId, allowed("the id of a VPC, or empty")] = ""
    """A VPC to stand in instead of one of its own; it cannot change, since RDS cannot move."""

    public_subnet_ids: Annotated[
        tuple[SubnetId, ...], Field(max_length=6, strict=False), allowed(_SUBNETS)
    ] = ()
    """Subnets of the VPC for tasks and jobs with public addresses, without privateSubnets."""

    private_subnet_ids: Annotated[
        tuple[SubnetId, ...], Field(max_length=6, strict=False), allowed(_SUBNETS)
    ] = ()
    """Subnets of the VPC for tasks and jobs without public addresses, with privateSubnets."""

    database_subnet_ids: Annotated[
        tuple[SubnetId, ...], Field(max_length=6, strict=False), allowed(_SUBNETS)
    ] = ()
    """Subnets of the VPC for database and load balancer; some can be added, none removed."""

    omitted_endpoints: Annotated[
        tuple[
            Literal[
                "dynamodb",
                "ecr.api",
                "ecr.dkr",
                "ecs",
                "ecs-agent",
                "ecs-telemetry",
                "logs",
                "s3",
                "secretsmanager",
                "sts",
            ],
            ...,
        ],
        Field(max_length=10, strict=False),
        allowed(_ENDPOINTS),
    ] = ()
    """Services for which the stack makes no endpoint in the VPC, since it has one or needs none."""


class _Both(NetworkSettings, AdoptedNetworkSettings):
    """What the rules below look at."""


def _subnets(settings: _Both) -> Conflicts:
    """Tasks stand in one kind of subnet, the database in its own."""
    wanted = {
        "publicSubnetIds": (settings.public_subnet_ids, not settings.private_subnets),
        "privateSubnetIds": (settings.private_subnet_ids, settings.private_subnets),
        "databaseSubnetIds": (settings.database_subnet_ids, True),
    }
    for key, (ids, needed) in wanted.items():
        if ids and not settings.vpc_id:
            yield key, "set without vpcId", "only together with vpcId"
        elif ids and not needed:
            now = "true" if settings.private_subnets else "false"
            yield key, f"set with privateSubnets {now}", "only where tasks run in such subnets"
        elif settings.vpc_id and needed and len(set(ids)) < max(_LEAST_ZONES, len(ids)):
            yield key, ", ".join(ids) or "empty with vpcId", _SUBNETS


def _own_vpc_only(settings: _Both) -> Conflicts:
    """Find what describes a VPC of the stack's own, and says nothing about another one."""
    if not settings.vpc_id:
        if settings.omitted_endpoints:
            yield "omittedEndpoints", "set without vpcId", "only together with vpcId"
        return
    for field in ("vpc_cidr", "availability_zone_count", "availability_zones", "nat_gateways"):
        if settings.is_changed(field):
            value = getattr(settings, field)
            shown = ", ".join(value) if isinstance(value, tuple) else value
            yield to_camel(field), f"{shown} with vpcId", "nothing, since the VPC is there already"


def _egress(settings: _Both) -> Conflicts:
    """Jobs that may not reach all of the internet reach AWS by endpoints, or not at all."""
    if not settings.job_egress_cidrs or settings.vpc_id:
        return
    if settings.nat_gateways == "none":
        found = "set with natGateways none, which leaves no way out"
        yield "jobEgressCidrs", found, "nothing without a NAT gateway"
    elif not settings.interface_endpoints:
        found = "set without interfaceEndpoints, by which jobs then reach AWS"
        yield "jobEgressCidrs", found, "only together with interfaceEndpoints true"


RULES: Sequence[Rule] = (
    Rule(
        _subnets,
        frozenset(
            {
                "vpc_id",
                "private_subnets",
                "public_subnet_ids",
                "private_subnet_ids",
                "database_subnet_ids",
            }
        ),
    ),
    Rule(
        _own_vpc_only,
        frozenset(
            {
                "vpc_id",
                "omitted_endpoints",
                "vpc_cidr",
                "availability_zone_count",
                "availability_zones",
                "nat_gateways",
            }
        ),
    ),
    Rule(
        _egress,
        frozenset({"job_egress_cidrs", "vpc_id", "nat_gateways", "interface_endpoints"}),
    ),
)
