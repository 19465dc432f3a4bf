"""PasswordRotation: a rotated database password reaches the running metadata service."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import iam
from components.aws_environment import AwsEnvironment
from components.tags import named


@dataclass(frozen=True, kw_only=True)
class PasswordRotationArgs:
    """Inputs of :class:`PasswordRotation`."""

    environment: AwsEnvironment
    """Where the stack is deployed."""

    secret_arn: pulumi.Input[str]
    """The secret, managed by RDS."""

    days: int
    """Days between two rotations, at most 30."""

    cluster_arn: pulumi.Input[str]
    """Cluster of the service."""

    service_arn: pulumi.Input[str]
    """The service, which reads the password when a task starts."""

    tags: Mapping[str, str]
    """Tags of every taggable child."""


class PasswordRotation(pulumi.ComponentResource):
    """Rotates the password on a schedule, and redeploys the service after each rotation.

    The running tasks keep the password they started with. So the event of a rotation starts a state
    machine of one step, which deploys the service anew, without an outage.
    """

    def __init__(
        self, name: str, args: PasswordRotationArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Register the schedule and what follows a rotation."""
        super().__init__("metaflow:index:PasswordRotation", name, {"days": args.days}, opts)
        self._name, self._args = name, args
        self._tags = named(args.tags, name)
        self._child = pulumi.ResourceOptions(parent=self)
        redeployment = self._redeployment()
        rule = self._rule()
        starting_role, starting_policy = self._starting_role(rule, redeployment)
        target = aws.cloudwatch.EventTarget(
            f"{name}-target",
            rule=rule.name,
            arn=redeployment.arn,
            role_arn=starting_role.arn,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[starting_policy]),
        )
        aws.secretsmanager.SecretRotation(
            f"{name}-schedule",
            secret_id=args.secret_arn,
            # The first password is as good as the next one.
            rotate_immediately=False,
            rotation_rules={"automatically_after_days": args.days},
            # No rotation before somebody listens for it.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[target]),
        )
        self.register_outputs({})

    def _role(self, suffix: str, service: str, source_arn: pulumi.Input[str]) -> aws.iam.Role:
        return aws.iam.Role(
            f"{self._name}-{suffix}",
            description="Redeploys Metaflow's metadata service after a password rotation",
            assume_role_policy=iam.trust_service(
                self._args.environment, service, source_arn=source_arn
            ),
            permissions_boundary=self._args.environment.permissions_boundary,
            tags=self._tags,
            opts=self._child,
        )

    def _redeployment(self) -> aws.sfn.StateMachine:
        """Make the state machine that deploys the service anew, by its own role."""
        args = self._args
        machines = args.environment.arn("states", f"stateMachine:{self._name}-*")
        role = self._role("redeployment", "states", machines)
        policy = aws.iam.RolePolicy(
            f"{self._name}-redeployment",
            role=role.name,
            policy=iam.document([iam.allow("Redeploy", ["ecs:UpdateService"], [args.service_arn])]),
            opts=self._child,
        )
        definition = pulumi.Output.all(args.cluster_arn, args.service_arn).apply(
            lambda arns: redeployment_definition(args.environment.partition, *arns)
        )
        return aws.sfn.StateMachine(
            f"{self._name}-redeployment",
            role_arn=role.arn,
            definition=definition,
            tags=self._tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )

    def _rule(self) -> aws.cloudwatch.EventRule:
        # Secrets Manager sends this event by itself; those of CloudTrail need a trail that logs
        # (AWS Secrets Manager User Guide, "Secret Label Updated event").
        pattern = pulumi.Output.json_dumps(
            {
                "source": ["aws.secretsmanager"],
                "detail-type": ["Secret Label Updated"],
                "resources": [self._args.secret_arn],
                "detail": {"labelUpdated": ["AWSCURRENT"]},
            }
        )
        return aws.cloudwatch.EventRule(
            f"{self._name}-rotated",
            description="The password of Metaflow's metadata database was rotated",
            event_pattern=pattern,
            tags=self._tags,
            opts=self._child,
        )

    def _starting_role(
        self, rule: aws.cloudwatch.EventRule, machine: aws.sfn.StateMachine
    ) -> tuple[aws.iam.Role, pulumi.Resource]:
        role = self._role("start", "events", rule.arn)
        policy = aws.iam.RolePolicy(
            f"{self._name}-start",
            role=role.name,
            policy=iam.document(
                [iam.allow("StartRedeployment", ["states:StartExecution"], [machine.arn])]
            ),
            opts=self._child,
        )
        return role, policy


def redeployment_definition(partition: str, cluster_arn: str, service_arn: str) -> str:
    """Return the state machine's definition in Amazon States Language.

    Args:
        partition: partition of the service integration's ARN.
        cluster_arn: cluster of the service.
        service_arn: the service to deploy anew.
    """
    update = {
        "Type": "Task",
        "Resource": f"arn:{partition}:states:::aws-sdk:ecs:updateService",
        "Parameters": {
            "Cluster": cluster_arn,
            "Service": service_arn,
            "ForceNewDeployment": True,
        },
        "Retry": [
            {
                "ErrorEquals": ["States.TaskFailed"],
                "IntervalSeconds": 30,
                "MaxAttempts": 5,
                "BackoffRate": 2,
            }
        ],
        "End": True,
    }
    return json.dumps(
        {
            "Comment": "Deploys Metaflow's metadata service anew, with the new password",
            "StartAt": "Redeploy",
            "States": {"Redeploy": update},
        },
        sort_keys=True,
    )
