"""Refusals of roles and policies."""

import json
import re
from typing import TYPE_CHECKING

from rehearsal.provider.refusals import policy_grammar
from rehearsal.provider.refusals.refusal import Parameters, Refusal

if TYPE_CHECKING:
    from rehearsal.provider.cloud import Cloud

_GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
_QUOTAS = f"{_GUIDE}/reference_iam-quotas.html"
_TRUST_CHARACTERS = 2048
_MANAGED_CHARACTERS = 6144
_INLINE_CHARACTERS = 10240


def _size(document: str) -> int:
    """Return a policy's size in characters as IAM counts it: without white space."""
    return len(re.sub(r"\s", "", document))


def _trust_document(parameters: Parameters) -> str:
    return str(parameters.get("AssumeRolePolicyDocument") or parameters.get("PolicyDocument"))


def _malformed_trust(_: "Cloud", parameters: Parameters) -> str | None:
    found = policy_grammar.problem(_trust_document(parameters), trust=True)
    return f"MalformedPolicyDocument: {found}" if found else None


def _malformed_policy(_: "Cloud", parameters: Parameters) -> str | None:
    found = policy_grammar.problem(parameters["PolicyDocument"], trust=False)
    return f"MalformedPolicyDocument: {found}" if found else None


def _long_trust(_: "Cloud", parameters: Parameters) -> str | None:
    size = _size(_trust_document(parameters))
    if size <= _TRUST_CHARACTERS:
        return None
    return (
        f"Cannot exceed quota for ACLSizePerRole: the trust policy has {size} characters, "
        f"{_TRUST_CHARACTERS} are allowed (4096 after raising the quota)"
    )


def _long_managed(_: "Cloud", parameters: Parameters) -> str | None:
    size = _size(parameters["PolicyDocument"])
    if size <= _MANAGED_CHARACTERS:
        return None
    return (
        f"Cannot exceed quota for PolicySize: the managed policy has {size} characters, "
        f"{_MANAGED_CHARACTERS} are allowed"
    )


def _long_inline(cloud: "Cloud", parameters: Parameters) -> str | None:
    iam, role = cloud.client("iam"), parameters["RoleName"]
    size = _size(parameters["PolicyDocument"])
    try:
        names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    except iam.exceptions.NoSuchEntityException:
        return None  # the call itself says so
    for name in names:
        if name != parameters["PolicyName"]:
            policy = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            size += _size(json.dumps(policy))
    if size <= _INLINE_CHARACTERS:
        return None
    return (
        f"Maximum policy size of {_INLINE_CHARACTERS} bytes exceeded for role {role}: "
        f"its inline policies together have {size} characters"
    )


def _attached_policy(cloud: "Cloud", parameters: Parameters) -> str | None:
    iam, arn = cloud.client("iam"), parameters["PolicyArn"]
    entities = iam.list_entities_for_policy(PolicyArn=arn)
    names = [role["RoleName"] for role in entities["PolicyRoles"]]
    if not names:
        return None
    return f"DeleteConflict: the policy is attached to {', '.join(names)}; detach it first"


REFUSALS: tuple[Refusal, ...] = (
    Refusal(
        service="iam",
        operations=("CreateRole", "UpdateAssumeRolePolicy"),
        source=f"{_GUIDE}/reference_policies_grammar.html",
        problem=_malformed_trust,
    ),
    Refusal(
        service="iam",
        operations=("CreatePolicy", "CreatePolicyVersion", "PutRolePolicy"),
        source=f"{_GUIDE}/reference_policies_grammar.html",
        problem=_malformed_policy,
    ),
    Refusal(
        service="iam",
        operations=("CreateRole", "UpdateAssumeRolePolicy"),
        source=_QUOTAS,
        problem=_long_trust,
    ),
    Refusal(
        service="iam",
        operations=("CreatePolicy", "CreatePolicyVersion"),
        source=_QUOTAS,
        problem=_long_managed,
    ),
    Refusal(service="iam", operations=("PutRolePolicy",), source=_QUOTAS, problem=_long_inline),
    Refusal(
        service="iam",
        operations=("DeletePolicy",),
        source="https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html",
        problem=_attached_policy,
    ),
)
"""The rows of this module."""
