"""Rules about APIs: who may call them, and what they log. API Gateway, Lambda function URLs."""

from collections.abc import Mapping
from typing import Any

from pulumi_policy import PolicyResource, Severity

from rules.open_api import open_operations
from rules.reading import elements, flag, judge_each, mapping, related
from rules.rule import About, Report, Stack, StackReport, Subject, resource_rule, stack_rule

_GATEWAY = "https://docs.aws.amazon.com/apigateway/latest/developerguide"

_METHOD = "aws:apigateway/method:Method"
_REST_API = "aws:apigateway/restApi:RestApi"
_API = "aws:apigatewayv2/api:Api"
_ROUTE = "aws:apigatewayv2/route:Route"

_AUTHORIZATIONS = "AWS_IAM, CUSTOM or COGNITO_USER_POOLS"

_API_KEYS_SUFFICE: Mapping[str, Mapping[str, Any]] = {
    "apiKeysSuffice": {
        "type": "boolean",
        "description": "Whether an API key, a secret that its holders share, identifies a caller.",
        "default": True,
    }
}

# Properties that say what is logged of each request.
_METHOD_LOGS: Mapping[str, tuple[str, ...]] = {
    "aws:apigateway/methodSettings:MethodSettings": ("settings",),
    "aws:apigatewayv2/stage:Stage": ("defaultRouteSettings", "routeSettings"),
}


def _rest_callers_identified(subject: Subject, report: Report) -> None:
    props, keys_suffice = subject.props, subject.thresholds["apiKeysSuffice"]
    if subject.type == _REST_API:
        for operation in open_operations(props.get("body"), api_keys_suffice=keys_suffice):
            report(
                "The API Gateway REST API must know its callers; operation "
                f"{operation} of its body has no security, and must have some."
            )
        return
    method = props.get("httpMethod")
    if props.get("authorization") != "NONE" or method == "OPTIONS":
        return  # browsers ask with OPTIONS, before they send credentials
    if not keys_suffice:
        report(
            f"The API Gateway method {method} must know its callers; authorization is NONE, and "
            f"must be {_AUTHORIZATIONS}."
        )
    elif not flag(props.get("apiKeyRequired")):
        report(
            f"The API Gateway method {method} must know its callers; authorization is NONE and "
            "apiKeyRequired is not true, and one of them must be set."
        )


apigateway_callers_identified = resource_rule(
    About(
        name="apigateway-callers-identified",
        description="Methods of REST APIs ask for an API key, IAM's signature or a token.",
        severity=Severity.HIGH,
        remediation=f"Set authorization to {_AUTHORIZATIONS}. Where a secret that all callers "
        "share is enough, set apiKeyRequired to true with a usage plan.",
        url=f"{_GATEWAY}/apigateway-control-access-to-api.html",
        thresholds=_API_KEYS_SUFFICE,
    ),
    [_METHOD, _REST_API],
    _rest_callers_identified,
)


def _may_be_open(key: str, apis: list[PolicyResource]) -> bool:
    """Say whether a route need not ask who calls.

    A WebSocket API asks when a client connects. A route of an API outside the stack shows by its
    key what it belongs to: HTTP APIs have `$default` and `METHOD /path` only.
    """
    if key == "$connect":
        return False
    if key.upper().startswith("OPTIONS "):
        return True  # browsers ask with OPTIONS, before they send credentials
    if any(api.props.get("protocolType") == "WEBSOCKET" for api in apis):
        return True
    return key != "$default" and " " not in key


def _routes_identify_callers(stack: Stack, report: StackReport) -> None:
    apis = stack.of_type(_API)
    keys_suffice = stack.thresholds["apiKeysSuffice"]

    def judge_route(route: PolicyResource) -> None:
        kind, key = route.props.get("authorizationType"), str(route.props.get("routeKey"))
        if kind not in (None, "", "NONE"):
            return
        if keys_suffice and flag(route.props.get("apiKeyRequired")):
            return
        if not _may_be_open(key, related(route, "apiId", apis)):
            report(
                f"The API Gateway route {key} must know its callers; authorizationType is "
                f"{kind or 'missing'}, and must be AWS_IAM, JWT or CUSTOM.",
                route.urn,
            )

    def judge_api(api: PolicyResource) -> None:
        if api.props.get("target"):
            report(
                "The API Gateway HTTP API must know its callers; target makes a route without "
                "an authorizer, and must be a route and an integration of their own.",
                api.urn,
            )
        for operation in open_operations(api.props.get("body"), api_keys_suffice=keys_suffice):
            report(
                f"The API Gateway HTTP API must know its callers; operation {operation} of its "
                "body has no security, and must have some.",
                api.urn,
            )

    judge_each(
        [(judge_route, one) for one in stack.of_type(_ROUTE)] + [(judge_api, one) for one in apis],
        lambda found: found[0](found[1]),
    )


apigatewayv2_callers_identified = stack_rule(
    About(
        name="apigatewayv2-callers-identified",
        description="Routes of HTTP APIs ask for IAM's signature or a token; the connection to "
        "WebSocket APIs asks for one of them or an API key.",
        severity=Severity.HIGH,
        remediation="Set authorizationType to AWS_IAM, or to JWT or CUSTOM with authorizerId.",
        url=f"{_GATEWAY}/http-api-access-control.html",
        control="APIGateway.8",
        thresholds=_API_KEYS_SUFFICE,
    ),
    [_ROUTE, _API],
    _routes_identify_callers,
)


def _function_url_callers_identified(subject: Subject, report: Report) -> None:
    if subject.props.get("authorizationType") == "NONE":
        report(
            "The Lambda function URL must know its callers; authorizationType is NONE, and must "
            "be AWS_IAM."
        )


lambda_url_callers_identified = resource_rule(
    About(
        name="lambda-url-callers-identified",
        description="Function URLs ask for IAM's signature.",
        severity=Severity.HIGH,
        remediation="Set authorizationType to AWS_IAM.",
        url="https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html",
    ),
    ["aws:lambda/functionUrl:FunctionUrl"],
    _function_url_callers_identified,
)


def _no_data_trace(subject: Subject, report: Report) -> None:
    def judge_property(key: str) -> None:
        judge_each(elements(subject.props.get(key)), lambda one: judge(key, mapping(one)))

    def judge(key: str, settings: Mapping[str, Any]) -> None:
        if flag(settings.get("dataTraceEnabled")):
            route = f" of route {settings['routeKey']}" if "routeKey" in settings else ""
            report(
                "API Gateway must not log requests and responses in full; dataTraceEnabled in "
                f"{key}{route} is true, and must be false."
            )

    judge_each(_METHOD_LOGS[subject.type], judge_property)


apigateway_no_data_trace = resource_rule(
    About(
        name="apigateway-no-data-trace",
        description="API Gateway writes neither bodies nor headers to its log, where keys and "
        "tokens would stand in clear text.",
        severity=Severity.MEDIUM,
        remediation="Set dataTraceEnabled to false; access logs say who called what.",
        url=f"{_GATEWAY}/set-up-logging.html",
    ),
    _METHOD_LOGS,
    _no_data_trace,
)


POLICIES = [
    apigateway_callers_identified,
    apigatewayv2_callers_identified,
    lambda_url_callers_identified,
    apigateway_no_data_trace,
]
