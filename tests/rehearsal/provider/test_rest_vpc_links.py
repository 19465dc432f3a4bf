"""Integrations of a REST API over VPC links of both versions, and what AWS refuses of them."""

import re
from typing import Any

import pytest

from rehearsal.provider import RefusedError
from tests.rehearsal import gateway_stack as stack
from tests.rehearsal.gateway_stack import Gateway
from tests.rehearsal.provider import surroundings

SECOND_LINK = "aws:apigatewayv2/vpcLink:VpcLink"
URI = "http://metadata.example/{proxy}"


@pytest.fixture
def gateway(rig: Any) -> Gateway:
    return Gateway(rig.provider).api().method()


@pytest.fixture
def balancer(rig: Any) -> str:
    return stack.network_load_balancer(rig.cloud)


@pytest.fixture
def first(gateway: Gateway, balancer: str) -> str:
    return gateway.create(stack.LINK, "first", targetArn=balancer).id


@pytest.fixture
def second(rig: Any, gateway: Gateway) -> str:
    net = surroundings.network(rig.cloud)
    given = {"subnetIds": net.subnets, "securityGroupIds": [net.group]}
    return gateway.create(SECOND_LINK, "second", **given).id


def over(gateway: Gateway, link_id: str, **inputs: Any) -> dict[str, Any]:
    return {
        "restApi": gateway.api_id,
        "resourceId": gateway.made["{proxy+}"].id,
        "httpMethod": "ANY",
        "type": "HTTP_PROXY",
        "integrationHttpMethod": "ANY",
        "connectionType": "VPC_LINK",
        "connectionId": link_id,
        "uri": URI,
        "requestParameters": {"integration.request.path.proxy": "method.request.path.proxy"},
        **inputs,
    }


@pytest.fixture
def versions(gateway: Gateway, first: str, second: str, balancer: str) -> list[dict[str, Any]]:
    """Return the inputs of an integration over each version."""
    return [over(gateway, first), over(gateway, second, integrationTarget=balancer)]


@pytest.mark.parametrize("step", [1, -1], ids=["1 to 2", "2 to 1"])
def test_the_version_changes_in_place(rig: Any, versions: list[Any], step: int) -> None:
    before, after = versions[::step]
    changed = rig.live(stack.INTEGRATION, "integration", before, after)
    assert changed.outputs["connectionId"] == after["connectionId"]
    assert (changed.outputs.get("integrationTarget") or None) == after.get("integrationTarget")


def test_a_link_of_version_2_needs_a_target(gateway: Gateway, second: str) -> None:
    reason = re.escape(f"IntegrationTarget is required for VpcLinkV2 {second}.")
    with pytest.raises(RefusedError, match=reason):
        gateway.create(stack.INTEGRATION, "integration", **over(gateway, second))


def test_a_target_cannot_be_taken_from_a_link_of_version_2(
    gateway: Gateway, second: str, balancer: str
) -> None:
    inputs = over(gateway, second, integrationTarget=balancer)
    made = gateway.create(stack.INTEGRATION, "integration", **inputs)
    with pytest.raises(RefusedError, match="IntegrationTarget is required"):
        gateway.update(stack.INTEGRATION, made, **over(gateway, second))


def test_a_link_cannot_become_one_of_version_2_without_a_target(
    gateway: Gateway, first: str, second: str
) -> None:
    made = gateway.create(stack.INTEGRATION, "integration", **over(gateway, first))
    with pytest.raises(RefusedError, match="IntegrationTarget is required"):
        gateway.update(stack.INTEGRATION, made, **over(gateway, second))


def test_a_link_of_version_1_takes_no_target(gateway: Gateway, first: str, balancer: str) -> None:
    inputs = over(gateway, first, integrationTarget=balancer)
    with pytest.raises(RefusedError, match=f"is given for the VPC link {first} of version 1"):
        gateway.create(stack.INTEGRATION, "integration", **inputs)
