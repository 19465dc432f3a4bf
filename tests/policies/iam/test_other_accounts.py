"""Other accounts than the stack's own."""

import json
from typing import Any

import pytest
from pulumi_policy import PolicyResource

from rules.iam.other_accounts import other_accounts_bounded as rule
from rules.iam.own_account import own_account
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


OURSELVES = [
    resource(ROLE, "ours", {"uniqueId": "AROAOFTHISSTACK"}),
    resource(
        "aws:cloudfront/originAccessIdentity:OriginAccessIdentity",
        "identity",
        {"s3CanonicalUserId": "0a"},
    ),
]


def found(*judged: PolicyResource, config: Any = None) -> list[str]:
    return judge_stack(rule, [*QUEUES, *OURSELVES, *judged], config).violations


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
        {"AWS": "AROAOFTHISSTACK"},
        {"AWS": "*"},
        {"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"},
        {"Service": "ec2.amazonaws.com"},
        {"Federated": f"arn:aws:iam::{OURS}:saml-provider/people"},
        {"Federated": "accounts.google.com"},
        {"CanonicalUser": "0a"},
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


CANONICAL = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"


@pytest.mark.parametrize(
    ("kind", "principal"),
    [("AWS", "AROAEXAMPLEID"), ("AWS", "AIDAEXAMPLEID"), ("CanonicalUser", CANONICAL)],
)
def test_identifiers_that_tell_no_account(kind: str, principal: str) -> None:
    judged = bucket_policy({kind: principal})
    assert found(judged) == [
        f"The policy in policy must bound another account than the stack's {OURS} by "
        f"aws:PrincipalOrgID; statement 1 lets {principal}, which tells no account, in."
    ]
    assert found(judged, config={"trustedAccounts": [principal]}) == []


@pytest.mark.parametrize("judged", [role, bucket_policy])
def test_another_accounts_identity_provider(judged: Any) -> None:
    assert len(found(judged({"Federated": f"arn:aws:iam::{THEIRS}:saml-provider/people"}))) == 1


def permission(principal: Any, **props: Any) -> PolicyResource:
    return resource("aws:lambda/permission:Permission", "p", {"principal": principal, **props})


@pytest.mark.parametrize("principal", [THEIRS, f"arn:aws:iam::{THEIRS}:root"])
def test_a_lambda_permission_for_another_account(principal: str) -> None:
    judged = permission(principal)
    verdict = judge_stack(rule, [*QUEUES, judged])
    assert verdict.violations == [
        f"The Lambda permission must bound another account than the stack's {OURS} by "
        f"principalOrgId; it lets {principal} in."
    ]
    assert verdict.urns == [judged.urn]
    assert len(found(permission(principal, principalOrgId="*"))) == 1


@pytest.mark.parametrize(
    "judged",
    [
        permission(THEIRS, principalOrgId="o-1"),
        permission(OURS),
        permission(f"arn:aws:iam::{OURS}:role/worker"),
        permission("s3.amazonaws.com"),
        permission("*"),
        permission(None),
    ],
    ids=["organisation", "account", "role", "service", "everybody", "missing"],
)
def test_lambda_permissions_of_nobody_else(judged: PolicyResource) -> None:
    assert found(judged) == []


def test_unknown_parts_of_a_lambda_permission() -> None:
    judged = [permission(UNKNOWN), permission(THEIRS, principalOrgId=UNKNOWN), permission(THEIRS)]
    verdict = judge_stack(rule, [*QUEUES, *judged])
    assert (len(verdict.violations), verdict.unknown) == (1, True)


def test_the_account_is_that_of_the_stacks_own_arns() -> None:
    assert own_account([]) is None
    several = {"AWS": [f"arn:aws:iam::{THEIRS}:role/{name}" for name in "abcd"]}
    assert own_account([*QUEUES, role(several)]) == OURS
    assert own_account([role(several)]) is None
    for account in (THEIRS, "000000000001"):
        other = resource("aws:sqs/queue:Queue", "q", {"arn": f"arn:aws:sqs:eu-west-1:{account}:q"})
        assert own_account([other, *QUEUES]) == OURS
    bare = {"account": THEIRS, "arn": "arn:aws:s3:::bucket", "aws": f"arn:aws:iam::{THEIRS}:root"}
    assert own_account([resource("aws:s3/bucket:Bucket", "b", bare)]) is None
    assert own_account([resource("aws:sqs/queue:Queue", "q", {"arn": UNKNOWN})]) is None


def served(account: str) -> PolicyResource:
    conditions = {"StringEquals": {"AWS:SourceAccount": account}}
    return role({"Service": "ecs-tasks.amazonaws.com"}, conditions)


def test_a_new_stacks_account_is_the_one_that_services_act_for() -> None:
    unknown = resource(ROLE, "unknown", {"arn": UNKNOWN, "assumeRolePolicy": UNKNOWN})
    stranger = role({"AWS": THEIRS})
    assert own_account([unknown, served(OURS), served(OURS), stranger]) == OURS
    assert own_account([served(THEIRS), *QUEUES]) == OURS
    assert own_account([served(OURS), served(THEIRS)]) is None
    assert own_account([served("*")]) is None
    assert own_account([served("${aws:PrincipalAccount}")]) is None
    assert len(judge_stack(rule, [served(OURS), stranger]).violations) == 1


def test_the_account_that_is_configured_wins() -> None:
    config = {"account": THEIRS}
    assert found(role({"AWS": THEIRS}), config=config) == []
    assert len(found(role({"AWS": OURS}), config=config)) == 1
    assert len(judge_stack(rule, [role({"AWS": OURS})], config).violations) == 1


def test_missing_unknown_and_another_type() -> None:
    assert found(resource(ROLE, "role", {})) == []
    unknown = resource(ROLE, "other", {"assumeRolePolicy": UNKNOWN})
    verdict = judge_stack(rule, [*QUEUES, unknown, role({"AWS": THEIRS})])
    assert verdict.unknown
    assert len(verdict.violations) == 1
    assert not judge_stack(rule, QUEUES[:0]).applicable
