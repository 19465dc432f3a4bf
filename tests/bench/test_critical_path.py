"""How long deploying and destroying takes at best, as the README claims; no clock is asked."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from bench import critical_path, results_file
from bench.critical_path import (
    OTHERS,
    Measured,
    as_json,
    figures,
    lower_bound,
    measured,
)
from bench.dependency_graph import Graph, Resource, from_file, from_registrations
from bench.figure import Figure
from bench.timing.durations import Duration, read_durations
from bench.timing.longest_chain import LongestChain, Step, longest_chain
from rehearsal.registrations import Registration
from tests.deployed import deploy_stack

CLOUDFORMATION, TERRAFORM = OTHERS
DATABASE = "aws:rds/instance:Instance"
SERVICE = "aws:ecs/service:Service"


@cache
def of_stack(stack: str) -> Measured:
    registrations = deploy_stack(stack).registrations
    return measured(from_registrations(stack, registrations), registrations)


def changed(stack: str, token: str, inputs: Mapping[str, Any]) -> Measured:
    """Measure a stack with inputs of one type changed."""
    registrations: list[Registration] = [
        replace(one, inputs={**one.inputs, **inputs}) if one.type == token else one
        for one in deploy_stack(stack).registrations
    ]
    return measured(from_registrations(stack, registrations), registrations)


def names(chain: Any) -> list[str]:
    return [step.name for step in chain.steps]


@pytest.mark.parametrize(("stack", "bound"), [("dev", 426), ("prod", 726)])
def test_deployment_is_within_a_twentieth_of_the_bound(stack: str, bound: int) -> None:
    found = of_stack(stack)
    assert found.bound.typical == bound
    assert 1 <= found.deploy.typical / bound <= 1.05


@pytest.mark.parametrize(
    ("stack", "deploy", "destroy"), [("dev", 436, 440), ("prod", 736, 735)], ids=["dev", "prod"]
)
def test_seconds_of_the_longest_chains(stack: str, deploy: int, destroy: int) -> None:
    found = of_stack(stack)
    assert (found.deploy.typical, found.destroy.typical) == (deploy, destroy)


@pytest.mark.parametrize(
    ("stack", "final_snapshot", "ratio", "limit", "share"),
    [
        ("dev", False, 1.023, 450, round(440 / 450, 3)),
        ("dev", True, 1.023, 750, round(735 / 750, 3)),
        ("prod", True, 1.014, 750, round(735 / 750, 3)),
    ],
    ids=["dev", "dev-with-final-snapshot", "prod"],
)
def test_what_is_claimed_of_a_stack(
    stack: str, final_snapshot: bool, ratio: float, limit: int, share: float
) -> None:
    found = changed(stack, DATABASE, {"skipFinalSnapshot": not final_snapshot})
    assert figures(as_json([found])) == [
        Figure(f"orders of AWS that the chain leaves out: {stack}", 0, 0),
        Figure(f"longest chain of a deployment / lower bound, typical: {stack}", ratio, 1.05),
        Figure(f"longest chain of a destruction / {limit} s: {stack}", share, 1),
    ]


def taking(seconds: int) -> LongestChain:
    row = Duration(
        operation="delete",
        type=SERVICE,
        when="",
        low=seconds,
        typical=seconds,
        high=seconds,
        evidence="guess",
        source="a test",
    )
    return LongestChain(steps=(Step(name="one", duration=row),), p50=seconds, p90=seconds)


@pytest.mark.parametrize(("stack", "limit"), [("dev", 450), ("prod", 750)])
def test_a_destruction_of_a_second_more_is_too_long(stack: str, limit: int) -> None:
    for seconds, broken in ((limit, []), (limit + 1, [f"/ {limit} s: {stack}"])):
        found = figures(as_json([replace(of_stack(stack), destroy=taking(seconds))]))
        assert [one.name.partition("destruction ")[2] for one in found if not one.holds] == broken


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_nothing_of_what_is_claimed_is_wrong(stack: str) -> None:
    assert of_stack(stack).problems() == []


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_chain_leads_through_network_database_and_service(stack: str) -> None:
    chain = names(of_stack(stack).deploy)
    service = {"dev": "metaflow-service-service-spot", "prod": "metaflow-service-service"}[stack]
    landmarks = ("metaflow-net-vpc", "metaflow-db-instance", service)
    assert [name for name in chain if name in landmarks] == list(landmarks)
    backwards = names(of_stack(stack).destroy)
    assert [name for name in backwards if name in landmarks] == list(reversed(landmarks))


def test_a_vpc_link_of_version_2_takes_no_time_beside_the_load_balancer() -> None:
    registrations = deploy_stack("dev", vpcLinkVersion=2).registrations
    second, first = (
        measured(from_registrations("dev", registrations), registrations),
        of_stack("dev"),
    )
    assert second.problems() == []
    assert second.deploy.typical == first.deploy.typical
    # The chain of load balancer and link is close to that of database and service with version 1.
    assert second.deploy.p50 < first.deploy.p50 - 40
    assert second.deploy.p90 < first.deploy.p90 - 40


@pytest.mark.parametrize("operation", ["deploy", "destroy"])
@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_every_step_of_a_chain_waits_for_the_one_before(stack: str, operation: str) -> None:
    resources = of_stack(stack).graph.resources
    edges = {
        (resources[urn].name, resources[urn].type, one.name, one.type)
        for one in resources.values()
        for urn in one.waits_for
    }
    steps = of_stack(stack).deploy.steps
    if operation == "destroy":
        steps = of_stack(stack).destroy.steps[::-1]
    assert len(steps) > 5
    for earlier, later in itertools.pairwise(steps):
        assert (earlier.name, earlier.duration.type, later.name, later.duration.type) in edges


def test_other_tools_are_held_to_the_same_rule() -> None:
    template = measured(from_file(CLOUDFORMATION))
    assert len(template.graph.resources) == 59
    assert template.graph.edges == 99
    assert (template.deploy.typical, template.destroy.typical) == (481, 1223)
    assert names(template.deploy) == [
        "VPC",
        "Subnet1",
        "NLB",
        "BasicNotebookInstanceLifecycleConfig",
        "SageMakerNotebookInstance",
    ]
    assert names(template.destroy)[0] == "ExecuteDBMigration"
    assert template.bound.typical == 426


def test_terraform_is_held_to_the_same_rule() -> None:
    module = measured(from_file(TERRAFORM))
    assert len(module.graph.resources) == 86
    assert (module.deploy.typical, module.destroy.typical) == (627, 1110)
    assert module.bound.typical == 726
    # What a simulation written apart from this one gave, with another seed.
    assert module.deploy.p50 == pytest.approx(668, rel=0.02)
    assert module.deploy.p90 == pytest.approx(779, rel=0.03)
    # It does not wait until a task is healthy, so that its time is no match for the bound's.
    assert module.ratio is None
    waiting = {
        key: replace(one, inputs={**one.inputs, "waitForSteadyState": True})
        if one.type == SERVICE
        else one
        for key, one in module.graph.resources.items()
    }
    usable = measured(replace(module.graph, resources=waiting))
    assert (usable.deploy.typical, usable.problems()) == (745, [])


def test_what_the_template_would_take_without_its_costliest_choices() -> None:
    graph = from_file(CLOUDFORMATION)
    config, migration = "BasicNotebookInstanceLifecycleConfig", "ExecuteDBMigration"
    uncoupled = replace(
        graph.resources[config], waits_for=graph.resources[config].waits_for - {"NLB"}
    )
    resources = {**graph.resources, config: uncoupled}
    del resources[migration]
    found = measured(replace(graph, resources=resources))
    # The database is on both chains then, the second with the final snapshot that is the default.
    assert (found.deploy.typical, found.destroy.typical) == (445, 725)


def test_draws_agree_with_those_of_another_program() -> None:
    # What a simulation written apart from this one gave, with another seed.
    template = measured(from_file(CLOUDFORMATION))
    assert template.deploy.p50 == pytest.approx(661, rel=0.02)
    assert template.deploy.p90 == pytest.approx(880, rel=0.03)
    assert template.bound.p50 == pytest.approx(486, rel=0.02)
    assert template.bound.p90 == pytest.approx(598, rel=0.03)


@pytest.mark.parametrize(
    ("token", "inputs", "problem"),
    [
        (SERVICE, {"waitForSteadyState": False}, "over before a task is healthy"),
        ("aws:ec2/vpc:Vpc", {"enableDnsHostnames": True}, ""),
        ("aws:ec2/subnet:Subnet", {"mapPublicIpOnLaunch": True}, ""),
        (DATABASE, {"skipFinalSnapshot": False}, ""),
    ],
    ids=["not-waiting", "dns-names", "public-addresses", "final-snapshot"],
)
def test_inputs_choose_the_row(token: str, inputs: Mapping[str, Any], problem: str) -> None:
    found, before = changed("dev", token, inputs), of_stack("dev")
    assert (found.deploy.typical, found.destroy.typical) != (
        before.deploy.typical,
        before.destroy.typical,
    )
    assert any(problem in line for line in found.problems()) == bool(problem)


def test_standby_is_compared_with_a_standby() -> None:
    found = changed("dev", DATABASE, {"multiAz": True})
    assert found.deploy.typical == of_stack("dev").deploy.typical + 300
    assert found.bound.typical == 726


def test_a_slow_resource_before_the_database_is_a_problem() -> None:
    registrations = deploy_stack("dev").registrations
    link = next(one.urn for one in registrations if one.type == "aws:apigateway/vpcLink:VpcLink")
    queued = [
        replace(one, dependencies=(*one.dependencies, link)) if one.type == DATABASE else one
        for one in registrations
    ]
    found = measured(from_registrations("dev", queued), queued)
    broken = [one.name for one in figures(as_json([found])) if not one.holds]
    assert broken == [
        "longest chain of a deployment / lower bound, typical: dev",
        "longest chain of a destruction / 450 s: dev",
    ]


def test_bound_is_the_chain_that_nothing_can_avoid() -> None:
    chain = longest_chain(lower_bound({}), "create", read_durations())
    assert names(chain) == ["VPC", "security group", "database", "task definition", "service"]


@pytest.mark.usefixtures("_placeholders")
def test_what_is_committed_is_what_the_program_is_today() -> None:
    now, committed = critical_path.results(), results_file.committed()["critical_path"]
    assert list(now) == list(committed)
    for title, one in now.items():
        for operation in ("deploy", "destroy"):
            found, written = one[operation], committed[title][operation]
            assert found["typical"] == written["typical"]
            assert [found["p50"], found["p90"]] == pytest.approx(
                [written["p50"], written["p90"]], rel=0.01
            )


def test_the_interfaces_of_a_function_inside_a_vpc_hold_its_security_group() -> None:
    def resource(token: str, waits_for: Sequence[str] = (), **inputs: Any) -> Resource:
        return Resource(name=token, type=token, inputs=inputs, waits_for=frozenset(waits_for))

    def destruction(tool: str, subnets: Sequence[str]) -> int:
        resources = {
            "group": resource("aws:ec2/securityGroup:SecurityGroup"),
            "function": resource(
                "aws:lambda/function:Function", ["group"], vpcConfig={"subnetIds": subnets}
            ),
        }
        graph = Graph(title="function", tool=tool, resources=resources)
        return longest_chain(graph, "delete", read_durations()).typical

    inside = {tool: destruction(tool, ["a"]) for tool in ("pulumi", "terraform", "cloudformation")}
    assert inside == {"pulumi": 1109, "terraform": 1109, "cloudformation": 1202}
    assert destruction("terraform", []) == 4


def test_the_slowest_database_sets_bound_and_limit() -> None:
    def database(**inputs: Any) -> Resource:
        return Resource(name="db", type=DATABASE, inputs=inputs, waits_for=frozenset())

    quick = database(skipFinalSnapshot=True)
    slow = database(multiAz=True, skipFinalSnapshot=False)
    for order in ([quick, slow], [slow, quick]):
        resources = {str(number): one for number, one in enumerate(order)}
        found = measured(Graph(title="two", tool="terraform", resources=resources))
        assert (found.bound.typical, found.longest_destruction) == (726, 750)
