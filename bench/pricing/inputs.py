"""Reads the inputs that prices depend on; what cannot be understood is refused by its name.

A name may lead into a mapping, such as `computeResources.minVcpus`.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from bench.dependency_graph import Resource
from bench.pricing.prices import UnpricedError


def found(one: Resource, name: str) -> Any:
    """Return an input; None where it is not given.

    Raises:
        UnpricedError: the name leads through something that is no mapping.
    """
    value: Any = one.inputs
    for part in name.split("."):
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise refusal(one, name.rpartition(".")[0], value, "an object")
        value = value.get(part)
    return value


def given(one: Resource, name: str) -> Any:
    """Return an input on which the price depends.

    Raises:
        UnpricedError: the resource has none.
    """
    value = found(one, name)
    if value is None:
        raise UnpricedError(f"{one.name} ({one.type}) has no {name}, and its price needs it.")
    return value


def text(one: Resource, name: str, default: str | None = None) -> str:
    """Return an input that is a text; without a default it must be given."""
    value = given(one, name) if default is None else found(one, name)
    if value is None:
        value = default
    if not isinstance(value, str):
        raise refusal(one, name, value, "a text")
    return value


def number(one: Resource, name: str, default: int | None = None) -> Decimal:
    """Return an input that is a number, also as a text; without a default it must be given."""
    value = given(one, name) if default is None else found(one, name)
    if value is None:
        value = default
    try:
        read = Decimal("NaN" if isinstance(value, bool) else str(value))
    except InvalidOperation:
        read = Decimal("NaN")
    if not read.is_finite() or read < 0:
        raise refusal(one, name, value, "a number")
    return read


def flag(one: Resource, name: str) -> bool:
    """Return whether an input is true; false where it is not given."""
    value = found(one, name)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise refusal(one, name, value, "true or false")
    return value


def listed(one: Resource, name: str) -> list[Any]:
    """Return an input that is a list; an empty one where it is not given."""
    value = found(one, name)
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise refusal(one, name, value, "a list")
    return list(value)


def objects(one: Resource, name: str) -> list[Resource]:
    """Return the objects of a list as if each were a resource, so that they are read alike."""
    values = listed(one, name)
    for value in values:
        if not isinstance(value, Mapping):
            raise refusal(one, name, value, "objects")
    return [replace(one, name=f"{one.name}, {name}", inputs=value) for value in values]


def refusal(one: Resource, name: str, value: Any, wanted: str) -> UnpricedError:
    """Return why an input cannot be priced."""
    return UnpricedError(
        f"{one.name} ({one.type}): {name} is {value!r}, and its price needs {wanted}."
    )
