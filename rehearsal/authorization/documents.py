"""Policy documents and their statements, as they are read.

AWS IAM User Guide, "Grammar of the IAM JSON policy language".
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from rehearsal.authorization import conditions, patterns, principals, variables
from rehearsal.authorization.conditions import Condition
from rehearsal.authorization.policy_error import PolicyError
from rehearsal.authorization.principals import Principals
from rehearsal.authorization.variables import Context

_VERSIONS = ("2008-10-17", "2012-10-17")
_WITH_VARIABLES = "2012-10-17"
_ARN_PARTS = 6


class Kind(Enum):
    """What a document is attached to, and with it what its statements consist of."""

    IDENTITY = "identity-based policies"
    RESOURCE = "resource-based policies"
    TRUST = "role trust policies"


@dataclass(frozen=True)
class Resources:
    """What a statement covers, or with NotResource what it does not.

    Attributes:
        negated: whether this is a NotResource.
        patterns: one test of an ARN in a context for each of the resources.
    """

    negated: bool
    patterns: tuple[Callable[[str, Context], bool], ...]

    def cover(self, arn: str, context: Context) -> bool:
        """Tell whether a resource is covered."""
        return any(one(arn, context) for one in self.patterns) is not self.negated


@dataclass(frozen=True)
class Actions:
    """Which actions a statement names, or with NotAction which it does not."""

    negated: bool
    matches: patterns.Matcher

    def cover(self, action: str) -> bool:
        """Tell whether an action is covered."""
        return self.matches(action) is not self.negated


@dataclass(frozen=True)
class Statement:
    """One statement.

    Attributes:
        label: the document's label and the Sid or else the number, from 1, as in `jobs/ReadData`.
        denies: whether the effect is Deny.
        actions: the actions.
        resources: the resources; None in a trust policy, whose resource is the role.
        principals: whom it means; None in an identity-based policy.
        conditions: what must hold.
    """

    label: str
    denies: bool
    actions: Actions
    resources: Resources | None
    principals: Principals | None
    conditions: tuple[Condition, ...]

    def covers(self, action: str, resource: str, context: Context) -> bool:
        """Tell whether it is about an action on a resource in a context, whoever asks.

        Raises:
            PolicyError: a condition has no answer for this context.
        """
        return (
            self.actions.cover(action)
            and (self.resources is None or self.resources.cover(resource, context))
            and all(one.holds(context) for one in self.conditions)
        )


@dataclass(frozen=True)
class Document:
    """A policy document.

    Attributes:
        label: what the policy is called in decisions.
        kind: what it is attached to.
        statements: in the document's order.
    """

    label: str
    kind: Kind
    statements: tuple[Statement, ...]


def read(label: str, source: str | Mapping[str, Any], kind: Kind = Kind.IDENTITY) -> Document:
    """Read a policy document.

    Args:
        label: what the policy is called in decisions and errors.
        source: the document, as JSON or as the object that it stands for.
        kind: what it is attached to.

    Raises:
        PolicyError: AWS would not accept the document, or it uses what is not understood.
    """
    try:
        return _document(label, source, kind)
    except PolicyError as error:
        raise PolicyError(f"the policy {label}: {error}") from None


def _document(label: str, source: str | Mapping[str, Any], kind: Kind) -> Document:
    document = _parsed(source) if isinstance(source, str) else source
    if not isinstance(document, Mapping):
        raise PolicyError("it is no JSON object")
    _only(document, ("Version", "Id", "Statement"), "it")
    version = document.get("Version", _VERSIONS[0])
    if version not in _VERSIONS:
        raise PolicyError(f"the Version {version!r} is none of {', '.join(_VERSIONS)}")
    if "Statement" not in document:
        raise PolicyError("it has no Statement")
    listed = document["Statement"]
    statements = listed if isinstance(listed, list) else [listed]
    _check_sids(statements)
    return Document(
        label,
        kind,
        tuple(
            _statement(label, number, one, kind, version == _WITH_VARIABLES)
            for number, one in enumerate(statements, 1)
        ),
    )


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_without_doubles)
    except (json.JSONDecodeError, RecursionError) as error:
        raise PolicyError(f"it is no JSON: {error}") from None


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise PolicyError(f"{double} stands twice in one object")
    return found


def _check_sids(statements: Iterable[Any]) -> None:
    sids = [one["Sid"] for one in statements if isinstance(one, Mapping) and one.get("Sid")]
    for sid in sids:
        if sids.count(sid) > 1:
            raise PolicyError(f"the Sid {sid!r} stands twice; AWS wants each but once")


def _statement(label: str, number: int, source: Any, kind: Kind, substituted: bool) -> Statement:
    if not isinstance(source, Mapping):
        raise PolicyError(f"statement {number} is no object")
    name = source.get("Sid") or str(number)
    try:
        if not isinstance(name, str):
            raise PolicyError("its Sid is no text")
        _check_elements(source, kind)
        return Statement(
            f"{label}/{name}",
            source["Effect"] == "Deny",
            _actions(source),
            None if kind is Kind.TRUST else _resources(source, substituted),
            None if kind is Kind.IDENTITY else _principals(source),
            conditions.read(source.get("Condition", {}), substituted=substituted),
        )
    except PolicyError as error:
        raise PolicyError(f"statement {name}: {error}") from None


_ELEMENTS: Mapping[Kind, tuple[tuple[str, ...], ...]] = {
    Kind.IDENTITY: (("Action", "NotAction"), ("Resource", "NotResource")),
    Kind.RESOURCE: (
        ("Action", "NotAction"),
        ("Resource", "NotResource"),
        ("Principal", "NotPrincipal"),
    ),
    Kind.TRUST: (("Action", "NotAction"), ("Principal",)),
}
"""What a statement needs, one element of each group; NotPrincipal is not for trust policies."""


def _check_elements(source: Mapping[str, Any], kind: Kind) -> None:
    groups = _ELEMENTS[kind]
    known = ("Sid", "Effect", "Condition", *(name for group in groups for name in group))
    _only(source, known, f"a statement in {kind.value}")
    for group in groups:
        if sum(name in source for name in group) != 1:
            raise PolicyError(f"it needs exactly one of {', '.join(group)}")
    if source.get("Effect") not in ("Allow", "Deny"):
        raise PolicyError(f"its Effect is {source.get('Effect')!r}; write Allow or Deny")


def _only(found: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    strangers = [str(name) for name in found if name not in known]
    if strangers:
        raise PolicyError(f"{where} cannot have {', '.join(strangers)}; only {', '.join(known)}")


def _element(source: Mapping[str, Any], name: str) -> tuple[bool, tuple[str, ...]]:
    """Return whether the negated form of an element stands there, and its values."""
    negated = f"Not{name}" in source
    value = source[f"Not{name}" if negated else name]
    values = value if isinstance(value, list) else [value]
    if not values or not all(isinstance(one, str) and one for one in values):
        raise PolicyError(f"its {name} is neither a text nor a list of some")
    return negated, tuple(values)


def _actions(source: Mapping[str, Any]) -> Actions:
    negated, names = _element(source, "Action")
    for name in names:
        if name != "*" and not all(name.partition(":")[::2]):
            raise PolicyError(f'the action {name!r} is neither "*" nor of the form service:name')
    return Actions(negated, patterns.action_matcher(names))


def _principals(source: Mapping[str, Any]) -> Principals:
    negated = "NotPrincipal" in source
    return principals.read(source["NotPrincipal" if negated else "Principal"], negated=negated)


def _resources(source: Mapping[str, Any], substituted: bool) -> Resources:
    negated, texts = _element(source, "Resource")
    return Resources(negated, tuple(_resource(text, substituted) for text in texts))


def _resource(text: str, substituted: bool) -> Callable[[str, Context], bool]:
    """Read one resource.

    A variable may stand anywhere: "IAM policy elements: Variables and tags" wants it after the
    fifth colon, but AWS's own managed policy AmazonTimestreamInfluxDBServiceRolePolicy has
    `arn:*:kms:*:${aws:PrincipalAccount}:key/*`.
    """
    if text == "*":
        return lambda _arn, _context: True
    parts = text.split(":", _ARN_PARTS - 1)
    if parts[0] != "arn" or (len(parts) < _ARN_PARTS and not text.endswith("*")):
        raise PolicyError(f'the resource {text!r} is neither "*" nor an ARN')
    template = variables.read(text, substituted=substituted)
    fixed = variables.fixed(template)
    if fixed is not None:
        matches = patterns.resource_matcher(fixed)
        return lambda arn, _: matches(arn)

    def resolved(arn: str, context: Context) -> bool:
        pattern = variables.resolve(template, context)
        return pattern is not None and patterns.resource_matcher(pattern)(arn)

    return resolved
