"""How long deploying and destroying a stack takes at best: the longest chain through its graph.

Every resource counts with typical durations of AWS, which durations.csv has with their sources;
nothing runs on AWS. Compared are the stacks dev and prod, the CloudFormation template of
outerbounds/metaflow-tools, and a lower bound. Typical durations are for ratios: the slowest of
several chains takes longer than the slowest typical one, so expect the time of P50 or P90.
"""

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from bench.command import console, ends_in_one_line, parser, write_json
from bench.dependency_graph import Graph, Resource, from_files, from_registrations
from bench.figure import Figure, told
from bench.stacks import STACKS, emulated
from bench.timing import runtime_order
from bench.timing.durations import Durations, read_durations
from bench.timing.longest_chain import LongestChain, longest_chain
from rehearsal.registrations import Registration

REGION = "us-east-1"
OTHERS = sorted((Path(__file__).parent / "templates").glob("*-graph.json"))

HIGHEST_RATIO = 1.05
"""Of the deployment to the lower bound, in typical durations."""

LONGEST_DESTRUCTION = {False: 450, True: 750}
"""Seconds in typical durations, by whether the database's final snapshot is taken."""

_DATABASE = "aws:rds/instance:Instance"
_SERVICE = "aws:ecs/service:Service"
_ON_THE_BOUND = {_DATABASE: "database", _SERVICE: "service"}


@dataclass(frozen=True, kw_only=True)
class Measured:
    """How long one graph takes, and the least that any graph could take.

    Attributes:
        graph: the graph.
        deploy: the longest chain of its deployment.
        destroy: the longest chain of its destruction.
        bound: the longest chain of the lower bound's deployment, with a database as the graph's.
        missing: orders that AWS needs and the graph does not keep, in words.
    """

    graph: Graph
    deploy: LongestChain
    destroy: LongestChain
    bound: LongestChain
    missing: Sequence[str] = ()

    @property
    def ratio(self) -> float | None:
        """The deployment's typical duration, of the bound's; None for one that ends earlier."""
        ratio = self.deploy.typical / self.bound.typical
        return ratio if ratio >= 1 else None

    @property
    def longest_destruction(self) -> int:
        """Seconds that the destruction may take, typically."""
        databases = _databases(self.graph)
        return LONGEST_DESTRUCTION[any(not one.get("skipFinalSnapshot") for one in databases)]

    def problems(self) -> list[str]:
        """Return why the figures say nothing, or not what they seem to, a line each."""
        lines = list(self.missing)
        lines += [
            f"there is no {words}, so that nothing can be compared with the lower bound"
            for token, words in _ON_THE_BOUND.items()
            if not any(one.type == token for one in self.graph.resources.values())
        ]
        if self.ratio is None and not lines:
            waits = any(one.inputs.get("waitForSteadyState") for one in _services(self.graph))
            why = "faster than the bound" if waits else "over before a task is healthy"
            lines.append(f"the deployment is {why}, so it cannot be compared")
        return [f"{self.graph.title}: {line}." for line in lines]

    def as_json(self) -> dict[str, Any]:
        """Return plain data, seconds."""
        return {
            "resources": len(self.graph.resources),
            "edges": self.graph.edges,
            "deploy": self.deploy.as_json(),
            "destroy": self.destroy.as_json(),
            "bound": self.bound.as_json(),
            "longest_destruction": self.longest_destruction,
            "ratio": None if self.ratio is None else round(self.ratio, 3),
            "problems": self.problems(),
        }


def measured(graph: Graph, registrations: Iterable[Registration] = ()) -> Measured:
    """Measure one graph.

    Args:
        graph: what waits for what.
        registrations: the resources of the graph, where it is a stack of the program.

    Raises:
        GraphError: a resource waits for itself, by way of others.
        MissingDurationError: a type has no row in the table.
    """
    durations = read_durations()
    return Measured(
        graph=graph,
        deploy=longest_chain(graph, "create", durations),
        destroy=longest_chain(graph, "delete", durations),
        bound=_slowest_bound(graph, durations),
        missing=[str(one) for one in runtime_order.missing(graph, registrations)],
    )


def lower_bound(database: Mapping[str, Any]) -> Graph:
    """Return the slowest chain that nothing can avoid: network, database, first healthy task.

    Args:
        database: inputs of the database: whether it has a standby decides how long it takes.
    """
    chain: Sequence[tuple[str, str, Mapping[str, Any], Sequence[str]]] = (
        ("VPC", "aws:ec2/vpc:Vpc", {}, ()),
        ("security group", "aws:ec2/securityGroup:SecurityGroup", {}, ["VPC"]),
        ("subnet", "aws:ec2/subnet:Subnet", {}, ["VPC"]),
        ("subnet group", "aws:rds/subnetGroup:SubnetGroup", {}, ["subnet"]),
        ("database", _DATABASE, database, ["security group", "subnet group"]),
        ("task definition", "aws:ecs/taskDefinition:TaskDefinition", {}, ["database"]),
        (
            "service",
            _SERVICE,
            {"waitForSteadyState": True},
            ["task definition", "subnet"],
        ),
    )
    return Graph(
        title="lower bound",
        tool="pulumi",
        resources={
            name: Resource(name=name, type=token, inputs=inputs, waits_for=frozenset(waits_for))
            for name, token, inputs, waits_for in chain
        },
    )


def _slowest_bound(graph: Graph, durations: Durations) -> LongestChain:
    """Return the chain of the bound with the slowest of the graph's databases."""
    chains = (
        longest_chain(lower_bound(database), "create", durations)
        for database in _databases(graph) or [{}]
    )
    return max(chains, key=lambda chain: chain.typical)


def _databases(graph: Graph) -> list[Mapping[str, Any]]:
    """Return the inputs of every database."""
    return [one.inputs for one in graph.resources.values() if one.type == _DATABASE]


def _services(graph: Graph) -> list[Resource]:
    return [one for one in graph.resources.values() if one.type == _SERVICE]


def measured_stacks() -> list[Measured]:
    """Deploy and measure the program's own stacks."""
    found = []
    with emulated(REGION) as stacks:
        for name in STACKS:
            registrations = stacks.deploy(name).registrations
            found.append(measured(from_registrations(name, registrations), registrations))
    return found


def results() -> dict[str, Any]:
    """Return what is measured as plain data: the program's own stacks, then other tools'."""
    return as_json([*measured_stacks(), *map(measured, from_files(OTHERS))])


def as_json(found: Iterable[Measured]) -> dict[str, Any]:
    """Return plain data, by the graphs' titles."""
    return {one.graph.title: one.as_json() for one in found}


def figures(found: Mapping[str, Any]) -> list[Figure]:
    """Return what is claimed of the program's own stacks, and the others' for comparison."""
    listed = []
    for title, one in found.items():
        claimed = title in STACKS
        if claimed:
            name = f"orders of AWS that the chain leaves out: {title}"
            listed.append(Figure(name, len(one["problems"]), 0))
        if one["ratio"] is not None:
            name = f"longest chain of a deployment / lower bound, typical: {title}"
            listed.append(Figure(name, one["ratio"], HIGHEST_RATIO if claimed else None))
        ratio = round(one["destroy"]["typical"] / one["longest_destruction"], 3)
        name = f"longest chain of a destruction / {one['longest_destruction']} s: {title}"
        listed.append(Figure(name, ratio, 1 if claimed else None))
    return listed


def summary_table(found: Sequence[Measured]) -> Table:
    """Show each graph's durations beside its lower bound's."""
    table = Table("graph", "", title="Longest chain, seconds")
    for name in ("typical", "bound", "ratio", "P50", "P90"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in found:
        size = f"resources: {len(one.graph.resources)}, edges: {one.graph.edges}"
        bound = (str(one.bound.typical), "" if one.ratio is None else f"{one.ratio:.3f}")
        table.add_row(one.graph.title, "deploy", *_seconds(one.deploy, bound))
        table.add_row(size, "destroy", *_seconds(one.destroy, ("", "")))
    return table


def _seconds(chain: LongestChain, bound: tuple[str, str]) -> tuple[str, ...]:
    return (str(chain.typical), *bound, f"{chain.p50:.0f}", f"{chain.p90:.0f}")


def chain_table(title: str, chain: LongestChain) -> Table:
    """Show each step of a chain."""
    table = Table(title=title)
    for name in ("resource", "type", "where"):
        table.add_column(name, overflow="fold")
    for name in ("seconds", "at"):
        table.add_column(name, justify="right")
    at = 0
    for step in chain.steps:
        row = step.duration
        at += row.typical
        table.add_row(step.name, _short(row.type), row.when, str(row.typical), str(at))
    return table


def _short(token: str) -> str:
    """Return a type token as Pulumi's YAML has it, without the module's second part."""
    return re.sub(r"/\w+:", ":", token)


@ends_in_one_line
def main(arguments: Sequence[str]) -> int:
    """Print the tables; return 1 when something is not as claimed, 2 for an unusable graph."""
    form = parser("bench.critical_path", __doc__)
    form.add_argument(
        "--graph",
        type=Path,
        metavar="FILE",
        action="append",
        help="measure this graph instead, in the form of bench/graph.schema.json; may be repeated",
    )
    form.add_argument("--json", type=Path, metavar="FILE", help="write the results to FILE")
    options = form.parse_args(arguments)
    others = [measured(graph) for graph in from_files(options.graph or OTHERS)]
    own = [] if options.graph else measured_stacks()
    found = [*own, *others]
    if options.json:
        write_json(options.json, as_json(found))
    _show(found)
    for line in (line for one in found for line in one.problems()):
        print(line, file=sys.stderr)
    return told(figures(as_json(own)))


def _show(found: Sequence[Measured]) -> None:
    for one in found:
        console().print(chain_table(f"{one.graph.title}: deploy", one.deploy))
        console().print(chain_table(f"{one.graph.title}: destroy", one.destroy))
    console().print(summary_table(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
