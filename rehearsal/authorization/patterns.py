"""Patterns of actions, resources and ARNs: `*` stands for any characters, `?` for one."""

import re
from collections.abc import Callable
from enum import Enum
from functools import lru_cache

_ARN_PARTS = 6
_MOST_PATTERNS = 4096


class Wildcard(Enum):
    """A character of a pattern that stands for others."""

    ANY = "*"
    ONE = "?"


Pattern = tuple[str | Wildcard, ...]
"""Literal texts and wildcards in turn; a `*` in a literal text is an asterisk and nothing else."""

Matcher = Callable[[str], bool]


@lru_cache(_MOST_PATTERNS)
def read(text: str) -> Pattern:
    """Return a text with its wildcards told from the rest."""
    return tuple(
        Wildcard(piece) if piece in ("*", "?") else piece
        for piece in re.split(r"([*?])", text)
        if piece
    )


def literally(pattern: Pattern) -> str:
    """Return a pattern's text, in which `*` and `?` stand for themselves."""
    return "".join(piece if isinstance(piece, str) else piece.value for piece in pattern)


@lru_cache(_MOST_PATTERNS)
def text_matcher(pattern: Pattern) -> Matcher:
    """Match a text with regard to case, as StringLike does."""
    return _whole("".join(map(_anything, pattern)))


@lru_cache(_MOST_PATTERNS)
def action_matcher(patterns: tuple[str, ...]) -> Matcher:
    """Match an action by any of some patterns, whatever its case.

    AWS IAM User Guide, "IAM JSON policy elements: Action": prefix and name ignore case.
    """
    expressions = ["".join(map(_anything, read(one))) for one in patterns]
    return _whole("|".join(expressions), re.IGNORECASE | re.ASCII)


@lru_cache(_MOST_PATTERNS)
def resource_matcher(pattern: Pattern) -> Matcher:
    """Match a resource's ARN with regard to case.

    AWS IAM User Guide, "IAM JSON policy elements: Resource": a wildcard stays within its segment
    (the parts between colons), except for a `*` at a segment's end, which may go beyond. The last
    of an ARN's parts may have colons of its own, and is one segment here.
    """
    colons, expressions = 0, []
    for piece, following in zip(pattern, (*pattern[1:], ":"), strict=False):
        if isinstance(piece, str):
            colons += piece.count(":")
        ends = isinstance(following, str) and following.startswith(":")
        free = colons >= _ARN_PARTS - 1 or (piece is Wildcard.ANY and ends)
        expressions.append(_anything(piece) if free else _within_a_segment(piece))
    return _whole("".join(expressions))


@lru_cache(_MOST_PATTERNS)
def arn_matcher(pattern: Pattern) -> Matcher:
    """Match each of an ARN's six parts by itself, with regard to case, as ArnLike does.

    AWS IAM User Guide, "Amazon Resource Name (ARN) condition operators". What has no six parts
    matches nothing.
    """
    parts = _arn_parts(pattern)
    if len(parts) != _ARN_PARTS:
        return lambda _: False
    *first, resource = parts
    expressions = ["".join(map(_within_a_segment, part)) for part in first]
    return _whole(":".join((*expressions, "".join(map(_anything, resource)))))


def _arn_parts(pattern: Pattern) -> list[list[str | Wildcard]]:
    parts: list[list[str | Wildcard]] = [[]]
    for piece in pattern:
        if not isinstance(piece, str):
            parts[-1].append(piece)
            continue
        start, *others = piece.split(":", _ARN_PARTS - len(parts))
        parts[-1].append(start)
        parts.extend([one] for one in others)
    return parts


_FREE = {Wildcard.ANY: ".*", Wildcard.ONE: "."}
_IN_SEGMENT = {Wildcard.ANY: "[^:]*", Wildcard.ONE: "[^:]"}


def _anything(piece: str | Wildcard) -> str:
    return re.escape(piece) if isinstance(piece, str) else _FREE[piece]


def _within_a_segment(piece: str | Wildcard) -> str:
    return re.escape(piece) if isinstance(piece, str) else _IN_SEGMENT[piece]


def _whole(expression: str, flags: re.RegexFlag = re.NOFLAG) -> Matcher:
    compiled = re.compile(expression, flags | re.DOTALL)
    return lambda text: compiled.fullmatch(text) is not None
