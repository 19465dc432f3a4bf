"""Judging the policy documents of a resource, wherever in it they stand."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any

from rules.iam.locations import BY_TYPE, Kind, Location, types
from rules.iam.statements import Document, MalformedDocumentError, Statement, parse, plain
from rules.reading import elements, judge_each, mapping

__all__ = ["Kind", "Location", "Placed", "judge_allowing", "judge_documents", "types"]


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A policy document and where it stands."""

    where: str
    location: Location
    document: Document


def judge_documents(
    type_token: str,
    props: Mapping[str, Any],
    kinds: Collection[Kind],
    judge: Callable[[Placed], None],
    malformed: Callable[[str, MalformedDocumentError], None] = lambda _where, _error: None,
) -> None:
    """Judge every policy document of a resource, and then raise the first unknown value met.

    Args:
        type_token: the resource's type.
        props: its properties.
        kinds: which documents to judge.
        judge: judges one document.
        malformed: told what is no policy document, with its place; one rule reports those.

    Raises:
        UnknownValueError: a document is known after the update only.
    """

    def judge_value(location: Location, where: str, value: Any) -> None:
        found = plain(value)
        if found in _NONE:
            return
        try:
            document = parse(found)
        except MalformedDocumentError as error:
            malformed(where, error)
        else:
            judge(Placed(where=where, location=location, document=document))

    judge_each(
        [one for one in BY_TYPE.get(type_token, []) if one.kind in kinds],
        lambda location: _read(location, props, partial(judge_value, location)),
    )


def judge_allowing(
    type_token: str,
    props: Mapping[str, Any],
    kinds: Collection[Kind],
    judge: Callable[[Placed, Statement], None],
) -> None:
    """Judge every statement that allows something, as `judge_documents` does documents.

    Raises:
        UnknownValueError: a document is known after the update only.
    """

    def judge_one(placed: Placed) -> None:
        for statement in placed.document.allowing:
            judge(placed, statement)

    judge_documents(type_token, props, kinds, judge_one)


_NONE: tuple[Any, ...] = (None, "", "{}", {})
"""What the provider takes for no document."""


def _read(
    location: Location, props: Mapping[str, Any], judge_value: Callable[[str, Any], None]
) -> None:
    """Hand over every value at a location, with its place."""
    outer, _, inner = location.key.partition(".")
    key = outer.removesuffix("[]")
    found = props.get(key)
    if not inner:
        judge_value(key, found)
    elif key == outer:
        judge_value(location.key, mapping(found).get(inner))
    else:
        # zip, unlike enumerate, counts on when an unknown element raises.
        judge_each(
            zip(count(), elements(found)),
            lambda one: judge_value(f"{key}[{one[0]}].{inner}", mapping(one[1]).get(inner)),
        )
