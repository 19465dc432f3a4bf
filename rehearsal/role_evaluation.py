"""Whether a role's own documents let a service assume it, and let it act."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from rehearsal.provider import Cloud

Statement = Mapping[str, Any]
Context = Mapping[str, str]

_UNDERSTOOD = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}


class Role:
    """A deployed role with its trust policy and its permissions.

    Only what the roles of AWS services hold is understood. A statement with anything else allows
    nothing and denies all that it could (AWS IAM User Guide, "Policy evaluation logic").
    """

    def __init__(self, cloud: Cloud, arn: str) -> None:
        """Read a role's documents.

        Raises:
            botocore.exceptions.ClientError: there is no such role.
        """
        iam, name = cloud.client("iam"), arn.rpartition("/")[2]
        role = iam.get_role(RoleName=name)["Role"]
        self.arn = str(role["Arn"])
        self._trust = _statements(role["AssumeRolePolicyDocument"])
        inline = iam.list_role_policies(RoleName=name)["PolicyNames"]
        attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        documents = [
            iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            for policy in inline
        ] + [_managed(iam, policy["PolicyArn"]) for policy in attached]
        self._policies = [one for document in documents for one in _statements(document)]

    def trusts(self, service: str, source_arn: str, source_account: str) -> bool:
        """Tell whether a service may assume the role on behalf of a resource.

        Args:
            service: the service's principal, such as `events.amazonaws.com`.
            source_arn: the resource, which the service gives as aws:SourceArn.
            source_account: its account, given as aws:SourceAccount.
        """
        context = {"aws:sourcearn": source_arn, "aws:sourceaccount": source_account}
        return _allowed(
            self._trust,
            lambda one: _is_for(one, service) and _names(one, "Action", "sts:AssumeRole"),
            context,
        )

    def allows(self, action: str, resource: str) -> bool:
        """Tell whether the role's policies allow an action on a resource's ARN."""
        return _allowed(
            self._policies,
            lambda one: _names(one, "Action", action) and _names(one, "Resource", resource),
            {},
        )


def _managed(iam: Any, arn: str) -> Mapping[str, Any]:
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    found = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    return dict(found)


def _allowed(
    statements: Iterable[Statement], applies: Callable[[Statement], bool], context: Context
) -> bool:
    effects = set()
    for one in statements:
        denies = one["Effect"] == "Deny"
        understood = one.keys() <= _UNDERSTOOD
        if (denies if not understood else applies(one)) and _holds(one, context, denies):
            effects.add(one["Effect"])
    return effects == {"Allow"}


def _statements(document: Mapping[str, Any]) -> list[Statement]:
    statements = document["Statement"]
    return list(statements) if isinstance(statements, list) else [statements]


def _listed(value: Any) -> Sequence[str]:
    return [value] if isinstance(value, str) else list(value or ())


def _is_for(statement: Statement, service: str) -> bool:
    principal = statement.get("Principal")
    if isinstance(principal, Mapping):
        return service in _listed(principal.get("Service"))
    return principal == "*"


def _names(statement: Statement, element: str, wanted: str) -> bool:
    return any(
        _like(pattern.lower(), wanted.lower()) if element == "Action" else _like(pattern, wanted)
        for pattern in _listed(statement.get(element))
    )


def _holds(statement: Statement, context: Context, unknown: bool) -> bool:
    """Tell whether all conditions hold; `unknown` is the answer for an operator not known."""
    return all(
        _OPERATORS[operator](_listed(values), context[key.lower()])
        if operator in _OPERATORS and key.lower() in context
        else unknown and operator not in _OPERATORS
        for operator, keys in statement.get("Condition", {}).items()
        for key, values in keys.items()
    )


def _like(pattern: str, text: str) -> bool:
    """Match a pattern in which * stands for any characters and ? for one."""
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, text, re.DOTALL) is not None


def _arn_like(pattern: str, arn: str) -> bool:
    """Match each of an ARN's six parts by itself, as ArnLike does."""
    parts, wanted = arn.split(":", 5), pattern.split(":", 5)
    return len(parts) == len(wanted) and all(map(_like, wanted, parts))


_OPERATORS: Mapping[str, Callable[[Sequence[str], str], bool]] = {
    "StringEquals": lambda values, given: given in values,
    "StringLike": lambda values, given: any(_like(one, given) for one in values),
    "ArnEquals": lambda values, given: any(_arn_like(one, given) for one in values),
    "ArnLike": lambda values, given: any(_arn_like(one, given) for one in values),
}
"""The condition operators that trust policies of services use."""
