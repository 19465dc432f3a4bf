"""A live stack gets another gateway, and leaves Fargate Spot and comes back; its data stays."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine.live_stack import Live, changes, live
from tests.engine.test_settings_of_a_live_stack import KEPT, SERVICE

pytestmark = [pytest.mark.cli, pytest.mark.thorough]

HTTP_API = "aws:apigatewayv2/api:Api"
HTTP_STAGE = "aws:apigatewayv2/stage:Stage"
LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"
PROVIDERS = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"
REST_API = "aws:apigateway/restApi:RestApi"

ANOTHER_SERVICE = {("create", SERVICE), ("delete", SERVICE)}

STEPS: tuple[tuple[dict[str, Any], set[tuple[str, str]]], ...] = (
    # ECS changes neither in place: a service of another sort comes beside the old one.
    ({"serviceSpot": False}, {("delete", PROVIDERS), *ANOTHER_SERVICE}),
    ({"serviceSpot": True}, {("create", PROVIDERS), *ANOTHER_SERVICE}),
    (
        {"gateway": "http"},
        {
            ("create", HTTP_API),
            ("delete", REST_API),
            ("delete", LOAD_BALANCER),
            *ANOTHER_SERVICE,
        },
    ),
    ({"tags": {"Team": "data"}}, {("update", HTTP_API), ("update", HTTP_STAGE)}),
    ({"gateway": "off"}, {("delete", HTTP_API), ("create", LOAD_BALANCER), *ANOTHER_SERVICE}),
    ({"gateway": "rest"}, {("create", REST_API)}),
)
"""Settings that change, and what each does among other things: operations and types."""


@pytest.fixture(scope="module")
def stack() -> Iterator[Live]:
    with live() as stands:
        stands.engine.up()
        yield stands


def test_gateways_and_spot_change_and_change_back(stack: Live) -> None:
    for settings, expected in STEPS:
        stack.engine.configure(settings)
        done = changes(stack.engine.up())
        assert expected <= {(name, kind) for name, kind, _ in done}, settings
        assert {kind for name, kind, _ in done if "replace" in name}.isdisjoint(KEPT)
        assert changes(stack.engine.preview()) == {}
    stack.engine.destroy()
    assert stack.left() == []
