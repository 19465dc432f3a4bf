"""What a change of a program's inputs does to a live resource."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi.output import Unknown, contains_unknowns
from pulumi.runtime import rpc

from rehearsal.provider import replacements, sdk_schema
from rehearsal.provider.replacements import DeletedFirst, Replacements
from rehearsal.provider.resource_type import OnChange, RefusedError, ResourceType, Values

_SIGNATURE = rpc._special_sig_key

_UNSET: tuple[Any, ...] = (None, "", 0, False, [], {})
"""What the provider's SDK cannot tell from an input that is left out."""


@dataclass(frozen=True)
class Difference:
    """How a live resource differs from what the program wants.

    Attributes:
        changes: what each differing input does; a part that replaces is named `input.part` beside
            its input.
        delete_first: whether a replacement deletes before it creates.
        kept: inputs whose change is ignored, with the values that they keep.
    """

    changes: Mapping[str, OnChange]
    delete_first: bool = False
    kept: Values = field(default_factory=dict)

    @property
    def replacing(self) -> list[str]:
        """Return the names of what replaces the resource."""
        return [name for name, effect in self.changes.items() if effect is OnChange.REPLACE]

    def unchanged(self, row: ResourceType, state: Values) -> dict[str, Any]:
        """Return what of a state no change of an input takes away."""
        return {
            name: value
            for name, value in state.items()
            if name not in row.inputs or name not in self.changes
        }


def difference(
    row: ResourceType, state: Values, inputs: Values, automatic: frozenset[str]
) -> Difference:
    """Compare what a resource is with what it shall be.

    Args:
        row: its type.
        state: its outputs as they were last known.
        inputs: checked inputs; in a preview some are unknown, and count as changed.
        automatic: names of the inputs that the provider filled in, not the program.

    Raises:
        RefusedError: the provider refuses the change, or nobody looked up what it does.
    """
    table = replacements.of(row.token)
    known = {name: state.get(name) if _unknown(inputs[name]) else inputs[name] for name in inputs}
    effects = {
        path: _effect(row, table, path, state, known)
        for name in row.inputs
        for path in _changed(row.token, name, state.get(name), inputs.get(name))
    }
    changes: dict[str, OnChange] = {}
    for path, effect in effects.items():
        name = path.partition(".")[0]
        if effect is OnChange.REPLACE and path != name:
            changes.setdefault(name, OnChange.IN_PLACE)
        if effect is not OnChange.IGNORED:
            changes[path if effect is OnChange.REPLACE else name] = effect
    ignored = {path.partition(".")[0] for path in effects} - set(changes)
    return Difference(
        changes,
        _deletes_first(table, inputs, automatic),
        {
            name: state[name]
            for name in sorted(ignored & set(state))
            if name in effects or _says_less(inputs.get(name), state[name])
        },
    )


def _says_less(given: Any, current: Any) -> bool:
    """Say whether an object differs from the state's by parts that AWS added only."""
    both = isinstance(given, Mapping) and isinstance(current, Mapping)
    return both and all(same(current.get(name), value) for name, value in given.items())


def _unknown(value: Any) -> bool:
    return isinstance(value, Unknown)


def _effect(
    row: ResourceType, table: Replacements, path: str, state: Values, inputs: Values
) -> OnChange:
    entry = table.entry(path)
    condition = next((name for name in entry.when if row.conditions[name](state, inputs)), None)
    effect = entry.when[condition] if condition else entry.effect
    if effect is OnChange.REFUSED:
        words = f": {table.conditions[condition]}" if condition else ""
        raise RefusedError(f"{row.token}: the provider refuses this change of {path}{words}.")
    return effect


def _deletes_first(table: Replacements, inputs: Values, automatic: frozenset[str]) -> bool:
    """Say whether old and new cannot stand side by side, as by a name that the program gave.

    See nameRequiresDeleteBeforeReplace in pulumi-terraform-bridge, pkg/tfbridge/schema.go.
    """
    if table.deleted_first is DeletedFirst.GIVEN:
        return inputs.get(table.naming) is not None and table.naming not in automatic
    return table.deleted_first is DeletedFirst.ALWAYS


def _changed(token: str, name: str, before: Any, after: Any) -> list[str]:
    """Name what differs of an input: the input itself, or the parts of it."""
    if after is None and name in sdk_schema.computed_outputs(token):
        # AWS keeps what it has of an input that is optional and computed.
        return []
    return changed_paths(sdk_schema.input_types(token)[name], name, before, after)


def changed_paths(declared: Any, path: str, before: Any, after: Any) -> list[str]:
    """Name what differs: `path` where all of it came, went or has no parts, else `path.part`.

    Args:
        declared: the type as the SDK declares it.
        path: how the value is named; the items of a list share a name.
        before: a plain value.
        after: a plain value, in which something may be unknown.
    """
    if same(before, after):
        return []
    parts = sdk_schema.parts(declared)
    if not parts or not before or not after or _unknown(after):
        return [path]
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        pairs = [(before, after)]
    elif len(before) == len(after):
        pairs = list(zip(before, after, strict=True))
    else:
        return [path]
    found = [
        changed
        for old, new in pairs
        for name, part in parts.items()
        for changed in changed_paths(part, f"{path}.{name}", old.get(name), new.get(name))
    ]
    return list(dict.fromkeys(found))


def same(before: Any, after: Any) -> bool:
    """Say whether two values mean the same to the provider; what is unknown never does."""
    if contains_unknowns(after):
        return False
    if before in _UNSET and after in _UNSET:
        return True
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        if _SIGNATURE in before and "hash" in before and "hash" in after:
            # Of an archive's contents a state keeps the hash alone.
            return bool(before["hash"] == after["hash"])
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
