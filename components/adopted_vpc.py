"""What AWS says of a VPC that is there already, and whether a stack can stand in it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import pulumi

from components import aws_environment, interface_endpoints
from components.aws_environment import AwsEnvironment
from components.gateway_endpoints import GATEWAY_SERVICES
from components.placement import SubnetZones
from components.vpc_lookups import Endpoint, Lookups, Subnet

_LEAST_ADDRESSES: Mapping[str, int] = {
    "publicSubnetIds": 16,
    "privateSubnetIds": 16,
    "databaseSubnetIds": 8,
}
"""Free addresses that a new stack needs in a subnet: a load balancer eight (Elastic Load Balancing
User Guide, "Network Load Balancers"); tasks, endpoints and the first instances sixteen."""


Subnets = Mapping[str, Sequence[Subnet]]
"""Subnets by the setting that names them."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a stack wants of a VPC; plain values.

    Attributes:
        vpc_id: the VPC.
        subnet_ids: its subnets by the setting that names them: of tasks and jobs, public or
            private, and of database and load balancer.
        job_group_ids: security groups that jobs are in besides their own.
        instances: whether some queue runs on instances.
        assumed_roles: whether jobs may assume roles.
        load_balancer: whether one stands in front of the service.
        jobs_are_kept: whether jobs are kept from most of the internet.
        interface_endpoints: services for which the stack makes interface endpoints.
        omitted_endpoints: services for which it makes no endpoint of any type.
        own_tags: tags of the stack's own resources, in which an asterisk is any text.
    """

    vpc_id: str
    subnet_ids: Mapping[str, Sequence[str]]
    job_group_ids: Sequence[str]
    instances: bool
    assumed_roles: bool
    load_balancer: bool
    jobs_are_kept: bool
    interface_endpoints: Sequence[str]
    omitted_endpoints: Sequence[str]
    own_tags: Mapping[str, str]

    @property
    def tasks(self) -> str:
        """The setting that names the subnets of tasks and jobs."""
        return next(key for key in self.subnet_ids if key != "databaseSubnetIds")

    @property
    def gateway_endpoints(self) -> list[str]:
        """Services for which the stack makes gateway endpoints."""
        return [one for one in GATEWAY_SERVICES if one not in self.omitted_endpoints]

    @property
    def other_interface_endpoints(self) -> list[str]:
        """Services whose interface endpoints, if there are any, are the VPC's own."""
        return [one for one in self.called if one not in self.interface_endpoints]

    @property
    def called(self) -> list[str]:
        """Services that tasks and jobs call and that have interface endpoints."""
        return interface_endpoints.needed(
            instances=self.instances, assumed_roles=self.assumed_roles
        )

    def is_own(self, endpoint: Endpoint) -> bool:
        """Say whether the stack made an endpoint itself."""
        tags = endpoint.tags
        return all(fnmatchcase(tags.get(key, ""), text) for key, text in self.own_tags.items())


@dataclass(frozen=True, kw_only=True)
class AdoptedVpc:
    """A VPC in which a stack can stand; plain values.

    Attributes:
        id: of the VPC.
        public_subnet_ids: subnets for tasks and jobs with public addresses.
        private_subnet_ids: subnets for tasks and jobs without.
        database_subnet_ids: subnets for database, load balancer and VPC link.
        zones: the zones of these subnets, in the order of each.
        route_table_ids: route tables of the tasks' subnets, each once.
        gateway_endpoints: services for which the stack makes gateway endpoints.
        reaches_internet: whether the tasks' subnets have a default route.
        prefix_list_ids: addresses of the services of gateway endpoints.
        endpoint_networks: address ranges in which interface endpoints of the VPC's own may stand;
            none where the stack makes all that it needs.
    """

    id: str
    public_subnet_ids: Sequence[str]
    private_subnet_ids: Sequence[str]
    database_subnet_ids: Sequence[str]
    zones: SubnetZones
    route_table_ids: Sequence[str]
    gateway_endpoints: Sequence[str]
    reaches_internet: bool
    prefix_list_ids: Mapping[str, str]
    endpoint_networks: Sequence[str]


def look_up(
    opts: pulumi.ResourceOptions | None, environment: AwsEnvironment, wanted: Wanted
) -> AdoptedVpc:
    """Ask AWS about a VPC; registers nothing.

    Args:
        opts: the options of the component that is about to be registered.
        environment: where the stack is deployed.
        wanted: what it wants of the VPC.

    Raises:
        pulumi.RunError: the stack cannot stand there; one line for each reason.
    """
    lookups = Lookups(aws_environment.invoke_options(opts), wanted.vpc_id)
    _refuse(_vpc_problems(lookups, wanted))
    subnets = {key: [lookups.subnet(one) for one in ids] for key, ids in wanted.subnet_ids.items()}
    # Once the stack stands there, its own jobs take the addresses.
    new = not lookups.group_ids({f"tag:{key}": text for key, text in wanted.own_tags.items()})
    found = [*_zone_problems(subnets, wanted), *_route_problems(subnets)]
    _refuse([*found, *(_address_problems(subnets) if new else ())])
    tasks = subnets[wanted.tasks]
    _refuse(_endpoint_problems(lookups, environment, wanted, tasks))
    return AdoptedVpc(
        id=wanted.vpc_id,
        public_subnet_ids=wanted.subnet_ids.get("publicSubnetIds", ()),
        private_subnet_ids=wanted.subnet_ids.get("privateSubnetIds", ()),
        database_subnet_ids=wanted.subnet_ids["databaseSubnetIds"],
        zones=SubnetZones(
            tasks=tuple(one.zone for one in tasks),
            isolated=tuple(one.zone for one in subnets["databaseSubnetIds"]),
            isolated_ids=tuple(one.zone_id for one in subnets["databaseSubnetIds"]),
            tasks_key=wanted.tasks,
            isolated_key="databaseSubnetIds",
        ),
        route_table_ids=sorted({one.route_table_id for one in tasks}),
        gateway_endpoints=wanted.gateway_endpoints,
        reaches_internet=all(one.default_route for one in tasks),
        prefix_list_ids={
            one: lookups.prefix_list_id(f"com.amazonaws.{environment.region}.{one}")
            for one in GATEWAY_SERVICES
        },
        endpoint_networks=lookups.networks() if wanted.other_interface_endpoints else (),
    )


def _refuse(problems: Iterable[str]) -> None:
    """Refuse the VPC if there is a problem; a line for each."""
    found = list(problems)
    if found:
        lines = "".join(f"\n  {one}." for one in found)
        raise pulumi.RunError(f"The stack cannot stand in this VPC:{lines}")


def _vpc_problems(lookups: Lookups, wanted: Wanted) -> Iterator[str]:
    if not lookups.exists():
        yield f"vpcId is {wanted.vpc_id}, which the account has not in this region"
        return
    names = ("enableDnsSupport", "enableDnsHostnames")
    for name, on in zip(names, lookups.dns(), strict=True):
        if not on:
            yield f"vpcId is {wanted.vpc_id}, whose {name} is off; it must be on"
    there = lookups.subnet_ids()
    for key, ids in wanted.subnet_ids.items():
        yield from _strangers(key, "subnet", [one for one in ids if one not in there], wanted)
    groups = lookups.group_ids({}) if wanted.job_group_ids else ()
    unknown = [one for one in wanted.job_group_ids if one not in groups]
    yield from _strangers("jobSecurityGroupIds", "security group", unknown, wanted)


def _strangers(key: str, kind: str, ids: Sequence[str], wanted: Wanted) -> Iterator[str]:
    for one in ids:
        yield f"{key} has {one}, which is no {kind} of {wanted.vpc_id}"


def _zone_problems(subnets: Subnets, wanted: Wanted) -> Iterator[str]:
    for key, found in subnets.items():
        zones = [one.zone for one in found]
        twice = sorted({one for one in zones if zones.count(one) > 1})
        if twice:
            yield f"{key} has several subnets in {', '.join(twice)}; allowed: one in each zone"
    if not wanted.load_balancer:
        return
    # It sends nothing to tasks in zones in which it has no subnet.
    covered = {one.zone for one in subnets["databaseSubnetIds"]}
    for task in subnets[wanted.tasks]:
        if task.zone not in covered:
            yield (
                f"{wanted.tasks} has {task.id} in {task.zone}, in which databaseSubnetIds has "
                "none; the load balancer needs one there"
            )


def _route_problems(subnets: Subnets) -> Iterator[str]:
    for key, found in subnets.items():
        for one in found:
            if key == "publicSubnetIds":
                yield from _public_problems(one)
            elif one.is_public:
                yield (
                    f"{key} has {one.id}, whose default route leads to the internet gateway "
                    f"{one.default_route}; allowed: subnets without one"
                )


def _public_problems(subnet: Subnet) -> Iterator[str]:
    if not subnet.is_public:
        leads = subnet.default_route or "nowhere"
        yield (
            f"publicSubnetIds has {subnet.id}, whose default route leads to {leads}; allowed: "
            "subnets with a default route to an internet gateway"
        )
    if not subnet.gives_public_addresses:
        yield (
            f"publicSubnetIds has {subnet.id}, which gives instances no public address; "
            "mapPublicIpOnLaunch must be on"
        )


def _address_problems(subnets: Subnets) -> Iterator[str]:
    for key, found in subnets.items():
        for one in found:
            least = _LEAST_ADDRESSES[key]
            if one.free_addresses < least:
                yield (
                    f"{key} has {one.id} with {one.free_addresses} free addresses; allowed: "
                    f"at least {least}"
                )


def _endpoint_problems(
    lookups: Lookups, environment: AwsEnvironment, wanted: Wanted, tasks: Sequence[Subnet]
) -> Iterator[str]:
    """Hold the endpoints that the stack makes or omits against those of the VPC."""
    closed = [one.id for one in tasks if not one.default_route]
    reason = "jobEgressCidrs keeps jobs from the internet"
    if closed:
        reason = f"{wanted.tasks} has {', '.join(closed)} without a default route"
    tables = {one.route_table_id for one in tasks}
    for service in (*GATEWAY_SERVICES, *wanted.called):
        kind = "Gateway" if service in GATEWAY_SERVICES else "Interface"
        name = interface_endpoints.service_name(environment, service)
        there = lookups.endpoint(name, kind)
        if service in (*wanted.gateway_endpoints, *wanted.interface_endpoints):
            if there and there.clashes(tables) and not wanted.is_own(there):
                yield (
                    f"omittedEndpoints lacks {service}, for which {wanted.vpc_id} has the "
                    f"endpoint {there.id}"
                )
        elif (closed or wanted.jobs_are_kept) and not (there and there.serves(tables)):
            way = "subnets with a NAT or transit gateway, or " if closed else ""
            yield (
                f"{reason}, and {wanted.vpc_id} has no endpoint that serves {service} there; "
                f"allowed: {way}interfaceEndpoints true"
            )
