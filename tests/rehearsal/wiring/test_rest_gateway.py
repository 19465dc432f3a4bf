"""The check of the wires with a VPC link of version 2 before the load balancer."""

import json
from typing import Any

import pytest

from rehearsal import wiring
from tests.rehearsal.recorded_stacks import (
    BALANCER,
    EGRESS,
    INGRESS,
    INTEGRATION,
    LISTENER,
    TARGET_GROUP,
    TASK,
    Mutation,
    Stack,
    add_rule,
    change,
    findings,
    named,
    recorded,
    remove,
)

SECOND_LINK = "aws:apigatewayv2/vpcLink:VpcLink"
STAGE = "aws:apigateway/stage:Stage"
GATEWAY = ("gateway", "load balancer")
FROM_LINK = ("VPC link", "load balancer")
FORWARDING = ("load balancer", "service")


@pytest.fixture(scope="module")
def stack() -> Stack:
    return recorded("dev", vpcLinkVersion=2)


def test_the_wires_hold(stack: Stack) -> None:
    hops = wiring.check(stack)
    assert [str(one) for one in hops if not one.holds] == []
    assert [(one.source, one.target, one.port) for one in hops if one.expected] == [
        ("gateway", "load balancer", 80),
        ("VPC link", "load balancer", 80),
        ("load balancer", "service", 8080),
        ("service", "database", 5432),
        ("jobs", "load balancer", 80),
        ("service", "internet", 443),
        ("jobs", "internet", 443),
    ]
    closed = {(one.source, one.target) for one in hops if not one.expected}
    assert {("VPC link", "service"), ("VPC link", "database"), ("jobs", "VPC link")} <= closed
    assert {("VPC link", "internet"), ("anybody else", "VPC link")} <= closed


def with_prefix(prefix: str | None) -> Mutation:
    """Have the service's container answer under another path."""

    def mutate(stack: Stack) -> Stack:
        containers = json.loads(named(stack, TASK).outputs["containerDefinitions"])
        for one in containers:
            rest = [each for each in one["environment"] if each["name"] != "PATH_PREFIX"]
            more = [{"name": "PATH_PREFIX", "value": prefix}] if prefix else []
            one["environment"] = [*rest, *more]
        return change(TASK, containerDefinitions=json.dumps(containers))(stack)

    return mutate


LEADS_NOWHERE = "the integration's VPC link leads to no load balancer of the stack"


@pytest.mark.parametrize(
    ("mutation", "hop", "words"),
    [
        (change(INTEGRATION, integrationTarget="arn:another"), GATEWAY, LEADS_NOWHERE),
        (change(INTEGRATION, connectionId="another"), GATEWAY, LEADS_NOWHERE),
        (remove(SECOND_LINK), GATEWAY, LEADS_NOWHERE),
        (remove(LISTENER), GATEWAY, "the load balancer does not listen on port 80"),
        (
            with_prefix(None),
            GATEWAY,
            "the gateway sends paths below /api, the service answers below /",
        ),
        (
            change(STAGE, stageName="live"),
            GATEWAY,
            "the gateway sends paths below /live, the service answers below /api",
        ),
        (
            change(TARGET_GROUP, healthCheck={"port": "traffic-port", "path": "/ping"}),
            FORWARDING,
            "the load balancer's health check asks /ping, not /api/ping",
        ),
        (
            remove(EGRESS, "link-to-balancer"),
            FROM_LINK,
            "no rule lets VPC link out to load balancer",
        ),
        (
            remove(INGRESS, "balancer-from-link"),
            FROM_LINK,
            "no rule lets VPC link into load balancer",
        ),
        (
            change(BALANCER, securityGroups=["sg-another"]),
            FROM_LINK,
            "no rule lets VPC link out to load balancer",
        ),
        (
            add_rule(INGRESS, "balancer-from-link", cidrIpv4="0.0.0.0/0"),
            ("anybody else", "load balancer"),
            "let in: 0.0.0.0/0",
        ),
    ],
)
def test_a_cut_wire_is_named(
    stack: Stack, mutation: Mutation, hop: tuple[str, str], words: str
) -> None:
    found: dict[tuple[str, str], Any] = {
        (source, target): reason for source, target, reason in findings(mutation(stack))
    }
    assert words in found[hop]


def test_a_service_under_a_path_is_not_reached_by_a_link_of_version_1() -> None:
    stack = with_prefix("/api")(recorded("dev"))
    reasons = {(source, target): reason for source, target, reason in findings(stack)}
    assert reasons[GATEWAY] == "the gateway sends paths below /, the service answers below /api"
    assert reasons[FORWARDING] == "the load balancer's health check asks /ping, not /api/ping"
