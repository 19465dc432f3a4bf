"""HttpGateway: an HTTP API in front of the metadata service's tasks, without a load balancer."""

from __future__ import annotations  # they would import what most stacks do not use

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws_environment import AwsEnvironment
from components.key_authorizer import KeyAuthorizer, KeyAuthorizerArgs
from components.tags import named
from components.vpc_link import LinkPlace, into_vpc

_ACCESS_LOGS = "/aws/vendedlogs/apis/"
"""What the names of log groups begin with to which AWS's services write without a resource policy
for each group (CloudWatch Logs User Guide, "Log group resource policy size limit")."""

_ACCESS_LOG_FIELDS = {
    "requestId": "$context.requestId",
    "time": "$context.requestTimeEpoch",
    "ip": "$context.identity.sourceIp",
    "method": "$context.httpMethod",
    "path": "$context.path",
    "status": "$context.status",
    "latency": "$context.responseLatency",
    "error": "$context.error.messageString",
    "authorizerError": "$context.authorizer.error",
    "integrationError": "$context.integrationErrorMessage",
}


@dataclass(frozen=True, kw_only=True)
class HttpGatewayArgs:
    """Inputs of :class:`HttpGateway`."""

    environment: AwsEnvironment
    """Where the stack is deployed."""

    registry_arn: pulumi.Input[str]
    """Cloud Map service in which the metadata service's tasks are registered."""

    link_place: LinkPlace
    """Where the VPC link stands."""

    label: str
    """What the API and its key are called; a change renames them in place."""

    rate_limit: int
    """Requests per second, of all callers together."""

    burst_limit: int
    """Requests that may come at once."""

    allowed_cidrs: Sequence[str]
    """Networks from which the gateway may be called; empty means any."""

    access_log: bool
    """Whether each request is logged."""

    log_retention_days: int
    """Days for which the logs are kept."""

    disable_execute_api_endpoint: bool
    """Whether the API answers at a domain name of the user's only."""

    tags: Mapping[str, str]
    """Tags of every taggable child."""


class HttpGateway(pulumi.ComponentResource):
    """A regional HTTP API that hands every request with the API key to one of the tasks."""

    api_id: pulumi.Output[str]
    api_key_id: pulumi.Output[str]
    api_key: pulumi.Output[str]
    """Value of the API key; a secret."""

    url: pulumi.Output[str]
    stage_name: pulumi.Output[str]

    def __init__(
        self, name: str, args: HttpGatewayArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Register the gateway."""
        super().__init__("metaflow:index:HttpGateway", name, {}, opts)
        self._name, self._args = name, args
        self._tags = named(args.tags, args.label)
        self._child = pulumi.ResourceOptions(parent=self)
        self._api = aws.apigatewayv2.Api(
            f"{name}-api",
            name=args.label,
            protocol_type="HTTP",
            description="Metaflow's metadata service",
            disable_execute_api_endpoint=args.disable_execute_api_endpoint,
            tags=self._tags,
            opts=self._child,
        )
        keys = KeyAuthorizer(
            f"{name}-authorizer",
            KeyAuthorizerArgs(
                environment=args.environment,
                label=args.label,
                allowed_cidrs=args.allowed_cidrs,
                log_retention_days=args.log_retention_days,
                tags=args.tags,
            ),
            opts=self._child,
        )
        stage = self._stage(self._route(keys))
        self.api_id = self._api.id
        self.api_key_id = keys.api_key_id
        self.api_key = keys.api_key
        self.stage_name = stage.name
        self.url = pulumi.Output.concat(self._api.api_endpoint, "/")
        self.register_outputs({"url": self.url})

    def _route(self, keys: KeyAuthorizer) -> aws.apigatewayv2.Route:
        """Make the one route: every path and method, with the API key, passed on as it is."""
        authorizer, permission = self._authorizer(keys)
        integration = self._integration()
        return aws.apigatewayv2.Route(
            f"{self._name}-route",
            api_id=self._api.id,
            route_key="ANY /{proxy+}",
            authorization_type="CUSTOM",
            authorizer_id=authorizer.id,
            target=pulumi.Output.concat("integrations/", integration.id),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[permission, *keys.ready]),
        )

    def _authorizer(
        self, keys: KeyAuthorizer
    ) -> tuple[aws.apigatewayv2.Authorizer, pulumi.Resource]:
        authorizer = aws.apigatewayv2.Authorizer(
            f"{self._name}-key-check",
            api_id=self._api.id,
            authorizer_type="REQUEST",
            authorizer_uri=keys.function.invoke_arn,
            authorizer_payload_format_version="2.0",
            enable_simple_responses=True,
            # A request without the header is answered without a call of the function.
            identity_sources=["$request.header.x-api-key"],
            # No answer is kept: neither a key that was changed nor a caller from elsewhere gets
            # in by an earlier one.
            authorizer_result_ttl_in_seconds=0,
            opts=self._child,
        )
        permission = aws.lambda_.Permission(
            f"{self._name}-key-check",
            action="lambda:InvokeFunction",
            function=keys.function.name,
            principal=self._args.environment.service_principal("apigateway"),
            source_arn=pulumi.Output.concat(
                self._api.execution_arn, "/authorizers/", authorizer.id
            ),
            opts=self._child,
        )
        return authorizer, permission

    def _integration(self) -> aws.apigatewayv2.Integration:
        link = into_vpc(f"{self._name}-link", self._args.link_place, self._tags, self._child)
        return aws.apigatewayv2.Integration(
            f"{self._name}-integration",
            api_id=self._api.id,
            integration_type="HTTP_PROXY",
            integration_method="ANY",
            connection_type="VPC_LINK",
            connection_id=link.id,
            # API Gateway asks Cloud Map for the healthy tasks, with address and port.
            integration_uri=self._args.registry_arn,
            timeout_milliseconds=30_000,
            opts=self._child,
        )

    def _stage(self, route: aws.apigatewayv2.Route) -> aws.apigatewayv2.Stage:
        """Make the stage that has no path of its own, which the tasks would get, too."""
        return aws.apigatewayv2.Stage(
            f"{self._name}-stage",
            api_id=self._api.id,
            name="$default",
            auto_deploy=True,
            default_route_settings={
                "throttling_rate_limit": self._args.rate_limit,
                "throttling_burst_limit": self._args.burst_limit,
            },
            access_log_settings=self._access_log(),
            tags=self._tags,
            # So that what it deploys by itself is whole.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[route]),
        )

    def _access_log(self) -> aws.apigatewayv2.StageAccessLogSettingsArgs | None:
        if not self._args.access_log:
            return None
        group = aws.cloudwatch.LogGroup(
            f"{self._name}-access-log",
            name=pulumi.Output.concat(_ACCESS_LOGS, self._api.id, "/access-log"),
            retention_in_days=self._args.log_retention_days,
            tags=self._tags,
            opts=self._child,
        )
        return aws.apigatewayv2.StageAccessLogSettingsArgs(
            destination_arn=group.arn, format=json.dumps(_ACCESS_LOG_FIELDS)
        )
