"""What the instances of a multi-node queue share: a placement group, and a way to each other."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.tags import named


@dataclass(frozen=True)
class MultiNode:
    """The neighbourhood of a queue's instances.

    Attributes:
        placement_group: name of the placement group, which keeps them close in one zone.
        security_group_id: group in which everything may talk to everything else.
        rules: the group's rules.
    """

    placement_group: pulumi.Output[str]
    security_group_id: pulumi.Output[str]
    rules: tuple[pulumi.Resource, ...]


def multi_node(
    name: str, vpc_id: pulumi.Input[str], tags: Mapping[str, str], parent: pulumi.Resource
) -> MultiNode:
    """Make what the instances of one queue share.

    The nodes of a job open ports of their own choice to each other, and an Elastic Fabric Adapter
    needs all traffic in and out of its own group (Amazon EC2 User Guide, "Get started with EFA").
    A job has nodes in one zone: AWS Batch User Guide, "Compute environment considerations for MNP".

    Args:
        name: the queue's resource name.
        vpc_id: the VPC.
        tags: tags of all of them.
        parent: their parent.
    """
    child = pulumi.ResourceOptions(parent=parent)
    placement = aws.ec2.PlacementGroup(
        f"{name}-nodes", strategy="cluster", tags=named(tags, f"{name}-nodes"), opts=child
    )
    group = aws.ec2.SecurityGroup(
        f"{name}-nodes",
        vpc_id=vpc_id,
        description="Nodes of a job among each other",
        tags=named(tags, f"{name}-nodes"),
        opts=child,
    )
    towards = aws.vpc.SecurityGroupEgressRule(
        f"{name}-nodes-to-nodes",
        security_group_id=group.id,
        referenced_security_group_id=group.id,
        ip_protocol="-1",
        description="To nodes of the queue",
        tags=named(tags, f"{name}-nodes-to-nodes"),
        opts=child,
    )
    inwards = aws.vpc.SecurityGroupIngressRule(
        f"{name}-nodes-from-nodes",
        security_group_id=group.id,
        referenced_security_group_id=group.id,
        ip_protocol="-1",
        description="From nodes of the queue",
        tags=named(tags, f"{name}-nodes-from-nodes"),
        opts=child,
    )
    return MultiNode(placement.name, group.id, (towards, inwards))
