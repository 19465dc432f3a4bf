"""Roles are passed by name, to services by name."""

from typing import Any

import pytest

from rules.iam.pass_role import pass_role_named
from tests.policies.harness import UNKNOWN, judge
from tests.policies.iam.policy_documents import POLICY, allow, deny, judged

JOB = "arn:aws:iam::123456789012:role/team/job"
TO_TASKS = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
ROLES = "must name the roles that may be passed"
SERVICES = "must name the services that roles may be passed to"


def said(*statements: Any) -> list[str]:
    return judged(pass_role_named, *statements)


@pytest.mark.parametrize(
    ("on", "when"),
    [
        (JOB, TO_TASKS),
        ([JOB, "arn:aws:iam::*:role/other"], TO_TASKS),
        ("arn:aws:iam::123456789012:role/${aws:username}", TO_TASKS),
        (JOB, {"StringLike": {"IAM:passedToService": ["a.amazonaws.com", "b.amazonaws.com"]}}),
        (JOB, {"stringEqualsIgnoreCase": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}),
        (JOB, {"ForAnyValue:StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}),
    ],
)
def test_named_roles_to_named_services(on: Any, when: Any) -> None:
    assert said(allow("iam:PassRole", on, when=when)) == []


@pytest.mark.parametrize(
    "on",
    [
        "*",
        "arn:aws:iam::123456789012:role/*",
        "arn:aws:iam::123456789012:role/team-*",
        "arn:aws:iam::123456789012:role/jo?",
        "arn:aws:iam::123456789012:*",
        "arn:aws:iam::*",
        "arn:*:role/job",
        [JOB, "arn:aws:iam::123456789012:role/team/*"],
    ],
)
def test_roles_by_pattern(on: Any) -> None:
    (message,) = said(allow("iam:PassRole", on, when=TO_TASKS))
    assert ROLES in message


@pytest.mark.parametrize(
    "when",
    [
        None,
        {"StringEquals": {"aws:RequestedRegion": "us-east-1"}},
        {"StringEqualsIfExists": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
        {"ForAllValues:StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
        {"StringNotEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
        {"StringLike": {"iam:PassedToService": "*.amazonaws.com"}},
        {"StringLike": {"iam:PassedToService": ["ec2.amazonaws.com", "*"]}},
        {"Null": {"iam:PassedToService": "false"}},
    ],
)
def test_services_not_named(when: Any) -> None:
    (message,) = said(allow("iam:PassRole", JOB, when=when))
    assert SERVICES in message


def test_the_messages() -> None:
    roles = [f"arn:aws:iam::123456789012:role/{name}*" for name in "abcd"]
    assert said(allow("iam:PassRole", roles, sid="Pass")) == [
        "The policy document in policy must name the roles that may be passed; statement Pass "
        f"allows iam:PassRole on {', '.join(roles[:3])} and 1 other resource.",
        "The policy document in policy must name the services that roles may be passed to, by "
        "iam:PassedToService; statement Pass allows iam:PassRole to any.",
    ]


@pytest.mark.parametrize("action", ["IAM:passrole", "iam:Pass*", "iam:*", "*"])
def test_every_spelling_of_the_action(action: str) -> None:
    assert len(said(allow(action))) == 2


def test_what_it_leaves_alone() -> None:
    assert said(deny("iam:PassRole"), allow("iam:GetRole")) == []
    assert judge(pass_role_named, POLICY, {}).violations == []
    assert judge(pass_role_named, POLICY, {"policy": UNKNOWN}).unknown
    assert not judge(pass_role_named, "aws:s3/bucketPolicy:BucketPolicy", {}).applicable


def test_not_resource_is_told_of_elsewhere() -> None:
    statement = {"Effect": "Allow", "Action": "iam:PassRole", "NotResource": JOB}
    assert said({**statement, "Condition": TO_TASKS}) == []
