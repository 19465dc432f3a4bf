"""Reading what the engine hands over, where any value may be unknown and nothing is a dict."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from pulumi_policy import PolicyResource
from pulumi_policy.proxy import UnknownValueError

Item = TypeVar("Item")


def judge_each(items: Iterable[Item], judge: Callable[[Item], None]) -> None:
    """Judge every item, and only then raise the first unknown value met.

    So an unknown value hides no violation beside it.

    Raises:
        UnknownValueError: an item could not be judged, since a value is known after the update
            only.
    """
    unknown: UnknownValueError | None = None
    iterator = iter(items)
    while True:
        try:
            judge(next(iterator))
        except StopIteration:
            break
        except UnknownValueError as error:
            unknown = unknown or error
    if unknown is not None:
        raise unknown


def elements(value: Any) -> Iterable[Any]:
    """Return the elements of a list; a single value counts as a list of one, None as none.

    The list is read lazily through its proxy: an unknown element raises when it is reached, and
    the following ones can still be read.
    """
    if value is None:
        return ()
    if isinstance(value, str) or not isinstance(value, Sequence):
        return (value,)
    return _Elements(value)


class _Elements(Iterable[Any]):
    """An iteration that survives an unknown element, which a generator would not."""

    def __init__(self, value: Sequence[Any]) -> None:
        self._value = value
        self._next = 0

    def __iter__(self) -> "_Elements":
        return _Elements(self._value)

    def __next__(self) -> Any:
        if self._next >= len(self._value):
            raise StopIteration
        self._next += 1
        return self._value[self._next - 1]


def mapping(value: Any) -> Mapping[str, Any]:
    """Return an object, an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def flag(value: Any) -> bool | None:
    """Return a boolean that the provider also takes as text; None if it is neither."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower())
    return value if isinstance(value, bool) else None


def number(value: Any) -> float | None:
    """Return a number that the provider also takes as text; None if it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def known(props: Mapping[str, Any], key: str) -> Any:
    """Return a property, None where it is missing or unknown."""
    try:
        return props.get(key)
    except UnknownValueError:
        return None


def given(resource: PolicyResource, key: str) -> Any:
    """Return a property, None where it is missing or nothing that the program gave.

    A preview does not know what the provider fills in where the program is silent; such a value
    comes from no resource.

    Raises:
        UnknownValueError: the program gave it, and it is known after the update only.
    """
    try:
        return resource.props.get(key)
    except UnknownValueError:
        if resource.property_dependencies.get(key):
            raise
        return None


_IDENTITIES = ("id", "arn", "name", "bucket", "identifier")
"""Properties by which another resource may name one."""


def related(
    resource: PolicyResource, key: str, candidates: Iterable[PolicyResource]
) -> list[PolicyResource]:
    """Return the candidates that a property of a resource names.

    By its values where they are known; by what the engine knows of their origin otherwise, which
    is all there is in the preview of a new stack.

    Args:
        resource: the resource that names others.
        key: the property that does, one value or a list.
        candidates: the resources that may be meant.
    """
    options = list(candidates)
    values, complete = _known_values(resource.props, key)
    texts = {value for value in values if isinstance(value, str)}
    found = [one for one in options if texts and texts & _identities(one)]
    if found and complete:
        return found
    origins = [*found, *resource.property_dependencies.get(key, [])]
    return [one for one in options if any(one is origin for origin in origins)]


def _identities(resource: PolicyResource) -> set[Any]:
    return {known(resource.props, name) for name in _IDENTITIES} - {None}


def _known_values(props: Mapping[str, Any], key: str) -> tuple[list[Any], bool]:
    """Return the values that are known, and whether these are all."""
    found: list[Any] = []
    try:
        judge_each(elements(props.get(key)), found.append)
    except UnknownValueError:
        return found, False
    return found, True
