"""The graph of what waits for what: from a stack's registrations, or another tool's from a file."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import jsonschema

from rehearsal.registrations import Registration

_SCHEMA = Path(__file__).with_name("graph.schema.json")


class GraphError(Exception):
    """A graph is unusable; the message is one line."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource of a graph.

    Attributes:
        name: what it is called in its tool.
        type: Pulumi's type token.
        inputs: what it is given, plain values by Pulumi's names.
        waits_for: keys of the resources that must be there before it.
        retained: whether it stays when everything is destroyed.
    """

    name: str
    type: str
    inputs: Mapping[str, Any]
    waits_for: frozenset[str]
    retained: bool = False


@dataclass(frozen=True, kw_only=True)
class Graph:
    """What a tool deploys, and in which order.

    Attributes:
        title: what is deployed.
        tool: `pulumi`, `terraform` or `cloudformation`; some of them wait for more than others.
        resources: by keys of the tool's own.
    """

    title: str
    tool: str
    resources: Mapping[str, Resource]

    def in_order(self) -> list[str]:
        """Return the keys of all resources, each after everything it waits for.

        Raises:
            GraphError: a resource waits for itself, by way of others.
        """
        waiting = {key: sorted(one.waits_for) for key, one in sorted(self.resources.items())}
        try:
            return list(TopologicalSorter(waiting).static_order())
        except CycleError as error:
            circle = " > ".join(reversed(error.args[1]))
            raise GraphError(
                f"{self.title}: {circle}: no tool can deploy what waits for itself."
            ) from error

    @property
    def edges(self) -> int:
        """How many times a resource waits for another one."""
        return sum(len(one.waits_for) for one in self.resources.values())


def from_registrations(title: str, registrations: Iterable[Registration]) -> Graph:
    """Return the graph of a deployed stack, without its components.

    A component is nothing in AWS. What depends on one waits for every resource inside it (Pulumi
    documentation, "Resource option: dependsOn"), and a resource waits for its parent and so for
    whatever that waits for. What a program looks up is there already.

    Args:
        title: what is deployed.
        registrations: everything that the program registered.
    """
    by_urn = {one.urn: one for one in registrations}
    awaited = _awaited(by_urn)
    return Graph(
        title=title,
        tool="pulumi",
        resources={
            urn: Resource(
                name=one.name,
                type=one.type,
                inputs=one.inputs,
                waits_for=awaited(urn),
                retained=one.retain_on_delete,
            )
            for urn, one in by_urn.items()
            if one.custom
        },
    )


def _awaited(by_urn: Mapping[str, Registration]) -> Callable[[str], frozenset[str]]:
    """Return a function from a URN to those of the resources that it waits for."""
    inside: dict[str, list[str]] = {}
    for one in by_urn.values():
        inside.setdefault(one.parent, []).append(one.urn)

    def made_by(urn: str) -> frozenset[str]:
        """Return a resource itself, or everything inside a component."""
        if by_urn[urn].custom:
            return frozenset([urn])
        return frozenset().union(*(made_by(child) for child in inside.get(urn, ())))

    @cache
    def awaited(urn: str) -> frozenset[str]:
        one = by_urn[urn]
        named = {
            *one.dependencies,
            *(u for urns in one.property_dependencies.values() for u in urns),
        }
        found = frozenset().union(*(made_by(other) for other in named if other in by_urn))
        if one.parent not in by_urn:
            return found
        return found | (
            frozenset([one.parent]) if by_urn[one.parent].custom else awaited(one.parent)
        )

    return awaited


def from_file(path: Path) -> Graph:
    """Read the graph of another tool's template, in the form of graph.schema.json.

    Raises:
        GraphError: the file is unreadable or not of that form, or names a resource that it has not.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise GraphError(f"{path}: {error.strerror}; give a JSON file.") from error
    except ValueError as error:
        raise GraphError(f"{path}: {error}; give a JSON file.") from error
    schema = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    wrong = jsonschema.exceptions.best_match(
        jsonschema.Draft202012Validator(schema).iter_errors(document)
    )
    if wrong is not None:
        place = "/".join(map(str, wrong.absolute_path)) or "the document"
        raise GraphError(f"{path}: {place}: {wrong.message}; see bench/{_SCHEMA.name}.")
    graph = Graph(
        title=document["title"],
        tool=document["tool"],
        resources={key: _resource(key, one) for key, one in document["resources"].items()},
    )
    _refuse_strangers(path, graph)
    return graph


def _resource(name: str, document: Mapping[str, Any]) -> Resource:
    waits_for: Sequence[str] = document.get("waitsFor", ())
    return Resource(
        name=name,
        type=document["type"],
        inputs=document.get("inputs", {}),
        waits_for=frozenset(waits_for),
        retained=document.get("retained", False),
    )


def _refuse_strangers(path: Path, graph: Graph) -> None:
    for name, one in graph.resources.items():
        strangers = sorted(one.waits_for - graph.resources.keys())
        if strangers:
            raise GraphError(
                f"{path}: {name} waits for {', '.join(strangers)}, which is no resource of the "
                "file; add it, or leave the edge out where it is there beforehand."
            )
