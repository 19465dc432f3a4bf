"""SecurityGroups: who may talk to whom, as one table of rules."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.tags import named

SERVICE_PORT = 8080
"""Port of the service's container (metaflow-service, `services/metadata_service/server.py`)."""

LOAD_BALANCER_PORT = 80
"""Port of the internal load balancer; the URL that jobs use names no other."""

DATABASE_PORT = 5432

_HTTPS = 443
_ANYWHERE = "0.0.0.0/0"

_DATABASE, _ENDPOINTS = "database", "endpoints"

_GROUPS: Mapping[str, str] = {
    "balancer": "Load balancer in front of the metadata service",
    "link": "VPC link to the metadata service",
    "service": "Tasks of the metadata service",
    _DATABASE: "Metadata database",
    "jobs": "Jobs on Batch",
    _ENDPOINTS: "Interface endpoints",
}

_Paths = Sequence[tuple[str, str, int]]

_TO_DATABASE = ("service", _DATABASE, DATABASE_PORT)
_THROUGH_BALANCER: _Paths = (
    ("jobs", "balancer", LOAD_BALANCER_PORT),
    ("balancer", "service", SERVICE_PORT),
    _TO_DATABASE,
)
"""Every connection inside the VPC: from, to, port. Each is a rule out of one and into the other."""

_WITHOUT_BALANCER: _Paths = (
    ("jobs", "service", SERVICE_PORT),
    _TO_DATABASE,
)
"""The same where nothing stands before the tasks."""

_FROM_LINK: Mapping[bool, tuple[str, str, int]] = {
    True: ("link", "balancer", LOAD_BALANCER_PORT),
    False: ("link", "service", SERVICE_PORT),
}
"""Where a VPC link of version 2 leads, with a load balancer and without one."""

_TO_AWS: Mapping[str, Sequence[str]] = {"service": ("s3",), "jobs": ("s3", "dynamodb")}
"""Groups that reach HTTPS outside: images, AWS's endpoints, packages; each with the services that
it reaches by gateway endpoints, where it does not reach the internet. ECR keeps the layers of
images in S3 (Amazon ECR User Guide, "Amazon ECR interface VPC endpoints")."""


@dataclass(frozen=True, kw_only=True)
class DatabasePeer:
    """Where the database of somebody else's stands.

    Attributes:
        port: its TCP port.
        security_group_id: its security group; None where its network is given.
        cidr: its network; None where its security group is given.
    """

    port: int
    security_group_id: str | None
    cidr: str | None


@dataclass(frozen=True, kw_only=True)
class SecurityGroupsArgs:
    """Inputs of :class:`SecurityGroups`."""

    vpc_id: pulumi.Input[str]
    """The VPC of the groups."""

    load_balancer: bool
    """Whether a load balancer stands before the service; jobs reach it directly otherwise."""

    vpc_link: bool
    """Whether a VPC link of version 2 reaches the load balancer, or the service where there is
    none."""

    internet: bool
    """Whether service and jobs have a way to the internet."""

    interface_endpoints: bool
    """Whether there are interface endpoints, which get a group of their own."""

    prefix_list_ids: Mapping[str, pulumi.Input[str]]
    """Addresses behind the gateway endpoints, by service."""

    endpoint_networks: Sequence[str]
    """Networks in which interface endpoints stand that are not the stack's own."""

    job_egress_cidrs: Sequence[str]
    """Networks that jobs may reach beyond the stack; none means any."""

    database: DatabasePeer | None
    """A database that is not the stack's; None where the stack makes one."""

    tags: Mapping[str, str]
    """Tags of every taggable child."""


class SecurityGroups(pulumi.ComponentResource):
    """The stack's security groups and the only connections that they allow.

    A VPC link of version 1 reaches the load balancer by PrivateLink, for which the load balancer
    does not enforce its group's rules.
    """

    balancer_id: pulumi.Output[str] | None
    link_id: pulumi.Output[str] | None
    service_id: pulumi.Output[str]
    database_id: pulumi.Output[str] | None
    """None where the database is not the stack's."""

    jobs_id: pulumi.Output[str]
    endpoints_id: pulumi.Output[str] | None

    def __init__(
        self, name: str, args: SecurityGroupsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Register the groups and their rules."""
        super().__init__("metaflow:index:SecurityGroups", name, {}, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        paths = list(self._paths())
        ends = {end for source, target, _ in paths for end in (source, target)}
        self._groups = {group: text for group, text in _GROUPS.items() if group in ends}
        self._rules: dict[str, list[pulumi.Resource]] = {group: [] for group in self._groups}
        self._ids = {group: self._group(group, text) for group, text in self._groups.items()}
        for source, target, port in paths:
            self._path(source, target, port)
        if args.database is not None:
            self._to_database(args.database)
        for group in _TO_AWS:
            self._ways_out(group)
        self.endpoints_id = self._ids.get(_ENDPOINTS)
        self.balancer_id, self.link_id = self._ids.get("balancer"), self._ids.get("link")
        self.service_id, self.jobs_id = self._ids["service"], self._ids["jobs"]
        self.database_id = self._ids.get(_DATABASE)
        self.register_outputs({})

    def rules_of(self, *groups: str) -> list[pulumi.Resource]:
        """Return the rules into and out of groups, for what must not start before they stand."""
        return [rule for group in groups for rule in self._rules.get(group, ())]

    def _paths(self) -> Iterator[tuple[str, str, int]]:
        args = self._args
        paths = _THROUGH_BALANCER if args.load_balancer else _WITHOUT_BALANCER
        yield from (path for path in paths if path != _TO_DATABASE or args.database is None)
        if args.vpc_link:
            yield _FROM_LINK[args.load_balancer]
        if args.interface_endpoints:
            yield from ((group, _ENDPOINTS, _HTTPS) for group in _TO_AWS)

    def _group(self, group: str, description: str) -> pulumi.Output[str]:
        resource = aws.ec2.SecurityGroup(
            f"{self._name}-{group}",
            vpc_id=self._args.vpc_id,
            description=description,
            tags=named(self._args.tags, f"{self._name}-{group}"),
            opts=self._child,
        )
        return resource.id

    def _path(self, source: str, target: str, port: int) -> None:
        tags = named(self._args.tags, f"{source}-to-{target}")
        self._rules[source].append(
            aws.vpc.SecurityGroupEgressRule(
                f"{self._name}-{source}-to-{target}",
                security_group_id=self._ids[source],
                referenced_security_group_id=self._ids[target],
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                description=f"To {self._groups[target].lower()}",
                tags=tags,
                opts=self._child,
            )
        )
        self._rules[target].append(
            aws.vpc.SecurityGroupIngressRule(
                f"{self._name}-{target}-from-{source}",
                security_group_id=self._ids[target],
                referenced_security_group_id=self._ids[source],
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                description=f"From {self._groups[source].lower()}",
                tags=tags,
                opts=self._child,
            )
        )

    def _to_database(self, database: DatabasePeer) -> None:
        """Let the service out to a database whose own group the stack does not touch."""
        self._rules["service"].append(
            aws.vpc.SecurityGroupEgressRule(
                f"{self._name}-service-to-database",
                security_group_id=self._ids["service"],
                referenced_security_group_id=database.security_group_id,
                cidr_ipv4=database.cidr,
                ip_protocol="tcp",
                from_port=database.port,
                to_port=database.port,
                description="To the metadata database",
                tags=named(self._args.tags, "service-to-database"),
                opts=self._child,
            )
        )

    def _ways_out(self, group: str) -> None:
        """Let a group out to the internet, or to what it is kept to."""
        args = self._args
        cidrs = list(args.job_egress_cidrs) if group == "jobs" else []
        if args.internet and not cidrs:
            self._https(group, "internet", "HTTPS to images, AWS and packages", {"cidr": _ANYWHERE})
            return
        for service in _TO_AWS[group]:
            if service in args.prefix_list_ids:
                target = {"prefix_list": args.prefix_list_ids[service]}
                self._https(group, service, f"HTTPS to the gateway endpoint of {service}", target)
        for cidr in dict.fromkeys([*args.endpoint_networks, *cidrs]):
            suffix = cidr.replace(".", "-").replace("/", "-")
            self._https(group, suffix, f"HTTPS to {cidr}", {"cidr": cidr})

    def _https(
        self, group: str, suffix: str, text: str, target: Mapping[str, pulumi.Input[str]]
    ) -> None:
        self._rules[group].append(
            aws.vpc.SecurityGroupEgressRule(
                f"{self._name}-{group}-to-{suffix}",
                security_group_id=self._ids[group],
                cidr_ipv4=target.get("cidr"),
                prefix_list_id=target.get("prefix_list"),
                ip_protocol="tcp",
                from_port=_HTTPS,
                to_port=_HTTPS,
                description=text,
                tags=named(self._args.tags, f"{group}-to-{suffix}"),
                opts=self._child,
            )
        )
