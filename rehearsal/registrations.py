"""The record of one registered resource, the same from every engine."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Registration:
    """One resource as the program registered it and the provider made it.

    Attributes:
        urn: Pulumi's unique name.
        type: Pulumi's type token.
        name: the logical name.
        parent: URN of the parent, empty for the stack itself.
        custom: whether a provider made it; components are only registered.
        id: physical id; empty for components.
        inputs: what the program gave, plain values by camelCase names.
        outputs: what the resource has, inputs and computed values.
        dependencies: URNs of everything it waits for.
        property_dependencies: for each input, the URNs that its value comes from.
        protect: whether the engine refuses to delete it.
        retain_on_delete: whether it stays in AWS when it leaves the stack.
        ignore_changes: inputs whose changes are ignored.
    """

    urn: str
    type: str
    name: str
    parent: str
    custom: bool
    id: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    dependencies: tuple[str, ...]
    property_dependencies: Mapping[str, tuple[str, ...]]
    protect: bool
    retain_on_delete: bool
    ignore_changes: tuple[str, ...]


def dependents_first(registrations: Iterable[Registration]) -> list[Registration]:
    """Order registrations so that each stands before everything it depends on, and its parent.

    An engine deletes in this order; it follows from the dependencies, not from the order given.

    Raises:
        graphlib.CycleError: a resource depends on itself by way of others.
    """
    by_urn = {one.urn: one for one in registrations}
    waits_for = {
        one.urn: [urn for urn in (*one.dependencies, one.parent) if urn in by_urn]
        for one in by_urn.values()
    }
    return [by_urn[urn] for urn in reversed(list(TopologicalSorter(waits_for).static_order()))]
