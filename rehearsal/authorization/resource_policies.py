"""The policies of the emulated AWS's resources, which say who may use them."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from moto.backends import get_backend
from moto.s3.models import s3_backends

from rehearsal.authorization import callers, documents
from rehearsal.authorization.documents import Document, Kind
from rehearsal.authorization.question import Question

DECIDING = frozenset(("kms", "sts"))
"""Services in which nothing is allowed that the resource's policy does not allow: KMS keys (AWS KMS
Developer Guide, "Key policies in AWS KMS") and roles (AWS IAM User Guide, "Roles terms and
concepts", trust policy)."""


def policy_of(question: Question) -> Document | None:
    """Return the policy of the resource that a question is about; None where it has none.

    Raises:
        PolicyError: the policy is not understood.
    """
    find = _FINDING.get(question.action.partition(":")[0])
    return find(question.resource) if find and question.resource != "*" else None


def _bucket(arn: str) -> Document | None:
    name = arn.split(":", 5)[5].partition("/")[0]
    partition, account = s3_backends.bucket_accounts.get(name, ("", ""))
    found = s3_backends[account][partition].buckets.get(name) if account else None
    text = getattr(found, "policy", None)
    if not text:
        return None
    return _read(f"bucket {name}", text.decode() if isinstance(text, bytes) else text)


def _key(arn: str) -> Document | None:
    found = _backend("kms", arn).keys.get(arn.rpartition("/")[2])
    return _read(f"key {found.id}", found.policy) if found else None


def _secret(arn: str) -> Document | None:
    found = _backend("secretsmanager", arn).secrets.get(arn)
    text = getattr(found, "policy", None)
    return _read(f"secret {found.name}", text) if found and text else None


def _function(arn: str) -> Document | None:
    functions = _backend("lambda", arn).list_functions()
    found = next((one for one in functions if one.function_arn == arn), None)
    if found is None or not found.policy.statements:
        return None
    policy = found.policy.get_policy()["Policy"]
    return _read(f"function {found.function_name}", json.dumps(policy))


def _topic(arn: str) -> Document | None:
    found = _backend("sns", arn).topics.get(arn)
    return _read(f"topic {found.name}", found.policy) if found else None


def _trust(arn: str) -> Document | None:
    try:
        return callers.trust_policy(arn)
    except KeyError:
        return None


def _backend(service: str, arn: str) -> Any:
    _, _, _, region, account, _ = arn.split(":", 5)
    backends: Any = get_backend(service)  # type: ignore[call-overload]
    return backends[account][region]


_FINDING: Mapping[str, Callable[[str], Document | None]] = {
    "kms": _key,
    "lambda": _function,
    "s3": _bucket,
    "secretsmanager": _secret,
    "sns": _topic,
    "sts": _trust,
}
"""How the policy of a resource is found, by the service that the action belongs to."""


@cache
def _read(label: str, text: str) -> Document:
    return documents.read(label, text, Kind.RESOURCE)
