"""SecurityGroups: who may talk to whom, as one table of rules."""

from collections.abc import Mapping, Sequence
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
    "link": "VPC link to the metadata service",
    "service": "Tasks of the metadata service",
    "database": "Metadata database",
    "jobs": "Jobs on Batch",
}

_Paths = Sequence[tuple[str, str, int]]

_TO_DATABASE = ("service", "database", DATABASE_PORT)
_THROUGH_BALANCER: _Paths = (
    ("jobs", "balancer", LOAD_BALANCER_PORT),
    ("balancer", "service", SERVICE_PORT),
    _TO_DATABASE,
)
"""Every connection inside the VPC: from, to, port. Each is a rule out of one and into the other."""

_WITHOUT_BALANCER: _Paths = (
    ("jobs", "service", SERVICE_PORT),
    ("link", "service", SERVICE_PORT),
    _TO_DATABASE,
)
"""The same where nothing stands before the tasks."""

_TO_INTERNET = ("service", "jobs")
"""Groups that reach HTTPS anywhere: images, AWS's endpoints, packages."""


@dataclass(frozen=True, kw_only=True)
class SecurityGroupsArgs:
    """Inputs of :class:`SecurityGroups`."""

    vpc_id: pulumi.Input[str]
    """The VPC of the groups."""

    load_balancer: bool
    """Whether a load balancer stands before the service; a VPC link and jobs reach it directly
    otherwise."""

    tags: Mapping[str, str]
    """Tags of every taggable child."""


class SecurityGroups(pulumi.ComponentResource):
    """The stack's security groups and the only connections that they allow.

    A VPC link of version 1 reaches the load balancer by PrivateLink, for which the load balancer
    does not enforce its group's rules.
    """

    entrance_id: pulumi.Output[str]
    """The group of the load balancer, or of the VPC link where there is none."""

    service_id: pulumi.Output[str]
    database_id: pulumi.Output[str]
    jobs_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: SecurityGroupsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Register the groups and their rules."""
        super().__init__("metaflow:index:SecurityGroups", name, {}, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        paths = _THROUGH_BALANCER if args.load_balancer else _WITHOUT_BALANCER
        groups = {end for source, target, _ in paths for end in (source, target)}
        self._rules: dict[str, list[pulumi.Resource]] = {group: [] for group in groups}
        self._ids = {
            group: self._group(group, text) for group, text in _GROUPS.items() if group in groups
        }
        for source, target, port in paths:
            self._path(source, target, port)
        for group in _TO_INTERNET:
            self._to_internet(group)
        self._entrance = "balancer" if args.load_balancer else "link"
        self.entrance_id, self.service_id = self._ids[self._entrance], self._ids["service"]
        self.database_id, self.jobs_id = self._ids["database"], self._ids["jobs"]
        self.register_outputs({})

    def rules_of(self, *groups: str) -> list[pulumi.Resource]:
        """Return the rules into and out of groups, for what must not start before they stand."""
        return [rule for group in groups for rule in self._rules[group]]

    def rules_of_service(self) -> list[pulumi.Resource]:
        """Return the rules without which the service's tasks are not reached, or reach nothing."""
        return self.rules_of(self._entrance, "service", "database")

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
