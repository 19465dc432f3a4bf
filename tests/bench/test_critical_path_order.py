"""A chain counts only while every order that AWS needs at run time is an edge of the graph.

What AWS needs is derived from the resources' inputs, so this table says what that must find; then
each of its orders is taken out of the graph in turn.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest

from bench import critical_path
from bench.critical_path import as_json, figures, measured
from bench.dependency_graph import from_registrations
from bench.timing import runtime_order
from rehearsal.registrations import Registration
from tests import deployed
from tests.deployed import deploy_stack

SERVICE = "the metadata service"
"""Of ECS; what it is called says of what sort it is."""

OF_DEV = "metaflow-service-service-spot"
ENVIRONMENT = "ComputeEnvironment:metaflow-compute-default"
DEPLOYMENT = "Deployment:metaflow-gateway-deployment"
INTEGRATION = "Integration:metaflow-gateway-integration"
ROUTE = "Route:metaflow-gateway-route"
NET = "metaflow-net"
IN, OUT = "SecurityGroupIngressRule:metaflow-groups", "SecurityGroupEgressRule:metaflow-groups"


def label(one: Registration) -> str:
    return SERVICE if one.type == "aws:ecs/service:Service" else deployed.label(one)


def associations(tier: str, letters: str) -> list[str]:
    return [f"RouteTableAssociation:{NET}-{tier}-us-east-1{letter}" for letter in letters]


def by_zone(kind: str, suffix: str, letters: str) -> list[str]:
    return [f"{kind}:{NET}-{suffix}-us-east-1{letter}" for letter in letters]


Orders = Mapping[str, Sequence[str]]

TO_INTERNET = [f"Route:{NET}-public", f"InternetGateway:{NET}-internet"]
BY_NAT = [
    *by_zone("Route", "private", "abc"),
    *by_zone("NatGateway", "nat", "abc"),
    *associations("private", "abc"),
]

ALWAYS: Orders = {
    SERVICE: [
        f"{OUT}-service-to-database",
        f"{IN}-database-from-service",
        f"{OUT}-service-to-internet",
        "RolePolicy:metaflow-service-execution-log",
        "RolePolicy:metaflow-service-execution-secret",
    ],
    ENVIRONMENT: ["RolePolicy:metaflow-compute-instance", f"{OUT}-jobs-to-internet"],
    "JobQueue:metaflow-compute-default": [ENVIRONMENT],
    INTEGRATION: ["VpcLink:metaflow-gateway-link"],
}

ON_SPOT: Orders = {SERVICE: ["ClusterCapacityProviders:metaflow-service-spot"]}

REST: Orders = {
    SERVICE: [
        "Listener:metaflow-service-listener",
        f"{OUT}-balancer-to-service",
        f"{IN}-service-from-balancer",
    ],
    ENVIRONMENT: [f"{OUT}-jobs-to-balancer"],
    DEPLOYMENT: [
        INTEGRATION,
        "Method:metaflow-gateway-method",
        "RestApiPolicy:metaflow-gateway-policy",
    ],
}

HTTP: Orders = {
    SERVICE: [f"{IN}-service-from-jobs", f"{IN}-service-from-link"],
    ENVIRONMENT: [f"{OUT}-jobs-to-service"],
    ROUTE: [
        INTEGRATION,
        "Permission:metaflow-gateway-key-check",
        "RolePolicy:metaflow-gateway-authorizer-policy",
        "SecretVersion:metaflow-gateway-authorizer-value",
    ],
    "Stage:metaflow-gateway-stage": [
        ROUTE,
        INTEGRATION,
        "Authorizer:metaflow-gateway-key-check",
    ],
}

PUBLIC: Orders = {
    user: [*TO_INTERNET, *associations("public", "ab")] for user in (SERVICE, ENVIRONMENT)
}

PRIVATE: Orders = {
    SERVICE: BY_NAT,
    ENVIRONMENT: BY_NAT,
    **{
        f"NatGateway:{NET}-nat-us-east-1{letter}": [*TO_INTERNET, *associations("public", letter)]
        for letter in "abc"
    },
}

STACKS: Mapping[str, tuple[str, Mapping[str, Any], Sequence[Orders]]] = {
    "dev": ("dev", {}, [ON_SPOT, REST, PUBLIC]),
    "dev, HTTP": ("dev", {"gateway": "http"}, [ON_SPOT, HTTP, PUBLIC]),
    "dev, link of version 2": ("dev", {"vpcLinkVersion": 2}, [ON_SPOT, REST, PUBLIC]),
    "dev, no Spot": ("dev", {"serviceSpot": False}, [REST, PUBLIC]),
    "prod": ("prod", {}, [REST, PRIVATE]),
}
"""Stacks by what they are: the file, the settings, and what AWS needs beside what it always does.

A stack's own resources are asked for, and nobody else's: jobs wait for the rules by which they get
out, and the service for those by which it gets in and out and is found healthy.
"""

ORDERS = [
    (stack, later, earlier)
    for stack, (_, _, own) in STACKS.items()
    for table in (ALWAYS, *own)
    for later in table
    for earlier in table[later]
]


def shortened(value: str) -> str:
    return value.replace("metaflow-", "")


@cache
def registrations(stack: str) -> tuple[Registration, ...]:
    name, settings, _ = STACKS[stack]
    return tuple(deploy_stack(name, **settings).registrations)


def labelled(found: Iterable[runtime_order.Order], stack: str) -> set[tuple[str, str]]:
    by_urn = {one.urn: label(one) for one in registrations(stack)}
    return {(by_urn[one.later], by_urn[one.earlier]) for one in found}


def before(graph_of: Sequence[Registration], urn: str) -> set[str]:
    """Return a resource and everything that it waits for."""
    resources = from_registrations("", graph_of).resources
    found, waiting = {urn}, [urn]
    while waiting:
        more = resources[waiting.pop()].waits_for - found
        found |= more
        waiting += more
    return found


def without(stack: str, later: str, earlier: str) -> list[Registration]:
    """Return a stack in which nothing makes one resource wait for another, on no detour either."""
    by_label = {label(one): one.urn for one in registrations(stack)}
    cut = by_label[earlier]
    waiting = before(registrations(stack), by_label[later])
    return [
        replace(
            one,
            dependencies=tuple(urn for urn in one.dependencies if urn != cut),
            property_dependencies={
                name: tuple(urn for urn in urns if urn != cut)
                for name, urns in one.property_dependencies.items()
            },
        )
        if one.urn in waiting
        else one
        for one in registrations(stack)
    ]


@pytest.mark.parametrize("stack", STACKS)
def test_the_stack_keeps_every_order(stack: str) -> None:
    graph = from_registrations(stack, registrations(stack))
    assert list(map(str, runtime_order.missing(graph, registrations(stack)))) == []


@pytest.mark.parametrize("stack", STACKS)
def test_what_aws_needs_is_found_in_the_inputs(stack: str) -> None:
    wanted = {(later, earlier) for name, later, earlier in ORDERS if name == stack}
    assert labelled(runtime_order.required(registrations(stack)), stack) == wanted


@pytest.mark.parametrize(("stack", "later", "earlier"), ORDERS, ids=shortened)
def test_without_the_order_nothing_counts(stack: str, later: str, earlier: str) -> None:
    mutated = without(stack, later, earlier)
    found = runtime_order.missing(from_registrations(stack, mutated), mutated)
    assert (later, earlier) in labelled(found, stack)


def test_a_missing_order_is_a_problem() -> None:
    mutated = without("dev", SERVICE, "Listener:metaflow-service-listener")
    found = measured(from_registrations("dev", mutated), mutated)
    assert found.problems() == [
        f"dev: Service:{OF_DEV} does not wait for Listener:metaflow-service-listener: "
        "ECS refuses a service whose target group has no load balancer yet."
    ]
    broken = [str(one) for one in figures(as_json([found])) if not one.holds]
    assert broken == ["orders of AWS that the chain leaves out: dev: 1 (at most 0)"]


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_stacks_that_are_deployed_to_be_measured_are_asked_for_every_order(
    stack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking = {one: registrations(one) for one in ("dev", "prod")}
    lacking[stack] = tuple(without(stack, SERVICE, "Listener:metaflow-service-listener"))

    @contextmanager
    def emulated(_region: str) -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(deploy=lambda name: SimpleNamespace(registrations=lacking[name]))

    monkeypatch.setattr(critical_path, "emulated", emulated)
    found = critical_path.measured_stacks()
    assert [one.graph.title for one in found] == ["dev", "prod"]
    assert {one.graph.title: len(one.missing) for one in found if one.missing} == {stack: 1}
    claimed = figures(critical_path.results())
    assert [str(one) for one in claimed if not one.holds] == [
        f"orders of AWS that the chain leaves out: {stack}: 1 (at most 0)"
    ]


def test_a_detour_keeps_the_order() -> None:
    later, earlier = SERVICE, f"InternetGateway:{NET}-internet"
    by_label = {label(one): one for one in registrations("dev")}
    assert by_label[earlier].urn not in by_label[later].dependencies
    assert by_label[earlier].urn in before(registrations("dev"), by_label[later].urn)


@pytest.mark.parametrize("gateway", ["rest", "http", "off"])
def test_with_interface_endpoints_and_whatever_gateway(gateway: str) -> None:
    found = deploy_stack("dev", interfaceEndpoints=True, gateway=gateway).registrations
    assert list(map(str, runtime_order.missing(from_registrations("dev", found), found))) == []


def test_a_stage_that_does_not_deploy_by_itself_waits_for_no_route() -> None:
    given = [
        replace(one, inputs={**one.inputs, "autoDeploy": False})
        if label(one) == "Stage:metaflow-gateway-stage"
        else one
        for one in registrations("dev, HTTP")
    ]
    waiting = {later for later, _ in labelled(runtime_order.required(given), "dev, HTTP")}
    assert "Stage:metaflow-gateway-stage" not in waiting
    assert ROUTE in waiting


def test_one_nat_gateway_for_all_zones() -> None:
    found = runtime_order.required(deploy_stack("dev", privateSubnets=True).registrations)
    gateways = {(one.later.split("::")[-1], one.earlier.split("::")[-1]) for one in found}
    nat = f"{NET}-nat-us-east-1a"
    assert {
        (OF_DEV, nat),
        ("metaflow-compute-default", nat),
        (nat, f"{NET}-internet"),
    } <= gateways


def test_grants_of_the_service_role_that_batch_is_given() -> None:
    role = next(one for one in registrations("dev") if label(one) == "Role:metaflow-service-task")
    attached = replace(
        role,
        urn=f"{role.urn}-attached",
        type="aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        inputs={"role": role.outputs["name"]},
    )
    given = [
        replace(one, inputs={**one.inputs, "serviceRole": role.outputs["arn"]})
        if label(one) == ENVIRONMENT
        else one
        for one in registrations("dev")
    ]
    graph = from_registrations("dev", [*given, attached])
    found = runtime_order.missing(graph, [*given, attached])
    assert {(one.later.split("::")[-1], one.earlier) for one in found} == {
        ("metaflow-compute-default", attached.urn),
        (OF_DEV, attached.urn),
    }
