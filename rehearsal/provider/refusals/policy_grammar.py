"""The grammar of IAM policies, as far as IAM refuses a document that breaks it."""

import json
import re
from collections.abc import Mapping
from typing import Any

_DOCUMENT_KEYS = frozenset({"Version", "Id", "Statement"})
_STATEMENT_KEYS = frozenset(
    {
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
)
_VERSIONS = ("2012-10-17", "2008-10-17")
_ACTION = re.compile(r"\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+")
_RESOURCE = re.compile(r"\*|arn:[^:]+:[^:]+:[^:]*:[^:]*:.+", re.DOTALL)
_SID = re.compile(r"[0-9A-Za-z]*")


def problem(text: str, *, trust: bool) -> str | None:
    """Return why IAM calls a policy malformed, or None when it does not.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html

    Args:
        text: the document.
        trust: whether it is a role's trust policy, which names principals and no resources.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        return f"it is not valid JSON: {error}"
    statements = _as_list(document.get("Statement")) if isinstance(document, Mapping) else []
    found = [_document_problem(document), *(_statement_problem(each, trust) for each in statements)]
    return next(filter(None, found), None) or _duplicate_sid(statements)


def _document_problem(document: Any) -> str | None:
    if not isinstance(document, Mapping):
        return "it is not an object"
    unknown = sorted(set(document) - _DOCUMENT_KEYS)
    if unknown:
        return f"it has the unknown key {unknown[0]}; {_listed(_DOCUMENT_KEYS)} are allowed"
    if document.get("Version", _VERSIONS[1]) not in _VERSIONS:
        return f"its Version is {document['Version']!r}; {_listed(_VERSIONS)} are allowed"
    return None if _as_list(document.get("Statement")) else "it has no Statement"


def _statement_problem(statement: Any, trust: bool) -> str | None:
    if not isinstance(statement, Mapping):
        return f"the statement {statement!r} is not an object"
    unknown = sorted(set(statement) - _STATEMENT_KEYS)
    if unknown:
        return f"a statement has the unknown key {unknown[0]}; {_listed(_STATEMENT_KEYS)} exist"
    if statement.get("Effect") not in ("Allow", "Deny"):
        return f"a statement's Effect is {statement.get('Effect')!r}; Allow and Deny are allowed"
    if not _SID.fullmatch(str(statement.get("Sid", ""))):
        return f"the Sid {statement['Sid']!r} is not alphanumeric"
    return (
        _action_problem(statement)
        or (_trust_problem(statement) if trust else _resource_problem(statement))
        or _condition_problem(statement.get("Condition", {}))
    )


def _action_problem(statement: Mapping[str, Any]) -> str | None:
    actions = _one_of(statement, "Action", "NotAction")
    if not actions:
        return "a statement has no Action"
    for action in actions:
        if not isinstance(action, str) or not _ACTION.fullmatch(action):
            return f"the action {action!r} is not of the form service:Name"
    return None


def _resource_problem(statement: Mapping[str, Any]) -> str | None:
    for key in ("Principal", "NotPrincipal"):
        if key in statement:
            return f"a statement of an identity policy has a {key}"
    resources = _one_of(statement, "Resource", "NotResource")
    if not resources:
        return "a statement has no Resource"
    for resource in resources:
        if not isinstance(resource, str) or not _RESOURCE.fullmatch(resource):
            return f"the resource {resource!r} is neither * nor an ARN"
    return None


def _trust_problem(statement: Mapping[str, Any]) -> str | None:
    for key in ("Resource", "NotResource"):
        if key in statement:
            return f"a statement of a trust policy has the prohibited field {key}"
    if not statement.get("Principal") and not statement.get("NotPrincipal"):
        return "a statement of a trust policy has no Principal"
    for action in _one_of(statement, "Action", "NotAction"):
        if not action.startswith("sts:"):
            return f"a trust policy allows the action {action}; only actions of sts are allowed"
    return None


def _condition_problem(condition: Any) -> str | None:
    if not isinstance(condition, Mapping):
        return f"the condition {condition!r} is not an object"
    for operator, keys in condition.items():
        if not isinstance(keys, Mapping) or not keys:
            return f"the condition operator {operator} has no keys"
    return None


def _duplicate_sid(statements: list[Any]) -> str | None:
    names = [statement["Sid"] for statement in statements if statement.get("Sid")]
    double = sorted({name for name in names if names.count(name) > 1})
    return f"two statements have the Sid {double[0]}" if double else None


def _one_of(statement: Mapping[str, Any], key: str, opposite: str) -> list[Any]:
    """Return the values of the one of two keys that the statement has; none where it has both."""
    if key in statement and opposite in statement:
        return []
    return _as_list(statement.get(key, statement.get(opposite)))


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _listed(words: Any) -> str:
    return ", ".join(sorted(words))
