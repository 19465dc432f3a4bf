"""A REST API's VPC link of version 2: into the VPC, with a group of its own, and the stage's path.

What version 1 registers stands in the tests of the gateway and of the service.
"""

import json
from typing import Any

import pytest

from components.vpc_link import LinkPlace
from tests import deployed
from tests.components import tiers
from tests.placeholder import PlaceholderProvider

BALANCER = "arn:aws:lb:us-east-1:123456789012:loadBalancer/metaflow-service-lb"
HOST = "metaflow-service-lb.elb.us-east-1.amazonaws.com"
INTEGRATION = "aws:apigateway/integration:Integration"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"


def given(token: str, name: str | None = None, /, **settings: Any) -> dict[str, Any]:
    stack = deployed.deploy_stack("dev", **{"vpcLinkVersion": 2, **settings})
    return deployed.inputs(stack, token, name)


def test_the_integration_names_link_and_load_balancer() -> None:
    assert given(INTEGRATION) == {
        **given(INTEGRATION, vpcLinkVersion=1),
        "connectionId": "VpcLink:metaflow-gateway-link.id",
        "integrationTarget": BALANCER,
    }


def test_the_link_stands_beside_the_load_balancer_in_a_group_of_its_own() -> None:
    link = given("aws:apigatewayv2/vpcLink:VpcLink")
    assert link == {
        "subnetIds": [f"Subnet:metaflow-net-isolated-us-east-1{zone}.id" for zone in "ab"],
        "securityGroupIds": ["SecurityGroup:metaflow-groups-link.id"],
    }
    balancer = given("aws:lb/loadBalancer:LoadBalancer")
    assert balancer["subnets"] == link["subnetIds"]
    assert balancer["securityGroups"] == ["SecurityGroup:metaflow-groups-balancer.id"]


def test_the_load_balancers_group_holds_for_private_link_too() -> None:
    balancer = given("aws:lb/loadBalancer:LoadBalancer")
    assert balancer["enforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] == "on"


def rules_of(group: str) -> set[tuple[str, str, int, int]]:
    stack = deployed.deploy_stack("dev", vpcLinkVersion=2)
    rules = [*stack.of_type(EGRESS), *stack.of_type(INGRESS)]
    return {
        (
            "out" if one.type == EGRESS else "in",
            one.inputs["referencedSecurityGroupId"].rpartition("-")[2],
            one.inputs["fromPort"],
            one.inputs["toPort"],
        )
        for one in rules
        if one.inputs["securityGroupId"] == f"SecurityGroup:metaflow-groups-{group}.id"
    }


def test_the_link_reaches_the_load_balancer_and_nothing_else() -> None:
    assert rules_of("link") == {("out", "balancer.id", 80, 80)}
    assert rules_of("balancer") == {
        ("in", "link.id", 80, 80),
        ("in", "jobs.id", 80, 80),
        ("out", "service.id", 8080, 8080),
    }


def test_the_service_answers_under_the_stages_name_wherever_it_is_asked() -> None:
    service, migrations = json.loads(
        given("aws:ecs/taskDefinition:TaskDefinition")["containerDefinitions"]
    )
    variables = {one["name"]: one["value"] for one in service["environment"]}
    assert variables["PATH_PREFIX"] == "/api"
    assert given("aws:apigateway/stage:Stage")["stageName"] == "api"
    assert service["healthCheck"]["command"] == [
        "CMD-SHELL",
        "curl -fsS http://localhost:8080/api/healthcheck || exit 1",
    ]
    assert given("aws:lb/targetGroup:TargetGroup")["healthCheck"]["path"] == "/api/ping"
    assert "healthCheck" not in migrations
    stack = deployed.deploy_stack("dev", vpcLinkVersion=2)
    assert stack.outputs["serviceInternalUrl"] == f"http://{HOST}/api/"
    assert stack.outputs["serviceUrl"].endswith("/api/")


def test_the_load_balancer_and_the_link_are_made_side_by_side() -> None:
    before = deployed.waits_for(deployed.deploy_stack("dev", vpcLinkVersion=2))
    link, balancer = "VpcLink:metaflow-gateway-link", "LoadBalancer:metaflow-service-lb"
    assert balancer not in before[link]
    assert link not in before[balancer]
    assert {link, balancer} <= before["Deployment:metaflow-gateway-deployment"]
    rules = {
        "SecurityGroupEgressRule:metaflow-groups-link-to-balancer",
        "SecurityGroupIngressRule:metaflow-groups-balancer-from-link",
    }
    assert rules <= before["Service:metaflow-service-service-spot"]


def triggers(**changed: Any) -> dict[str, str]:
    place = LinkPlace(subnet_ids=["subnet-1"], security_group_id="sg-1")
    made = tiers.build(lambda: tiers.rest_gateway("gateway", link_place=place, **changed))
    return dict(deployed.inputs(made, "aws:apigateway/deployment:Deployment")["triggers"])


def test_the_api_is_deployed_again_for_another_link(monkeypatch: pytest.MonkeyPatch) -> None:
    before, original = triggers(), PlaceholderProvider.create

    def create(self: PlaceholderProvider, token: str, urn: str, inputs: Any) -> Any:
        created = original(self, token, urn, inputs)
        replaced = token == "aws:apigatewayv2/vpcLink:VpcLink"
        return type(created)("another", created.outputs) if replaced else created

    monkeypatch.setattr(PlaceholderProvider, "create", create)
    assert triggers() == {**before, "link": "another"}


def test_the_api_is_deployed_again_for_another_load_balancer() -> None:
    """With version 1 the link is another one then; this one stays."""
    assert triggers(load_balancer_arn="another") == {**triggers(), "target": "another"}
