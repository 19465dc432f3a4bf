"""AWS's quotas of what a role, user or group holds: inline policies' size, policies attached."""

from typing import Any

import pytest

from rules.iam.principals import inline_policies_size, policies_attached
from tests.policies.harness import UNKNOWN, judge_stack, resource, urn_of
from tests.policies.iam.policy_documents import (
    ROLE,
    ROLE_POLICY,
    allow,
    attached,
    deny,
    document,
    inline,
    managed,
    role,
)

POLICY_ARN = "arn:aws:iam::123456789012:policy/b"


def said(rule: Any, *resources: Any) -> list[str]:
    return judge_stack(rule, resources).violations


def _sized(characters: int) -> dict[str, Any]:
    return allow("s3:GetObject", f"arn:aws:s3:::{'b' * (characters - 120)}/*")


@pytest.mark.parametrize(
    ("token", "key", "holder", "limit"),
    [
        (ROLE_POLICY, "role", ROLE, 10240),
        ("aws:iam/userPolicy:UserPolicy", "user", "aws:iam/user:User", 2048),
        ("aws:iam/groupPolicy:GroupPolicy", "group", "aws:iam/group:Group", 5120),
    ],
)
def test_inline_policies_have_one_quota(token: str, key: str, holder: str, limit: int) -> None:
    def policies(size: int) -> list[Any]:
        return [
            resource(holder, "it", {"name": "it"}),
            resource(token, "a", {key: "it", "policy": document(_sized(size)).replace(",", ", ")}),
            resource(token, "b", {key: "it", "policy": document(_sized(size), deny("s3:x"))}),
            resource(token, "other", {key: "another", "policy": document(_sized(size))}),
        ]

    assert said(inline_policies_size, *policies(limit // 2 - 100)) == []
    verdict = judge_stack(inline_policies_size, policies(limit // 2 + 100))
    assert verdict.urns == [urn_of(holder, "it")]
    assert verdict.violations[0].startswith(
        f"The {key} it must keep its inline policies within {limit} characters together, not "
        "counting white space; 2 policies have "
    )


def test_managed_policies_and_one_that_is_too_long_are_not_of_the_quota() -> None:
    wide = [
        inline("a", "worker", _sized(6000)),
        managed("b", _sized(6000)),
        attached("c", "worker", POLICY_ARN),
    ]
    assert said(inline_policies_size, role("worker"), *wide) == []
    long = [inline("a", "worker", _sized(11000)), inline("b", "worker", _sized(6000))]
    assert said(inline_policies_size, role("worker"), *long) == []


def test_a_groups_policies_are_not_of_its_users_quota() -> None:
    group = {"group": "people", "policy": document(_sized(1500))}
    resources = [
        resource("aws:iam/user:User", "ada", {"name": "ada"}),
        resource("aws:iam/group:Group", "people", {"name": "people"}),
        resource("aws:iam/groupPolicy:GroupPolicy", "theirs", group),
        resource(
            "aws:iam/userPolicy:UserPolicy",
            "own",
            {"user": "ada", "policy": document(_sized(1501))},
        ),
        resource(
            "aws:iam/groupMembership:GroupMembership", "m", {"group": "people", "users": ["ada"]}
        ),
    ]
    assert said(inline_policies_size, *resources) == []


def test_what_the_provider_reports_again_counts_once() -> None:
    block = [{"name": "a", "policy": document(_sized(6000))}]
    resources = [role("worker", inlinePolicies=block), inline("a", "worker", _sized(6000))]
    assert said(inline_policies_size, *resources) == []
    block.append({"name": "b", "policy": document(_sized(6001))})
    assert len(said(inline_policies_size, role("worker", inlinePolicies=block))) == 1


def test_managed_policies_have_a_number() -> None:
    many = [attached(f"a{n}", "worker", f"arn:aws:iam::aws:policy/P{n}") for n in range(11)]
    verdict = judge_stack(policies_attached, [role("worker"), *many])
    assert verdict.violations == [
        "The role worker must have at most 10 managed policies; 11 are attached."
    ]
    assert verdict.urns == [urn_of(ROLE, "worker")]
    assert said(policies_attached, role("worker"), *many[:10]) == []
    assert judge_stack(policies_attached, many, {"maximum": 11}).violations == []
    assert len(judge_stack(policies_attached, many[:3], {"maximum": 2}).violations) == 1


def test_the_same_policy_attached_in_two_ways_counts_once() -> None:
    arns = [f"arn:aws:iam::aws:policy/P{n}" for n in range(2)]
    resources = [role("worker", managedPolicyArns=arns), attached("a", "worker", arns[0])]
    assert judge_stack(policies_attached, resources, {"maximum": 2}).violations == []
    assert len(judge_stack(policies_attached, resources, {"maximum": 1}).violations) == 1


def test_attachments_are_counted_without_reading_documents() -> None:
    unread = resource(ROLE_POLICY, "u", {"role": "worker", "policy": UNKNOWN})
    assert not judge_stack(policies_attached, [role("worker"), unread]).unknown
