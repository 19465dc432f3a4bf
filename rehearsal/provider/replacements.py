"""What a change of an input does to a live resource, as provider-replacements.json has it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from rehearsal.provider.resource_type import OnChange, RefusedError

_FILE = Path(__file__).with_name("provider-replacements.json")


class DeletedFirst(Enum):
    """When a replacement deletes the old resource before it creates the new one."""

    ALWAYS = "always"
    GIVEN = "given"
    NEVER = "never"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a change of one input, or of one part of an input, does.

    Attributes:
        effect: what it does where none of the conditions holds.
        when: what it does instead, by the name of the condition; the first that holds decides.
    """

    effect: OnChange
    when: Mapping[str, OnChange] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Replacements:
    """The entries of one resource type.

    Attributes:
        token: Pulumi's type token.
        inputs: the entries by `input` and `input.part`; an item of a list has no part of its own.
        conditions: the conditions in words, by the names that the entries give them.
        deleted_first: in which order a replacement goes.
        naming: the input that decides the order where it is given by the program.
    """

    token: str
    inputs: Mapping[str, Entry]
    conditions: Mapping[str, str]
    deleted_first: DeletedFirst
    naming: str = ""

    def entry(self, path: str) -> Entry:
        """Return the entry of `input` or `input.part`.

        Raises:
            RefusedError: there is none, so nobody looked up what the real provider does.
        """
        if path not in self.inputs:
            raise RefusedError(
                f"{self.token}: what a change of {path} does to a live resource was not looked up; "
                f"add {path} to rehearsal/provider/{_FILE.name}, with its reference."
            )
        return self.inputs[path]


@cache
def table() -> Mapping[str, Replacements]:
    """Return the whole table by type token."""
    types = json.loads(_FILE.read_text(encoding="utf-8"))["types"]
    return MappingProxyType({token: _replacements(token, row) for token, row in types.items()})


def of(token: str) -> Replacements:
    """Return the entries of a resource type.

    Raises:
        RefusedError: the table has none.
    """
    if token not in table():
        raise RefusedError(
            f"{token}: what changes of its inputs do to a live resource was not looked up; "
            f"add the type to rehearsal/provider/{_FILE.name}, with its reference."
        )
    return table()[token]


def _replacements(token: str, row: Mapping[str, Any]) -> Replacements:
    order = row.get("deletedFirst", {"when": "never"})
    return Replacements(
        token=token,
        inputs={path: _entry(entry) for path, entry in row["inputs"].items()},
        conditions=row.get("conditions", {}),
        deleted_first=DeletedFirst(order["when"]),
        naming=order.get("input", ""),
    )


def _entry(entry: Mapping[str, Any]) -> Entry:
    return Entry(
        effect=OnChange(entry["effect"]),
        when={name: OnChange(effect) for name, effect in entry.get("when", {}).items()},
    )
