"""Patterns of resource names, and whether two of them have a name in common."""

import re
from functools import lru_cache

ANYTHING = "\ue000"
"""Stands for any text."""

ONE = "\ue001"
"""Stands for any one character."""

SEGMENT = "\ue002"
"""Stands for any text without a colon: one part of an ARN."""

UNNAMED = "\ue003"
"""Stands for a name that nobody chose: wildcards and separators match it, no letter or digit."""

IDENTIFIER = "\ue004"
"""The same for an identifier of AWS's making, whose prefix in small letters everybody knows."""

LETTER = "\ue006"
"""Stands for one character that is no colon."""

MARK = "\ue005"
"""Stands for one character of either: a name is never empty."""

_TEXTS = frozenset((ANYTHING, SEGMENT, UNNAMED, IDENTIFIER))
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_ESCAPED = frozenset("*?$")


@lru_cache(maxsize=4096)
def glob(pattern: str) -> str:
    """Return an IAM pattern with its wildcards as characters of this module.

    A policy variable counts as a name that somebody chose; `${*}`, `${?}` and `${$}` are the
    characters themselves (AWS IAM User Guide, "IAM policy elements: Variables and tags").
    """
    parts = _VARIABLE.split(pattern)
    for place in range(0, len(parts), 2):
        parts[place] = parts[place].replace("*", ANYTHING).replace("?", ONE)
    for place in range(1, len(parts), 2):
        parts[place] = parts[place] if parts[place] in _ESCAPED else "variable"
    return "".join(parts)


def has_wildcard(pattern: str) -> bool:
    """Say whether an IAM pattern stands for more than one text."""
    found = glob(pattern)
    return ANYTHING in found or ONE in found


@lru_cache(maxsize=65536)
def meet(one: str, other: str) -> bool:
    """Say whether some text fits two globs.

    Args:
        one: a glob of this module's characters.
        other: another one.
    """
    reached = {(0, 0)}
    open_ends = [(0, 0)]
    while open_ends:
        here, there = open_ends.pop()
        if here == len(one) and there == len(other):
            return True
        for step in _steps(one[here : here + 1], other[there : there + 1]):
            place = (here + step[0], there + step[1])
            if place not in reached:
                reached.add(place)
                open_ends.append(place)
    return False


def _steps(one: str, other: str) -> list[tuple[int, int]]:
    """Return how far the two globs may go on from a character of each; none is at its end."""
    steps = []
    if one in _TEXTS:
        steps.append((1, 0))
    if other in _TEXTS:
        steps.append((0, 1))
    if other and _takes(one, other):
        steps.append((0, 1))
    if one and _takes(other, one):
        steps.append((1, 0))
    if one and other and (_is_one(one, other) or _is_one(other, one)):
        steps.append((1, 1))
    return steps


def _is_one(one: str, other: str) -> bool:
    """Say whether what stands for one character may be another one."""
    if one == MARK:
        return not other.isalnum()
    if one == LETTER:
        return other != ":"
    return one in (ONE, other)


def _takes(text: str, character: str) -> bool:
    """Say whether what stands for a text may have a character in it."""
    if text == ANYTHING:
        return True
    if text == SEGMENT:
        return character != ":"
    if text == UNNAMED:
        return not character.isalnum()
    if text == IDENTIFIER:
        return not character.isalnum() or character.islower()
    return False
