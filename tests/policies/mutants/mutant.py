"""A stack with one fault planted in its recorded registrations."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from rehearsal.registrations import Registration

Recorded = list[Registration]


@dataclass(frozen=True)
class Mutant:
    """One change of a recorded stack.

    Attributes:
        operator: the kind of change.
        what: what was changed, unique among the mutants of a stack.
        changed: resources that stand in the place of those with their URNs.
        removed: URNs of resources that are no longer there.
        added: resources that are there as well.
    """

    operator: str
    what: str
    changed: tuple[Registration, ...] = ()
    removed: tuple[str, ...] = ()
    added: tuple[Registration, ...] = ()

    def applied(self, stack: Recorded) -> Recorded:
        """Return the stack with the change."""
        changed = {one.urn: one for one in self.changed}
        kept = [changed.get(one.urn, one) for one in stack if one.urn not in self.removed]
        return [*kept, *self.added]

    def __str__(self) -> str:
        return f"{self.operator}: {self.what}"


Operator = Callable[[Recorded], Iterator[Mutant]]


def label(one: Registration) -> str:
    """Return `<Kind> <logical name>`."""
    return f"{one.type.rsplit(':', 1)[-1]} {one.name}"


def with_inputs(one: Registration, inputs: Mapping[str, Any]) -> Registration:
    """Return a resource with other inputs; its outputs follow them."""
    outputs = {key: item for key, item in one.outputs.items() if key not in one.inputs}
    return replace(one, inputs=dict(inputs), outputs={**outputs, **inputs})


def with_input(one: Registration, key: str, value: Any) -> Registration:
    """Return a resource with one input changed."""
    return with_inputs(one, {**one.inputs, key: value})


def new(token: str, name: str, inputs: Mapping[str, Any], like: Registration) -> Registration:
    """Return a resource that stands beside another one, under the same parent."""
    return replace(
        like,
        urn=f"{like.urn.rsplit('::', 2)[0]}::{token}::{name}",
        type=token,
        name=name,
        id=f"{name}-id",
        inputs=dict(inputs),
        outputs=dict(inputs),
        dependencies=(),
        property_dependencies={},
    )


def documents(stack: Iterable[Registration]) -> Iterator[tuple[Registration, str, dict[str, Any]]]:
    """Yield every policy document: its resource, the input it stands in, and the document."""
    for one in stack:
        for key, value in one.inputs.items():
            if isinstance(value, str) and '"Statement"' in value:
                yield one, key, json.loads(value)
