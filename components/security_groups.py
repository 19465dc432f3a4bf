"""SecurityGroups: who may talk to whom, as one table of rules."""

from collections.abc import Mapping
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

_GROUPS: Mapping[str, str] = {
    "balancer": "Load balancer in front of the metadata service",
    "service": "Tasks of the metadata service",
    "database": "Metadata database",
    "jobs": "Jobs on Batch",
}

_PATHS: tuple[tuple[str, str, int], ...] = (
    ("jobs", "balancer", LOAD_BALANCER_PORT),
    ("balancer", "service", SERVICE_PORT),
    ("service", "database", DATABASE_PORT),
)
"""Every connection inside the VPC: from, to, port. Each is a rule out of one and into the other."""

_TO_INTERNET = ("service", "jobs")
"""Groups that reach HTTPS anywhere: images, AWS's endpoints, packages."""


_DATABASE = "database"


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

    database: DatabasePeer | None
    """A database that is not the stack's; None where the stack makes one."""

    tags: Mapping[str, str]
    """Tags of every taggable child."""


class SecurityGroups(pulumi.ComponentResource):
    """The stack's security groups and the only connections that they allow.

    A VPC link of version 1 reaches the load balancer by PrivateLink, for which the load balancer
    does not enforce its group's rules.
    """

    balancer_id: pulumi.Output[str]
    service_id: pulumi.Output[str]
    database_id: pulumi.Output[str] | None
    """None where the database is not the stack's."""

    jobs_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: SecurityGroupsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Register the groups and their rules."""
        super().__init__("metaflow:index:SecurityGroups", name, {}, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        groups = [one for one in _GROUPS if one != _DATABASE or args.database is None]
        self._rules: dict[str, list[pulumi.Resource]] = {group: [] for group in _GROUPS}
        self._ids = {group: self._group(group, _GROUPS[group]) for group in groups}
        for source, target, port in _PATHS:
            if target in groups:
                self._path(source, target, port)
        if args.database is not None:
            self._to_database(args.database)
        for group in _TO_INTERNET:
            self._to_internet(group)
        self.balancer_id, self.service_id = self._ids["balancer"], self._ids["service"]
        self.database_id, self.jobs_id = self._ids.get(_DATABASE), self._ids["jobs"]
        self.register_outputs({})

    def rules_of(self, *groups: str) -> list[pulumi.Resource]:
        """Return the rules into and out of groups, for what must not start before they stand."""
        return [rule for group in groups for rule in self._rules[group]]

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
                description=f"To {_GROUPS[target].lower()}",
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
                description=f"From {_GROUPS[source].lower()}",
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

    def _to_internet(self, group: str) -> None:
        self._rules[group].append(
            aws.vpc.SecurityGroupEgressRule(
                f"{self._name}-{group}-to-internet",
                security_group_id=self._ids[group],
                cidr_ipv4="0.0.0.0/0",
                ip_protocol="tcp",
                from_port=_HTTPS,
                to_port=_HTTPS,
                description="HTTPS to images, AWS and packages",
                tags=named(self._args.tags, f"{group}-to-internet"),
                opts=self._child,
            )
        )
