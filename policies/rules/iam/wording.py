"""How violations name what was found: at most three of many."""

from collections.abc import Sequence

from rules.iam.statements import Statement

_NAMED = 3


def some(names: Sequence[str], kind: str, kinds: str) -> str:
    """Return up to three names and how many more there are.

    Args:
        names: all of them, at least one.
        kind: what one more is called, such as `other action`.
        kinds: what several more are called.
    """
    if len(names) > _NAMED:
        rest = len(names) - _NAMED
        return f"{', '.join(names[:_NAMED])} and {rest} {kind if rest == 1 else kinds}"
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def actions(names: Sequence[str]) -> str:
    """Return up to three actions and how many more there are."""
    return some(names, "other action", "other actions")


def resources(statement: Statement) -> str:
    """Return what a statement acts on, in up to three ARNs."""
    if statement.not_resources:
        left_out = some(statement.not_resources, "other resource", "other resources")
        return f"everything but {left_out}"
    if not statement.resources:
        return "no resource"
    return some(statement.resources, "other resource", "other resources")


def conditions(statement: Statement) -> str:
    """Return a clause about a statement's conditions, which do not suffice; empty without any."""
    if not statement.conditions:
        return ""
    keys = list(dict.fromkeys(one.key for one in statement.conditions))
    return f", and a condition on {some(keys, 'other key', 'other keys')} does not bound that"
