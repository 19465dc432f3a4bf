"""Questions to AWS about a VPC: its subnets, routes and endpoints; plain answers."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

_ANYWHERE = "0.0.0.0/0"
_NONE, _SEVERAL = "no matching EC2 VPC Endpoint", "multiple EC2 VPC Endpoints matched"
"""How the provider tells what is no single endpoint (terraform-provider-aws,
internal/tfresource/not_found_error.go)."""


@dataclass(frozen=True, kw_only=True)
class Subnet:
    """A subnet and its way out.

    Attributes:
        id: of the subnet.
        zone: its Availability Zone.
        zone_id: the zone's id, the same in every account.
        free_addresses: how many IPv4 addresses are free.
        gives_public_addresses: whether what starts in it gets a public address.
        route_table_id: its route table, the VPC's main one where it has none of its own.
        default_route: target of the route to anywhere, empty where there is none.
    """

    id: str
    zone: str
    zone_id: str
    free_addresses: int
    gives_public_addresses: bool
    route_table_id: str
    default_route: str

    @property
    def is_public(self) -> bool:
        """Whether its default route leads to an internet gateway."""
        return self.default_route.startswith("igw-")


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A VPC endpoint.

    Attributes:
        id: of the endpoint; several ids where a service has several endpoints.
        tags: its tags.
        route_table_ids: the route tables that lead to it; none is known of several endpoints.
        answers_dns: whether the service's own DNS name leads to it.
    """

    id: str
    tags: Mapping[str, str]
    route_table_ids: Sequence[str] | None
    answers_dns: bool

    def clashes(self, route_table_ids: Set[str]) -> bool:
        """Say whether AWS would refuse another endpoint for the service beside it.

        A route table takes one gateway endpoint, and a service's DNS name one interface endpoint.
        """
        tables = self.route_table_ids
        if tables:
            return not route_table_ids.isdisjoint(tables)
        return tables is not None and self.answers_dns

    def serves(self, route_table_ids: Set[str]) -> bool:
        """Say whether tasks of subnets with these route tables reach the service by it."""
        tables = self.route_table_ids
        return self.answers_dns or (bool(tables) and route_table_ids <= set(tables or ()))


class Lookups:
    """Asks AWS about one VPC; plain invokes, which answer at a preview too."""

    def __init__(self, options: pulumi.InvokeOptions, vpc_id: str) -> None:
        """Ask by some options about the VPC of an id."""
        self._options, self._vpc_id = options, vpc_id

    def exists(self) -> bool:
        """Say whether the account and region have the VPC."""
        return bool(
            aws.ec2.get_vpcs(
                filters=[{"name": "vpc-id", "values": [self._vpc_id]}], opts=self._options
            ).ids
        )

    def dns(self) -> tuple[bool, bool]:
        """Return whether DNS support and DNS host names are on."""
        vpc = aws.ec2.get_vpc(id=self._vpc_id, opts=self._options)
        return vpc.enable_dns_support, vpc.enable_dns_hostnames

    def networks(self) -> list[str]:
        """Return the IPv4 address ranges of the VPC."""
        vpc = aws.ec2.get_vpc(id=self._vpc_id, opts=self._options)
        others = [
            one.cidr_block for one in vpc.cidr_block_associations if one.state == "associated"
        ]
        return sorted({vpc.cidr_block, *others})

    def subnet_ids(self) -> set[str]:
        """Return the ids of all subnets of the VPC."""
        return set(
            aws.ec2.get_subnets(
                filters=[{"name": "vpc-id", "values": [self._vpc_id]}], opts=self._options
            ).ids
        )

    def subnet(self, subnet_id: str) -> Subnet:
        """Return a subnet of the VPC."""
        found = aws.ec2.get_subnet(id=subnet_id, opts=self._options)
        table = self._route_table_id(subnet_id)
        return Subnet(
            id=subnet_id,
            zone=found.availability_zone,
            zone_id=found.availability_zone_id,
            free_addresses=found.available_ip_address_count,
            gives_public_addresses=found.map_public_ip_on_launch,
            route_table_id=table,
            default_route=self._default_route(table),
        )

    def _route_table_id(self, subnet_id: str) -> str:
        for name, value in (("association.subnet-id", subnet_id), ("association.main", "true")):
            found = aws.ec2.get_route_tables(
                vpc_id=self._vpc_id,
                filters=[{"name": name, "values": [value]}],
                opts=self._options,
            ).ids
            if found:
                break
        return found[0]

    def _default_route(self, table_id: str) -> str:
        routes = aws.ec2.get_route_table(route_table_id=table_id, opts=self._options).routes
        for route in routes:
            if route.cidr_block == _ANYWHERE:
                return next(filter(None, map(str, _targets(route))), "")
        return ""

    def group_ids(self, filters: Mapping[str, str]) -> Sequence[str]:
        """Return the ids of security groups of the VPC."""
        wanted = {"vpc-id": self._vpc_id, **filters}
        return aws.ec2.get_security_groups(
            filters=[{"name": name, "values": [value]} for name, value in wanted.items()],
            opts=self._options,
        ).ids

    def endpoint(self, service_name: str, kind: str) -> Endpoint | None:
        """Return the VPC's endpoint for a service; None where there is none.

        Args:
            service_name: such as `com.amazonaws.us-east-1.s3`.
            kind: `Gateway` or `Interface`.
        """
        try:
            found = aws.ec2.get_vpc_endpoint(
                vpc_id=self._vpc_id,
                service_name=service_name,
                filters=[
                    {"name": "vpc-endpoint-type", "values": [kind]},
                    {"name": "vpc-endpoint-state", "values": ["available", "pending"]},
                ],
                opts=self._options,
            )
        # The SDK knows no narrower error of an invoke.
        except Exception as error:
            if _NONE in str(error):
                return None
            if _SEVERAL in str(error):
                return Endpoint(id="several", tags={}, route_table_ids=None, answers_dns=True)
            raise
        return Endpoint(
            id=found.id,
            tags=found.tags,
            route_table_ids=found.route_table_ids,
            answers_dns=kind == "Interface" and found.private_dns_enabled,
        )

    def prefix_list_id(self, name: str) -> str:
        """Return the id of AWS's own list of a service's addresses."""
        return aws.ec2.get_prefix_list(name=name, opts=self._options).id


def _targets(route: aws.ec2.outputs.GetRouteTableRouteResult) -> Sequence[str]:
    return (
        route.gateway_id,
        route.nat_gateway_id,
        route.transit_gateway_id,
        route.network_interface_id,
        route.instance_id,
        route.vpc_endpoint_id,
        route.core_network_arn,
        route.vpc_peering_connection_id,
    )
