"""What the real provider refuses at plan time whatever the service: JSON, ARNs, choices, ranges."""

import json
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from rehearsal.provider.resource_type import Values

Check = Callable[[Any], str | None]
"""Says what is wrong with a value, as the end of a sentence that begins with its name."""

_ARN = re.compile(r"arn:aws(-[a-z]+)*:[a-z0-9-]+:[a-z0-9-]*:(\d{12}|aws)?:.+")


def json_text(value: Any) -> str | None:
    """Demand JSON."""
    try:
        json.loads(value)
    except ValueError as error:
        return f"is not valid JSON: {error}"
    return None


def arn(value: Any) -> str | None:
    """Demand an ARN, as the provider's verify.ValidARN does."""
    return None if _ARN.fullmatch(value) else f"is {value!r}; the provider takes an ARN"


def one_of(choices: Collection[Any]) -> Check:
    """Demand one of some values."""
    words = ", ".join(str(choice) for choice in choices)
    return lambda value: None if value in choices else f"is {value!r}; the provider allows {words}"


def between(least: int, most: int) -> Check:
    """Demand a number of a range, its ends included."""
    return lambda value: (
        None if least <= value <= most else f"is {value!r}; the provider allows {least} to {most}"
    )


def matching(pattern: str, words: str) -> Check:
    """Demand text that a regular expression covers."""
    compiled = re.compile(pattern)
    return lambda value: (
        None if compiled.fullmatch(value) else f"is {value!r}; the provider takes {words}"
    )


def every(check: Check) -> Check:
    """Demand something of every item of a list."""
    return lambda values: next((found for found in map(check, values) if found), None)


def problems(inputs: Values, checks: Mapping[str, Check]) -> list[str]:
    """Apply a table of checks to the inputs that are set.

    Args:
        inputs: plain values by camelCase names.
        checks: the checks by input.
    """
    return [
        f"{name} {found}"
        for name, check in checks.items()
        if inputs.get(name) is not None and (found := check(inputs[name]))
    ]
