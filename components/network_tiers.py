"""The tiers of the network, made of Metaflow's settings: VPC, security groups, endpoints."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components import (
    adopted_vpc,
    endpoint_zones,
    instance_types,
    interface_endpoints,
    placement,
    service_image,
    vpc_link_zones,
)
from components.adopted_network import AdoptedNetwork, AdoptedNetworkArgs
from components.adopted_vpc import AdoptedVpc, Wanted
from components.aws_environment import AwsEnvironment
from components.interface_endpoints import InterfaceEndpoints, InterfaceEndpointsArgs
from components.network import Network, NetworkArgs
from components.placement import Placement, SubnetZones
from components.security_groups import DatabasePeer, SecurityGroups, SecurityGroupsArgs
from settings import Settings


@dataclass(frozen=True, kw_only=True)
class TiersArgs:
    """What all tiers are made of; plain values."""

    environment: AwsEnvironment
    """Where the stack is deployed."""

    settings: Settings
    """The settings, which fit each other."""

    adopted: AdoptedVpc | None
    """The VPC to stand in, where it is not one of the stack's own."""

    offered_types: frozenset[str]
    """EC2 instance types of the queues that the region offers."""

    placement: Placement
    """The subnets of what AWS does not offer in every zone."""

    label: str
    """What tells the stack's compute environments and state machines from others."""

    tags: Mapping[str, str]
    """Tags of every taggable resource."""


def endpoint_services(settings: Settings) -> list[str]:
    """Return the services for which a stack makes interface endpoints."""
    if not settings.interface_endpoints:
        return []
    needed = interface_endpoints.needed(
        instances=_has_instances(settings), assumed_roles=bool(settings.job_assumable_role_arns)
    )
    return [one for one in needed if one not in settings.omitted_endpoints]


def has_vpc_link(settings: Settings) -> bool:
    """Tell whether a stack makes a VPC link that stands in its subnets, one of version 2."""
    return settings.gateway == "http" or settings.vpc_link_version != 1


def look_up(
    opts: pulumi.ResourceOptions | None,
    environment: AwsEnvironment,
    settings: Settings,
    own_tags: Mapping[str, str],
) -> AdoptedVpc | None:
    """Ask AWS about the VPC that the settings name, if they name one; registers nothing.

    Args:
        opts: the options of the component that is about to be registered.
        environment: where the stack is deployed.
        settings: the stack's.
        own_tags: tags of the stack's own resources, in which an asterisk is any text.

    Raises:
        pulumi.RunError: the stack cannot stand there, or its image or an endpoint is out of reach.
    """
    interface_endpoints.require_possible(environment, settings.extra_endpoints)
    adopted = None
    if settings.vpc_id:
        adopted = adopted_vpc.look_up(opts, environment, _wanted(settings, own_tags))
    closed = not adopted.reaches_internet if adopted else settings.nat_gateways == "none"
    if closed:
        service_image.require_reach(environment.region, settings.service_image)
    return adopted


def place(
    opts: pulumi.ResourceOptions | None,
    environment: AwsEnvironment,
    settings: Settings,
    adopted: AdoptedVpc | None,
    offered_types: frozenset[str],
) -> Placement:
    """Choose the subnets of what AWS does not offer in every zone; registers nothing.

    Raises:
        pulumi.RunError: AWS offers something in none of the stack's zones.
    """
    zones = SubnetZones(
        tasks=environment.zones, isolated=environment.zones, isolated_ids=environment.zone_ids
    )
    if adopted:
        zones = adopted.zones
    services = interface_endpoints.settings_of(
        environment, endpoint_services(settings), settings.extra_endpoints
    )
    return Placement(
        link=vpc_link_zones.positions(zones) if has_vpc_link(settings) else (),
        endpoints=endpoint_zones.look_up(opts, services, zones),
        nodes=instance_types.look_up_nodes(opts, settings.queues, offered_types, zones),
    )


def _wanted(settings: Settings, own_tags: Mapping[str, str]) -> Wanted:
    subnet_ids = {
        "publicSubnetIds": settings.public_subnet_ids,
        "privateSubnetIds": settings.private_subnet_ids,
        "databaseSubnetIds": settings.database_subnet_ids,
    }
    return Wanted(
        vpc_id=settings.vpc_id,
        subnet_ids={key: ids for key, ids in subnet_ids.items() if ids},
        load_balancer=settings.gateway != "http",
        jobs_are_kept=bool(settings.job_egress_cidrs),
        job_group_ids=settings.job_security_group_ids,
        instances=_has_instances(settings),
        assumed_roles=bool(settings.job_assumable_role_arns),
        interface_endpoints=endpoint_services(settings),
        omitted_endpoints=settings.omitted_endpoints,
        own_tags=own_tags,
    )


def _has_instances(settings: Settings) -> bool:
    return not all(queue.on_fargate for queue in settings.queues)


class NetworkTiers:
    """What stands before every other tier, children of the top component."""

    network: Network | AdoptedNetwork
    security_groups: SecurityGroups

    def __init__(self, name: str, args: TiersArgs, opts: pulumi.ResourceOptions) -> None:
        """Register the network, the security groups and the interface endpoints."""
        self._name, self._args, self._child = name, args, opts
        self._settings = args.settings
        self.network = self._adopt(args.adopted) if args.adopted else self._make_network()
        self.security_groups = SecurityGroups(
            f"{name}-groups",
            SecurityGroupsArgs(
                vpc_id=self.network.vpc_id,
                load_balancer=self._settings.gateway != "http",
                vpc_link=has_vpc_link(self._settings),
                database=self._database_peer,
                internet=self.network.reaches_internet,
                interface_endpoints=self._settings.interface_endpoints,
                prefix_list_ids=self.network.prefix_list_ids,
                endpoint_networks=args.adopted.endpoint_networks if args.adopted else (),
                job_egress_cidrs=self._settings.job_egress_cidrs,
                tags=args.tags,
            ),
            opts=opts,
        )
        self._endpoints = self._make_endpoints(self.security_groups.endpoints_id)

    def ready_for(self, *groups: str) -> list[pulumi.Resource]:
        """Return what must stand before a task or instance in some groups starts."""
        through = ("endpoints",) if self._endpoints else ()
        return [
            *self.network.ways_out,
            *self._endpoints,
            *self.security_groups.rules_of(*groups, *through),
        ]

    def _make_network(self) -> Network:
        settings = self._settings
        return Network(
            f"{self._name}-net",
            NetworkArgs(
                environment=self._args.environment,
                cidr=settings.vpc_cidr,
                private_subnets=settings.private_subnets,
                nat_gateways=settings.nat_gateways,
                dns_hostnames=settings.interface_endpoints or settings.gateway == "http",
                own_credentials_only=self._jobs_are_kept or settings.nat_gateways == "none",
                deletion_protection=settings.deletion_protection,
                flow_log_retention_days=self._flow_log_retention_days,
                tags=self._args.tags,
            ),
            opts=self._child,
        )

    def _adopt(self, vpc: AdoptedVpc) -> AdoptedNetwork:
        return AdoptedNetwork(
            f"{self._name}-net",
            AdoptedNetworkArgs(
                environment=self._args.environment,
                vpc=vpc,
                own_credentials_only=self._jobs_are_kept or not vpc.reaches_internet,
                flow_log_retention_days=self._flow_log_retention_days,
                tags=self._args.tags,
            ),
            opts=self._child,
        )

    @property
    def _jobs_are_kept(self) -> bool:
        """Whether jobs are kept from most of the internet, which S3 must not lead around."""
        return bool(self._settings.job_egress_cidrs)

    @property
    def _database_peer(self) -> DatabasePeer | None:
        """Where the database stands, if it is not the stack's own."""
        settings = self._settings
        if not settings.db_host:
            return None
        return DatabasePeer(
            port=settings.db_port,
            security_group_id=settings.db_security_group_id or None,
            cidr=settings.db_cidr or None,
        )

    @property
    def _flow_log_retention_days(self) -> int | None:
        return self._settings.log_retention_days if self._settings.flow_logs else None

    def _make_endpoints(self, group: pulumi.Output[str] | None) -> list[pulumi.Resource]:
        if group is None:
            return []
        places = self._args.placement.endpoints
        return InterfaceEndpoints(
            f"{self._name}-endpoints",
            InterfaceEndpointsArgs(
                environment=self._args.environment,
                vpc_id=self.network.vpc_id,
                subnet_ids={
                    service: placement.at(self.network.task_subnet_ids, place.subnets)
                    for service, place in places.items()
                },
                take_policies={one for one, place in places.items() if place.takes_policy},
                security_group_id=group,
                services=endpoint_services(self._settings),
                extra_services=self._settings.extra_endpoints,
                tags=self._args.tags,
            ),
            opts=self._child,
        ).ready
