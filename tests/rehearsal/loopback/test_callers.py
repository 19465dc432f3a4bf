"""Who gets through the gateway: keys, plans, signatures, and what is deployed."""

from typing import Any

import pytest
import requests

from tests.rehearsal import gateway_stack as stack
from tests.rehearsal.loopback.conftest import (
    FORBIDDEN,
    Deployment,
    outcome,
)


@pytest.mark.parametrize("key", ["", "wrong", "x" * 40])
def test_a_wrong_key_gets_403(deployment: Deployment, key: str) -> None:
    response = deployment.call(key=key)
    assert outcome(response) == FORBIDDEN
    assert response.headers["x-amzn-ErrorType"] == "ForbiddenException"
    assert deployment.addresses.faults == []


def test_no_key_gets_403(deployment: Deployment) -> None:
    assert outcome(requests.get(f"{deployment.url}/ping", timeout=10)) == FORBIDDEN


def test_the_key_in_another_header_or_the_query_does_not_count(deployment: Deployment) -> None:
    options: dict[str, Any] = {"headers": {"Authorization": deployment.key}}
    assert outcome(deployment.call(f"/ping?x-api-key={deployment.key}", key="", **options)) == (
        FORBIDDEN
    )


def test_a_key_that_is_disabled_gets_403_within_a_second(fresh: Deployment) -> None:
    assert fresh.call().status_code == 200
    key = fresh.gateway.made["key"]
    fresh.gateway.update(stack.KEY, key, name=key.outputs["name"], enabled=False)
    fresh.clock.later()
    assert outcome(fresh.call()) == FORBIDDEN


def test_a_key_taken_from_the_plan_gets_403_within_a_second(fresh: Deployment) -> None:
    assert fresh.call().status_code == 200
    gateway = fresh.gateway
    gateway.delete(stack.PLAN_KEY, gateway.made["key in plan"])
    fresh.clock.later()
    assert outcome(fresh.call()) == FORBIDDEN


def test_a_key_in_no_plan_gets_403(deployment: Deployment) -> None:
    loose = deployment.gateway.create(stack.KEY, "loose")
    assert outcome(deployment.call(key=loose.outputs["value"])) == FORBIDDEN


def test_a_new_key_works_at_once(deployment: Deployment) -> None:
    assert deployment.call().status_code == 200
    assert deployment.call(key=deployment.gateway.key("second")).status_code == 200


def test_a_key_of_one_api_does_not_open_another(deployment: Deployment) -> None:
    other = deployment.api("other")
    key = other.key()
    url = deployment.addresses.stage(other.api_id, "api")
    assert requests.get(f"{url}/ping", headers={"x-api-key": key}, timeout=10).status_code == 200
    assert outcome(deployment.call(key=key)) == FORBIDDEN
    response = requests.get(f"{url}/ping", headers={"x-api-key": deployment.key}, timeout=10)
    assert outcome(response) == FORBIDDEN


def test_a_method_without_a_key_is_open(deployment: Deployment) -> None:
    gateway = deployment.api("open", apiKeyRequired=False)
    url = deployment.addresses.stage(gateway.api_id, "api")
    assert requests.get(f"{url}/ping", timeout=10).status_code == 200


def test_a_method_for_signed_calls_is_closed(deployment: Deployment) -> None:
    gateway = deployment.api("signed", authorization="AWS_IAM")
    url = deployment.addresses.stage(gateway.api_id, "api")
    response = requests.get(f"{url}/ping", headers={"x-api-key": gateway.key()}, timeout=10)
    assert outcome(response) == (403, {"message": "Missing Authentication Token"})


@pytest.mark.parametrize("path", ["", "/"])
def test_a_path_without_a_resource_gets_403(deployment: Deployment, path: str) -> None:
    assert outcome(deployment.call(path)) == (403, {"message": "Missing Authentication Token"})


def test_an_unknown_stage_or_api_gets_403(deployment: Deployment) -> None:
    for stage in ((deployment.gateway.api_id, "prod"), ("abcdef", "api")):
        url = deployment.addresses.stage(*stage)
        response = requests.get(f"{url}/ping", headers={"x-api-key": deployment.key}, timeout=10)
        assert outcome(response) == FORBIDDEN


def test_a_disabled_endpoint_gets_403_after_the_next_deployment(fresh: Deployment) -> None:
    gateway = fresh.gateway
    api = gateway.made["api"]
    gateway.update(stack.REST_API, api, name=api.outputs["name"], disableExecuteApiEndpoint=True)
    assert fresh.call().status_code == 200
    gateway.deploy()
    fresh.clock.later()
    assert outcome(fresh.call()) == FORBIDDEN


def test_a_changed_method_is_served_after_the_next_deployment(fresh: Deployment) -> None:
    gateway = fresh.gateway
    method = gateway.made["ANY {proxy+}"]
    kept = ("restApi", "resourceId", "httpMethod", "authorization", "requestParameters")
    inputs = {name: method.outputs[name] for name in kept}
    gateway.update(stack.METHOD, method, **inputs, apiKeyRequired=False)
    fresh.clock.later()
    assert outcome(fresh.call(key="")) == FORBIDDEN
    gateway.deploy()
    fresh.clock.later()
    assert fresh.call(key="").status_code == 200


def test_a_key_is_refused_beyond_its_quota(fresh: Deployment) -> None:
    client = fresh.cloud.client("apigateway")
    plan = fresh.gateway.made["key plan"].id
    limits = (("limit", "2"), ("period", "DAY"))
    operations = [
        {"op": "replace", "path": f"/quota/{name}", "value": value} for name, value in limits
    ]
    client.update_usage_plan(usagePlanId=plan, patchOperations=operations)
    assert [fresh.call().status_code for _ in range(3)] == [200, 200, 429]
    assert fresh.call().json() == {"message": "Limit Exceeded"}
    assert fresh.call(key="wrong").status_code == 403
