"""Other accounts than the stack's own."""

import json
from typing import Any

import pytest
from pulumi_policy import PolicyResource

from rules.iam.other_accounts import other_accounts_bounded as rule
from rules.iam.other_accounts import own_account
from tests.policies.harness import UNKNOWN, judge_stack, resource

ROLE = "aws:iam/role:Role"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
OURS = "123456789012"
THEIRS = "999999999999"
QUEUES = [
    resource("aws:sqs/queue:Queue", name, {"arn": f"arn:aws:sqs:eu-west-1:{OURS}:{name}"})
    for name in ("one", "two", "three")
]


def document(principal: Any, conditions: Any = None, effect: str = "Allow") -> str:
    statement: dict[str, Any] = {"Effect": effect, "Action": "*", "Principal": principal}
    if conditions is not None:
        statement["Condition"] = conditions
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def role(principal: Any, conditions: Any = None, effect: str = "Allow") -> PolicyResource:
    return resource(ROLE, "role", {"assumeRolePolicy": document(principal, conditions, effect)})


def bucket_policy(principal: Any, conditions: Any = None) -> PolicyResource:
    return resource(BUCKET_POLICY, "policy", {"policy": document(principal, conditions)})


def found(*judged: PolicyResource, config: Any = None) -> list[str]:
    return judge_stack(rule, [*QUEUES, *judged], config).violations


@pytest.mark.parametrize(
    "principal", [THEIRS, f"arn:aws:iam::{THEIRS}:root", f"arn:aws:iam::{THEIRS}:role/deployer"]
)
def test_another_account(principal: str) -> None:
    judged = role({"AWS": [OURS, principal]})
    verdict = judge_stack(rule, [*QUEUES, judged])
    assert verdict.violations == [
        f"The policy in assumeRolePolicy must bound another account than the stack's {OURS} by "
        f"sts:ExternalId or aws:PrincipalOrgID; statement 1 lets {principal} in."
    ]
    assert verdict.urns == [judged.urn]
    assert found(bucket_policy({"AWS": principal})) == [
        f"The policy in policy must bound another account than the stack's {OURS} by "
        f"aws:PrincipalOrgID; statement 1 lets {principal} in."
    ]


@pytest.mark.parametrize(
    "principal",
    [
        {"AWS": OURS},
        {"AWS": f"arn:aws:iam::{OURS}:role/worker"},
        {"AWS": "AROAEXAMPLEID"},
        {"AWS": "*"},
        {"Service": "ec2.amazonaws.com"},
        {"Federated": f"arn:aws:iam::{THEIRS}:saml-provider/people"},
        {"CanonicalUser": "79a59df900b949e55d96a1e698fbaced"},
    ],
    ids=str,
)
def test_nobody_elses(principal: Any) -> None:
    assert found(role(principal)) == []


@pytest.mark.parametrize(
    "conditions",
    [
        {"StringEquals": {"sts:ExternalId": "a1b2"}},
        {"StringEquals": {"aws:PrincipalOrgID": "o-1"}},
        {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/*"}},
    ],
    ids=str,
)
def test_bounded(conditions: Any) -> None:
    assert found(role({"AWS": THEIRS}, conditions)) == []


@pytest.mark.parametrize(
    "conditions",
    [
        {"StringLike": {"sts:ExternalId": "*"}},
        {"StringEqualsIfExists": {"sts:ExternalId": "a1b2"}},
        {"StringLike": {"aws:PrincipalOrgID": "o-*"}},
        {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    ],
    ids=str,
)
def test_not_bounded(conditions: Any) -> None:
    assert len(found(role({"AWS": THEIRS}, conditions))) == 1


def test_trusted_accounts() -> None:
    judged = role({"AWS": [THEIRS, "888888888888"]})
    assert len(found(judged)) == 2
    config = {"trustedAccounts": [THEIRS]}
    assert [f"lets {THEIRS} in" in one for one in found(judged, config=config)] == [False]


def test_a_denial_lets_nobody_in() -> None:
    assert found(role({"AWS": THEIRS}, effect="Deny")) == []


def test_nothing_is_judged_where_no_account_is_known() -> None:
    assert judge_stack(rule, [role({"AWS": THEIRS})]).violations == []


def test_the_account_is_that_of_most_arns() -> None:
    assert own_account([]) is None
    assert own_account([*QUEUES, role({"AWS": f"arn:aws:iam::{THEIRS}:root"})]) == OURS
    nested = {"list": [{"arn": f"arn:aws-cn:sqs:cn-north-1:{OURS}:q"}], "other": UNKNOWN}
    assert own_account([resource("aws:sqs/queue:Queue", "q", nested)]) == OURS
    bare = {"account": THEIRS, "arn": "arn:aws:s3:::bucket", "aws": "arn:aws:iam::aws:policy/x"}
    assert own_account([resource("aws:sqs/queue:Queue", "q", bare)]) is None


def test_missing_unknown_and_another_type() -> None:
    assert found(resource(ROLE, "role", {})) == []
    unknown = resource(ROLE, "other", {"assumeRolePolicy": UNKNOWN})
    verdict = judge_stack(rule, [*QUEUES, unknown, role({"AWS": THEIRS})])
    assert verdict.unknown
    assert len(verdict.violations) == 1
    assert not judge_stack(rule, QUEUES[:0]).applicable
