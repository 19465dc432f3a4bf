"""Orchestration: what Metaflow's Step Functions deployments run with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import iam
from components.aws_environment import AwsEnvironment
from components.tags import named


@dataclass(frozen=True, kw_only=True)
class OrchestrationArgs:
    """Inputs of :class:`Orchestration`."""

    environment: AwsEnvironment
    """Where the stack is deployed."""

    state_machine_prefix: str
    """Prefix that Metaflow gives the state machines and schedules it makes."""

    queue_arns: Sequence[pulumi.Input[str]]
    """Job queues to which state machines submit."""

    job_role_name: pulumi.Input[str]
    """Role of the jobs, which keep the state of a foreach in the table."""

    bucket_arn: pulumi.Input[str]
    """Datastore bucket, in which distributed maps keep their results."""

    bucket_key_arn: pulumi.Input[str] | None
    """KMS key of the bucket, where it has one."""

    distributed_map: bool
    """Whether state machines may have distributed maps."""

    point_in_time_recovery: bool
    """Whether the table can be restored to any second of the last 35 days."""

    deletion_protection: bool
    """Whether DynamoDB and Pulumi refuse to delete the table."""

    execution_log_retention_days: int | None
    """Days for which execution histories are kept; None means no log group for them."""

    tags: Mapping[str, str]
    """Tags of every taggable child."""


class Orchestration(pulumi.ComponentResource):
    """The table of foreach state, the state machines' role and the schedules' role."""

    table_name: pulumi.Output[str]
    state_machine_role_arn: pulumi.Output[str]
    schedule_role_arn: pulumi.Output[str]
    execution_log_group_arn: pulumi.Output[str] | None

    def __init__(
        self, name: str, args: OrchestrationArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Register the table, the roles and, where wanted, the log group."""
        super().__init__("metaflow:index:Orchestration", name, {}, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        table = self._table()
        self.table_name = table.name
        aws.iam.RolePolicy(
            f"{name}-job-foreach",
            role=args.job_role_name,
            policy=iam.document(
                [
                    # metaflow/plugins/aws/step_functions/dynamo_db_client.py
                    iam.allow(
                        "ForeachState",
                        ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:GetItem"],
                        [table.arn],
                    )
                ]
            ),
            opts=self._child,
        )
        self.execution_log_group_arn = self._execution_log_group()
        self.state_machine_role_arn = self._state_machine_role(table)
        self.schedule_role_arn = self._schedule_role()
        self.register_outputs({"table_name": table.name})

    @property
    def _state_machines(self) -> str:
        """ARN of every state machine that Metaflow makes for this stack."""
        prefix = self._args.state_machine_prefix
        return self._args.environment.arn("states", f"stateMachine:{prefix}_*")

    def _table(self) -> aws.dynamodb.Table:
        args = self._args
        return aws.dynamodb.Table(
            f"{self._name}-table",
            hash_key="pathspec",
            attributes=[{"name": "pathspec", "type": "S"}],
            billing_mode="PAY_PER_REQUEST",
            ttl={"attribute_name": "ttl", "enabled": True},
            server_side_encryption={"enabled": True},
            point_in_time_recovery={"enabled": args.point_in_time_recovery},
            deletion_protection_enabled=args.deletion_protection,
            tags=named(args.tags, f"{self._name}-foreach"),
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=args.deletion_protection or None,
                # One that was taken over keeps its name, which Pulumi did not choose.
                ignore_changes=["name"],
            ),
        )

    def _execution_log_group(self) -> pulumi.Output[str] | None:
        if self._args.execution_log_retention_days is None:
            return None
        group = aws.cloudwatch.LogGroup(
            f"{self._name}-executions",
            # Under this prefix AWS needs no entry for the group in the logs' resource policy, whose
            # size is limited (AWS Step Functions Developer Guide, "Logging using CloudWatch Logs").
            name=f"/aws/vendedlogs/states/{self._args.state_machine_prefix}",
            retention_in_days=self._args.execution_log_retention_days,
            tags=named(self._args.tags, f"{self._name}-executions"),
            opts=self._child,
        )
        # Step Functions takes the ARN of a log destination with this ending only.
        return group.arn.apply(lambda arn: f"{arn}:*")

    def _role(self, suffix: str, service: str, description: str, source_arn: str) -> aws.iam.Role:
        return aws.iam.Role(
            f"{self._name}-{suffix}",
            description=description,
            assume_role_policy=iam.trust_service(
                self._args.environment, service, source_arn=source_arn
            ),
            permissions_boundary=self._args.environment.permissions_boundary,
            tags=named(self._args.tags, f"{self._name}-{suffix}"),
            opts=self._child,
        )

    def _state_machine_role(self, table: aws.dynamodb.Table) -> pulumi.Output[str]:
        role = self._role(
            "state-machine", "states", "State machines that Metaflow makes", self._state_machines
        )
        statements = [*self._job_statements(), self._table_statement(table)]
        if self.execution_log_group_arn is not None:
            statements.append(_LOG_DELIVERY)
        if self._args.distributed_map:
            statements += self._map_statements()
        aws.iam.RolePolicy(
            f"{self._name}-state-machine",
            role=role.name,
            policy=iam.document(statements),
            opts=self._child,
        )
        return role.arn

    def _job_statements(self) -> list[iam.Statement]:
        """Return what the integration batch:submitJob.sync takes.

        Source: AWS Step Functions Developer Guide, "IAM policies for calling AWS Batch".
        """
        arn = self._args.environment.arn
        return [
            *iam.job_statements(
                self._args.environment, self._args.queue_arns, self._args.state_machine_prefix
            ),
            # AWS offers no resource for describing jobs.
            iam.allow("WatchJobs", ["batch:DescribeJobs"], "*"),
            iam.allow(
                "AwaitJobs",
                ["events:PutTargets", "events:PutRule", "events:DescribeRule"],
                [arn("events", "rule/StepFunctionsGetEventsForBatchJobsRule")],
            ),
        ]

    def _map_statements(self) -> list[iam.Statement]:
        """Return what distributed maps take, whose results Metaflow has written to the datastore.

        AWS Step Functions Developer Guide, "IAM policies for using Distributed Map states" and
        "ResultWriter"; `metaflow/plugins/aws/step_functions/step_functions.py`.
        """
        args = self._args
        executions = f"execution:{args.state_machine_prefix}_*:*"
        results = pulumi.Output.concat(args.bucket_arn, _MAP_RESULTS)
        actions = ["GetObject", "PutObject", "ListMultipartUploadParts", "AbortMultipartUpload"]
        statements = [
            iam.allow("StartMapRuns", ["states:StartExecution"], [self._state_machines]),
            iam.allow(
                "FollowMapRuns",
                ["states:DescribeExecution", "states:StopExecution"],
                [args.environment.arn("states", executions)],
            ),
            iam.allow("MapResults", [f"s3:{action}" for action in actions], [results]),
        ]
        if args.bucket_key_arn is not None:
            statements.append(
                iam.bucket_key_statement(args.environment, "KeyOfMapResults", args.bucket_key_arn)
            )
        return statements

    @staticmethod
    def _table_statement(table: aws.dynamodb.Table) -> iam.Statement:
        return iam.allow("ReadForeachState", ["dynamodb:GetItem"], [table.arn])

    def _schedule_role(self) -> pulumi.Output[str]:
        prefix = self._args.state_machine_prefix
        role = self._role(
            "schedule",
            "events",
            "Schedules that Metaflow makes",
            self._args.environment.arn("events", f"rule/{prefix}_*"),
        )
        aws.iam.RolePolicy(
            f"{self._name}-schedule",
            role=role.name,
            policy=iam.document(
                [iam.allow("StartExecutions", ["states:StartExecution"], [self._state_machines])]
            ),
            opts=self._child,
        )
        return role.arn


_MAP_RESULTS = "/metaflow/sfn_distributed_map_output/*"
"""Where Metaflow has results written: SFN_S3_DISTRIBUTED_MAP_OUTPUT_PATH, metaflow_config.py."""

_LOG_DELIVERY = iam.allow(
    "DeliverLogs",
    [
        "logs:CreateLogDelivery",
        "logs:GetLogDelivery",
        "logs:UpdateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:DescribeResourcePolicies",
        "logs:DescribeLogGroups",
    ],
    "*",
)
"""Delivery of execution histories; AWS offers no resource for these actions."""
