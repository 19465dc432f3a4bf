"""FlowLogs: a log of the VPC's traffic, with the role that writes it."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import iam
from components.aws_environment import AwsEnvironment
from components.tags import named


@dataclass(frozen=True, kw_only=True)
class FlowLogsArgs:
    """Inputs of :class:`FlowLogs`."""

    environment: AwsEnvironment
    """Where the stack is deployed."""

    vpc_id: pulumi.Input[str]
    """The VPC whose traffic is logged."""

    retention_days: int
    """Days for which the log is kept."""

    tags: Mapping[str, str]
    """Tags of every taggable child."""


class FlowLogs(pulumi.ComponentResource):
    """Flow logs of a VPC in a log group of their own."""

    def __init__(
        self, name: str, args: FlowLogsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Register the flow logs."""
        super().__init__("metaflow:index:FlowLogs", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        tags = named(args.tags, name)
        group = aws.cloudwatch.LogGroup(
            f"{name}-group", retention_in_days=args.retention_days, tags=tags, opts=child
        )
        role = aws.iam.Role(
            f"{name}-role",
            description="Writes the VPC's flow logs",
            assume_role_policy=iam.trust_service(
                args.environment,
                "vpc-flow-logs",
                source_arn=args.environment.arn("ec2", "vpc-flow-log/*"),
            ),
            permissions_boundary=args.environment.permissions_boundary,
            tags=tags,
            opts=child,
        )
        policy = aws.iam.RolePolicy(
            f"{name}-policy",
            role=role.name,
            policy=iam.document(_statements(group)),
            opts=child,
        )
        aws.ec2.FlowLog(
            f"{name}-log",
            vpc_id=args.vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            tags=tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        self.register_outputs({})


def _statements(group: aws.cloudwatch.LogGroup) -> list[iam.Statement]:
    """Return what the role must at least have; its group is there, so that it makes none.

    Source: Amazon VPC User Guide, "IAM role for publishing flow logs to CloudWatch Logs".
    """
    return [
        # AWS offers no resource for finding groups.
        iam.allow("FindGroups", ["logs:DescribeLogGroups"], "*"),
        iam.allow(
            "Write",
            ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            [group.arn.apply(lambda arn: f"{arn}:*")],
        ),
    ]
