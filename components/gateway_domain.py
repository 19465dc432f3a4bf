"""GatewayDomain: a domain name of the user's that leads to the gateway."""

from __future__ import annotations  # they would import what most stacks do not use

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.tags import named


@dataclass(frozen=True, kw_only=True)
class GatewayDomainArgs:
    """Inputs of :class:`GatewayDomain`."""

    domain_name: str
    """The name; a change makes another one."""

    certificate_arn: str
    """ACM certificate of the name, of the stack's region; a change is made in place."""

    hosted_zone_id: str | None
    """Route 53 hosted zone that gets the name's record; None leaves the record to the user."""

    api_id: pulumi.Input[str]
    """The REST or HTTP API."""

    stage_name: pulumi.Input[str]
    """Its stage, whose path does not appear under the name."""

    tags: Mapping[str, str]
    """Tags of every taggable child."""


class GatewayDomain(pulumi.ComponentResource):
    """A regional domain name, whose root is the root of the gateway's stage.

    The types of API Gateway's version 2 serve REST APIs as well (Amazon API Gateway Developer
    Guide, "Map API stages to a custom domain name for REST APIs"): a stack whose gateway becomes
    one of the other kind keeps its name, and the record of it.
    """

    url: pulumi.Output[str]
    """Where the gateway is called, once the name leads to it."""

    target_name: pulumi.Output[str]
    """Name of API Gateway's own to which the record must lead."""

    target_zone_id: pulumi.Output[str]
    """Hosted zone of that name, for an alias record."""

    def __init__(
        self, name: str, args: GatewayDomainArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Register name, mapping and record."""
        super().__init__("metaflow:index:GatewayDomain", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        domain = aws.apigatewayv2.DomainName(
            f"{name}-name",
            domain_name=args.domain_name,
            domain_name_configuration={
                "certificate_arn": args.certificate_arn,
                "endpoint_type": "REGIONAL",
                "security_policy": "TLS_1_2",
            },
            tags=named(args.tags, args.domain_name),
            opts=child,
        )
        mapping = aws.apigatewayv2.ApiMapping(
            f"{name}-mapping",
            domain_name=domain.domain_name,
            api_id=args.api_id,
            stage=args.stage_name,
            # A name has one mapping of its root: another API's must be gone first.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        leads_to = domain.domain_name_configuration
        self.target_name = leads_to.apply(lambda one: str(one.target_domain_name))
        self.target_zone_id = leads_to.apply(lambda one: str(one.hosted_zone_id))
        if args.hosted_zone_id:
            self._record(f"{name}-record", args, child, zone_id=args.hosted_zone_id)
        self.url = mapping.domain_name.apply(lambda called: f"https://{called}/")
        self.register_outputs({"url": self.url})

    def _record(
        self, name: str, args: GatewayDomainArgs, child: pulumi.ResourceOptions, *, zone_id: str
    ) -> None:
        aws.route53.Record(
            name,
            zone_id=zone_id,
            name=args.domain_name,
            type="A",
            aliases=[
                {
                    "name": self.target_name,
                    "zone_id": self.target_zone_id,
                    "evaluate_target_health": False,
                }
            ],
            opts=child,
        )
