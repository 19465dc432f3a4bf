"""The check of the wires notices each one that is cut."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from rehearsal import wiring
from rehearsal.wiring import Hop
from rehearsal.wiring.network import WiringError
from tests.deployed import ADOPTED
from tests.rehearsal.recorded_stacks import (
    BALANCER,
    DATABASE,
    EGRESS,
    INGRESS,
    INTEGRATION,
    LINK,
    LISTENER,
    SERVICE,
    TARGET_GROUP,
    TASK,
    Mutation,
    Stack,
    change,
    findings,
    named,
    recorded,
    remove,
)

ANYWHERE = {"referencedSecurityGroupId": None, "cidrIpv4": "0.0.0.0/0"}


@pytest.fixture(scope="module")
def dev() -> Stack:
    return recorded("dev")


@pytest.fixture(scope="module")
def prod() -> Stack:
    return recorded("prod")


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_stacks_hold(stack: str, request: pytest.FixtureRequest) -> None:
    hops = wiring.check(request.getfixturevalue(stack))
    assert [str(one) for one in hops if not one.holds] == []
    assert [(one.source, one.target, one.port) for one in hops if one.expected] == [
        ("gateway", "load balancer", 80),
        ("load balancer", "service", 8080),
        ("service", "database", 5432),
        ("jobs", "load balancer", 80),
        ("service", "internet", 443),
        ("jobs", "internet", 443),
    ]
    closed = {(one.source, one.target) for one in hops if not one.expected}
    assert {("jobs", "database"), ("jobs", "service"), ("anybody else", "database")} <= closed
    assert {("database", "internet"), ("load balancer", "internet")} <= closed


def test_a_database_of_somebody_elses_is_reached_by_the_service_alone() -> None:
    stack = recorded("dev", **ADOPTED)
    hops = {(one.source, one.target): one for one in wiring.check(stack)}
    assert [str(one) for one in hops.values() if not one.holds] == []
    assert hops["service", "adopted database"].port == 5432
    assert not any("database" in pair and "service" not in pair for pair in hops)


def test_a_missing_way_to_somebody_elses_database_is_noticed() -> None:
    cut = remove(EGRESS, "service-to-database")(recorded("dev", **ADOPTED))
    reason = "no rule lets service out to the adopted database"
    assert ("service", "adopted database", reason) in findings(cut)


def test_without_a_gateway_there_is_no_such_hop() -> None:
    hops = wiring.check(recorded("dev", gateway="off"))
    assert all(one.holds for one in hops)
    assert "gateway" not in {one.source for one in hops}


def test_every_rule_is_needed(dev: Stack) -> None:
    """Whichever rule is missing, a hop that must be open says which way is closed."""
    rules = [one for one in dev if one.type in (INGRESS, EGRESS)]
    assert len(rules) == 8
    told = {}
    for rule in rules:
        (finding,) = findings([one for one in dev if one is not rule])
        told[rule.name.removeprefix("metaflow-groups-")] = finding[2]
    assert told == {
        "jobs-to-balancer": "no rule lets jobs out to load balancer",
        "balancer-from-jobs": "no rule lets jobs into load balancer",
        "balancer-to-service": "no rule lets load balancer out to service",
        "service-from-balancer": "no rule lets load balancer into service",
        "service-to-database": "no rule lets service out to database",
        "database-from-service": "no rule lets service into database",
        "service-to-internet": "no rule lets service out to the internet",
        "jobs-to-internet": "no rule lets jobs out to the internet",
    }


def of_containers(definition: Mapping[str, Any], **changed: Any) -> str:
    containers = json.loads(definition["containerDefinitions"])
    for container in containers:
        if container.get("portMappings"):
            container.update(changed)
    return json.dumps(containers)


def other_container_port(stack: Stack) -> Stack:
    outputs = named(stack, TASK).outputs
    definitions = of_containers(outputs, portMappings=[{"containerPort": 8082}])
    return change(TASK, containerDefinitions=definitions)(stack)


def other_container(stack: Stack) -> Stack:
    return change(TASK, containerDefinitions=of_containers(named(stack, TASK).outputs, name="x"))(
        stack
    )


def service_on(**changed: Any) -> Mutation:
    def mutate(stack: Stack) -> Stack:
        (wire,) = named(stack, SERVICE).outputs["loadBalancers"]
        return change(SERVICE, loadBalancers=[{**wire, **changed}])(stack)

    return mutate


FORWARDING = ("load balancer", "service")
GATEWAY = ("gateway", "load balancer")


@pytest.mark.parametrize(
    ("mutation", "hop", "words"),
    [
        (remove(LISTENER), FORWARDING, "the load balancer has no listener"),
        (
            change(LISTENER, defaultActions=[{"type": "forward", "targetGroupArn": "arn:other"}]),
            FORWARDING,
            "the service is not registered with the listener's target group",
        ),
        (
            service_on(targetGroupArn="arn:other"),
            FORWARDING,
            "the service is not registered with the listener's target group",
        ),
        (
            change(TARGET_GROUP, healthCheck={"port": "8082", "path": "/ping"}),
            FORWARDING,
            "the load balancer's health check asks port 8082, not 8080",
        ),
        (other_container_port, FORWARDING, "no container metadata-service has port 8080"),
        (other_container, FORWARDING, "no container metadata-service has port 8080"),
        (
            service_on(containerPort=8082),
            FORWARDING,
            "no rule lets load balancer out to service; no rule lets load balancer into service; "
            "no container metadata-service has port 8082",
        ),
        (change(SERVICE, desiredCount=0), FORWARDING, "the service runs no task"),
        (remove(LISTENER), GATEWAY, "the load balancer does not listen on port 80"),
        (change(LISTENER, port=8080), GATEWAY, "the load balancer does not listen on port 80"),
        (
            change(LINK, targetArn="arn:another"),
            GATEWAY,
            "the integration's VPC link leads to no load balancer of the stack",
        ),
        (
            remove(LINK),
            GATEWAY,
            "the integration's VPC link leads to no load balancer of the stack",
        ),
        (
            change(INTEGRATION, connectionId="another"),
            GATEWAY,
            "the integration's VPC link leads to no load balancer of the stack",
        ),
        (
            change(INTEGRATION, uri="http://elsewhere.example.org/{proxy}"),
            GATEWAY,
            "the integration calls elsewhere.example.org, not ",
        ),
        (
            change(BALANCER, enforceSecurityGroupInboundRulesOnPrivateLinkTraffic="on"),
            GATEWAY,
            "the load balancer's group is enforced on the VPC link's PrivateLink",
        ),
        (
            change(DATABASE, port=5433),
            ("service", "database"),
            "no rule lets service out to database; no rule lets service into database",
        ),
        (
            change(DATABASE, vpcSecurityGroupIds=["sg-another"]),
            ("service", "database"),
            "no rule lets service out to database; no rule lets service into database",
        ),
    ],
)
def test_a_cut_wire_is_noticed_where_it_is_cut(
    dev: Stack, mutation: Mutation, hop: tuple[str, str], words: str
) -> None:
    told = {(source, target): reason for source, target, reason in findings(mutation(dev))}
    assert told[hop].startswith(words)


@pytest.mark.parametrize("token", [BALANCER, SERVICE, DATABASE, INTEGRATION])
def test_a_stack_without_its_ends_is_told_in_a_line(dev: Stack, token: str) -> None:
    with pytest.raises(WiringError, match=rf"^the stack has no {token}, so its wires cannot"):
        wiring.check([one for one in dev if one.type != token])


def test_a_hop_in_words_and_in_the_summary() -> None:
    hop = Hop(source="a", target="b", port=80, open=False, expected=True, reason="cut")
    assert str(hop) == "a to b on port 80 is closed: cut"
    assert hop.as_json() == {
        "from": "a",
        "to": "b",
        "port": 80,
        "open": False,
        "expected": True,
    }
    assert not hop.holds


SEVERAL = [{"name": "default"}, {"name": "several", "multiNode": True}]
TO_NODES = "metaflow-compute-several-nodes-from-nodes"


def test_nodes_of_a_job_may_talk_to_each_other() -> None:
    assert findings(recorded("prod", queues=SEVERAL)) == []


@pytest.mark.parametrize("outputs", [{"referencedSecurityGroupId": "sg-other"}, ANYWHERE])
def test_nobody_else_may_talk_to_nodes(outputs: dict[str, Any]) -> None:
    stack = change(INGRESS, TO_NODES, **outputs)(recorded("prod", queues=SEVERAL))
    assert "anybody else" in {one for one, target, _ in findings(stack) if "several" in target}


def test_jobs_of_other_queues_may_not_talk_to_each_other() -> None:
    stack = recorded("dev")
    jobs = named(stack, "aws:ec2/securityGroup:SecurityGroup", "-jobs").id
    rule = named(stack, INGRESS, "service-from-balancer")
    own = {**rule.outputs, "securityGroupId": jobs, "referencedSecurityGroupId": jobs}
    stack.append(replace(rule, outputs=own))
    assert ("anybody else", "jobs", f"let in: {jobs}") in findings(stack)
