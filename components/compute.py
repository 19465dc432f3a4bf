"""Compute: Batch queues with the compute environments behind them, and the roles of jobs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import container_instance, iam
from components.aws_environment import AwsEnvironment
from components.tags import named

_ROOT_DEVICE = "/dev/xvda"
_LONGEST_WAIT_MINUTES = 360

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
class Queue:
    """One job queue and the instances behind it; plain values.

    Attributes:
        name: the queue's name within the stack.
        instance_types: EC2 instance types to choose from.
        min_vcpus: vCPUs that are kept running.
        max_vcpus: vCPUs at which it stops growing.
        disk_gib: size of each instance's disk, GiB.
    """

    name: str
    instance_types: Sequence[str]
    min_vcpus: int
    max_vcpus: int
    disk_gib: int


@dataclass(frozen=True, kw_only=True)
class ComputeArgs:
    """Inputs of :class:`Compute`."""

    environment: AwsEnvironment
    """Where the stack is deployed."""

    label: str
    """What tells the stack's compute environments from those of other stacks."""

    queues: Sequence[Queue]
    """The queues; the first is the default one."""

    subnet_ids: Sequence[pulumi.Input[str]]
    """Subnets of the instances, with a way to the internet."""

    security_group_id: pulumi.Input[str]
    """Security group of the instances, and so of the jobs."""

    network_ready: Sequence[pulumi.Resource]
    """Routes and security group rules that a starting instance needs."""

    bucket_arn: pulumi.Input[str]
    """Datastore bucket that jobs read and write."""

    bucket_key_arn: pulumi.Input[str] | None
    """KMS key of the bucket, where it has one."""

    secret_arns: Sequence[str]
    """Secrets of Secrets Manager that jobs read."""

    image_repositories: Sequence[str]
    """ECR repositories of the account and region from which jobs may pull; IAM's wildcards."""

    unrunnable_after_seconds: int
    """Seconds after which a job is cancelled that cannot run, 600 to 86400."""

    tags: Mapping[str, str]
    """Tags of every taggable child."""


class Compute(pulumi.ComponentResource):
    """Batch queues whose environments grow from nothing and change in place.

    Neither environment names a service role: Batch then uses its service-linked role, without which
    most changes of an environment would replace it.
    """

    queue_arns: list[pulumi.Output[str]]
    environment_arns: list[pulumi.Output[str]]
    job_role_arn: pulumi.Output[str]
    job_role_name: pulumi.Output[str]

    def __init__(
        self, name: str, args: ComputeArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Register queues, environments and roles."""
        super().__init__("metaflow:index:Compute", name, {}, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        profile, policy = self._instance_profile()
        ready = [policy, *args.network_ready]
        environments = [self._environment(queue, profile, ready) for queue in args.queues]
        self.environment_arns = [environment.arn for environment in environments]
        self.queue_arns = [
            self._queue(queue, environment).arn
            for queue, environment in zip(args.queues, environments, strict=True)
        ]
        role = self._job_role()
        self.job_role_arn, self.job_role_name = role.arn, role.name
        self.register_outputs({"job_role_arn": role.arn})

    @property
    def _environments(self) -> str:
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
            tags=tags,
            opts=self._child,
        )
        policy = aws.iam.RolePolicy(
            f"{self._name}-instance",
            role=role.name,
            policy=iam.document(
                container_instance.statements(
                    environment, self._environments, self._args.image_repositories
                )
            ),
            opts=self._child,
        )
        profile = aws.iam.InstanceProfile(
            f"{self._name}-instance", role=role.name, tags=tags, opts=self._child
        )
        return profile, policy

    def _launch_template(self, queue: Queue) -> aws.ec2.LaunchTemplate:
        tags = named(self._args.tags, f"{self._name}-{queue.name}")
        return aws.ec2.LaunchTemplate(
            f"{self._name}-{queue.name}",
            update_default_version=True,
            metadata_options={
                "http_endpoint": "enabled",
                "http_tokens": "required",
                # Metaflow asks for the region, and does without; what shares the instance's network
                # reaches it all the same (AWS Batch User Guide, "Networking modes").
                "http_put_response_hop_limit": 1,
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
            tag_specifications=[
                {"resource_type": kind, "tags": tags} for kind in ("instance", "volume")
            ],
            tags=tags,
            opts=self._child,
        )

    def _environment(
        self,
        queue: Queue,
        profile: aws.iam.InstanceProfile,
        ready: Sequence[pulumi.Resource],
    ) -> aws.batch.ComputeEnvironment:
        args = self._args
        template = self._launch_template(queue)
        return aws.batch.ComputeEnvironment(
            f"{self._name}-{queue.name}",
            name_prefix=f"{self._environments}{queue.name}-",
            type="MANAGED",
            compute_resources={
                "type": "EC2",
                "allocation_strategy": "BEST_FIT_PROGRESSIVE",
                "min_vcpus": queue.min_vcpus,
                "max_vcpus": queue.max_vcpus,
                "instance_types": list(queue.instance_types),
                "instance_role": profile.arn,
                "subnets": list(args.subnet_ids),
                "security_group_ids": [args.security_group_id],
                "ec2_configurations": [{"image_type": "ECS_AL2023"}],
                # By number: Batch resolves $Latest once, when the environment is made.
                "launch_template": {
                    "launch_template_id": template.id,
                    "version": template.latest_version.apply(str),
                },
            },
            # A change of the instances replaces them; their jobs get what Batch allows to end.
            update_policy={
                "terminate_jobs_on_update": False,
                "job_execution_timeout_minutes": _LONGEST_WAIT_MINUTES,
            },
            tags=named(args.tags, f"{self._name}-{queue.name}"),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=list(ready),
                custom_timeouts=pulumi.CustomTimeouts(update=f"{_LONGEST_WAIT_MINUTES + 30}m"),
            ),
        )

    def _queue(self, queue: Queue, environment: aws.batch.ComputeEnvironment) -> aws.batch.JobQueue:
        return aws.batch.JobQueue(
            f"{self._name}-{queue.name}",
            state="ENABLED",
            priority=1,
            compute_environment_orders=[{"order": 0, "compute_environment": environment.arn}],
            job_state_time_limit_actions=[
                {
                    "reason": reason,
                    "state": "RUNNABLE",
                    "action": "CANCEL",
                    "max_time_seconds": self._args.unrunnable_after_seconds,
                }
                for reason in _UNRUNNABLE_REASONS
            ],
            tags=named(self._args.tags, f"{self._name}-{queue.name}"),
            opts=self._child,
        )

    def _job_role(self) -> aws.iam.Role:
        """Make the role of the jobs' own code."""
        args = self._args
        role = aws.iam.Role(
            f"{self._name}-job",
            description="Metaflow's jobs on Batch",
            assume_role_policy=iam.trust_service(
                args.environment, "ecs-tasks", source_arn=args.environment.arn("ecs", "*")
            ),
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
        secrets = iam.secret_statements(args.secret_arns)
        if secrets:
            aws.iam.RolePolicy(
                f"{self._name}-job-secrets",
                role=role.name,
                policy=iam.document(secrets),
                opts=self._child,
            )
        return role
