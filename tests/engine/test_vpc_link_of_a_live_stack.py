"""A live stack goes from one version of the VPC link to the other and back, in one update each."""

from collections.abc import Iterator, Set

import pytest
import requests

from rehearsal.containers import MetadataContainers
from rehearsal.metadata import MetadataService
from tests.engine.live_stack import Live, live
from tests.engine.test_settings_of_a_live_stack import (
    NEW_DEPLOYMENT,
    NEW_TASK,
    SERVICE,
    STAGE,
    of_resources,
)

pytestmark = [pytest.mark.cli, pytest.mark.thorough]

FIRST_LINK = ("aws:apigateway/vpcLink:VpcLink", "metaflow-gateway-link")
SECOND_LINK = {
    ("aws:apigatewayv2/vpcLink:VpcLink", "metaflow-gateway-link"),
    ("aws:ec2/securityGroup:SecurityGroup", "metaflow-groups-link"),
    (
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        "metaflow-groups-link-to-balancer",
    ),
    (
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        "metaflow-groups-balancer-from-link",
    ),
}
IN_PLACE = {
    ("update", "aws:apigateway/integration:Integration", "metaflow-gateway-integration"),
    ("update", STAGE, "metaflow-gateway-stage"),
    ("update", "aws:lb/loadBalancer:LoadBalancer", "metaflow-service-lb"),
    ("update", "aws:lb/targetGroup:TargetGroup", "metaflow-service-tg"),
    ("update", SERVICE, "metaflow-service-service-spot"),
}


@pytest.fixture(scope="module")
def stack() -> Iterator[Live]:
    with live() as stands, MetadataService() as service:
        containers = MetadataContainers(stands.cloud, service.url)
        stands.addresses.bind(stands.cloud, containers)
        stands.engine.up()
        yield stands


def answers(stack: Live) -> tuple[int, int, int]:
    """Return how the gateway answers a client, and the service one inside: as told, and `/`."""
    outputs = stack.engine.outputs(show_secrets=True)
    inside = outputs["serviceInternalUrl"]
    header = {"x-api-key": outputs["apiKey"]}
    asked = ((outputs["serviceUrl"], header), (inside, {}), (inside.removesuffix("api/"), {}))
    one, two, three = (
        requests.get(f"{url}ping", headers=headers, timeout=30).status_code
        for url, headers in asked
    )
    return one, two, three


def change(stack: Live, version: int) -> Set[tuple[str, str, str]]:
    stack.engine.configure({"vpcLinkVersion": version})
    previewed = of_resources(stack.engine.preview())
    assert of_resources(stack.engine.up()) == previewed
    assert of_resources(stack.engine.preview()) == {}
    assert set(previewed.values()) == {1}
    return set(previewed)


def test_the_link_is_changed_in_place_and_back(stack: Live) -> None:
    """Neither the API nor its key is another one, and the load balancer stays."""
    api = stack.engine.outputs(show_secrets=True)
    assert answers(stack) == (200, 200, 200)
    always = IN_PLACE | NEW_TASK | NEW_DEPLOYMENT
    made = {("create", *one) for one in SECOND_LINK} | {("delete", *FIRST_LINK)}
    assert change(stack, 2) == always | made
    assert answers(stack) == (200, 200, 404)
    gone = {("delete", *one) for one in SECOND_LINK} | {("create", *FIRST_LINK)}
    assert change(stack, 1) == always | gone
    assert answers(stack) == (200, 200, 200)
    kept = ("serviceUrl", "serviceInternalUrl", "apiKey", "apiKeyId", "apiId")
    after = stack.engine.outputs(show_secrets=True)
    assert {key: after[key] for key in kept} == {key: api[key] for key in kept}


def test_a_stack_with_a_link_of_version_2_goes_whole(stack: Live) -> None:
    change(stack, 2)
    stack.engine.destroy()
    assert stack.left() == []
