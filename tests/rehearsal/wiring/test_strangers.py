"""The check of the wires notices who loses the internet, and who is let in that should not be."""

from dataclasses import replace
from typing import Any

import pytest

from tests.rehearsal.recorded_stacks import (
    COMPUTE,
    DATABASE,
    EGRESS,
    INGRESS,
    ROUTE,
    SERVICE,
    SUBNET,
    Mutation,
    Stack,
    add_rule,
    change,
    findings,
    named,
    recorded,
)


@pytest.fixture(scope="module")
def dev() -> Stack:
    return recorded("dev")


@pytest.fixture(scope="module")
def prod() -> Stack:
    return recorded("prod")


def private_address(stack: Stack) -> Stack:
    network = named(stack, SERVICE).outputs["networkConfiguration"]
    return change(SERVICE, networkConfiguration={**network, "assignPublicIp": False})(stack)


def no_default_routes(token_key: str) -> Mutation:
    return lambda stack: [
        one for one in stack if not (one.type == ROUTE and one.outputs.get(token_key))
    ]


def one_nat_route_less(stack: Stack) -> Stack:
    route = next(one for one in stack if one.type == ROUTE and one.outputs.get("natGatewayId"))
    return [one for one in stack if one is not route]


def no_public_subnets(stack: Stack) -> Stack:
    return [
        replace(one, outputs={**one.outputs, "mapPublicIpOnLaunch": False})
        if one.type == SUBNET
        else one
        for one in stack
    ]


NO_ADDRESS = "a route without NAT, and no public address"
NO_ROUTE = "a subnet has no route to the internet"
NO_NAT = "the NAT gateway has no way to the internet"


@pytest.mark.parametrize(
    ("stack", "mutation", "told"),
    [
        ("dev", private_address, {"service": NO_ADDRESS}),
        ("dev", no_public_subnets, {"jobs": NO_ADDRESS}),
        ("dev", no_default_routes("gatewayId"), {"service": NO_ROUTE, "jobs": NO_ROUTE}),
        ("prod", one_nat_route_less, {"service": NO_ROUTE, "jobs": NO_ROUTE}),
        ("prod", no_default_routes("gatewayId"), {"service": NO_NAT, "jobs": NO_NAT}),
    ],
)
def test_who_loses_the_internet_is_told(
    stack: str, mutation: Mutation, told: dict[str, str], request: pytest.FixtureRequest
) -> None:
    found = findings(mutation(request.getfixturevalue(stack)))
    assert found == [(name, "internet", reason) for name, reason in told.items()]


@pytest.mark.parametrize(
    ("rule", "stranger"),
    [
        ({"cidrIpv4": "0.0.0.0/0"}, "0.0.0.0/0"),
        ({"cidrIpv4": "10.20.0.0/16"}, "10.20.0.0/16"),
        ({"cidrIpv6": "::/0"}, "::/0"),
        ({"prefixListId": "pl-1"}, "pl-1"),
        ({"referencedSecurityGroupId": "sg-stranger"}, "sg-stranger"),
        (
            {"cidrIpv4": "10.20.0.0/16", "ipProtocol": "tcp", "fromPort": 22, "toPort": 22},
            "10.20.0.0/16",
        ),
    ],
)
@pytest.mark.parametrize("party", ["database", "service", "balancer"])
def test_whoever_else_is_let_in_is_named(
    dev: Stack, party: str, rule: dict[str, Any], stranger: str
) -> None:
    found = findings(add_rule(INGRESS, f"-{party}-from-", **rule)(dev))
    target = {"balancer": "load balancer"}.get(party, party)
    assert ("anybody else", target, f"let in: {stranger}") in found


def test_a_database_with_a_public_address_is_noticed(dev: Stack) -> None:
    database = named(dev, DATABASE)
    public = replace(database, outputs={**database.outputs, "publiclyAccessible": True})
    exposed = [public if one is database else one for one in dev]
    assert findings(exposed) == [
        ("anybody else", "database", "let in: the internet, by a public address")
    ]


def test_jobs_that_are_let_into_the_database_are_noticed_on_their_own_hop(dev: Stack) -> None:
    jobs = named(dev, COMPUTE).outputs["computeResources"]["securityGroupIds"][0]
    database = named(dev, DATABASE).outputs["vpcSecurityGroupIds"][0]
    opened = add_rule(INGRESS, "-database-from-", referencedSecurityGroupId=jobs)(dev)
    opened = add_rule(EGRESS, "-jobs-to-", referencedSecurityGroupId=database)(opened)
    told = {(source, target) for source, target, _ in findings(opened)}
    assert told == {("jobs", "database"), ("anybody else", "database")}


def test_each_compute_environment_is_a_party_of_its_own(dev: Stack) -> None:
    first = named(dev, COMPUTE)
    resources = first.outputs["computeResources"]
    stray = {
        "name": "stray",
        "computeResources": {**resources, "securityGroupIds": ["sg-without-rules"]},
    }
    found = findings([*dev, replace(first, name="stray", outputs=stray)])
    assert ("jobs of stray", "load balancer") in {one[:2] for one in found}
    assert all(source == "jobs of stray" for source, _, _ in found)
