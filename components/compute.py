"""Compute: Batch queues with the compute environments behind them, and the roles of jobs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import container_instance, fargate_execution, iam, job_permissions
from components.aws_environment import AwsEnvironment
from components.compute_environment import ComputeEnvironments, ComputeEnvironmentsArgs
from components.job_permissions import JobPermissions
from components.job_queue import Queue
from components.placement import NodePlace
from components.tags import named

_UNRUNNABLE_REASONS = (
    "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
    "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
    "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
)
"""The reasons for which Batch can cancel a waiting job, in every partition.

Source: AWS Batch User Guide, "Jobs stuck in a RUNNABLE status" and its page on time limit actions.
An unsupported instance configuration is a reason on some copies of those pages only.
"""


@dataclass(frozen=True, kw_only=True)
class ComputeArgs:
    """Inputs of :class:`Compute`."""

    environment: AwsEnvironment
    """Where the stack is deployed."""

    label: str
    """What tells the stack's compute environments from those of other stacks."""

    queues: Sequence[Queue]
    """The queues; the first is the default one."""

    offered_types: frozenset[str]
    """EC2 instance types of the queues that the region offers."""

    nodes: Mapping[str, NodePlace]
    """Where the nodes of each queue that has several stand, by its name."""

    vpc_id: pulumi.Input[str]
    """VPC of the subnets."""

    subnet_ids: Sequence[pulumi.Input[str]]
    """Subnets of the instances, with a way to the internet."""

    security_group_ids: Sequence[pulumi.Input[str]]
    """Security groups of the instances, and so of the jobs."""

    network_ready: Sequence[pulumi.Resource]
    """Routes and security group rules that a starting instance needs."""

    bucket_arn: pulumi.Input[str]
    """Datastore bucket that jobs read and write."""

    bucket_key_arn: pulumi.Input[str] | None
    """KMS key of the bucket, where it has one."""

    permissions: JobPermissions
    """What jobs may do beyond Metaflow's own needs."""

    images: container_instance.ImageSources
    """What jobs may pull from the account's registry."""

    unrunnable_after_seconds: int
    """Seconds after which a job is cancelled that cannot run, 600 to 86400."""

    tags: Mapping[str, str]
    """Tags of every taggable child."""


class Compute(pulumi.ComponentResource):
    """Batch queues whose environments grow from nothing and change in place."""

    queue_arns: list[pulumi.Output[str]]
    environment_arns: list[pulumi.Output[str]]
    job_role_arn: pulumi.Output[str]
    job_role_name: pulumi.Output[str]
    fargate_execution_role_arn: pulumi.Output[str] | None

    def __init__(
        self, name: str, args: ComputeArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Register queues, environments and roles."""
        super().__init__("metaflow:index:Compute", name, {}, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        environments = self._environments()
        self.environment_arns = [one.arn for several in environments for one in several]
        self.queue_arns = [
            self._queue(queue, several).arn
            for queue, several in zip(args.queues, environments, strict=True)
        ]
        self.fargate_execution_role_arn = self._fargate_execution_role()
        role = self._job_role()
        self.job_role_arn, self.job_role_name = role.arn, role.name
        self.register_outputs({"job_role_arn": role.arn})

    def _environments(self) -> list[list[aws.batch.ComputeEnvironment]]:
        """Make the environments of each queue."""
        args, profile, ready = self._args, None, list(self._args.network_ready)
        if not all(queue.on_fargate for queue in args.queues):
            profile, policy = self._instance_profile()
            ready.insert(0, policy)
        made = ComputeEnvironments(
            self._name,
            ComputeEnvironmentsArgs(
                prefix=self._prefix,
                offered_types=args.offered_types,
                nodes=args.nodes,
                instance_profile_arn=profile.arn if profile else None,
                vpc_id=args.vpc_id,
                subnet_ids=args.subnet_ids,
                security_group_ids=args.security_group_ids,
                ready=ready,
                tags=args.tags,
            ),
            parent=self,
        )
        return [made.behind(queue) for queue in args.queues]

    @property
    def _prefix(self) -> str:
        """What the names of the stack's compute environments begin with.

        So do those of a stack that is called the same up to an underscore, or a point for a dash.
        """
        return f"{self._args.label.replace('.', '-')}_"

    def _instance_profile(self) -> tuple[aws.iam.InstanceProfile, pulumi.Resource]:
        environment = self._args.environment
        tags = named(self._args.tags, f"{self._name}-instance")
        role = aws.iam.Role(
            f"{self._name}-instance",
            description="Instances of Metaflow's Batch queues: ECS agent, images, logs",
            assume_role_policy=iam.trust_service_unconditionally(environment, "ec2"),
            permissions_boundary=environment.permissions_boundary,
            tags=tags,
            opts=self._child,
        )
        policy = aws.iam.RolePolicy(
            f"{self._name}-instance",
            role=role.name,
            policy=iam.document(
                container_instance.statements(environment, self._prefix, self._args.images)
            ),
            opts=self._child,
        )
        profile = aws.iam.InstanceProfile(
            f"{self._name}-instance", role=role.name, tags=tags, opts=self._child
        )
        return profile, policy

    def _queue(
        self, queue: Queue, environments: Sequence[aws.batch.ComputeEnvironment]
    ) -> aws.batch.JobQueue:
        policy = self._scheduling_policy(queue)
        # A queue cannot be given a policy, nor be without the one it has: it is another queue then.
        name = f"{self._name}-{queue.name}{'-shared' if policy else ''}"
        return aws.batch.JobQueue(
            name,
            state="ENABLED",
            priority=queue.priority,
            compute_environment_orders=[
                {"order": order, "compute_environment": environment.arn}
                for order, environment in enumerate(environments)
            ],
            scheduling_policy_arn=policy.arn if policy else None,
            job_state_time_limit_actions=[
                {
                    "reason": reason,
                    "state": "RUNNABLE",
                    "action": "CANCEL",
                    "max_time_seconds": (
                        queue.job_state_time_limit_seconds or self._args.unrunnable_after_seconds
                    ),
                }
                for reason in _UNRUNNABLE_REASONS
            ],
            tags=named({**self._args.tags, **queue.tags}, name),
            opts=self._child,
        )

    def _scheduling_policy(self, queue: Queue) -> aws.batch.SchedulingPolicy | None:
        if queue.fair_share is None:
            return None
        name = f"{self._name}-{queue.name}"
        return aws.batch.SchedulingPolicy(
            name,
            fair_share_policy={
                "compute_reservation": queue.fair_share.compute_reservation,
                "share_decay_seconds": queue.fair_share.decay_seconds,
                "share_distributions": [
                    {"share_identifier": identifier, "weight_factor": weight}
                    for identifier, weight in queue.fair_share.shares.items()
                ],
            },
            tags=named({**self._args.tags, **queue.tags}, name),
            opts=self._child,
        )

    def _fargate_execution_role(self) -> pulumi.Output[str] | None:
        if not any(queue.on_fargate for queue in self._args.queues):
            return None
        name = f"{self._name}-fargate"
        return fargate_execution.role(
            name,
            self._args.environment,
            self._args.images,
            named(self._args.tags, name),
            self._child,
        ).arn

    def _job_role(self) -> aws.iam.Role:
        """Make the role of the jobs' own code."""
        args = self._args
        role = aws.iam.Role(
            f"{self._name}-job",
            description="Metaflow's jobs on Batch",
            assume_role_policy=iam.trust_service(
                args.environment, "ecs-tasks", source_arn=args.environment.arn("ecs", "*")
            ),
            permissions_boundary=args.environment.permissions_boundary,
            tags=named(args.tags, f"{self._name}-job"),
            opts=self._child,
        )
        aws.iam.RolePolicy(
            f"{self._name}-job-datastore",
            role=role.name,
            policy=iam.document(
                iam.datastore_statements(args.environment, args.bucket_arn, args.bucket_key_arn)
            ),
            opts=self._child,
        )
        job_permissions.grant(
            f"{self._name}-job", role, args.environment, args.permissions, self._child
        )
        return role
