"""ApiGatewayAccount: the role by which API Gateway logs, one for a whole account and region."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import iam
from components.aws_environment import AwsEnvironment
from components.tags import named


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
            tags=named(args.tags, name),
            opts=kept,
        )
        policy = "service-role/AmazonAPIGatewayPushToCloudWatchLogs"
        attachment = aws.iam.RolePolicyAttachment(
            f"{name}-policy",
            role=role.name,
            policy_arn=environment.aws_managed_policy(policy),
            opts=kept,
        )
        self.setting = aws.apigateway.Account(
            f"{name}-setting",
            cloudwatch_role_arn=role.arn,
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[attachment], retain_on_delete=True
            ),
        )
        self.register_outputs({})
