"""Refusals of tags, whatever they are put on."""

from collections.abc import Iterator, Mapping
from typing import Any

SOURCE = "https://docs.aws.amazon.com/batch/latest/userguide/tag-restrictions.html"
"""Where Batch says so; the guides of the other services have the same sentences."""

_HOLDERS = ("tags", "tagset")
"""Names of the parameters that hold tags, in lower case."""

_LONGEST_KEY, _LONGEST_VALUE = 128, 256


def problems(parameters: Any) -> list[str]:
    """List why AWS would refuse the tags in a call's parameters, however deep they are in them."""
    return [problem for key, value in _tags(parameters) for problem in _problems(key, value)]


def _problems(key: str, value: str) -> Iterator[str]:
    if key.lower().startswith("aws:"):
        yield f"the tag key {key!r} begins with aws:, which is reserved for AWS"
    if len(key) > _LONGEST_KEY:
        yield f"the tag key {key!r} has {len(key)} characters; {_LONGEST_KEY} are allowed"
    if len(value) > _LONGEST_VALUE:
        size = f"{len(value)} characters; {_LONGEST_VALUE} are allowed"
        yield f"the tag {key!r} has a value of {size}"


def _tags(parameters: Any) -> Iterator[tuple[str, str]]:
    if isinstance(parameters, list | tuple):
        for one in parameters:
            yield from _tags(one)
    if not isinstance(parameters, Mapping):
        return
    for name, value in parameters.items():
        if name.lower() in _HOLDERS:
            yield from _held(value)
        else:
            yield from _tags(value)


def _held(tags: Any) -> Iterator[tuple[str, str]]:
    """Return keys and values of a map, or of a list of pairs as the services have them."""
    if isinstance(tags, Mapping):
        yield from tags.items()
        return
    for tag in tags:
        pair = {name.lower().removeprefix("tag"): text for name, text in tag.items()}
        yield pair.get("key") or "", pair.get("value") or ""
