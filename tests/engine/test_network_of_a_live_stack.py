"""The ways out of a live stack change in place; nothing that holds data is replaced."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine.live_stack import Live, changes, live
from tests.engine.test_settings_of_a_live_stack import KEPT
from tests.settings.test_network import CLOSED

pytestmark = [pytest.mark.cli, pytest.mark.thorough]

NAT = "aws:ec2/natGateway:NatGateway"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
VPC = "aws:ec2/vpc:Vpc"

BEHIND_NAT: dict[str, Any] = {**CLOSED, "natGateways": "one", "interfaceEndpoints": None}
STEPS: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"interfaceEndpoints": True}, "create", ENDPOINT),
    ({"jobEgressCidrs": ["203.0.113.0/24"]}, "update", ENDPOINT),
    ({"jobEgressCidrs": None, "natGateways": "none"}, "delete", NAT),
    ({"natGateways": "one", "interfaceEndpoints": None}, "create", NAT),
)
"""Settings that change, and one thing that each does: operation and type."""


@pytest.fixture(scope="module")
def stack() -> Iterator[Live]:
    with live() as stands:
        stands.engine.configure(BEHIND_NAT)
        stands.engine.up()
        yield stands


def test_the_ways_out_change_and_change_back(stack: Live) -> None:
    for settings, operation, token in STEPS:
        stack.engine.configure(settings)
        done = changes(stack.engine.up())
        assert (operation, token) in {(name, kind) for name, kind, _ in done}
        replaced = {kind for name, kind, _ in done if "replace" in name}
        assert replaced.isdisjoint({*KEPT, VPC})
        assert changes(stack.engine.preview()) == {}
    stack.engine.destroy()
    assert stack.left() == []
