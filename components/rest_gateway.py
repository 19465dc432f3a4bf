"""RestGateway: a REST API in front of the metadata service's load balancer."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

import pulumi
import pulumi_aws as aws

from components import iam, rest_access_log, vpc_link
from components.api_gateway_account import ApiGatewayAccount, ApiGatewayAccountArgs
from components.aws_environment import AwsEnvironment
from components.tags import named
from components.vpc_link import Link, LinkPlace

STAGE_NAME = "api"


class _MethodInputs(TypedDict):
    http_method: str
    authorization: str
    api_key_required: bool
    request_parameters: Mapping[str, bool]


class _IntegrationInputs(TypedDict):
    type: str
    integration_http_method: str
    connection_type: str
    request_parameters: Mapping[str, str]
    timeout_milliseconds: int


_PATH = "{proxy+}"
_BACKEND_PATH = "/{proxy}"
_METHOD: _MethodInputs = {
    "http_method": "ANY",
    "authorization": "NONE",
    "api_key_required": True,
    "request_parameters": {"method.request.path.proxy": True},
}
_INTEGRATION: _IntegrationInputs = {
    "type": "HTTP_PROXY",
    "integration_http_method": "ANY",
    "connection_type": "VPC_LINK",
    "request_parameters": {"integration.request.path.proxy": "method.request.path.proxy"},
    "timeout_milliseconds": 29_000,
}
"""The one route: every path and method, with an API key, passed on as it is.

All of its plain values stand here, since the deployment is made anew when one of them changes.
"""


@dataclass(frozen=True, kw_only=True)
class RestGatewayArgs:
    """Inputs of :class:`RestGateway`."""

    environment: AwsEnvironment
    """Where the stack is deployed."""

    load_balancer_arn: pulumi.Input[str]
    """Internal network load balancer of the metadata service."""

    load_balancer_dns_name: pulumi.Input[str]
    """DNS name of that load balancer."""

    link_place: LinkPlace | None
    """Where a VPC link of version 2 stands; plain, None for one of version 1."""

    label: str
    """What the API, its key and its plan are called; a change renames them in place."""

    rate_limit: int
    """Requests per second that the API key allows."""

    burst_limit: int
    """Requests that may come at once."""

    quota_limit: int
    """Requests that the API key allows in the quota's period; 0 means any number."""

    quota_period: str
    """`day`, `week` or `month`."""

    allowed_cidrs: Sequence[str]
    """Networks from which the gateway may be called; empty means any."""

    access_log_retention_days: int | None
    """Days for which the access log is kept; None means no access log."""

    manage_account: bool
    """Whether this stack sets the account's logging role."""

    disable_execute_api_endpoint: bool
    """Whether the API answers at a domain name of the user's only."""

    tags: Mapping[str, str]
    """Tags of every taggable child."""


class RestGateway(pulumi.ComponentResource):
    """A regional REST API that hands every request with an API key to the load balancer."""

    api_id: pulumi.Output[str]
    api_key_id: pulumi.Output[str]
    api_key: pulumi.Output[str]
    """Value of the API key; a secret."""

    url: pulumi.Output[str]
    stage_name: pulumi.Output[str]
    stage_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: RestGatewayArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Register the gateway."""
        super().__init__("metaflow:index:RestGateway", name, {}, opts)
        self._name, self._args = name, args
        self._tags = named(args.tags, args.label)
        self._child = pulumi.ResourceOptions(parent=self)
        link = vpc_link.to_load_balancer(
            f"{name}-link", args.load_balancer_arn, args.link_place, self._tags, self._child
        )
        self._api = aws.apigateway.RestApi(
            f"{name}-api",
            name=args.label,
            description="Metaflow's metadata service",
            endpoint_configuration={"types": "REGIONAL"},
            # Stated in any case: the provider keeps the last value of what is left out.
            disable_execute_api_endpoint=args.disable_execute_api_endpoint,
            tags=self._tags,
            opts=self._child,
        )
        stage = self._stage(self._deployment(link, [*self._route(link), self._policy()]))
        key = self._api_key(stage)
        self.api_id = self._api.id
        self.api_key_id = key.id
        self.api_key = pulumi.Output.secret(key.value)
        self.stage_name, self.stage_arn = stage.stage_name, stage.arn
        self.url = pulumi.Output.concat(stage.invoke_url, "/")
        self.register_outputs({"url": self.url})

    def _route(self, link: Link) -> list[pulumi.Resource]:
        """Make the one route, down to the load balancer."""
        resource = aws.apigateway.Resource(
            f"{self._name}-proxy",
            rest_api=self._api.id,
            parent_id=self._api.root_resource_id,
            path_part=_PATH,
            opts=self._child,
        )
        method = aws.apigateway.Method(
            f"{self._name}-method",
            rest_api=self._api.id,
            resource_id=resource.id,
            opts=self._child,
            **_METHOD,
        )
        integration = aws.apigateway.Integration(
            f"{self._name}-integration",
            rest_api=self._api.id,
            resource_id=resource.id,
            http_method=method.http_method,
            connection_id=link.id,
            integration_target=link.target,
            uri=pulumi.Output.concat("http://", self._args.load_balancer_dns_name, _BACKEND_PATH),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[method]),
            **_INTEGRATION,
        )
        return [method, integration]

    def _policy(self) -> pulumi.Resource:
        """Make the resource policy: the allowed networks, or any; the API key is asked for anyway.

        There always is one, since a policy that is removed stays in the deployed snapshot, which is
        made before anything is deleted.
        """
        everybody: dict[str, Any] = {
            "Principal": "*",
            "Action": "execute-api:Invoke",
            "Resource": self._api.execution_arn.apply(lambda arn: f"{arn}/*"),
        }
        statements: list[iam.Statement] = [{"Sid": "Anywhere", "Effect": "Allow", **everybody}]
        if self._args.allowed_cidrs:
            networks = {"aws:SourceIp": list(self._args.allowed_cidrs)}
            allowed, elsewhere = {"IpAddress": networks}, {"NotIpAddress": networks}
            statements = [
                {"Sid": "Allowed", "Effect": "Allow", **everybody, "Condition": allowed},
                {"Sid": "Elsewhere", "Effect": "Deny", **everybody, "Condition": elsewhere},
            ]
        return aws.apigateway.RestApiPolicy(
            f"{self._name}-policy",
            rest_api_id=self._api.id,
            policy=iam.document(statements),
            opts=self._child,
        )

    def _deployment(
        self, link: Link, after: Sequence[pulumi.Resource]
    ) -> aws.apigateway.Deployment:
        """Deploy a snapshot of the API, again exactly when what it is made of changes.

        The plain values are hashed: an output of an integration, which is replaced delete-first,
        would have the engine delete the deployment while the stage still points to it.
        """
        parts = [_PATH, _METHOD, _INTEGRATION, _BACKEND_PATH, list(self._args.allowed_cidrs)]
        # A change of the endpoint works from the next deployment on.
        shape = json.dumps([*parts, *(["disabled"] * self._args.disable_execute_api_endpoint)])
        return aws.apigateway.Deployment(
            f"{self._name}-deployment",
            rest_api=self._api.id,
            triggers={"shape": hashlib.sha256(shape.encode()).hexdigest(), **link.triggers},
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
        )

    def _stage(self, deployment: aws.apigateway.Deployment) -> aws.apigateway.Stage:
        log = self._access_log()
        account = self._account()
        return aws.apigateway.Stage(
            f"{self._name}-stage",
            rest_api=self._api.id,
            deployment=deployment.id,
            stage_name=STAGE_NAME,
            access_log_settings=log,
            tags=self._tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=account),
        )

    def _access_log(self) -> aws.apigateway.StageAccessLogSettingsArgs | None:
        if self._args.access_log_retention_days is None:
            return None
        return rest_access_log.settings(
            f"{self._name}-access-log",
            api_id=self._api.id,
            retention_days=self._args.access_log_retention_days,
            tags=self._tags,
            opts=self._child,
        )

    def _account(self) -> list[pulumi.Resource]:
        if not self._args.manage_account:
            return []
        account = ApiGatewayAccount(
            f"{self._name}-account",
            ApiGatewayAccountArgs(environment=self._args.environment, tags=self._args.tags),
            opts=self._child,
        )
        return [account.setting]

    def _api_key(self, stage: aws.apigateway.Stage) -> aws.apigateway.ApiKey:
        key = aws.apigateway.ApiKey(
            f"{self._name}-key",
            name=self._args.label,
            description="Clients of Metaflow's metadata service",
            tags=self._tags,
            opts=self._child,
        )
        plan = aws.apigateway.UsagePlan(
            f"{self._name}-plan",
            name=self._args.label,
            description="Clients of Metaflow's metadata service",
            api_stages=[{"api_id": self._api.id, "stage": stage.stage_name}],
            throttle_settings={
                "rate_limit": self._args.rate_limit,
                "burst_limit": self._args.burst_limit,
            },
            quota_settings=self._quota(),
            tags=self._tags,
            opts=self._child,
        )
        aws.apigateway.UsagePlanKey(
            f"{self._name}-plan-key",
            key_id=key.id,
            key_type="API_KEY",
            usage_plan_id=plan.id,
            # Its output `value` is the API key, which the SDK marks secret on the key alone.
            opts=pulumi.ResourceOptions(parent=self, additional_secret_outputs=["value"]),
        )
        return key

    def _quota(self) -> aws.apigateway.UsagePlanQuotaSettingsArgs | None:
        if not self._args.quota_limit:
            return None
        return aws.apigateway.UsagePlanQuotaSettingsArgs(
            limit=self._args.quota_limit, period=self._args.quota_period.upper()
        )
