from typing import Any

import pytest
from pulumi_policy import PolicyResource

from rules import apis
from tests.policies.harness import UNKNOWN, Verdict, judge, judge_stack, resource, urn_of

METHOD = "aws:apigateway/method:Method"
REST_API = "aws:apigateway/restApi:RestApi"
SETTINGS = "aws:apigateway/methodSettings:MethodSettings"
API = "aws:apigatewayv2/api:Api"
ROUTE = "aws:apigatewayv2/route:Route"
STAGE = "aws:apigatewayv2/stage:Stage"
FUNCTION_URL = "aws:lambda/functionUrl:FunctionUrl"

REST = apis.apigateway_callers_identified
ROUTES = apis.apigatewayv2_callers_identified


def method(**changes: Any) -> dict[str, Any]:
    return {"httpMethod": "ANY", "authorization": "NONE", "apiKeyRequired": True, **changes}


@pytest.mark.parametrize(
    "props",
    [
        method(),
        method(apiKeyRequired="true"),
        method(authorization="AWS_IAM", apiKeyRequired=False),
        method(authorization="CUSTOM", apiKeyRequired=None),
        method(httpMethod="OPTIONS", apiKeyRequired=False),
    ],
    ids=["key", "key as text", "IAM", "authorizer", "preflight"],
)
def test_methods_that_know_their_callers(props: dict[str, Any]) -> None:
    assert judge(REST, METHOD, props) == Verdict()


@pytest.mark.parametrize("key", [False, "false", None])
def test_a_method_for_everybody(key: Any) -> None:
    assert judge(REST, METHOD, method(apiKeyRequired=key)).violations == [
        "The API Gateway method ANY must know its callers; authorization is NONE and "
        "apiKeyRequired is not true, and one of them must be set."
    ]


WITHOUT_KEYS = {"apiKeysSuffice": False}


def test_a_key_may_not_suffice_for_a_method() -> None:
    assert judge(REST, METHOD, method(), WITHOUT_KEYS).violations == [
        "The API Gateway method ANY must know its callers; authorization is NONE, and must be "
        "AWS_IAM, CUSTOM or COGNITO_USER_POOLS."
    ]
    assert judge(REST, METHOD, method(authorization="AWS_IAM"), WITHOUT_KEYS) == Verdict()
    assert judge(REST, METHOD, method(httpMethod="OPTIONS"), WITHOUT_KEYS) == Verdict()


@pytest.mark.parametrize("key", ["authorization", "apiKeyRequired"])
def test_an_unknown_method(key: str) -> None:
    assert judge(REST, METHOD, method(**{key: UNKNOWN})).unknown


def test_an_api_without_a_body() -> None:
    assert judge(REST, REST_API, {}) == Verdict()
    assert judge(REST, REST_API, {"body": UNKNOWN}).unknown


HTTP_API = resource(API, "http", {"id": "http-1", "protocolType": "HTTP"})
WEBSOCKET_API = resource(API, "websocket", {"id": "websocket-1", "protocolType": "WEBSOCKET"})


def route(key: str, api: str = "http-1", **changes: Any) -> PolicyResource:
    return resource(ROUTE, "route", {"apiId": api, "routeKey": key, **changes})


def stack(*routes: PolicyResource) -> list[PolicyResource]:
    return [HTTP_API, WEBSOCKET_API, *routes]


@pytest.mark.parametrize(
    "found",
    [
        route("GET /items", authorizationType="AWS_IAM"),
        route("$default", authorizationType="JWT"),
        route("OPTIONS /{proxy+}", authorizationType="NONE"),
        route("$connect", "websocket-1", authorizationType="CUSTOM"),
        route("$connect", "websocket-1", apiKeyRequired=True),
        route("$disconnect", "websocket-1"),
        route("$default", "websocket-1"),
        route("send", "websocket-1", authorizationType="NONE"),
        route("send", "elsewhere"),
        route("$disconnect", "elsewhere"),
    ],
    ids=lambda found: f"{found.props['routeKey']} of {found.props['apiId']}",
)
def test_routes_that_know_their_callers(found: PolicyResource) -> None:
    assert judge_stack(ROUTES, stack(found)) == Verdict()


@pytest.mark.parametrize(
    ("key", "api"),
    [
        ("GET /items", "http-1"),
        ("ANY /options", "http-1"),
        ("$default", "http-1"),
        ("$connect", "websocket-1"),
        ("$connect", "elsewhere"),
        ("$default", "elsewhere"),
        ("GET /items", "elsewhere"),
    ],
)
@pytest.mark.parametrize("kind", [None, "", "NONE"])
def test_routes_for_everybody(key: str, api: str, kind: str | None) -> None:
    verdict = judge_stack(ROUTES, stack(route(key, api, authorizationType=kind)))
    assert verdict.violations == [
        f"The API Gateway route {key} must know its callers; authorizationType is "
        f"{kind or 'missing'}, and must be AWS_IAM, JWT or CUSTOM."
    ]
    assert verdict.urns == [urn_of(ROUTE, "route")]


def test_a_key_may_not_suffice_for_a_connection() -> None:
    found = stack(route("$connect", "websocket-1", apiKeyRequired=True))
    assert len(judge_stack(ROUTES, found, WITHOUT_KEYS).violations) == 1


def test_a_new_stack_whose_apis_have_no_identity_yet() -> None:
    api = resource(API, "websocket", {"id": UNKNOWN, "protocolType": "WEBSOCKET"})
    found = resource(ROUTE, "route", {"apiId": UNKNOWN, "routeKey": "$default"}, {"apiId": [api]})
    assert judge_stack(ROUTES, [api, HTTP_API, found]) == Verdict()


def test_an_unknown_route_hides_no_other() -> None:
    unknown = route("GET /items", authorizationType=UNKNOWN)
    verdict = judge_stack(ROUTES, stack(unknown, route("GET /other")))
    assert verdict.unknown
    assert len(verdict.violations) == 1


def test_an_api_made_with_a_target_only() -> None:
    api = resource(API, "quick", {"protocolType": "HTTP", "target": "arn:aws:lambda:a"})
    verdict = judge_stack(ROUTES, [api])
    assert verdict.violations == [
        "The API Gateway HTTP API must know its callers; target makes a route without an "
        "authorizer, and must be a route and an integration of their own."
    ]
    assert verdict.urns == [api.urn]


def test_a_stack_without_routes() -> None:
    assert not judge_stack(ROUTES, [resource(STAGE, "stage", {})]).applicable


def test_function_urls() -> None:
    rule = apis.lambda_url_callers_identified
    assert judge(rule, FUNCTION_URL, {"authorizationType": "AWS_IAM"}) == Verdict()
    assert judge(rule, FUNCTION_URL, {"authorizationType": UNKNOWN}).unknown
    assert judge(rule, FUNCTION_URL, {"authorizationType": "NONE"}).violations == [
        "The Lambda function URL must know its callers; authorizationType is NONE, and must be "
        "AWS_IAM."
    ]


TRACES: dict[str, tuple[str, dict[str, Any], str]] = {
    "method": (SETTINGS, {"settings": {"dataTraceEnabled": True}}, "settings"),
    "as text": (SETTINGS, {"settings": {"dataTraceEnabled": "true"}}, "settings"),
    "stage": (STAGE, {"defaultRouteSettings": {"dataTraceEnabled": True}}, "defaultRouteSettings"),
    "route": (
        STAGE,
        {"routeSettings": [{"routeKey": "send", "dataTraceEnabled": True}]},
        "routeSettings of route send",
    ),
}


@pytest.mark.parametrize(("token", "props", "where"), TRACES.values(), ids=TRACES)
def test_data_traces(token: str, props: dict[str, Any], where: str) -> None:
    assert judge(apis.apigateway_no_data_trace, token, props).violations == [
        f"API Gateway must not log requests and responses in full; dataTraceEnabled in {where} "
        "is true, and must be false."
    ]


@pytest.mark.parametrize(
    ("token", "props"),
    [
        (SETTINGS, {}),
        (SETTINGS, {"settings": {"loggingLevel": "INFO"}}),
        (STAGE, {}),
        (STAGE, {"routeSettings": [{"routeKey": "send", "dataTraceEnabled": "false"}]}),
    ],
    ids=["no settings", "no trace", "stage", "no trace of a route"],
)
def test_no_data_traces(token: str, props: dict[str, Any]) -> None:
    assert judge(apis.apigateway_no_data_trace, token, props) == Verdict()


def test_an_unknown_trace_hides_no_other() -> None:
    props = {
        "defaultRouteSettings": UNKNOWN,
        "routeSettings": [UNKNOWN, {"routeKey": "send", "dataTraceEnabled": True}],
    }
    verdict = judge(apis.apigateway_no_data_trace, STAGE, props)
    assert verdict.unknown
    assert len(verdict.violations) == 1


@pytest.mark.parametrize(
    "policy",
    [REST, apis.lambda_url_callers_identified, apis.apigateway_no_data_trace],
    ids=lambda policy: policy.name,
)
def test_another_type(policy: Any) -> None:
    assert not judge(policy, "aws:apigateway/apiKey:ApiKey", {}).applicable
