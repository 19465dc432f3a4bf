"""Conditions that narrow what named resources are used for."""

import json
from typing import Any

import pytest
from pulumi_policy import PolicyResource

from rules.iam.narrowing import event_targets_named, listing_by_prefix
from tests.policies.harness import UNKNOWN, judge, judge_stack, resource
from tests.policies.iam.policy_documents import ROLE_POLICY, inline, role

POLICY = "aws:iam/policy:Policy"
BUCKET = "arn:aws:s3:::store"
RULES = "arn:aws:events:us-east-1:123456789012:rule/metaflow_*"
OBJECTS = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{BUCKET}/flows/*"}
PREFIX = {"StringLike": {"s3:prefix": ["flows/*"]}}
TARGET = {"ArnLike": {"events:TargetArn": "arn:aws:states:*:*:stateMachine:metaflow_*"}}


def document(*statements: Any) -> dict[str, str]:
    return {"policy": json.dumps({"Version": "2012-10-17", "Statement": list(statements)})}


def listing(condition: Any = None, action: Any = "s3:ListBucket") -> dict[str, Any]:
    found = {"Sid": "List", "Effect": "Allow", "Action": action, "Resource": BUCKET}
    return found if condition is None else {**found, "Condition": condition}


def aiming(condition: Any = None, resource: str = RULES) -> dict[str, Any]:
    found = {
        "Sid": "Aim",
        "Effect": "Allow",
        "Action": ["events:PutTargets"],
        "Resource": resource,
    }
    return found if condition is None else {**found, "Condition": condition}


def said(*resources: PolicyResource) -> list[str]:
    return judge_stack(listing_by_prefix, [role("worker"), *resources]).violations


@pytest.mark.parametrize(
    "statements",
    [
        (OBJECTS, listing(PREFIX)),
        (OBJECTS, listing({"StringEquals": {"S3:Prefix": ["flows/a", "${aws:username}/"]}})),
        (listing(),),
        ({**OBJECTS, "Resource": f"{BUCKET}/*"}, listing()),
        ({**OBJECTS, "Resource": f"{BUCKET}*"}, listing()),
        (OBJECTS, {**OBJECTS, "Resource": "arn:aws:s3:::stor*"}, listing()),
        (OBJECTS, {**OBJECTS, "Action": "s3:PutObject", "Resource": f"{BUCKET}/*"}, listing()),
        (OBJECTS, {**listing(), "Resource": "arn:aws:s3:::other"}),
        (OBJECTS, {**listing(), "Resource": "arn:aws:s3:::other*"}),
        (OBJECTS, {**listing(), "Resource": "*"}),
        ({**OBJECTS, "Effect": "Deny"}, listing()),
        (OBJECTS, {**listing(), "Effect": "Deny"}),
        (OBJECTS, listing(action="s3:GetBucketLocation")),
    ],
    ids=[
        "narrowed",
        "by whole prefixes",
        "no objects",
        "all objects",
        "bucket and objects",
        "all objects by a pattern",
        "all objects, written",
        "another bucket",
        "other buckets",
        "every bucket, which another rule reports",
        "objects denied",
        "denied",
        "another action",
    ],
)
def test_listing_that_shows_no_more(statements: Any) -> None:
    assert said(inline("p", "worker", *statements)) == []


def shown(bucket: str = BUCKET, source: str = "p") -> str:
    return (
        f"The role worker must be allowed to list {bucket} by s3:prefix only, since it is given "
        f"objects of some prefixes only; statement List of {source} has no such condition, so that "
        "the names of all others can be read."
    )


@pytest.mark.parametrize(
    "condition",
    [
        None,
        {"StringLike": {"s3:prefix": "*"}},
        {"StringLike": {"s3:prefix": "?*"}},
        {"StringLike": {"s3:prefix": ["flows/*", ""]}},
        {"StringLike": {"s3:prefix": "*flows*"}},
        {"StringLikeIfExists": {"s3:prefix": "flows/*"}},
        {"StringNotLike": {"s3:prefix": "secret/*"}},
        {"Null": {"s3:prefix": "false"}},
        {"StringEquals": {"aws:PrincipalAccount": "123456789012"}},
    ],
    ids=[
        "none",
        "anything",
        "something",
        "the root",
        "in the middle",
        "if it exists",
        "but one",
        "any",
        "the principal",
    ],
)
@pytest.mark.parametrize("action", ["s3:ListBucket", "s3:listbucket", "s3:List*"])
def test_listing_that_shows_everything(condition: Any, action: str) -> None:
    assert said(inline("p", "worker", OBJECTS, listing(condition, action))) == [shown()]


@pytest.mark.parametrize("action", ["s3:GetObject", "s3:PutObject", "s3:Put*"])
@pytest.mark.parametrize("listed", [BUCKET, "arn:aws:s3:::sto*", "arn:aws:s3:::*tore"])
@pytest.mark.parametrize("bucket", [BUCKET, "arn:aws:s3:::stor?"])
def test_buckets_by_patterns(action: str, listed: str, bucket: str) -> None:
    objects = {**OBJECTS, "Action": action, "Resource": f"{bucket}/flows/*"}
    found = said(inline("p", "worker", objects, {**listing(), "Resource": listed}))
    assert found == [shown(bucket)]


def test_policies_of_a_role_are_judged_together() -> None:
    objects, lists = inline("p", "worker", OBJECTS), inline("q", "worker", listing())
    stack = [role("worker"), objects, lists]
    verdict = judge_stack(listing_by_prefix, stack)
    assert (verdict.violations, verdict.urns) == ([shown(source="q")], [stack[0].urn])
    everything = inline("r", "worker", {**OBJECTS, "Resource": f"{BUCKET}/*"})
    assert said(objects, lists, everything) == []
    assert said(objects, inline("q", "another", listing())) == []


def test_a_statement_that_is_unknown_may_allow_the_whole_bucket() -> None:
    unknown = {**OBJECTS, "Resource": UNKNOWN}
    partly = {"Version": "2012-10-17", "Statement": [OBJECTS, listing(), unknown]}
    policy = resource(ROLE_POLICY, "p", {"role": "worker", "policy": partly})
    verdict = judge_stack(listing_by_prefix, [role("worker"), policy])
    assert (verdict.violations, verdict.unknown) == ([], True)


@pytest.mark.parametrize(
    "statement",
    [aiming(TARGET), aiming(resource=RULES.replace("_*", "")), {**aiming(), "Effect": "Deny"}],
    ids=["named targets", "one rule", "denied"],
)
def test_targets_that_are_named(statement: Any) -> None:
    assert judge(event_targets_named, POLICY, document(statement)).violations == []


@pytest.mark.parametrize(
    "condition",
    [
        None,
        {"ArnLike": {"events:TargetArn": "*"}},
        {"ArnLike": {"events:TargetArn": "arn:aws:*:*:*:*"}},
        {"ArnLike": {"events:TargetArn": "arn:aws:states:*:*:stateMachine:*"}},
        {"ArnLike": {"events:TargetArn": [*TARGET["ArnLike"].values(), "arn:aws:lambda:*"]}},
        {"Null": {"events:TargetArn": "false"}},
        {"ArnLikeIfExists": TARGET["ArnLike"]},
        {"Null": {"events:source": "true"}},
    ],
    ids=[
        "none",
        "anything",
        "any ARN",
        "any state machine",
        "any function as well",
        "any target",
        "if it exists",
        "another key",
    ],
)
def test_targets_that_are_anything(condition: Any) -> None:
    assert judge(event_targets_named, POLICY, document(aiming(condition))).violations == [
        "The policy in policy must name what rules may be aimed at, by a condition on "
        "events:TargetArn; statement Aim has none that does, so that a rule can start anything "
        "that EventBridge reaches."
    ]


def test_missing_unknown_and_other_types() -> None:
    assert judge(event_targets_named, POLICY, {}).violations == []
    assert judge(event_targets_named, POLICY, {"policy": UNKNOWN}).unknown
    assert not judge(event_targets_named, "aws:s3/bucket:Bucket", {}).applicable
    assert judge_stack(listing_by_prefix, [resource(POLICY, "p", {})]).violations == []
    assert judge_stack(listing_by_prefix, [resource(POLICY, "p", {"policy": UNKNOWN})]).unknown
    assert not judge_stack(listing_by_prefix, []).applicable
