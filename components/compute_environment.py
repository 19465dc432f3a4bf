"""Compute environments of Batch: instances on demand, on Spot or with GPUs, and Fargate."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.job_queue import Queue
from components.multi_node import MultiNode, multi_node
from components.placement import NodePlace
from components.tags import named

_ROOT_DEVICE = "/dev/xvda"
_LONGEST_WAIT_MINUTES = 360

_TYPES: Mapping[str, str] = {
    "ec2": "EC2",
    "gpu": "EC2",
    "spot": "SPOT",
    "fargate": "FARGATE",
    "fargate-spot": "FARGATE_SPOT",
}
"""Batch's types of an environment by the queue's kind."""

_ON_DEMAND: Mapping[str, str] = {"SPOT": "EC2", "FARGATE_SPOT": "FARGATE"}
"""What stands behind Spot where it has no capacity; a queue has one platform only."""


@dataclass(frozen=True, kw_only=True)
class ComputeEnvironmentsArgs:
    """What every environment of a stack is made of."""

    prefix: str
    """What the names of the stack's environments begin with."""

    offered_types: frozenset[str]
    """EC2 instance types that the region offers."""

    nodes: Mapping[str, NodePlace]
    """Where the nodes of each queue that has several stand, by its name."""

    instance_profile_arn: pulumi.Input[str] | None
    """Instance profile of the instances, where there are any."""

    vpc_id: pulumi.Input[str]
    """VPC of the subnets."""

    subnet_ids: Sequence[pulumi.Input[str]]
    """Subnets of instances and tasks, one in each zone, with a way to the internet."""

    security_group_ids: Sequence[pulumi.Input[str]]
    """Security groups of instances and tasks, and so of the jobs."""

    ready: Sequence[pulumi.Resource]
    """What a starting instance or task needs."""

    tags: Mapping[str, str]
    """Tags of every taggable resource."""


class ComputeEnvironments:
    """Makes the environments behind queues, which change in place where Batch has that.

    None names a service role: Batch then uses its service-linked role, without which most changes
    of an environment would replace it.
    """

    def __init__(self, name: str, args: ComputeEnvironmentsArgs, parent: pulumi.Resource) -> None:
        """Make environments that are children of a component of that name."""
        self._name, self._args, self._parent = name, args, parent

    def behind(self, queue: Queue) -> list[aws.batch.ComputeEnvironment]:
        """Make a queue's environments, in the order in which Batch is to try them."""
        kind = _TYPES[queue.kind]
        name = _name(queue)
        template, nodes = None, self._nodes(queue)
        if not queue.on_fargate:
            template = self._launch_template(queue, nodes)
        found = [self._environment(name, kind, queue, template, nodes)]
        if queue.on_demand_behind:
            behind = self._environment(f"{name}-on-demand", _ON_DEMAND[kind], queue, template, None)
            found.append(behind)
        return found

    def _nodes(self, queue: Queue) -> MultiNode | None:
        if not queue.multi_node:
            return None
        args = self._args
        name = f"{self._name}-{queue.name}"
        return multi_node(name, args.vpc_id, {**args.tags, **queue.tags}, self._parent)

    def _environment(
        self,
        name: str,
        kind: str,
        queue: Queue,
        template: aws.ec2.LaunchTemplate | None,
        nodes: MultiNode | None,
    ) -> aws.batch.ComputeEnvironment:
        args = self._args
        resources: dict[str, Any] = {
            "type": kind,
            "max_vcpus": queue.max_vcpus,
            "subnets": list(args.subnet_ids),
        }
        if not queue.efa:
            # Batch takes groups here or network interfaces in the launch template, never both
            # (https://github.com/aws/aws-cdk/issues/21577).
            resources["security_group_ids"] = self._security_groups(nodes)
        if template is not None:
            resources |= self._instances(kind, queue, template)
        if nodes is not None:
            # The nodes of a job are in one zone.
            resources |= {
                "subnets": [args.subnet_ids[args.nodes[queue.name].subnet]],
                "placement_group": nodes.placement_group,
            }
        return aws.batch.ComputeEnvironment(
            f"{self._name}-{name}",
            name_prefix=f"{args.prefix}{name}-",
            type="MANAGED",
            compute_resources=aws.batch.ComputeEnvironmentComputeResourcesArgs(**resources),
            update_policy=None if queue.on_fargate else _update_policy(),
            tags=self._tags(queue, name),
            opts=pulumi.ResourceOptions(
                parent=self._parent,
                depends_on=[*args.ready, *(nodes.rules if nodes else ())],
                custom_timeouts=pulumi.CustomTimeouts(update=f"{_LONGEST_WAIT_MINUTES + 30}m"),
            ),
        )

    def _security_groups(self, nodes: MultiNode | None) -> list[pulumi.Input[str]]:
        own = [nodes.security_group_id] if nodes else []
        return [*self._args.security_group_ids, *own]

    def _instances(
        self, kind: str, queue: Queue, template: aws.ec2.LaunchTemplate
    ) -> dict[str, Any]:
        """Return what only environments of instances have."""
        args, spot = self._args, kind == "SPOT"
        offered = args.nodes[queue.name].types if queue.multi_node else args.offered_types
        return {
            "allocation_strategy": queue.strategy if spot else "BEST_FIT_PROGRESSIVE",
            # Stated where it is the default, too: the provider sends 0 when it is left out again.
            **({"bid_percentage": queue.maximum_price_percent} if spot else {}),
            "min_vcpus": queue.min_vcpus if kind == _TYPES[queue.kind] else 0,
            "instance_types": [one for one in queue.chosen_types if one in offered],
            "instance_role": args.instance_profile_arn,
            # The provider would keep an image id that is named here and then left out again.
            "ec2_configurations": [
                {"image_type": "ECS_AL2023_NVIDIA" if queue.has_gpus else "ECS_AL2023"}
            ],
            # By number: Batch resolves $Latest once, when the environment is made.
            "launch_template": {
                "launch_template_id": template.id,
                "version": template.latest_version.apply(str),
            },
        }

    def _launch_template(self, queue: Queue, nodes: MultiNode | None) -> aws.ec2.LaunchTemplate:
        tags = self._tags(queue, queue.name)
        user_data = base64.b64encode(queue.user_data.encode()).decode()
        return aws.ec2.LaunchTemplate(
            f"{self._name}-{queue.name}",
            update_default_version=True,
            image_id=queue.image_id or None,
            metadata_options={
                "http_endpoint": "enabled",
                "http_tokens": "required",
                # Metaflow asks for the region, and does without; what shares the instance's network
                # reaches it all the same (AWS Batch User Guide, "Networking modes").
                "http_put_response_hop_limit": queue.metadata_hop_limit,
            },
            block_device_mappings=[
                {
                    "device_name": _ROOT_DEVICE,
                    "ebs": {
                        "volume_size": queue.disk_gib,
                        "volume_type": "gp3",
                        "encrypted": "true",
                        "delete_on_termination": "true",
                    },
                }
            ],
            network_interfaces=self._adapters(queue, nodes),
            user_data=user_data or None,
            tag_specifications=[
                {"resource_type": kind, "tags": tags} for kind in ("instance", "volume")
            ],
            tags=tags,
            opts=pulumi.ResourceOptions(parent=self._parent),
        )

    def _adapters(self, queue: Queue, nodes: MultiNode | None) -> list[Any] | None:
        """Return the one interface of instances with an Elastic Fabric Adapter."""
        if not queue.efa:
            return None
        return [
            {
                "device_index": 0,
                "interface_type": "efa",
                "associate_public_ip_address": "false",
                "delete_on_termination": "true",
                "security_groups": self._security_groups(nodes),
            }
        ]

    def _tags(self, queue: Queue, name: str) -> dict[str, str]:
        return named({**self._args.tags, **queue.tags}, f"{self._name}-{name}")


def _name(queue: Queue) -> str:
    """Return what an environment is called within the stack.

    Batch never turns instances into Fargate nor Fargate into Fargate Spot (AWS Batch User Guide,
    "Updating AWS Fargate compute environments"), a placement group cannot come or go, and a machine
    image of one's own is not left for another one in place (AWS Batch User Guide, "AMI selection
    during infrastructure updates": only with `updateToLatestImageVersion`, which the provider does
    not send): the environment of another sort is another one beside it.
    """
    if queue.on_fargate:
        return f"{queue.name}-{queue.kind}"
    own_image = f"-{queue.image_id}" if queue.image_id else ""
    return f"{queue.name}{'-nodes' if queue.multi_node else ''}{own_image}"


def _update_policy() -> aws.batch.ComputeEnvironmentUpdatePolicyArgs:
    """Let running jobs end, as long as Batch allows, where a change replaces their instances."""
    return aws.batch.ComputeEnvironmentUpdatePolicyArgs(
        terminate_jobs_on_update=False, job_execution_timeout_minutes=_LONGEST_WAIT_MINUTES
    )
