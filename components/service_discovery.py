"""ServiceDiscovery: where Cloud Map lists the tasks of the metadata service, by name and by API."""

from __future__ import annotations  # they would import what most stacks do not use

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.security_groups import SERVICE_PORT
from components.tags import named

_NAME = "metadata"
_SECONDS = 10
"""How long a resolver may keep an answer: a task that is replaced is called no longer than this."""


@dataclass(frozen=True, kw_only=True)
class ServiceDiscoveryArgs:
    """Inputs of :class:`ServiceDiscovery`."""

    vpc_id: pulumi.Input[str]
    """The VPC in which the name is known."""

    label: str
    """What tells the stack's private domain from others; a change makes another one."""

    tags: Mapping[str, str]
    """Tags of every taggable child."""


class ServiceDiscovery(pulumi.ComponentResource):
    """A private domain, and in it the name under which ECS registers the tasks.

    Jobs look up the A record; API Gateway asks Cloud Map's API, and gets the port only where there
    are SRV records (Amazon API Gateway Developer Guide, "Private integrations for HTTP APIs").
    """

    registry_arn: pulumi.Output[str]
    """The Cloud Map service."""

    url: pulumi.Output[str]
    """The metadata service inside the VPC."""

    def __init__(
        self, name: str, args: ServiceDiscoveryArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Register the domain and the name."""
        super().__init__("metaflow:index:ServiceDiscovery", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        tags = named(args.tags, name)
        namespace = aws.servicediscovery.PrivateDnsNamespace(
            f"{name}-domain",
            name=f"{args.label.lower()}.internal",
            description="Metaflow's services",
            vpc=args.vpc_id,
            tags=tags,
            opts=child,
        )
        registry = aws.servicediscovery.Service(
            f"{name}-tasks",
            name=_NAME,
            description="Tasks of Metaflow's metadata service",
            dns_config={
                "namespace_id": namespace.id,
                "routing_policy": "MULTIVALUE",
                "dns_records": [{"type": kind, "ttl": _SECONDS} for kind in ("A", "SRV")],
            },
            # ECS says which tasks are healthy.
            health_check_custom_config={"failure_threshold": 1},
            # ECS takes its tasks out; one that lags behind must not keep the stack from going.
            force_destroy=True,
            tags=tags,
            # The same name in another domain is no conflict, and what is deleted first is missed.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=False),
        )
        self.registry_arn = registry.arn
        self.url = pulumi.Output.concat(
            "http://", registry.name, ".", namespace.name, f":{SERVICE_PORT}/"
        )
        self.register_outputs({"url": self.url})
