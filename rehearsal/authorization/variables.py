"""Policy variables such as `${aws:username}`, and the texts in which they stand.

AWS IAM User Guide, "IAM policy elements: Variables and tags".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from rehearsal.authorization import patterns
from rehearsal.authorization.patterns import Pattern, Wildcard
from rehearsal.authorization.policy_error import PolicyError

Context = Mapping[str, tuple[str, ...]]
"""The values of a request's condition keys, whose names are in lower case."""

_VARIABLE = re.compile(
    r"\$\{(?:(?P<character>[*?$])|(?P<key>[^\s,'{}]+)(?:, '(?P<default>[^']*)')?)\}"
)


@dataclass(frozen=True)
class Variable:
    """What stands for a condition key's value.

    Attributes:
        key: the condition key in lower case; keys ignore case.
        default: the value where the request has none; None where there is no default.
    """

    key: str
    default: str | None


Template = tuple[str | Wildcard | Variable, ...]
"""A pattern in which variables wait for a request."""


@lru_cache(4096)
def read(text: str, *, substituted: bool) -> Template:
    """Return a text with its wildcards and variables told from the rest.

    Args:
        text: as the policy has it.
        substituted: whether the policy's language has variables (Version 2012-10-17).

    Raises:
        PolicyError: a variable is malformed.
    """
    if not substituted:
        return patterns.read(text)
    found: list[str | Wildcard | Variable] = []
    while (start := text.find("${")) >= 0:
        variable = _VARIABLE.match(text, start)
        if variable is None:
            raise PolicyError(
                f"the policy variable in {text!r} is not understood; write ${{key}} or "
                "${key, 'default'}"
            )
        found += [*patterns.read(text[:start]), _meaning(variable)]
        text = text[variable.end() :]
    return (*found, *patterns.read(text))


def _meaning(variable: re.Match[str]) -> str | Variable:
    """Return `${*}`, `${?}` and `${$}` as the characters themselves."""
    return variable["character"] or Variable(variable["key"].lower(), variable["default"])


def fixed(template: Template) -> Pattern | None:
    """Return a template without variables as the pattern that it is; None where it has some."""
    pattern = tuple(piece for piece in template if not isinstance(piece, Variable))
    return pattern if len(pattern) == len(template) else None


def resolve(template: Template, context: Context) -> Pattern | None:
    """Put the request's values in the variables' places; their wildcards are mere characters.

    Returns:
        The pattern; None where a variable has no value, and so nothing is equal or like it.

    Raises:
        PolicyError: a variable names a key that has several values here.
    """
    found: list[str | Wildcard] = []
    for piece in template:
        value = _value(piece, context) if isinstance(piece, Variable) else piece
        if value is None:
            return None
        found.append(value)
    return tuple(found)


def _value(variable: Variable, context: Context) -> str | None:
    values = context.get(variable.key, ())
    if len(values) > 1:
        raise PolicyError(
            f"the policy variable ${{{variable.key}}} has {len(values)} values in this request; "
            "only a key with a single value can be a variable"
        )
    return values[0] if values else variable.default
