"""Network: a VPC of the stack's own, its subnets, routes and endpoints."""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_aws as aws

from components import fixed_settings
from components.aws_environment import AwsEnvironment
from components.flow_logs import FlowLogs, FlowLogsArgs
from components.gateway_endpoints import GATEWAY_SERVICES, gateway_endpoint
from components.tags import named

_TIERS = ("public", "private", "isolated")
_ZONES_PER_TIER = 8
_ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """Inputs of :class:`Network`; all plain, since they decide which children exist."""

    environment: AwsEnvironment
    """Where the stack is deployed; its zones get a subnet of each tier."""

    cidr: str
    """Address range of the VPC, IPv4, /16 to /22."""

    private_subnets: bool
    """Whether there are private subnets."""

    nat_gateways: Literal["none", "one", "per-zone"]
    """One NAT gateway for all zones, one in each, or no way to the internet at all."""

    dns_hostnames: bool
    """Whether the VPC has DNS host names, which endpoints need to answer a service's own name."""

    own_credentials_only: bool
    """Whether S3 and DynamoDB are reached by credentials of the stack's account only."""

    flow_log_retention_days: int | None
    """Days for which flow logs are kept; None means no flow logs."""

    deletion_protection: bool
    """Whether Pulumi refuses to delete or replace the VPC."""

    tags: Mapping[str, str]
    """Tags of every taggable child."""


class Network(pulumi.ComponentResource):
    """A VPC whose tiers differ in their way to the internet.

    Public subnets have an internet gateway, private ones (where there are any) a NAT gateway, and
    isolated ones no route out at all: database and load balancer stand there. S3 and DynamoDB are
    reached by gateway endpoints from everywhere. Without NAT gateways private subnets have no route
    out either, and there are no public ones.
    """

    vpc_id: pulumi.Output[str]
    public_subnet_ids: list[pulumi.Output[str]]
    private_subnet_ids: list[pulumi.Output[str]]
    isolated_subnet_ids: list[pulumi.Output[str]]
    ways_out: list[pulumi.Resource]
    """Everything that must stand before a task or instance can reach what is outside the VPC."""

    reaches_internet: bool
    """Whether tasks and instances have a way to the internet."""

    prefix_list_ids: Mapping[str, pulumi.Output[str]]
    """The addresses behind each gateway endpoint, as a prefix list, by service."""

    def __init__(
        self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Register the network."""
        super().__init__("metaflow:index:Network", name, {"cidr": args.cidr}, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        # RDS cannot move to another VPC: a preview must refuse what would replace this one.
        fixed = fixed_settings.of_own_vpc(args.environment, args.cidr)
        held = fixed_settings.held(f"{name}-fixed", fixed, self)
        vpc = aws.ec2.Vpc(
            f"{name}-vpc",
            cidr_block=held.apply(lambda now: str(now["vpcCidr"])),
            enable_dns_hostnames=args.dns_hostnames or None,
            tags=named(args.tags, name),
            opts=pulumi.ResourceOptions(parent=self, protect=args.deletion_protection or None),
        )
        # Emptied, so that nothing that forgets to name a group is reachable.
        aws.ec2.DefaultSecurityGroup(
            f"{name}-default",
            vpc_id=vpc.id,
            tags=named(args.tags, f"{name}-default-unused"),
            opts=self._child,
        )
        self.vpc_id = vpc.id
        self.reaches_internet = not args.private_subnets or args.nat_gateways != "none"
        subnets = {tier: self._subnets(tier) for tier in _TIERS if self._has(tier)}
        isolated = self._route_table("isolated")
        self._associate("isolated", subnets["isolated"], [isolated])
        public, public_ready = self._public_routes(subnets)
        private, private_ready = self._private_routes(subnets, public_ready)
        endpoints = self._endpoints([isolated, *public, *private])
        if args.flow_log_retention_days is not None:
            FlowLogs(
                f"{name}-flow-logs",
                FlowLogsArgs(
                    environment=args.environment,
                    vpc_id=vpc.id,
                    retention_days=args.flow_log_retention_days,
                    tags=args.tags,
                ),
                opts=self._child,
            )
        self.public_subnet_ids = [subnet.id for subnet in subnets.get("public", ())]
        self.private_subnet_ids = [subnet.id for subnet in subnets.get("private", ())]
        self.isolated_subnet_ids = [subnet.id for subnet in subnets["isolated"]]
        self.ways_out = private_ready or public_ready
        if not self.reaches_internet:
            self.ways_out += endpoints.values()
        self.prefix_list_ids = {name: one.prefix_list_id for name, one in endpoints.items()}
        self.register_outputs({"vpc_id": vpc.id})

    @property
    def task_subnet_ids(self) -> list[pulumi.Output[str]]:
        """The subnets for tasks and jobs: private where there are any, else public."""
        return self.private_subnet_ids or self.public_subnet_ids

    def _has(self, tier: str) -> bool:
        if tier == "public":
            return self.reaches_internet
        return tier != "private" or self._args.private_subnets

    def _subnets(self, tier: str) -> list[aws.ec2.Subnet]:
        return [
            aws.ec2.Subnet(
                f"{self._name}-{tier}-{zone}",
                vpc_id=self.vpc_id,
                availability_zone=zone,
                cidr_block=subnet_cidr(self._args.cidr, tier, zone),
                # Batch gives EC2 instances a public address by this only.
                map_public_ip_on_launch=tier == "public" and not self._args.private_subnets,
                tags=named(self._args.tags, f"{self._name}-{tier}-{zone}"),
                opts=self._child,
            )
            for zone in self._args.environment.zones
        ]

    def _route_table(self, suffix: str) -> aws.ec2.RouteTable:
        return aws.ec2.RouteTable(
            f"{self._name}-{suffix}",
            vpc_id=self.vpc_id,
            tags=named(self._args.tags, f"{self._name}-{suffix}"),
            opts=self._child,
        )

    def _associate(
        self, tier: str, subnets: Sequence[aws.ec2.Subnet], tables: Sequence[aws.ec2.RouteTable]
    ) -> list[pulumi.Resource]:
        """Associate subnets with the one table of their tier, or with their zone's own."""
        zones = self._args.environment.zones
        return [
            aws.ec2.RouteTableAssociation(
                f"{self._name}-{tier}-{zone}",
                subnet_id=subnet.id,
                route_table_id=(tables[index] if len(tables) > 1 else tables[0]).id,
                opts=self._child,
            )
            for index, (zone, subnet) in enumerate(zip(zones, subnets, strict=True))
        ]

    def _public_routes(
        self, subnets: Mapping[str, Sequence[aws.ec2.Subnet]]
    ) -> tuple[list[aws.ec2.RouteTable], list[pulumi.Resource]]:
        if "public" not in subnets:
            return [], []
        gateway = aws.ec2.InternetGateway(
            f"{self._name}-internet",
            vpc_id=self.vpc_id,
            tags=named(self._args.tags, self._name),
            opts=self._child,
        )
        table = self._route_table("public")
        route = aws.ec2.Route(
            f"{self._name}-public",
            route_table_id=table.id,
            destination_cidr_block=_ANYWHERE,
            gateway_id=gateway.id,
            opts=self._child,
        )
        return [table], [route, *self._associate("public", subnets["public"], [table])]

    def _private_routes(
        self,
        subnets: Mapping[str, Sequence[aws.ec2.Subnet]],
        public_ready: Sequence[pulumi.Resource],
    ) -> tuple[list[aws.ec2.RouteTable], list[pulumi.Resource]]:
        """Make the NAT gateways and the private tier's routes, one table for each gateway."""
        if "private" not in subnets:
            return [], []
        if not self.reaches_internet:
            table = self._route_table("private")
            return [table], self._associate("private", subnets["private"], [table])
        zones = self._args.environment.zones
        served = zones if self._args.nat_gateways == "per-zone" else zones[:1]
        tables, ready = [], list[pulumi.Resource]()
        for zone, public_subnet in zip(served, subnets["public"], strict=False):
            gateway = self._nat_gateway(zone, public_subnet, public_ready)
            table = self._route_table(f"private-{zone}")
            route = aws.ec2.Route(
                f"{self._name}-private-{zone}",
                route_table_id=table.id,
                destination_cidr_block=_ANYWHERE,
                nat_gateway_id=gateway.id,
                opts=self._child,
            )
            tables.append(table)
            ready.append(route)
        return tables, [*ready, *self._associate("private", subnets["private"], tables)]

    def _nat_gateway(
        self, zone: str, subnet: aws.ec2.Subnet, public_ready: Sequence[pulumi.Resource]
    ) -> aws.ec2.NatGateway:
        tags = named(self._args.tags, f"{self._name}-nat-{zone}")
        # The address and the gateway need the way to the internet, also while they are deleted.
        ready = pulumi.ResourceOptions(parent=self, depends_on=list(public_ready))
        address = aws.ec2.Eip(f"{self._name}-nat-{zone}", domain="vpc", tags=tags, opts=ready)
        return aws.ec2.NatGateway(
            f"{self._name}-nat-{zone}",
            allocation_id=address.id,
            subnet_id=subnet.id,
            tags=tags,
            opts=ready,
        )

    def _endpoints(self, tables: Sequence[aws.ec2.RouteTable]) -> dict[str, aws.ec2.VpcEndpoint]:
        return {
            service: gateway_endpoint(
                self._name,
                service,
                self._args.environment,
                vpc_id=self.vpc_id,
                route_table_ids=[table.id for table in tables],
                own_credentials_only=self._args.own_credentials_only,
                tags=self._args.tags,
                opts=self._child,
            )
            for service in GATEWAY_SERVICES
        }


def subnet_cidr(vpc_cidr: str, tier: str, zone: str) -> str:
    """Return the address range of a subnet: an eighth of a quarter of the VPC's.

    The place follows from the zone's letter, not from its place in a list, so that a zone that AWS
    adds, or that is added to the stack, moves no other subnet.

    Args:
        vpc_cidr: the VPC's address range.
        tier: `public`, `private` or `isolated`.
        zone: the zone's name, which ends in a letter from a to h.
    """
    place = _TIERS.index(tier) * _ZONES_PER_TIER + ord(zone[-1]) - ord("a")
    return str(list(ipaddress.IPv4Network(vpc_cidr).subnets(prefixlen_diff=5))[place])
