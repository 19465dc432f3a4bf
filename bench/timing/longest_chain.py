"""The longest chain through a graph: which resources it leads through, and how long it takes."""

import statistics
from dataclasses import dataclass
from typing import Any

from bench.dependency_graph import Graph
from bench.timing.durations import (
    DRAWS,
    Duration,
    Durations,
    MissingDurationError,
    Operation,
)
from bench.timing.function_interfaces import with_interfaces

_AT_ONCE = Duration(
    operation="delete",
    type="retained",
    when="",
    low=0,
    typical=0,
    high=0,
    evidence="documented",
    source="a retained resource is not deleted",
)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One resource of a chain.

    Attributes:
        name: the resource's.
        duration: the row of the table by which it counts.
    """

    name: str
    duration: Duration


@dataclass(frozen=True, kw_only=True)
class LongestChain:
    """How long deploying or destroying everything takes if AWS does all it can at once.

    Attributes:
        steps: the resources of the longest chain by typical durations, in the order of events.
        p50: seconds that half of the draws stay below.
        p90: seconds that nine of ten draws stay below.
    """

    steps: tuple[Step, ...]
    p50: float
    p90: float

    @property
    def typical(self) -> int:
        """Sum of the steps' typical durations, s."""
        return sum(one.duration.typical for one in self.steps)

    def as_json(self) -> dict[str, Any]:
        """Return plain data; seconds, whole ones where they are drawn."""
        return {
            "typical": self.typical,
            "p50": round(self.p50),
            "p90": round(self.p90),
            "chain": [
                {
                    "name": one.name,
                    "type": one.duration.type,
                    "when": one.duration.when,
                    "seconds": one.duration.typical,
                }
                for one in self.steps
            ],
        }


def longest_chain(graph: Graph, operation: Operation, durations: Durations) -> LongestChain:
    """Return the longest chain: the one of typical durations, and the draws' distribution.

    A deletion takes the edges backwards, which is the same chain from its end. The chain is another
    one in every draw: what counts is the time until everything is done.

    Args:
        graph: what waits for what.
        operation: `create` or `delete`.
        durations: the table.

    Raises:
        GraphError: a resource waits for itself, by way of others.
        MissingDurationError: types have no row; all of them are named, with their resources.
    """
    graph = with_interfaces(graph)
    rows = _rows(graph, operation, durations)
    order = graph.in_order()
    totals = sorted(_drawn_totals(graph, rows, order))
    keys = _typical_chain(graph, rows, order)
    steps = (Step(name=graph.resources[key].name, duration=rows[key]) for key in keys)
    in_time = tuple(steps) if operation == "create" else tuple(steps)[::-1]
    return LongestChain(
        steps=in_time,
        p50=statistics.median(totals),
        p90=statistics.quantiles(totals, n=10)[-1],
    )


def _rows(graph: Graph, operation: Operation, durations: Durations) -> dict[str, Duration]:
    """Return the row of each resource; what lacks one is named all at once."""
    rows, missing = {}, []
    for key, one in graph.resources.items():
        if operation == "delete" and one.retained:
            rows[key] = _AT_ONCE
            continue
        inputs = {**one.inputs, "tool": graph.tool}
        try:
            rows[key] = durations.of(operation, one.type, inputs)
        except MissingDurationError as error:
            missing.append(f"{one.name}: {error}")
    if missing:
        raise MissingDurationError(" ".join(missing))
    return rows


def _typical_chain(graph: Graph, rows: dict[str, Duration], order: list[str]) -> list[str]:
    """Return the keys of the longest chain; of equal ones, the same one every time."""
    finished: dict[str, int] = {}
    before: dict[str, str] = {}
    for key in order:
        waited = sorted(graph.resources[key].waits_for)
        last = max(waited, key=finished.__getitem__, default=None)
        finished[key] = rows[key].typical + (finished[last] if last is not None else 0)
        if last is not None:
            before[key] = last
    chain = [max(sorted(finished), key=finished.__getitem__)]
    while chain[-1] in before:
        chain.append(before[chain[-1]])
    return chain[::-1]


def _drawn_totals(graph: Graph, rows: dict[str, Duration], order: list[str]) -> list[float]:
    """Return how long everything takes in each draw; in one draw, equal rows take equally long."""
    drawn = {row: row.draws() for row in set(rows.values())}
    finished: dict[str, list[float]] = {}
    for key in order:
        waited = [finished[one] for one in graph.resources[key].waits_for]
        started = map(max, zip(*waited, strict=True)) if waited else [0.0] * DRAWS
        finished[key] = [
            start + took for start, took in zip(started, drawn[rows[key]], strict=True)
        ]
    return [max(times) for times in zip(*finished.values(), strict=True)]
