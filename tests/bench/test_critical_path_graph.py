"""Graphs from registrations and from files, and the longest chains through them."""

import itertools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.dependency_graph import Graph, GraphError, Resource, from_file, from_registrations
from bench.timing.durations import (
    Duration,
    Durations,
)
from bench.timing.longest_chain import longest_chain
from rehearsal.registrations import Registration

HEAD = {"title": "example", "source": "a test", "tool": "terraform"}


def registration(
    name: str, parent: str = "", waits_for: Sequence[str] = (), **options: Any
) -> Registration:
    return Registration(
        urn=name,
        name=name,
        parent=parent,
        id=name,
        inputs={},
        outputs={},
        dependencies=tuple(waits_for),
        protect=False,
        ignore_changes=(),
        **{
            "type": "aws:ec2/vpc:Vpc",
            "custom": True,
            "property_dependencies": {},
            "retain_on_delete": False,
            **options,
        },
    )


def waiting(*registrations: Registration) -> dict[str, set[str]]:
    graph = from_registrations("example", registrations)
    return {key: set(one.waits_for) for key, one in graph.resources.items()}


def graph_of(seconds: dict[str, int], waits_for: dict[str, set[str]]) -> tuple[Graph, Durations]:
    """Return a graph in which every resource has a type, and so a duration, of its own."""
    resources = {
        name: Resource(name=name, type=name, inputs={}, waits_for=frozenset(waits_for[name]))
        for name in seconds
    }
    rows = [duration(operation, name, took) for name, took in seconds.items() for operation in ALL]
    return Graph(title="example", tool="terraform", resources=resources), Durations(rows)


ALL = ("create", "delete")


def duration(operation: Any, token: str, typical: int, when: str = "") -> Duration:
    return Duration(
        operation=operation,
        type=token,
        when=when,
        low=typical,
        typical=typical,
        high=typical,
        evidence="guess",
        source="a test",
    )


def test_named_and_property_dependencies_are_both_edges() -> None:
    found = waiting(
        registration("a"),
        registration("b"),
        registration("c", waits_for=["a"], property_dependencies={"name": ("b",)}),
    )
    assert found == {"a": set(), "b": set(), "c": {"a", "b"}}


def test_depending_on_a_component_is_depending_on_all_inside_it() -> None:
    found = waiting(
        registration("outer", custom=False),
        registration("inner", parent="outer", custom=False),
        registration("a", parent="outer"),
        registration("b", parent="inner"),
        registration("c", waits_for=["outer"]),
    )
    assert found["c"] == {"a", "b"}


def test_a_component_that_waits_makes_everything_inside_it_wait() -> None:
    found = waiting(
        registration("a"),
        registration("b"),
        registration("outer", waits_for=["a"], custom=False),
        registration("inner", parent="outer", property_dependencies={"name": ("b",)}, custom=False),
        registration("c", parent="inner"),
    )
    assert found["c"] == {"a", "b"}


def test_a_resource_waits_for_the_resource_that_is_its_parent() -> None:
    assert waiting(registration("a"), registration("b", parent="a"))["b"] == {"a"}


def test_what_is_looked_up_is_there_already() -> None:
    assert waiting(registration("a", waits_for=["of-another-stack"])) == {"a": set()}


def test_retained_resources_take_no_time_to_destroy() -> None:
    graph = from_registrations(
        "example", [registration("a"), registration("b", waits_for=["a"], retain_on_delete=True)]
    )
    chain = longest_chain(graph, "delete", Durations([duration("delete", "aws:ec2/vpc:Vpc", 7)]))
    assert chain.typical == 7


@st.composite
def graphs(draw: st.DrawFn) -> tuple[dict[str, int], dict[str, set[str]]]:
    names = [f"r{number}" for number in range(draw(st.integers(1, 7)))]
    seconds = {name: draw(st.integers(0, 50)) for name in names}
    waits_for = {
        name: draw(st.sets(st.sampled_from(names[:number]))) if number else set()
        for number, name in enumerate(names)
    }
    return seconds, waits_for


def every_chain(waits_for: dict[str, set[str]]) -> list[tuple[str, ...]]:
    return [
        chain
        for length in range(1, len(waits_for) + 1)
        for chain in itertools.combinations(waits_for, length)
        if all(before in waits_for[after] for before, after in itertools.pairwise(chain))
    ]


@settings(max_examples=40, deadline=None)
@given(graphs())
def test_no_chain_is_longer(example: tuple[dict[str, int], dict[str, set[str]]]) -> None:
    seconds, waits_for = example
    graph, durations = graph_of(seconds, waits_for)
    longest = max(sum(seconds[name] for name in chain) for chain in every_chain(waits_for))
    for operation in ("create", "delete"):
        found = longest_chain(graph, operation, durations)
        steps = [one.name for one in found.steps]
        assert tuple(steps if operation == "create" else steps[::-1]) in every_chain(waits_for)
        assert found.typical == found.p50 == found.p90 == longest


def test_resources_of_one_row_take_equally_long_in_a_draw() -> None:
    row = Duration(
        operation="create",
        type="a",
        when="",
        low=0,
        typical=50,
        high=100,
        evidence="guess",
        source="a test",
    )
    alone = Resource(name="one", type="a", inputs={}, waits_for=frozenset())
    chain = Resource(name="two", type="a", inputs={}, waits_for=frozenset(["one"]))
    graph = Graph(title="example", tool="terraform", resources={"one": alone, "two": chain})
    found = longest_chain(graph, "create", Durations([row]))
    single = Graph(title="example", tool="terraform", resources={"one": alone})
    assert found.p90 == pytest.approx(2 * longest_chain(single, "create", Durations([row])).p90)


def test_a_circle_is_refused() -> None:
    graph, durations = graph_of({"a": 1, "b": 1}, {"a": {"b"}, "b": {"a"}})
    with pytest.raises(GraphError, match="no tool can deploy what waits for itself"):
        longest_chain(graph, "create", durations)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "give a JSON file"),
        ('{"title": "example"}', "'source' is a required property"),
        (json.dumps({**HEAD, "resources": {}}), "resources: "),
        (json.dumps({**HEAD, "tool": "bash", "resources": {"a": {"type": "t"}}}), "tool: 'bash'"),
        (json.dumps({**HEAD, "resources": {"a": {"type": "t", "needs": []}}}), "'needs'"),
        (
            json.dumps({**HEAD, "resources": {"a": {"type": "t", "waitsFor": ["b"]}}}),
            "a waits for b, which is no resource of the file",
        ),
        ('{"title": "a", "title": "b"}', "'title' is there twice"),
        (
            json.dumps({**HEAD, "resources": {"a": {"type": "t", "waitsFor": ["a"]}}}),
            "no tool can deploy what waits for itself",
        ),
        ("[" * 100_000, "nested too deeply"),
    ],
    ids=[
        *("no-json", "no-source", "nothing", "unknown-tool", "unknown-key", "stranger"),
        *("twins", "circle", "too-deep"),
    ],
)
def test_unusable_files_are_refused_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "graph.json"
    path.write_text(text)
    with pytest.raises(GraphError) as refused:
        from_file(path)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def inputs_in_file(folder: Path, token: str, tool: str = "terraform", **inputs: Any) -> Any:
    path = folder / "graph.json"
    resources = {"a": {"type": token, "inputs": inputs}}
    path.write_text(json.dumps({**HEAD, "tool": tool, "resources": resources}))
    return from_file(path).resources["a"].inputs


def test_booleans_may_be_texts(tmp_path: Path) -> None:
    given = {"multiAz": "false", "nested": {"internal": "true"}, "name": "falsehood"}
    assert inputs_in_file(tmp_path, "aws:ec2/vpc:Vpc", **given) == {
        "multiAz": False,
        "nested": {"internal": True},
        "name": "falsehood",
    }


def test_defaults_are_those_of_the_tool(tmp_path: Path) -> None:
    service = "aws:ecs/service:Service"
    found = {tool: inputs_in_file(tmp_path, service, tool) for tool in ("terraform", "pulumi")}
    assert {one["desiredCount"] for one in found.values()} == {0}
    assert inputs_in_file(tmp_path, service, "cloudformation") == {
        "launchType": "EC2",
        "desiredCount": 1,
        "waitForSteadyState": True,
    }
    balancer = inputs_in_file(tmp_path, "aws:lb/loadBalancer:LoadBalancer", loadBalancerType=None)
    assert balancer == {"loadBalancerType": "application"}
    assert inputs_in_file(tmp_path, "aws:ec2/vpcEndpoint:VpcEndpoint") == {
        "vpcEndpointType": "Gateway"
    }


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        GraphError, match=r"graph\.json: No such file or directory; give a JSON file\.$"
    ):
        from_file(tmp_path / "graph.json")
