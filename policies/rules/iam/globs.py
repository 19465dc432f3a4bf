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
"""Stands, in the other one of two globs, for a name that nobody chose: of the first, wildcards
match it, and text between two wildcards that is too short to tell names apart."""

PREFIX = "\ue004"
"""Stands for what identifiers of AWS's making begin with: small letters and dashes."""

MARK = "\ue005"
"""Stands, in the other one of two globs, for a wildcard: a name without one is chosen."""

LETTER = "\ue006"
"""Stands for one character that is no colon."""

CHOSEN = 3
"""Characters in a row from which on a part of a name tells it apart: one letter, or two, is in
most names."""

_ARN_PARTS = 6
_WILDCARDS = frozenset((ANYTHING, ONE))
_TEXTS = frozenset((ANYTHING, SEGMENT, UNNAMED, PREFIX))
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_ESCAPED = frozenset("*?$")

_Place = tuple[int, int, int]
"""How far two globs are read, and how many characters in a row `UNNAMED` took."""


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


@lru_cache(maxsize=4096)
def arn(pattern: str) -> str:
    """Return an IAM pattern of ARNs as a glob; in a whole ARN a wildcard is within its part.

    Source: AWS IAM User Guide, "IAM JSON policy elements: Resource".
    """
    *parts, last = pattern.split(":", _ARN_PARTS - 1)
    if len(parts) < _ARN_PARTS - 1:
        return glob(pattern)
    return ":".join([*(glob(one).replace(ANYTHING, SEGMENT) for one in parts), glob(last)])


def has_wildcard(pattern: str) -> bool:
    """Say whether an IAM pattern stands for more than one text."""
    found = glob(pattern)
    return ANYTHING in found or ONE in found


def is_chosen(pattern: str) -> bool:
    """Say whether an IAM pattern is a name that somebody chose: whole, or a telling part of it."""
    return not meet(glob(pattern), UNNAMED + MARK + UNNAMED)


@lru_cache(maxsize=65536)
def meet(one: str, other: str) -> bool:
    """Say whether some text fits two globs.

    Args:
        one: a glob of this module's characters.
        other: another one.
    """
    start = (0, 0, 0)
    reached = {start}
    open_ends = [start]
    while open_ends:
        here, there, run = open_ends.pop()
        if here == len(one) and there == len(other):
            return True
        for step in _steps(one[here : here + 1], other[there : there + 1], run):
            place = (here + step[0], there + step[1], step[2])
            if place not in reached:
                reached.add(place)
                open_ends.append(place)
    return False


def _steps(one: str, other: str, run: int) -> list[_Place]:
    """Return how far the two globs may go on from a character of each, and the run after it."""
    steps = []
    if one in _TEXTS:
        steps.append((1, 0, run))
    if other in _TEXTS:
        steps.append((0, 1, 0))
    if other == UNNAMED:
        steps += _taken_by_unnamed(one, run)
    elif one and _takes(other, one):
        steps.append((1, 0, 0))
    if other and _takes(one, other):
        steps.append((0, 1, 0))
    if one and other and (_is_one(one, other) or _is_one(other, one)):
        steps.append((1, 1, 0))
    return steps


def _taken_by_unnamed(one: str, run: int) -> list[_Place]:
    if one in _WILDCARDS:
        return [(1, 0, 0)]
    return [(1, 0, run + 1)] if one and run + 1 < CHOSEN else []


def _is_one(one: str, other: str) -> bool:
    """Say whether what stands for one character may be another one."""
    if one == MARK:
        return other in _WILDCARDS
    if one == LETTER:
        return other != ":"
    return one in (ONE, other)


def _takes(text: str, character: str) -> bool:
    """Say whether what stands for a text may have a character in it."""
    if text == ANYTHING:
        return True
    if text == SEGMENT:
        return character != ":"
    if text == PREFIX:
        return character == "-" or character.islower() or character in _WILDCARDS
    return False
