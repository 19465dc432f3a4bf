"""The check of the wires where endpoints stand in the internet's place."""

from dataclasses import replace
from typing import Any

import pytest

from rehearsal import wiring
from tests.rehearsal.recorded_stacks import (
    EGRESS,
    INGRESS,
    Mutation,
    Stack,
    change,
    findings,
    named,
    recorded,
    remove,
)
from tests.settings.test_network import CLOSED

ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
SERVICE_CALLS = {"ecr.api", "ecr.dkr", "logs", "secretsmanager", "s3"}
JOBS_CALL = SERVICE_CALLS | {"dynamodb", "ecs", "ecs-agent", "ecs-telemetry"}


def with_prefix_lists(stack: Stack) -> Stack:
    """Give gateway endpoints the prefix lists that AWS would answer."""
    return [
        replace(
            one, outputs={**one.outputs, "prefixListId": f"VpcEndpoint:{one.name}.prefixListId"}
        )
        if one.type == ENDPOINT
        else one
        for one in stack
    ]


def closed(**settings: Any) -> Stack:
    return with_prefix_lists(recorded("dev", **{**CLOSED, **settings}))


def reached(stack: Stack, source: str) -> set[str]:
    return {
        one.target.removeprefix("endpoint of ")
        for one in wiring.check(stack)
        if one.source == source and one.open and one.target.startswith("endpoint of ")
    }


def test_tasks_and_jobs_reach_what_they_call_and_not_the_internet() -> None:
    stack = closed()
    assert findings(stack) == []
    assert reached(stack, "service") == SERVICE_CALLS
    assert reached(stack, "jobs") == JOBS_CALL
    internet = [one for one in wiring.check(stack) if one.target == "internet"]
    assert {one.source for one in internet} == {"service", "jobs", "database", "load balancer"}
    assert not any(one.open or one.expected for one in internet)


def test_jobs_that_assume_roles_call_for_them() -> None:
    assumed = {"jobAssumableRoleArns": ["arn:aws:iam::123456789012:role/deployer"]}
    stack = closed(**assumed)
    assert findings(stack) == []
    assert reached(stack, "jobs") == JOBS_CALL | {"sts"}
    assert findings(remove(ENDPOINT, "metaflow-endpoints-sts")(stack)) != []


def test_jobs_on_fargate_do_not_need_ecs() -> None:
    stack = closed(queues=[{"name": "default", "kind": "fargate"}])
    assert findings(stack) == []
    assert reached(stack, "jobs") == SERVICE_CALLS | {"dynamodb"}


def test_with_nat_both_ways_are_checked() -> None:
    stack = with_prefix_lists(recorded("prod", interfaceEndpoints=True))
    assert findings(stack) == []
    assert [one.open for one in wiring.check(stack) if one.target == "internet"].count(True) == 2


def test_jobs_that_are_kept_to_networks_have_no_way_to_the_internet() -> None:
    stack = with_prefix_lists(
        recorded("prod", interfaceEndpoints=True, jobEgressCidrs=["203.0.113.0/24"])
    )
    assert findings(stack) == []
    hops = {one.source: one.open for one in wiring.check(stack) if one.target == "internet"}
    assert (hops["jobs"], hops["service"]) == (False, True)


def no_dns(stack: Stack) -> Stack:
    return change(ENDPOINT, "endpoints-logs", privateDnsEnabled=False)(stack)


def no_route(stack: Stack) -> Stack:
    tables = named(stack, ENDPOINT, "net-s3").outputs["routeTableIds"][:1]
    return change(ENDPOINT, "net-s3", routeTableIds=tables)(stack)


@pytest.mark.parametrize(
    ("mutation", "hop", "words"),
    [
        (remove(ENDPOINT, "ecr-api"), ("jobs", "ecr.api"), "there is no endpoint"),
        (remove(ENDPOINT, "ecr-dkr"), ("service", "ecr.dkr"), "there is no endpoint"),
        (remove(ENDPOINT, "net-dynamodb"), ("jobs", "dynamodb"), "there is no endpoint"),
        (no_dns, ("jobs", "logs"), "the service's own name does not lead to the endpoint"),
        (no_route, ("service", "s3"), "a subnet has no route to the endpoint"),
        (
            remove(EGRESS, "jobs-to-endpoints"),
            ("jobs", "ecs"),
            "no rule lets it out to the endpoint",
        ),
        (
            remove(EGRESS, "service-to-s3"),
            ("service", "s3"),
            "no rule lets it out to the endpoint",
        ),
        (
            remove(INGRESS, "endpoints-from-service"),
            ("service", "secretsmanager"),
            "no rule lets it into the endpoint",
        ),
    ],
)
def test_a_cut_way_to_aws_is_noticed(mutation: Mutation, hop: tuple[str, str], words: str) -> None:
    told = {
        (source, target.removeprefix("endpoint of ")): reason
        for source, target, reason in findings(mutation(closed()))
    }
    assert told[hop] == words


def test_a_network_without_any_endpoint_must_reach_the_internet() -> None:
    without = [
        one
        for one in closed()
        if one.type != ENDPOINT or one.outputs["vpcEndpointType"] == "Gateway"
    ]
    told = {(source, target) for source, target, _ in findings(without)}
    assert {("jobs", "internet"), ("service", "internet")} <= told
