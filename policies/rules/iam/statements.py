"""IAM policy documents as values: lists everywhere, single values and spellings evened out.

Grammar: AWS IAM User Guide, "Grammar of the IAM JSON policy language".
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_ELEMENTS = {
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
}


DENY = "Deny"


class MalformedDocumentError(Exception):
    """A text is no policy document; the message says what is wrong with it, as a clause."""


@dataclass(frozen=True)
class Principal:
    """Somebody that a statement names.

    Attributes:
        kind: `AWS`, `Service`, `Federated`, `CanonicalUser`, or `*` for everybody.
        value: an ARN, an account number, a service principal, an identity provider, or `*`.
    """

    kind: str
    value: str


@dataclass(frozen=True)
class Condition:
    """One operator applied to one key.

    Attributes:
        operator: such as `StringEquals` or `ForAnyValue:StringLikeIfExists`, as written.
        key: the condition key, as written; keys are compared without regard to case.
        values: the values; one that matches is enough.
    """

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Statement:
    """One statement.

    Attributes:
        label: its Sid, or its place in the document where it has none.
        allows: whether its effect is Allow.
        actions: the actions, as written.
        not_actions: the actions that it is not about.
        resources: ARNs, with wildcards.
        not_resources: the ARNs that it is not about.
        principals: who it is about; empty in identity policies.
        not_principals: who it is not about.
        conditions: all of them must hold.
    """

    label: str
    allows: bool
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    principals: tuple[Principal, ...] = ()
    not_principals: tuple[Principal, ...] = ()
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Document:
    """A policy document.

    Attributes:
        version: of the policy language; None where there is none, which means 2008-10-17.
        statements: in their order.
        size: characters without white space, as IAM counts them.
        length: characters as compact JSON, which is what the provider sends
            (terraform-provider-aws normalises policies by `structure.NormalizeJsonString`).
        left_out: effects of statements that are not among these, since a part of them is known
            after the update only; Deny where the effect itself is.
    """

    version: str | None
    statements: tuple[Statement, ...]
    size: int
    length: int
    left_out: tuple[str, ...] = ()

    @property
    def denials_known(self) -> bool:
        """Whether every statement that denies something is here."""
        return DENY not in self.left_out

    @property
    def allowing(self) -> tuple[Statement, ...]:
        """The statements that allow something."""
        return tuple(one for one in self.statements if one.allows)


def parse(value: str | Mapping[str, Any]) -> Document:
    """Read a policy document.

    Args:
        value: JSON, or the object that it stands for.

    Raises:
        MalformedDocumentError: it is no policy document.
    """
    if isinstance(value, str):
        return _parse_text(value)
    return _parse_text(json.dumps(value))


@lru_cache(maxsize=1024)
def _parse_text(text: str) -> Document:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MalformedDocumentError(f"is no JSON ({error})") from None
    if not isinstance(found, dict):
        raise MalformedDocumentError("is no JSON object")
    statements = _listed(found.get("Statement"))
    if not statements:
        raise MalformedDocumentError("has no Statement")
    version = found.get("Version")
    return Document(
        version=version if isinstance(version, str) else None,
        statements=tuple(_statement(one, place) for place, one in enumerate(statements, 1)),
        size=len("".join(text.split())),
        length=len(json.dumps(found, separators=(",", ":"), ensure_ascii=False)),
    )


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _statement(found: Any, place: int) -> Statement:
    label = f"statement {place}"
    if not isinstance(found, dict):
        raise MalformedDocumentError(f"has a {label} that is no object")
    strangers = sorted(set(found) - _ELEMENTS)
    if strangers:
        raise MalformedDocumentError(f"has the unknown element {strangers[0]} in {label}")
    if found.get("Effect") not in ("Allow", DENY):
        raise MalformedDocumentError(f"has an Effect other than Allow and Deny in {label}")
    if ("Action" in found) == ("NotAction" in found):
        raise MalformedDocumentError(f"needs either Action or NotAction in {label}")
    for pair in (("Resource", "NotResource"), ("Principal", "NotPrincipal")):
        if set(pair) <= set(found):
            raise MalformedDocumentError(f"has both {' and '.join(pair)} in {label}")
    return Statement(
        label=f"statement {found['Sid']}" if found.get("Sid") else label,
        allows=found["Effect"] == "Allow",
        actions=_texts(found, "Action", label),
        not_actions=_texts(found, "NotAction", label),
        resources=_texts(found, "Resource", label),
        not_resources=_texts(found, "NotResource", label),
        principals=_principals(found, "Principal", label),
        not_principals=_principals(found, "NotPrincipal", label),
        conditions=_conditions(found.get("Condition", {}), label),
    )


def _texts(found: Mapping[str, Any], element: str, label: str) -> tuple[str, ...]:
    texts = _listed(found.get(element))
    if not all(isinstance(one, str) for one in texts):
        raise MalformedDocumentError(f"has a {element} that is no text in {label}")
    return tuple(texts)


def _principals(found: Mapping[str, Any], element: str, label: str) -> tuple[Principal, ...]:
    value = found.get(element)
    if value is None:
        return ()
    if value == "*":
        return (Principal("*", "*"),)
    if not isinstance(value, dict):
        raise MalformedDocumentError(f"has a {element} that is neither * nor an object in {label}")
    return tuple(Principal(kind, one) for kind in value for one in _texts(value, kind, label))


def _conditions(found: Any, label: str) -> tuple[Condition, ...]:
    if not isinstance(found, dict) or not all(isinstance(keys, dict) for keys in found.values()):
        raise MalformedDocumentError(f"has a Condition that is no object of objects in {label}")
    return tuple(
        Condition(operator, key, tuple(_text(value) for value in _listed(values)))
        for operator, keys in found.items()
        for key, values in keys.items()
    )


def _text(value: Any) -> str:
    """Return a condition's value as the text it is compared with."""
    return value if isinstance(value, str) else json.dumps(value)


def account_of(arn: str) -> str | None:
    """Return the account number in an ARN, or a bare account number; None where there is none."""
    if arn.isdigit():
        return arn
    parts = arn.split(":")
    found = parts[4] if len(parts) > 5 else ""  # noqa: PLR2004 an ARN's account is its fifth part
    return found if found.isdigit() else None


def plain(value: Any) -> Any:
    """Return what a proxied value stands for, made of dicts and lists.

    Raises:
        UnknownValueError: a part of it is known after the update only.
    """
    if isinstance(value, Mapping):
        return {key: plain(value[key]) for key in value}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(one) for one in value]
    return value
