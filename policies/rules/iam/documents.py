"""Judging the policy documents of a resource, wherever in it they stand."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from typing import Any

from pulumi_policy.proxy import UnknownValueError

from rules.iam.locations import BY_TYPE, Kind, Location, types
from rules.iam.statements import (
    DENY,
    Document,
    MalformedDocumentError,
    Statement,
    parse,
    plain,
)
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

    Of a document that is an object the statements that are known are judged; one that is a text is
    known as a whole or not at all.

    Args:
        type_token: the resource's type.
        props: its properties.
        kinds: which documents to judge.
        judge: judges one document.
        malformed: told what is no policy document, with its place; one rule reports those.

    Raises:
        UnknownValueError: a document, or a part of it, is known after the update only.
    """

    def judge_value(location: Location, where: str, value: Any) -> None:
        found, unknown = _known_part(value)
        if found not in _NONE:
            try:
                document = replace(parse(found), left_out=tuple(effect for effect, _ in unknown))
            except MalformedDocumentError as error:
                malformed(where, error)
            else:
                judge(Placed(where=where, location=location, document=document))
        if unknown:
            raise unknown[0][1]

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


_STATEMENT = "Statement"

_NONE: tuple[Any, ...] = (None, "", "{}", {})
"""What the provider takes for no document."""


def _known_part(value: Any) -> tuple[Any, list[tuple[str, UnknownValueError]]]:
    """Return a document without the statements that are not wholly known, and those's effects.

    Raises:
        UnknownValueError: none of its statements is known, or something beside them is not.
    """
    try:
        return plain(value), []
    except UnknownValueError:
        if not isinstance(value, Mapping):
            raise
    found: list[Any] = []
    unknown: list[tuple[str, UnknownValueError]] = []

    def read(statement: Any) -> None:
        try:
            found.append(plain(statement))
        except UnknownValueError as error:
            unknown.append((_effect(statement), error))

    try:
        judge_each(elements(value[_STATEMENT]), read)
    except UnknownValueError as error:
        unknown.append((DENY, error))
    if not found:
        raise unknown[0][1]
    rest = {key: plain(value[key]) for key in value if key != _STATEMENT}
    return {**rest, _STATEMENT: found}, unknown


def _effect(statement: Any) -> str:
    """Return a statement's effect; what may be a denial counts as one."""
    try:
        return str(mapping(statement).get("Effect", DENY))
    except UnknownValueError:
        return DENY


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
