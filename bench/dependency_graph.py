"""The graph of what waits for what: from a stack's registrations, or another tool's from a file."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import jsonschema

from bench.errors import BenchError
from bench.resource_defaults import with_defaults
from rehearsal.registrations import Registration

_SCHEMA = Path(__file__).with_name("graph.schema.json")


class GraphError(BenchError):
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
                inputs=with_defaults("pulumi", one.type, one.inputs),
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


def from_files(paths: Iterable[Path]) -> list[Graph]:
    """Read several graphs.

    Raises:
        GraphError: one is unusable, or two have the same title.
    """
    found: dict[str, Graph] = {}
    for path in paths:
        graph = from_file(path)
        if graph.title in found:
            raise GraphError(
                f"{path}: another file has the title {graph.title!r}, too; give each its own."
            )
        found[graph.title] = graph
    return list(found.values())


def from_file(path: Path) -> Graph:
    """Read the graph of another tool's template, in the form of graph.schema.json.

    Raises:
        GraphError: the file is unreadable or not of that form, names a resource that it has not or
            twice, or a resource waits for itself.
    """
    try:
        return _of_document(path, _document(path))
    except RecursionError as error:
        raise GraphError(f"{path}: it is nested too deeply; give a JSON file.") from error


def _of_document(path: Path, document: Any) -> Graph:
    schema = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    wrong = jsonschema.exceptions.best_match(
        jsonschema.Draft202012Validator(schema).iter_errors(document)
    )
    if wrong is not None:
        place = "/".join(map(str, wrong.absolute_path)) or "the document"
        raise GraphError(f"{path}: {place}: {wrong.message}; see bench/{_SCHEMA.name}.")
    tool = document["tool"]
    graph = Graph(
        title=document["title"],
        tool=tool,
        resources={key: _resource(key, one, tool) for key, one in document["resources"].items()},
    )
    _refuse_strangers(path, graph)
    graph.in_order()
    return graph


def _document(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_without_twins)
    except OSError as error:
        raise GraphError(f"{path}: {error.strerror}; give a JSON file.") from error
    except ValueError as error:
        raise GraphError(f"{path}: {error}; give a JSON file.") from error


def _without_twins(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; JSON's readers take the last of two equal names without a word."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twin = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twin!r} is there twice")
    return found


def _resource(name: str, document: Mapping[str, Any], tool: str) -> Resource:
    waits_for: Sequence[str] = document.get("waitsFor", ())
    token = document["type"]
    return Resource(
        name=name,
        type=token,
        inputs=with_defaults(tool, token, _with_booleans(document.get("inputs", {}))),
        waits_for=frozenset(waits_for),
        retained=document.get("retained", False),
    )


def _with_booleans(value: Any) -> Any:
    """Return a value of an input in which `true` and `false` are booleans where they are texts.

    Templates may have either, and a text that says `false` would count as true.
    """
    if isinstance(value, dict):
        return {name: _with_booleans(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_with_booleans(one) for one in value]
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def _refuse_strangers(path: Path, graph: Graph) -> None:
    for name, one in graph.resources.items():
        strangers = sorted(one.waits_for - graph.resources.keys())
        if strangers:
            raise GraphError(
                f"{path}: {name} waits for {', '.join(strangers)}, which is no resource of the "
                "file; add it, or leave the edge out where it is there beforehand."
            )
