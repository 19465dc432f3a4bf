"""What a change of a program's inputs does to a live resource."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi.output import Unknown, contains_unknowns

from rehearsal.provider import sdk_schema
from rehearsal.provider.resource_type import OnChange, ResourceType, Values

_UNSET: tuple[Any, ...] = (None, "", 0, False, [], {})
"""What the provider's SDK cannot tell from an input that is left out."""


@dataclass(frozen=True)
class Difference:
    """How a live resource differs from what the program wants.

    Attributes:
        changes: what each differing input does; a part of an input is named `input.part`.
        delete_first: whether a replacement deletes before it creates.
    """

    changes: Mapping[str, OnChange]
    delete_first: bool = False

    @property
    def replacing(self) -> list[str]:
        """Return the names of what replaces the resource."""
        return [name for name, effect in self.changes.items() if effect is OnChange.REPLACE]


def difference(
    row: ResourceType, state: Values, inputs: Values, automatic: frozenset[str]
) -> Difference:
    """Compare what a resource is with what it shall be.

    Args:
        row: its type.
        state: its outputs as they were last known.
        inputs: checked inputs; in a preview some are unknown, and count as changed.
        automatic: names of the inputs that the provider filled in, not the program.
    """
    changes = {
        name: declared.on_change
        for name, declared in row.inputs.items()
        if _changed(row.token, name, state.get(name), inputs.get(name))
    }
    if row.replaced_when and changes:
        known = {**inputs, **{name: state.get(name) for name in inputs if _unknown(inputs[name])}}
        changes.update(dict.fromkeys(row.replaced_when(state, known), OnChange.REPLACE))
    return Difference(changes, _deletes_first(row, inputs, changes, automatic))


def _unknown(value: Any) -> bool:
    return isinstance(value, Unknown)


def _deletes_first(
    row: ResourceType, inputs: Values, changes: Mapping[str, OnChange], automatic: frozenset[str]
) -> bool:
    """Say whether old and new cannot stand side by side, as by a name that the program gave.

    See nameRequiresDeleteBeforeReplace in pulumi-terraform-bridge, pkg/tfbridge/provider.go.
    """
    name = row.auto_name
    pinned = (
        name is not None
        and name.pins
        and inputs.get(name.property) is not None
        and name.property not in automatic
        and name.property not in changes
    )
    return row.deleted_first or pinned


def _changed(token: str, name: str, before: Any, after: Any) -> bool:
    if after is None and name in sdk_schema.computed_outputs(token):
        # AWS keeps what it has of an input that is optional and computed.
        return False
    return not same(before, after)


def same(before: Any, after: Any) -> bool:
    """Say whether two values mean the same to the provider; what is unknown never does."""
    if contains_unknowns(after):
        return False
    if before in _UNSET and after in _UNSET:
        return True
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return all(same(before.get(key), after.get(key)) for key in {*before, *after})
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return all(same(one, other) for one, other in zip(before, after, strict=True))
    return bool(before == after) or _same_document(before, after)


def _same_document(before: Any, after: Any) -> bool:
    """Say whether two texts are the same JSON document, however it is written."""
    texts = [text for text in (before, after) if isinstance(text, str) and text[:1] in ("{", "[")]
    if len(texts) < 2:  # noqa: PLR2004 both
        return False
    try:
        return bool(json.loads(texts[0]) == json.loads(texts[1]))
    except ValueError:
        return False
