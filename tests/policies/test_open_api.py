"""Rules about who may call the operations of an API's body."""

import json
from typing import Any

import pytest

from rules import apis
from tests.policies.harness import Verdict, judge, judge_stack, resource, urn_of

REST_API = "aws:apigateway/restApi:RestApi"
API = "aws:apigatewayv2/api:Api"

REST = apis.apigateway_callers_identified
ROUTES = apis.apigatewayv2_callers_identified
WITHOUT_KEYS = {"apiKeysSuffice": False}

KEY = [{"api_key": []}]
OPEN = {"responses": {}}
CLOSED = {"responses": {}, "security": KEY}


def body(item: Any, **changes: Any) -> str:
    return json.dumps({"openapi": "3.0.1", "paths": {"/items": item}, **changes})


CLOSED_BODIES = {
    "closed": body({"get": CLOSED}),
    "closed for all": body({"get": OPEN}, security=KEY),
    "IAM": body({"get": {"x-amazon-apigateway-auth": {"type": "AWS_IAM"}}}),
    "preflight": body({"get": CLOSED, "options": OPEN}),
    "parameters": body({"parameters": []}),
    "no paths": json.dumps({"openapi": "3.0.1"}),
    "YAML": "openapi: 3.0.1\nsecurity: [{api_key: []}]\npaths:\n  /items:\n    get: {}\n",
    "no YAML": "paths: {/items: {get: {}",
    "a date that is none": "paths: {/items: {get: {}}}\ndate: 2026-02-30",
    "text": "a text",
    "deep": "[" * 100_000,
    "no object": "[]",
    "empty": "",
    "strange paths": json.dumps({"paths": {"/items": [], "/things": None}}),
}
OPEN_BODIES = {
    "get": (body({"get": OPEN}), "GET /items"),
    "head": (body({"head": OPEN}), "HEAD /items"),
    "any": (body({"x-amazon-apigateway-any-method": OPEN}), "ANY /items"),
    "open against all": (body({"post": {"security": []}}, security=KEY), "POST /items"),
    "empty security": (body({"put": {"security": [{}]}}), "PUT /items"),
    "NONE": (body({"delete": {"x-amazon-apigateway-auth": {"type": "NONE"}}}), "DELETE /items"),
    "YAML": ("openapi: 3.0.1\npaths:\n  /items:\n    get: {}\n", "GET /items"),
    "YAML with keys of other types": ("1: a\npaths: {2: a, /items: {get: {}}}", "GET /items"),
    "one of two": (body({"get": CLOSED, "patch": OPEN}), "PATCH /items"),
}


@pytest.mark.usefixtures("no_garbage_collection")
@pytest.mark.parametrize("text", CLOSED_BODIES.values(), ids=CLOSED_BODIES)
def test_bodies_that_know_their_callers(text: str) -> None:
    assert judge(REST, REST_API, {"body": text}) == Verdict()
    assert judge_stack(ROUTES, [resource(API, "api", {"body": text})]) == Verdict()


@pytest.mark.parametrize(("text", "operation"), OPEN_BODIES.values(), ids=OPEN_BODIES)
def test_bodies_for_everybody(text: str, operation: str) -> None:
    assert judge(REST, REST_API, {"body": text}).violations == [
        f"The API Gateway REST API must know its callers; operation {operation} of its body has "
        "no security, and must have some."
    ]
    verdict = judge_stack(ROUTES, [resource(API, "api", {"body": text})])
    assert verdict.violations == [
        f"The API Gateway HTTP API must know its callers; operation {operation} of its body has "
        "no security, and must have some."
    ]
    assert verdict.urns == [urn_of(API, "api")]


API_KEY = {"type": "apiKey", "name": "x-api-key", "in": "header"}
AUTHORIZER = {
    "type": "apiKey",
    "name": "Authorization",
    "in": "header",
    "x-amazon-apigateway-authtype": "custom",
}
OF_HTTP_API = {
    "type": "apiKey",
    "name": "Unused",
    "in": "header",
    "x-amazon-apigateway-authorizer": {"type": "request"},
}
SCHEMES = {
    "api_key": API_KEY,
    "authorizer": AUTHORIZER,
    "of_http_api": OF_HTTP_API,
    "oauth": {"type": "oauth2"},
}
WRITTEN_IN = {
    "OpenAPI 2": {"securityDefinitions": SCHEMES},
    "OpenAPI 3": {"components": {"securitySchemes": SCHEMES}},
}


@pytest.mark.parametrize("schemes", WRITTEN_IN.values(), ids=WRITTEN_IN)
@pytest.mark.parametrize(
    ("security", "closed"),
    [
        ([{"api_key": []}], False),
        ([{"authorizer": []}], True),
        ([{"of_http_api": []}], True),
        ([{"oauth": []}], True),
        ([{"api_key": [], "authorizer": []}], True),
    ],
    ids=["key", "authorizer", "of an HTTP API", "OAuth", "both"],
)
def test_a_key_may_not_suffice_for_an_operation(
    security: list[dict[str, Any]], closed: bool, schemes: dict[str, Any]
) -> None:
    text = body({"get": {"security": security}}, **schemes)
    api = [resource(API, "api", {"body": text})]
    assert judge(REST, REST_API, {"body": text}) == Verdict()
    assert judge_stack(ROUTES, api) == Verdict()
    assert (judge(REST, REST_API, {"body": text}, WITHOUT_KEYS) == Verdict()) is closed
    assert (judge_stack(ROUTES, api, WITHOUT_KEYS) == Verdict()) is closed
