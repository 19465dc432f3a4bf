"""UserAccess: what a data scientist may do, as a policy and a role."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import iam
from components.aws_environment import AwsEnvironment
from components.tags import named

_SESSION_SECONDS = 12 * 3600


@dataclass(frozen=True, kw_only=True)
class UserAccessArgs:
    """Inputs of :class:`UserAccess`."""

    environment: AwsEnvironment
    """Where the stack is deployed."""

    trusted_principals: Sequence[str]
    """ARNs of who may assume the role; empty means the stack's own account."""

    role_arn: str | None
    """A role that gets the policies; None for one of the stack's own."""

    state_machine_prefix: str
    """Prefix of the state machines and schedules that users make."""

    bucket_arn: pulumi.Input[str]
    """Datastore bucket."""

    bucket_key_arn: pulumi.Input[str] | None
    """KMS key of the bucket, where it has one."""

    secret_arns: Sequence[str]
    """Secrets of Secrets Manager that steps read, also those that run on the user's machine."""

    secret_key_arns: Sequence[str]
    """KMS keys of the customer that may encrypt those secrets."""

    queue_arns: Sequence[pulumi.Input[str]]
    """Job queues that users submit to."""

    job_role_arn: pulumi.Input[str]
    """Role that users give their jobs."""

    fargate_execution_role_arn: pulumi.Input[str] | None
    """Role that starts jobs on Fargate, where there is a queue of that kind."""

    state_machine_role_arn: pulumi.Input[str]
    """Role that users give their state machines."""

    schedule_role_arn: pulumi.Input[str]
    """Role that users give their schedules."""

    api_key_id: pulumi.Input[str] | None
    """API key that users may read; None without a gateway."""

    image_repository_arn: pulumi.Input[str] | None
    """ECR repository for images of jobs; None without one."""

    push_images: bool
    """Whether users may push to that repository."""

    tags: Mapping[str, str]
    """Tags of every taggable child."""


class UserAccess(pulumi.ComponentResource):
    """Managed policies for data scientists, and a role that has them.

    More than one, since queues and secrets are named by their ARNs and a policy holds 6,144
    characters.

    The actions are the calls that Metaflow makes for a user: `metaflow/plugins/datatools/s3`,
    `metaflow/plugins/aws/batch/batch_client.py`, `metaflow/plugins/aws/step_functions`.
    """

    role_arn: pulumi.Output[str]
    policy_arns: list[pulumi.Output[str]]

    def __init__(
        self, name: str, args: UserAccessArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Register policies and role."""
        super().__init__("metaflow:index:UserAccess", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        self._name, self._args, self._child = name, args, child
        tags = named(args.tags, name)
        environment = args.environment
        statements = {
            "policy": [
                *iam.datastore_statements(environment, args.bucket_arn, args.bucket_key_arn),
                *_step_functions_statements(args),
                *_schedule_statements(args),
                *_pass_role_statements(args),
                *_api_key_statements(args),
            ],
            "batch": _batch_statements(args),
            "images": _image_statements(args),
            "secrets": iam.secret_statements(environment, args.secret_arns, args.secret_key_arns),
        }
        policies = {
            suffix: aws.iam.Policy(
                f"{name}-{suffix}",
                description="What a data scientist does with Metaflow",
                policy=iam.document(granted),
                tags=tags,
                opts=child,
            )
            for suffix, granted in statements.items()
            if granted
        }
        role_name, self.role_arn = (
            self._role() if args.role_arn is None else _adopted(args.role_arn)
        )
        for suffix, policy in policies.items():
            aws.iam.RolePolicyAttachment(
                f"{name}-{suffix}", role=role_name, policy_arn=policy.arn, opts=child
            )
        self.policy_arns = [policy.arn for policy in policies.values()]
        self.register_outputs({"role_arn": self.role_arn})

    def _role(self) -> tuple[pulumi.Output[str], pulumi.Output[str]]:
        """Make the role; return its name and its ARN."""
        environment = self._args.environment
        account = f"arn:{environment.partition}:iam::{environment.account_id}:root"
        role = aws.iam.Role(
            f"{self._name}-role",
            description="Data scientists who use Metaflow",
            assume_role_policy=iam.trust_principals(self._args.trusted_principals or [account]),
            max_session_duration=_SESSION_SECONDS,
            permissions_boundary=environment.permissions_boundary,
            tags=named(self._args.tags, self._name),
            opts=self._child,
        )
        return role.name, role.arn


def _adopted(arn: str) -> tuple[pulumi.Output[str], pulumi.Output[str]]:
    """Return name and ARN of a role that is there already; its path is no part of its name."""
    return pulumi.Output.from_input(arn.rpartition("/")[2]), pulumi.Output.from_input(arn)


def _batch_statements(args: UserAccessArgs) -> list[iam.Statement]:
    arn = args.environment.arn
    return [
        # AWS offers no resource for listing and describing.
        iam.allow(
            "ReadBatch",
            [
                "batch:DescribeComputeEnvironments",
                "batch:DescribeJobDefinitions",
                "batch:DescribeJobQueues",
                "batch:DescribeJobs",
                "batch:ListJobs",
            ],
            "*",
        ),
        # A privileged container would be root on the instance, beside other users' jobs.
        iam.allow(
            "DefineJobs",
            ["batch:RegisterJobDefinition"],
            [arn("batch", "job-definition/metaflow_*")],
            conditions={"BoolIfExists": {"batch:Privileged": "false"}},
        ),
        *iam.job_statements(args.environment, args.queue_arns, args.state_machine_prefix),
    ]


def _step_functions_statements(args: UserAccessArgs) -> list[iam.Statement]:
    arn, prefix = args.environment.arn, args.state_machine_prefix
    return [
        # AWS offers no resource for listing; every step-functions command of Metaflow lists.
        iam.allow("ListStateMachines", ["states:ListStateMachines"], "*"),
        iam.allow(
            "ManageStateMachines",
            [
                "states:CreateStateMachine",
                "states:UpdateStateMachine",
                "states:DescribeStateMachine",
                "states:DeleteStateMachine",
                "states:StartExecution",
                "states:ListExecutions",
            ],
            [arn("states", f"stateMachine:{prefix}_*")],
        ),
        iam.allow(
            "StopExecutions",
            ["states:StopExecution"],
            [arn("states", f"execution:{prefix}_*:*")],
        ),
    ]


def _schedule_statements(args: UserAccessArgs) -> list[iam.Statement]:
    arn, prefix = args.environment.arn, args.state_machine_prefix
    rules = [arn("events", f"rule/{prefix}_*")]
    machines = arn("states", f"stateMachine:{prefix}_*")
    return [
        iam.allow(
            "WriteSchedules",
            ["events:PutRule"],
            rules,
            # Schedules only: a rule with a pattern would listen to the account's events. AWS has
            # keys for literal values only, and none for patterns by account.
            conditions={"Null": {"events:source": "true", "events:detail-type": "true"}},
        ),
        iam.allow(
            "AimSchedules",
            ["events:PutTargets"],
            rules,
            conditions={"ArnLike": {"events:TargetArn": machines}},
        ),
        iam.allow(
            "EndSchedules",
            ["events:DisableRule", "events:RemoveTargets", "events:DeleteRule"],
            rules,
        ),
    ]


def _pass_role_statements(args: UserAccessArgs) -> list[iam.Statement]:
    service = args.environment.service_principal
    passed = {
        "PassJobRole": (args.job_role_arn, service("ecs-tasks")),
        "PassFargateRole": (args.fargate_execution_role_arn, service("ecs-tasks")),
        "PassStateMachineRole": (args.state_machine_role_arn, service("states")),
        "PassScheduleRole": (args.schedule_role_arn, service("events")),
    }
    return [
        iam.allow(
            sid,
            ["iam:PassRole"],
            [role],
            conditions={"StringEquals": {"iam:PassedToService": principal}},
        )
        for sid, (role, principal) in passed.items()
        if role is not None
    ]


def _image_statements(args: UserAccessArgs) -> list[iam.Statement]:
    if args.image_repository_arn is None or not args.push_images:
        return []
    return iam.image_push_statements(args.image_repository_arn)


def _api_key_statements(args: UserAccessArgs) -> list[iam.Statement]:
    if args.api_key_id is None:
        return []
    environment = args.environment
    key = pulumi.Output.concat(
        f"arn:{environment.partition}:apigateway:{environment.region}::/apikeys/", args.api_key_id
    )
    return [iam.allow("ReadApiKey", ["apigateway:GET"], [key])]
