"""The check of the wires notices each one that is cut, and each that should not be there."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from rehearsal import wiring
from rehearsal.deployed_network import WiringError
from rehearsal.registrations import Registration
from rehearsal.wiring import Hop
from tests.deployed import deploy_stack

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
COMPUTE = "aws:batch/computeEnvironment:ComputeEnvironment"
DATABASE = "aws:rds/instance:Instance"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
INTEGRATION = "aws:apigateway/integration:Integration"
LINK = "aws:apigateway/vpcLink:VpcLink"
LISTENER = "aws:lb/listener:Listener"
NAT = "aws:ec2/natGateway:NatGateway"
REST_API = "aws:apigateway/restApi:RestApi"
ROUTE = "aws:ec2/route:Route"
SERVICE = "aws:ecs/service:Service"
SUBNET = "aws:ec2/subnet:Subnet"
TARGET_GROUP = "aws:lb/targetGroup:TargetGroup"
TASK = "aws:ecs/taskDefinition:TaskDefinition"

_COMPUTED = ("arn", "dnsName", "name")

Stack = list[Registration]
Mutation = Callable[[Stack], Stack]
Finding = tuple[str, str, str]
"""From, to, and what the hop says."""


def recorded(stack: str, **settings: Any) -> Stack:
    """Return a stack's resources as they are once deployed: inputs, and what the wires need."""
    found = []
    for one in deploy_stack(stack, **settings).registrations:
        kept = {key: one.outputs[key] for key in _COMPUTED if key in one.outputs}
        found.append(replace(one, outputs={**kept, **one.inputs}))
    return found


@pytest.fixture(scope="module")
def dev() -> Stack:
    return recorded("dev")


@pytest.fixture(scope="module")
def prod() -> Stack:
    return recorded("prod")


def findings(stack: Sequence[Registration]) -> list[Finding]:
    return [(one.source, one.target, one.reason) for one in wiring.check(stack) if not one.holds]


def named(stack: Stack, token: str, name: str = "") -> Registration:
    (found,) = [one for one in stack if one.type == token and name in one.name]
    return found


def change(token: str, name: str = "", /, **outputs: Any) -> Mutation:
    """Change outputs of the one resource of a type whose name has a part."""

    def mutate(stack: Stack) -> Stack:
        victim = named(stack, token, name)
        changed = replace(victim, outputs={**victim.outputs, **outputs})
        return [changed if one is victim else one for one in stack]

    return mutate


def remove(token: str, name: str = "") -> Mutation:
    def mutate(stack: Stack) -> Stack:
        victim = named(stack, token, name)
        return [one for one in stack if one is not victim]

    return mutate


def add_rule(token: str, group: str, **rule: Any) -> Mutation:
    """Let somebody through a group, named by the part of its rules' names."""

    def mutate(stack: Stack) -> Stack:
        like = next(one for one in stack if one.type == token and group in one.name)
        everything = {"ipProtocol": "-1", "securityGroupId": like.outputs["securityGroupId"]}
        return [*stack, replace(like, name="added", outputs={**everything, **rule})]

    return mutate


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


def test_without_a_gateway_there_is_no_such_hop() -> None:
    hops = wiring.check(recorded("dev", serviceGateway=False))
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
