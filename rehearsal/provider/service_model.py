"""Holds each API call against botocore's service model, which boto3 leaves to AWS to do."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

import regex
from botocore.model import OperationModel, Shape

PATTERNS_NOT_ENFORCED: Mapping[str, str] = {
    r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*": (
        "states the characters above U+FFFF by halves of UTF-16, which Python's text has not"
    ),
}
"""Patterns of the service models that cannot be enforced as written: pattern -> reason."""


@cache
def _compiled(pattern: str) -> Any:
    """Compile a pattern of a service model; they are Java's, which `regex` mostly reads.

    A pattern without anchors is meant to cover the whole value: AWS answers with "must satisfy
    regular expression pattern" when a part of the value does not match.
    """
    compiled = regex.compile(pattern)
    half_anchored = pattern.startswith("^") != pattern.endswith("$")
    # Not `search` between both anchors: `$` would overlook a newline at the end.
    return compiled.search if half_anchored else compiled.fullmatch


def violations(operation: OperationModel, parameters: Mapping[str, Any]) -> list[str]:
    """List what AWS would refuse in the parameters of a call.

    Args:
        operation: botocore's model of the operation.
        parameters: the parameters as given to boto3.

    Returns:
        One sentence for each value outside its enumeration, pattern, length or range.
    """
    if operation.input_shape is None:
        return []
    return list(_walk(operation.input_shape, parameters, operation.name))


def _walk(shape: Shape, value: Any, path: str) -> Iterable[str]:
    check = _CHECKS.get(shape.type_name)
    return check(shape, value, path) if check else ()


def _structure(shape: Any, value: Any, path: str) -> Iterable[str]:
    for name, item in value.items() if isinstance(value, Mapping) else ():
        if name in shape.members and item is not None:
            yield from _walk(shape.members[name], item, f"{path}.{name}")


def _list(shape: Any, value: Any, path: str) -> Iterable[str]:
    yield from _bounds(shape, len(value), path, "items")
    for index, item in enumerate(value):
        yield from _walk(shape.member, item, f"{path}[{index}]")


def _map(shape: Any, value: Any, path: str) -> Iterable[str]:
    yield from _bounds(shape, len(value), path, "entries")
    for key, item in value.items():
        yield from _walk(shape.key, key, f"{path} key {key!r}")
        yield from _walk(shape.value, item, f"{path}[{key!r}]")


def _number(shape: Any, value: Any, path: str) -> Iterable[str]:
    if isinstance(value, int | float):
        yield from _bounds(shape, value, path, "")


def _string(shape: Any, value: Any, path: str) -> Iterable[str]:
    if not isinstance(value, str):
        return
    if shape.enum and value not in shape.enum:
        yield f"{path} is {value!r}; AWS allows {', '.join(shape.enum)}"
    yield from _bounds(shape, len(value), path, "characters")
    pattern = shape.metadata.get("pattern")
    if pattern and pattern not in PATTERNS_NOT_ENFORCED and not _compiled(pattern)(value):
        yield f"{path} is {value!r}; AWS allows only what matches {pattern}"


def _bounds(shape: Any, size: float, path: str, unit: str) -> Iterable[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    found = f"{path} has {size} {unit}".rstrip()
    if least is not None and size < least:
        yield f"{found}; AWS demands at least {least}"
    if most is not None and size > most:
        yield f"{found}; AWS allows at most {most}"


_CHECKS: Mapping[str, Callable[[Any, Any, str], Iterable[str]]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "string": _string,
    "integer": _number,
    "long": _number,
    "float": _number,
    "double": _number,
}
