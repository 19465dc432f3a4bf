"""Compares what a program gave with what AWS has, and what was with what shall be."""

import json
from collections.abc import Mapping
from typing import Any


def as_given(given: Any, current: Any) -> Any:
    """Reduce what AWS has to what the program stated, so that only real drift shows.

    AWS answers with its own defaults beside the given values; the real provider hides them from
    the difference. A key that AWS no longer has disappears from the result.

    Args:
        given: the plain value of the program.
        current: the value AWS has, in the program's names.
    """
    if isinstance(given, Mapping) and isinstance(current, Mapping):
        return {key: as_given(given[key], current[key]) for key in given if key in current}
    if isinstance(given, list) and isinstance(current, list) and len(given) == len(current):
        return [as_given(one, other) for one, other in zip(given, current, strict=True)]
    return current


def same_set(given: Any, current: list[str]) -> Any:
    """Return the given list when AWS holds the same members in another order, else AWS's."""
    return given if sorted(given or ()) == sorted(current) else sorted(current)


def same_json(given: str | None, current: Any) -> str:
    """Return the given JSON text when it means what AWS has, else AWS's as text.

    Args:
        given: the program's text.
        current: the decoded document that AWS has.
    """
    if given is not None and json.loads(given) == current:
        return given
    return json.dumps(current)


def tag_changes(
    before: Mapping[str, str] | None, after: Mapping[str, str] | None
) -> tuple[dict[str, str], list[str]]:
    """Return the tags to set and the keys to remove."""
    old, new = before or {}, after or {}
    return (
        {key: value for key, value in new.items() if old.get(key) != value},
        sorted(set(old) - set(new)),
    )


def with_tags(given: Mapping[str, Any], current: Mapping[str, str]) -> dict[str, Any]:
    """Return the `tags` output: AWS's tags, left out where neither side has any."""
    return {"tags": dict(current)} if current or "tags" in given else {}
