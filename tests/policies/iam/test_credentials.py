"""Long-lived credentials, and policies of users."""

from typing import Any

import pytest

from rules.iam.credentials import no_access_keys, no_user_policies
from tests.policies.harness import UNKNOWN, judge

ATTACHMENT = "aws:iam/policyAttachment:PolicyAttachment"
EXCLUSIVE = "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive"
ARN = "arn:aws:iam::123456789012:policy/reader"


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        ("aws:iam/accessKey:AccessKey", "access key"),
        (
            "aws:iam/serviceSpecificCredential:ServiceSpecificCredential",
            "service-specific credential",
        ),
    ],
)
@pytest.mark.parametrize("props", [{}, {"user": "ada"}, {"user": UNKNOWN}], ids=str)
def test_credentials(token: str, kind: str, props: dict[str, Any]) -> None:
    verdict = judge(no_access_keys, token, props)
    assert verdict.violations == [
        "Programs must work with a role's temporary credentials; this is a long-lived "
        f"{kind} of an IAM user."
    ]
    assert not verdict.unknown


def test_other_types_are_no_credentials() -> None:
    assert not judge(no_access_keys, "aws:iam/user:User", {"name": "ada"}).applicable
    assert not judge(no_user_policies, "aws:iam/user:User", {"name": "ada"}).applicable


@pytest.mark.parametrize(
    "token",
    ["aws:iam/userPolicy:UserPolicy", "aws:iam/userPolicyAttachment:UserPolicyAttachment"],
)
@pytest.mark.parametrize("props", [{}, {"user": UNKNOWN, "policyArn": UNKNOWN}], ids=str)
def test_policies_of_users(token: str, props: dict[str, Any]) -> None:
    kind = token.rpartition(":")[2]
    assert judge(no_user_policies, token, props).violations == [
        f"IAM users must get policies through groups or roles; this {kind} gives one to a user."
    ]


@pytest.mark.parametrize("users", [["ada"], [UNKNOWN]], ids=str)
def test_an_attachment_to_users(users: list[str]) -> None:
    props = {"policyArn": ARN, "groups": ["readers"], "users": users}
    assert judge(no_user_policies, ATTACHMENT, props).violations == [
        "IAM users must get policies through groups or roles; this PolicyAttachment gives one to "
        "a user by users."
    ]


@pytest.mark.parametrize(
    "props",
    [{}, {"users": []}, {"users": None}, {"groups": ["readers"], "roles": ["job"]}],
    ids=str,
)
def test_an_attachment_to_others(props: dict[str, Any]) -> None:
    assert judge(no_user_policies, ATTACHMENT, props).violations == []


def test_exclusive_attachments_of_a_user() -> None:
    props = {"userName": "ada", "policyArns": [ARN]}
    assert judge(no_user_policies, EXCLUSIVE, props).violations == [
        "IAM users must get policies through groups or roles; this UserPolicyAttachmentsExclusive "
        "gives one to a user by policyArns."
    ]
    assert judge(no_user_policies, EXCLUSIVE, {**props, "policyArns": []}).violations == []


def test_an_unknown_list() -> None:
    assert judge(no_user_policies, ATTACHMENT, {"users": UNKNOWN}).unknown
