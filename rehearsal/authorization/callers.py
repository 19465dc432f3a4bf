"""Whom an access key of the emulated AWS belongs to, with the policies that bound its holder."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from rehearsal.authorization import documents
from rehearsal.authorization.asked.context import listed_tags
from rehearsal.authorization.documents import Document, Kind
from rehearsal.authorization.evaluation import Principal
from rehearsal.authorization.question import Question


class UnknownKeyError(Exception):
    """An access key is nobody's, or its session token is another one's."""


def caller(access_key: str, session_token: str, partition: str) -> Principal:
    """Return whom an access key belongs to.

    Args:
        access_key: the access key's identifier.
        session_token: what came with it; empty where nothing did.
        partition: where the account is.

    Raises:
        UnknownKeyError: there is no such key, or the token does not belong to it.
        PolicyError: one of the policies is not understood.
    """
    for account, sessions in list(sts_backends.items()):
        session = sessions[partition].get_assumed_role_from_access_key(access_key)
        if session is not None and session.session_token == session_token:
            return _session(session, account, partition)
    if not session_token:
        for account, identities in list(iam_backends.items()):
            for user in list(identities[partition].users.values()):
                if any(one.access_key_id == access_key for one in user.access_keys):
                    return _user(user, account, partition)
    raise UnknownKeyError("The security token included in the request is invalid.")


def role(arn: str) -> Principal:
    """Return a role as a principal, as if its session had its name.

    Raises:
        KeyError: there is no such role.
        PolicyError: one of its policies is not understood.
    """
    partition, account, name = _parts(arn)
    session = f"arn:{partition}:sts::{account}:assumed-role/{name}/{name}"
    return _of_role(_role(account, partition, name), session)


def service(name: str, account: str) -> Principal:
    """Return an AWS service as a principal.

    Args:
        name: the service's name in its principal, such as `ecs-tasks`.
        account: the account for which it acts.
    """
    principal = f"{name}.amazonaws.com"
    return Principal(arn=principal, account=account, service=principal)


def trust_policy(arn: str) -> Document:
    """Return who may assume a role.

    Raises:
        KeyError: there is no such role.
        PolicyError: the policy is not understood.
    """
    partition, account, name = _parts(arn)
    return _read(
        f"{name} (trust policy)",
        _role(account, partition, name).assume_role_policy_document,
        Kind.TRUST,
    )


def policy_texts(arn: str) -> list[tuple[str, str]]:
    """Return the policies that stand in a role or are attached to it: names and JSON.

    Raises:
        KeyError: there is no such role.
    """
    partition, account, name = _parts(arn)
    return list(_texts(_role(account, partition, name)))


def principal_keys(question: Question, principal: Principal) -> Question:
    """Return a question with the condition keys that tell of who asks.

    AWS IAM User Guide, "AWS global condition context keys", "Properties of the principal".
    """
    keys: dict[str, str | tuple[str, ...]] = {
        "aws:PrincipalArn": principal.role_arn or principal.arn,
        "aws:PrincipalAccount": principal.account,
        "aws:PrincipalIsAWSService": "true" if principal.service else "false",
        "aws:PrincipalType": "AssumedRole" if principal.role_arn else "User",
    }
    if principal.service:
        keys["aws:PrincipalServiceName"] = principal.service
    else:
        keys |= _identity_keys(principal)
    return Question(question.action, question.resource, {**keys, **question.context})


def _identity_keys(principal: Principal) -> dict[str, str]:
    """Return what IAM holds of a user or a role: its name, its unique identifier and its tags.

    AWS IAM User Guide, "IAM policy elements: Variables and tags": aws:userid is a role's identifier
    with the session's name, or a user's.
    """
    partition, account, name = _parts(principal.role_arn or principal.arn)
    last = principal.arn.rpartition("/")[2]
    backend = iam_backends[account][partition]
    if principal.role_arn:
        found = _named(backend.roles, name)
        tags = listed_tags(found.tags) if found else {}
        own = {"aws:userid": f"{found.id}:{last}"} if found else {}
    else:
        found = _named(backend.users, name)
        tags = backend.tagger.get_tag_dict_for_resource(found.arn) if found else {}
        own = {"aws:username": last, **({"aws:userid": found.id} if found else {})}
    return {**own, **{f"aws:PrincipalTag/{key}": text for key, text in tags.items()}}


def _named(entities: Mapping[str, Any], name: str) -> Any:
    return next((one for one in list(entities.values()) if one.name == name), None)


def _parts(arn: str) -> tuple[str, str, str]:
    _, partition, _, _, account, name = arn.split(":", 5)
    return partition, account, name.rpartition("/")[2]


def _role(account: str, partition: str, name: str) -> Any:
    found = _named(iam_backends[account][partition].roles, name)
    if found is None:
        raise KeyError(name)
    return found


def _session(session: Any, account: str, partition: str) -> Principal:
    name = session.role_arn.rpartition("/")[2]
    try:
        found = _role(account, partition, name)
    except KeyError:
        raise UnknownKeyError(f"The role {name} of the session is gone.") from None
    passed = (_read("session policy", session.policy),) if session.policy else ()
    return replace(_of_role(found, session.arn), session_policies=passed)


def _of_role(found: Any, arn: str) -> Principal:
    return Principal(
        arn=arn,
        account=found.arn.split(":")[4],
        role_arn=found.arn,
        policies=tuple(_policies(found)),
        boundary=_boundary(found.arn, found.permissions_boundary_arn),
    )


def _user(found: Any, account: str, partition: str) -> Principal:
    groups = list(iam_backends[account][partition].groups.values())
    holders = [found, *(one for one in groups if found in one.users)]
    return Principal(
        arn=found.arn,
        account=account,
        policies=tuple(document for holder in holders for document in _policies(holder)),
    )


def _policies(holder: Any) -> Iterator[Document]:
    return (_read(name, text) for name, text in _texts(holder))


def _texts(holder: Any) -> Iterator[tuple[str, str]]:
    """Yield what stands in a role, user or group, and what is attached to it."""
    yield from list(holder.policies.items())
    for one in list(holder.managed_policies.values()):
        yield one.name, _default_version(one)


def _boundary(holder_arn: str, boundary_arn: str | None) -> Document | None:
    if not boundary_arn:
        return None
    partition, account, _ = _parts(holder_arn)
    boundary = iam_backends[account][partition].managed_policies[boundary_arn]
    return _read(boundary.name, _default_version(boundary))


def _default_version(policy: Any) -> str:
    return next(str(one.document) for one in policy.versions if one.is_default)


@cache
def _read(label: str, text: str, kind: Kind = Kind.IDENTITY) -> Document:
    return documents.read(label, text, kind)
