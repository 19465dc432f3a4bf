"""What an HTTP API does with a request: its routes, who may call them, and where they lead."""

from rehearsal.provider.apigatewayv2_calls import Member
from rehearsal.provider.plan_checks import between, one_of, problems
from rehearsal.provider.resource_type import AutoName, Values

_AUTHORIZATIONS = ("NONE", "AWS_IAM", "CUSTOM", "JWT")
_PAYLOADS = ("1.0", "2.0")


def _check_integration(inputs: Values) -> list[str]:
    return problems(
        inputs,
        {
            "integrationType": one_of(("HTTP", "HTTP_PROXY", "AWS", "AWS_PROXY", "MOCK")),
            "connectionType": one_of(("INTERNET", "VPC_LINK")),
            "payloadFormatVersion": one_of(_PAYLOADS),
        },
    )


def _check_authorizer(inputs: Values) -> list[str]:
    return problems(
        inputs,
        {
            "authorizerType": one_of(("REQUEST", "JWT")),
            "authorizerPayloadFormatVersion": one_of(_PAYLOADS),
            "authorizerResultTtlInSeconds": between(0, 3600),
        },
    )


def _check_route(inputs: Values) -> list[str]:
    return problems(inputs, {"authorizationType": one_of(_AUTHORIZATIONS)})


INTEGRATION = Member(
    kind="integration",
    names={
        "integrationType": "IntegrationType",
        "integrationMethod": "IntegrationMethod",
        "integrationUri": "IntegrationUri",
        "connectionType": "ConnectionType",
        "connectionId": "ConnectionId",
        "payloadFormatVersion": "PayloadFormatVersion",
        "timeoutMilliseconds": "TimeoutInMillis",
    },
    required=frozenset({"integrationType"}),
    defaults={"connectionType": "INTERNET", "payloadFormatVersion": "1.0"},
    check=_check_integration,
)

AUTHORIZER = Member(
    kind="authorizer",
    names={
        "name": "Name",
        "authorizerType": "AuthorizerType",
        "authorizerUri": "AuthorizerUri",
        "authorizerPayloadFormatVersion": "AuthorizerPayloadFormatVersion",
        "authorizerResultTtlInSeconds": "AuthorizerResultTtlInSeconds",
        "enableSimpleResponses": "EnableSimpleResponses",
        "identitySources": "IdentitySource",
    },
    required=frozenset({"authorizerType"}),
    defaults={},
    auto_name=AutoName(max_length=128),
    check=_check_authorizer,
)

ROUTE = Member(
    kind="route",
    names={
        "routeKey": "RouteKey",
        "authorizationType": "AuthorizationType",
        "authorizerId": "AuthorizerId",
        "target": "Target",
    },
    required=frozenset({"routeKey"}),
    defaults={"authorizationType": "NONE"},
    check=_check_route,
)

RESOURCE_TYPES = (INTEGRATION.row(), AUTHORIZER.row(), ROUTE.row())
"""The rows of this module."""
