"""The VPC links by which API Gateway reaches the metadata service, of both versions.

Version 1 leads to one network load balancer, by PrivateLink. Version 2 leads into the VPC, and each
integration says where to (API Gateway Developer Guide, "Private integrations for REST APIs").
"""

from __future__ import annotations  # they would import what most stacks do not use

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True, kw_only=True)
class LinkPlace:
    """Where the network interfaces of a link of version 2 stand.

    Attributes:
        subnet_ids: subnets, which need no way to the internet.
        security_group_id: their security group.
    """

    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_id: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link as a REST API's integration takes it.

    Attributes:
        id: its identifier.
        target: ARN of the load balancer, which version 2 asks for; None with version 1.
    """

    id: pulumi.Output[str]
    target: pulumi.Input[str] | None

    @property
    def triggers(self) -> Mapping[str, pulumi.Input[str]]:
        """What a deployed API must be deployed again for, once it is another."""
        return {"link": self.id, **({} if self.target is None else {"target": self.target})}


def to_load_balancer(
    name: str,
    load_balancer_arn: pulumi.Input[str],
    place: LinkPlace | None,
    tags: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> Link:
    """Make a REST API's link to a load balancer.

    Args:
        name: of the resource.
        load_balancer_arn: where it leads to.
        place: where a link of version 2 stands; plain, None for one of version 1.
        tags: its tags.
        opts: its options.
    """
    if place is not None:
        return Link(id=into_vpc(name, place, tags, opts).id, target=load_balancer_arn)
    link = aws.apigateway.VpcLink(
        name,
        target_arn=load_balancer_arn,
        description="To Metaflow's metadata service",
        tags=tags,
        opts=opts,
    )
    return Link(id=link.id, target=None)


def into_vpc(
    name: str, place: LinkPlace, tags: Mapping[str, str], opts: pulumi.ResourceOptions
) -> aws.apigatewayv2.VpcLink:
    """Make a link of version 2."""
    return aws.apigatewayv2.VpcLink(
        name,
        subnet_ids=list(place.subnet_ids),
        security_group_ids=[place.security_group_id],
        tags=tags,
        opts=opts,
    )
