"""ApiGatewayAccount: the role by which API Gateway logs, one for a whole account and region."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import iam
from components.aws_environment import AwsEnvironment
from components.tags import named

ACCESS_LOGS = "/aws/apigateway/"
"""What the names of log groups begin with to which the role may write access logs."""

_EXECUTION_LOGS = "API-Gateway-Execution-Logs_"
"""What API Gateway begins the names of its execution logs with, before the API's identifier."""


@dataclass(frozen=True, kw_only=True)
class ApiGatewayAccountArgs:
    """Inputs of :class:`ApiGatewayAccount`."""

    environment: AwsEnvironment
    """Where the stack is deployed."""

    tags: Mapping[str, str]
    """Tags of every taggable child."""


class ApiGatewayAccount(pulumi.ComponentResource):
    """The account's logging role, set by this stack and left behind when it is destroyed.

    Every API of the account and region logs by it; deleting the setting would stop them all.
    """

    setting: aws.apigateway.Account
    """What a stage with a log must wait for."""

    def __init__(
        self, name: str, args: ApiGatewayAccountArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Register the role and the setting."""
        super().__init__("metaflow:index:ApiGatewayAccount", name, {}, opts)
        environment = args.environment
        kept = pulumi.ResourceOptions(parent=self, retain_on_delete=True)
        role = aws.iam.Role(
            f"{name}-role",
            description="Writes the logs of every API Gateway API of the account and region",
            assume_role_policy=iam.trust_service_unconditionally(environment, "apigateway"),
            permissions_boundary=environment.permissions_boundary,
            tags=named(args.tags, name),
            opts=kept,
        )
        policy = aws.iam.RolePolicy(
            f"{name}-policy",
            role=role.name,
            policy=iam.document(_logging_statements(environment)),
            opts=kept,
        )
        self.setting = aws.apigateway.Account(
            f"{name}-setting",
            cloudwatch_role_arn=role.arn,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy], retain_on_delete=True),
        )
        self.register_outputs({})


def _logging_statements(environment: AwsEnvironment) -> list[iam.Statement]:
    """Return the actions of AmazonAPIGatewayPushToCloudWatchLogs, on API Gateway's own log groups.

    The AWS managed policy grants them on every log group of the account (Amazon API Gateway
    Developer Guide, "Permissions for CloudWatch logging").
    """
    return [
        # AWS offers no resource for it.
        iam.allow("FindGroups", ["logs:DescribeLogGroups"], "*"),
        iam.allow(
            "WriteLogs",
            [
                "logs:CreateLogGroup",
                "logs:CreateLogStream",
                "logs:DescribeLogStreams",
                "logs:PutLogEvents",
                "logs:GetLogEvents",
                "logs:FilterLogEvents",
            ],
            # The wildcards cover the streams of the groups, too.
            [
                environment.arn("logs", f"log-group:{prefix}*")
                for prefix in (_EXECUTION_LOGS, ACCESS_LOGS)
            ],
        ),
    ]
