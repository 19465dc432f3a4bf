"""Conditions that narrow what named resources are used for."""

import json
from typing import Any

import pytest

from rules.iam.narrowing import event_targets_named, listing_by_prefix
from tests.policies.harness import UNKNOWN, judge

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


@pytest.mark.parametrize(
    "statements",
    [
        (OBJECTS, listing(PREFIX)),
        (listing(),),
        ({**OBJECTS, "Resource": f"{BUCKET}/*"}, listing()),
        (OBJECTS, {**listing(), "Resource": "arn:aws:s3:::other"}),
        (OBJECTS, {**listing(), "Effect": "Deny"}),
        (OBJECTS, listing(action="s3:GetBucketLocation")),
    ],
    ids=["narrowed", "no objects", "all objects", "another bucket", "denied", "another action"],
)
def test_listing_that_shows_no_more(statements: Any) -> None:
    assert judge(listing_by_prefix, POLICY, document(*statements)).violations == []


@pytest.mark.parametrize(
    "condition",
    [
        None,
        {"StringLike": {"s3:prefix": "*"}},
        {"StringLikeIfExists": {"s3:prefix": "flows/*"}},
        {"StringNotLike": {"s3:prefix": "secret/*"}},
        {"StringEquals": {"aws:PrincipalAccount": "123456789012"}},
    ],
    ids=["none", "anything", "if it exists", "but one", "the principal"],
)
@pytest.mark.parametrize("action", ["s3:ListBucket", "s3:listbucket", "s3:List*"])
def test_listing_that_shows_everything(condition: Any, action: str) -> None:
    found = judge(listing_by_prefix, POLICY, document(OBJECTS, listing(condition, action)))
    assert found.violations == [
        f"The policy in policy must allow listing {BUCKET} by s3:prefix only, since it gives "
        "objects of some prefixes only; statement List has no such condition, so that the names "
        "of all others can be read."
    ]


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
        {"ArnLikeIfExists": TARGET["ArnLike"]},
        {"Null": {"events:source": "true"}},
    ],
    ids=["none", "anything", "if it exists", "another key"],
)
def test_targets_that_are_anything(condition: Any) -> None:
    assert judge(event_targets_named, POLICY, document(aiming(condition))).violations == [
        "The policy in policy must name what rules may be aimed at, by a condition on "
        "events:TargetArn; statement Aim has none, so that a rule can start anything that "
        "EventBridge reaches."
    ]


@pytest.mark.parametrize("rule", [listing_by_prefix, event_targets_named])
def test_missing_unknown_and_other_types(rule: Any) -> None:
    assert judge(rule, POLICY, {}).violations == []
    assert judge(rule, POLICY, {"policy": UNKNOWN}).unknown
    assert not judge(rule, "aws:s3/bucket:Bucket", {}).applicable
