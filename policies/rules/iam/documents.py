"""Where policy documents stand: every property of a resource that holds one."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import count
from typing import Any

from rules.iam.statements import Document, MalformedDocumentError, parse, plain
from rules.reading import elements, judge_each, mapping


class Kind(Enum):
    """What a policy document decides."""

    IDENTITY = "what a role, user or group may do"
    TRUST = "who may assume a role"
    RESOURCE = "who may use a resource"
    FILTER = "what may pass; others still decide what is allowed"


@dataclass(frozen=True, kw_only=True)
class Location:
    """One property that holds policy documents.

    Attributes:
        type: Pulumi's type token.
        key: the property; `list[].key` for a property of each object in a list.
        kind: what its documents decide.
        service: service prefix of the resource that a RESOURCE document guards.
        limit: characters that AWS allows; None where a quota spans several documents.
    """

    type: str
    key: str
    kind: Kind
    service: str = "iam"
    limit: int | None = None


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A policy document and where it stands."""

    where: str
    location: Location
    document: Document


def _resource(
    type_token: str, service: str, limit: int | None = None, key: str = "policy"
) -> Location:
    return Location(type=type_token, key=key, kind=Kind.RESOURCE, service=service, limit=limit)


def _identity(type_token: str, key: str = "policy", limit: int | None = None) -> Location:
    return Location(type=type_token, key=key, kind=Kind.IDENTITY, limit=limit)


LOCATIONS: tuple[Location, ...] = (
    # Limits: AWS IAM User Guide, "IAM and AWS STS quotas". Inline policies share one quota.
    _identity("aws:iam/policy:Policy", limit=6144),
    _identity("aws:iam/rolePolicy:RolePolicy"),
    _identity("aws:iam/userPolicy:UserPolicy"),
    _identity("aws:iam/groupPolicy:GroupPolicy"),
    _identity("aws:iam/role:Role", "inlinePolicies[].policy"),
    _identity("aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy", "inlinePolicy"),
    Location(type="aws:iam/role:Role", key="assumeRolePolicy", kind=Kind.TRUST, limit=2048),
)
"""Every property that holds a policy document; one row for each."""

_BY_TYPE: Mapping[str, list[Location]] = {
    token: [one for one in LOCATIONS if one.type == token]
    for token in sorted({one.type for one in LOCATIONS})
}


def types(*kinds: Kind) -> Collection[str]:
    """Return the types that hold documents of some kinds."""
    return frozenset(one.type for one in LOCATIONS if one.kind in kinds)


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
        if value in (None, "", "{}"):
            return  # the provider takes an empty document for none
        try:
            document = parse(plain(value))
        except MalformedDocumentError as error:
            malformed(where, error)
        else:
            judge(Placed(where=where, location=location, document=document))

    def judge_location(location: Location) -> None:
        outer, _, inner = location.key.partition("[].")
        if not inner:
            judge_value(location, outer, props.get(outer))
            return
        # zip, unlike enumerate, counts on when an unknown element raises.
        numbered = zip(count(), elements(props.get(outer)))
        judge_each(
            numbered,
            lambda found: judge_value(
                location, f"{outer}[{found[0]}].{inner}", mapping(found[1]).get(inner)
            ),
        )

    judge_each([one for one in _BY_TYPE.get(type_token, []) if one.kind in kinds], judge_location)
