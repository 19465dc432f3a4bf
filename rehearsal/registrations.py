"""The record of one registered resource, the same from every engine."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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
    protect: bool
    retain_on_delete: bool
    ignore_changes: tuple[str, ...]


def dependents_first(registrations: Iterable[Registration]) -> list[Registration]:
    """Order registrations so that each stands before everything it depends on.

    The program registers a resource after its dependencies, so the reverse order is one such.
    """
    return list(reversed(list(registrations)))
