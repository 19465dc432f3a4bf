"""The gateway's API is deployed again exactly when it changed."""

from collections.abc import Mapping
from typing import Any

import pytest

from components import rest_gateway
from rehearsal.mocks import Deployment
from tests import deployed
from tests.components import tiers
from tests.placeholder import PlaceholderProvider

ALLOWED = ["203.0.113.0/24"]
OTHERS = ["198.51.100.0/24"]
TOKENS = {
    "method": "aws:apigateway/method:Method",
    "integration": "aws:apigateway/integration:Integration",
}


def deploy(**changed: Any) -> Deployment:
    return tiers.build(lambda: tiers.rest_gateway("gateway", **changed))


def triggers(deployment: Deployment) -> dict[str, str]:
    found = deployed.inputs(deployment, "aws:apigateway/deployment:Deployment")["triggers"]
    return dict(found)


@pytest.mark.parametrize(
    ("before", "after"),
    [([], ALLOWED), (ALLOWED, []), (ALLOWED, OTHERS), (ALLOWED, [*ALLOWED, *OTHERS])],
)
def test_when_the_allow_list_changes(before: list[str], after: list[str]) -> None:
    first, second = (triggers(deploy(allowed_cidrs=cidrs)) for cidrs in (before, after))
    assert first["shape"] != second["shape"]
    assert first["link"] == second["link"]


@pytest.mark.parametrize(
    ("inputs", "key", "value", "changed"),
    [
        ("_METHOD", "http_method", "GET", "method"),
        ("_METHOD", "authorization", "AWS_IAM", "method"),
        ("_METHOD", "api_key_required", False, "method"),
        ("_METHOD", "request_parameters", {}, "method"),
        ("_INTEGRATION", "type", "HTTP", "integration"),
        ("_INTEGRATION", "integration_http_method", "GET", "integration"),
        ("_INTEGRATION", "connection_type", "INTERNET", "integration"),
        ("_INTEGRATION", "request_parameters", {}, "integration"),
        ("_INTEGRATION", "timeout_milliseconds", 1000, "integration"),
    ],
)
def test_when_the_route_changes(
    monkeypatch: pytest.MonkeyPatch, inputs: str, key: str, value: Any, changed: str
) -> None:
    before = deploy()
    monkeypatch.setitem(getattr(rest_gateway, inputs), key, value)
    after = deploy()
    token = TOKENS[changed]
    assert deployed.inputs(before, token) != deployed.inputs(after, token)
    assert triggers(before)["shape"] != triggers(after)["shape"]


@pytest.mark.parametrize(("constant", "value"), [("_PATH", "run"), ("_BACKEND_PATH", "/other")])
def test_when_a_path_changes(monkeypatch: pytest.MonkeyPatch, constant: str, value: str) -> None:
    before = triggers(deploy())
    monkeypatch.setattr(rest_gateway, constant, value)
    assert triggers(deploy())["shape"] != before["shape"]


def test_every_plain_input_of_the_route_is_watched() -> None:
    def camel(keys: Mapping[str, Any]) -> set[str]:
        return {
            first + "".join(map(str.title, rest))
            for first, *rest in (key.split("_") for key in keys)
        }

    deployment = deploy()
    identified = {"restApi", "resourceId", "httpMethod", "connectionId", "uri"}
    for token, watched in (
        (TOKENS["method"], rest_gateway._METHOD),
        (TOKENS["integration"], rest_gateway._INTEGRATION),
    ):
        assert set(deployed.inputs(deployment, token)) - identified == camel(watched) - identified


def test_when_the_default_endpoint_is_switched_off() -> None:
    before, after = deploy(), deploy(disable_execute_api_endpoint=True)
    assert triggers(before)["shape"] != triggers(after)["shape"]


def test_when_the_link_is_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    before = triggers(deploy())
    original = PlaceholderProvider.create

    def create(self: PlaceholderProvider, token: str, urn: str, inputs: Any) -> Any:
        created = original(self, token, urn, inputs)
        replaced = token == "aws:apigateway/vpcLink:VpcLink"
        return type(created)("another", created.outputs) if replaced else created

    monkeypatch.setattr(PlaceholderProvider, "create", create)
    after = triggers(deploy())
    assert (after["link"], after["shape"]) == ("another", before["shape"])


@pytest.mark.parametrize(
    "changed",
    [
        {"rate_limit": 7},
        {"burst_limit": 9},
        {"label": "other"},
        {"tags": {"Team": "other"}},
        {"access_log_retention_days": None},
        {"manage_account": True},
    ],
    ids=str,
)
def test_not_for_what_is_no_part_of_the_api(changed: dict[str, Any]) -> None:
    assert triggers(deploy(**changed)) == triggers(deploy())
