"""KeyAuthorizer: the API key of an HTTP API, and the Lambda function that asks for it."""

from __future__ import annotations  # they would import what most stacks do not use

import pathlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import iam
from components.aws_environment import AwsEnvironment
from components.tags import named

_PROGRAM = pathlib.Path(__file__).with_name("api_key_authorizer.py")
_SECONDS = 10


@dataclass(frozen=True, kw_only=True)
class KeyAuthorizerArgs:
    """Inputs of :class:`KeyAuthorizer`."""

    environment: AwsEnvironment
    """Where the stack is deployed."""

    label: str
    """What the API key is called; a change renames it in place."""

    allowed_cidrs: Sequence[str]
    """Networks whose callers are let in; empty means any."""

    log_retention_days: int
    """Days for which the function's log is kept."""

    tags: Mapping[str, str]
    """Tags of every taggable child."""


class KeyAuthorizer(pulumi.ComponentResource):
    """An API key in a secret, and a function that compares a request's key with it.

    HTTP APIs know no API keys. One of a REST API costs nothing, and AWS makes up its value: it is
    in no usage plan, so that it opens nothing but what the function guards.
    """

    api_key_id: pulumi.Output[str]
    api_key: pulumi.Output[str]
    """Value of the API key; a secret."""

    function: aws.lambda_.Function
    """The function that an authorizer calls."""

    ready: Sequence[pulumi.Resource]
    """What the function needs when it is called."""

    def __init__(
        self, name: str, args: KeyAuthorizerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Register key, secret and function."""
        super().__init__("metaflow:index:KeyAuthorizer", name, {}, opts)
        self._name, self._args = name, args
        self._tags = named(args.tags, name)
        self._child = pulumi.ResourceOptions(parent=self)
        key = aws.apigateway.ApiKey(
            f"{name}-key",
            name=args.label,
            description="Clients of Metaflow's metadata service",
            tags=named(args.tags, args.label),
            opts=self._child,
        )
        secret = aws.secretsmanager.Secret(
            f"{name}-secret",
            description="API key of Metaflow's metadata service, for its HTTP API's authorizer",
            # The key can always be had from API Gateway, so nothing is lost with the secret.
            recovery_window_in_days=0,
            tags=self._tags,
            opts=self._child,
        )
        value = aws.secretsmanager.SecretVersion(
            f"{name}-value", secret_id=secret.id, secret_string=key.value, opts=self._child
        )
        self.function, policy = self._function(secret)
        self.ready = [value, policy]
        self.api_key_id = key.id
        self.api_key = pulumi.Output.secret(key.value)
        self.register_outputs({})

    def _function(
        self, secret: aws.secretsmanager.Secret
    ) -> tuple[aws.lambda_.Function, pulumi.Resource]:
        """Make the function, its log, and its role: that log and the one secret."""
        log_group = aws.cloudwatch.LogGroup(
            f"{self._name}-log",
            retention_in_days=self._args.log_retention_days,
            tags=self._tags,
            opts=self._child,
        )
        environment = self._args.environment
        role = aws.iam.Role(
            f"{self._name}-role",
            description="Reads the API key of Metaflow's metadata service, to compare it",
            assume_role_policy=iam.trust_service(environment, "lambda"),
            permissions_boundary=environment.permissions_boundary,
            tags=self._tags,
            opts=self._child,
        )
        policy = aws.iam.RolePolicy(
            f"{self._name}-policy",
            role=role.name,
            policy=iam.document(_statements(log_group, secret)),
            opts=self._child,
        )
        function = aws.lambda_.Function(
            f"{self._name}-function",
            description="Asks for the API key of Metaflow's metadata service",
            role=role.arn,
            runtime="python3.13",
            architectures=["arm64"],
            handler=f"{_PROGRAM.stem}.handler",
            code=pulumi.AssetArchive(
                {_PROGRAM.name: pulumi.StringAsset(_PROGRAM.read_text(encoding="utf-8"))}
            ),
            timeout=_SECONDS,
            memory_size=256,
            environment={
                "variables": {
                    "SECRET_ARN": secret.arn,
                    "ALLOWED_CIDRS": " ".join(self._args.allowed_cidrs),
                }
            },
            logging_config={"log_format": "Text", "log_group": log_group.name},
            tags=self._tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        return function, policy


def _statements(
    log_group: aws.cloudwatch.LogGroup, secret: aws.secretsmanager.Secret
) -> list[iam.Statement]:
    return [
        iam.allow(
            "WriteLog",
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            [log_group.arn.apply(lambda arn: f"{arn}:*")],
        ),
        iam.allow("ReadApiKey", ["secretsmanager:GetSecretValue"], [secret.arn]),
    ]
