"""Statements that allow more than they name."""

from collections.abc import Mapping
from typing import Any

import pytest

from rules.iam.wildcards import no_not_action, no_not_resource, no_wildcard_actions
from tests.policies.harness import UNKNOWN, judge
from tests.policies.iam.policy_documents import POLICY, ROLE, allow, deny, document, judged

KEY = "aws:kms/key:Key"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
ROOT = "arn:aws:iam::123456789012:root"
RULES = [no_wildcard_actions, no_not_action, no_not_resource]

NOT_ACTION = {"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}
NOT_RESOURCE = {"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::b/*"}


def guarding(rule: Any, token: str, statement: Mapping[str, Any]) -> list[str]:
    return judge(rule, token, {"policy": document(statement)}).violations


@pytest.mark.parametrize("rule", RULES, ids=lambda one: one.name)
def test_a_statement_that_names_everything_passes(rule: Any) -> None:
    assert judged(rule, allow("s3:GetObject", "arn:aws:s3:::bucket/*"), deny("s3:*")) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda one: one.name)
def test_a_denial_may_be_wide(rule: Any) -> None:
    wide = {"Effect": "Deny", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::x"}
    assert judged(rule, wide) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda one: one.name)
def test_what_is_missing_malformed_or_unknown(rule: Any) -> None:
    assert judge(rule, POLICY, {}).violations == []
    assert judge(rule, POLICY, {"policy": "no JSON"}).violations == []
    assert judge(rule, POLICY, {"policy": UNKNOWN}).unknown
    assert not judge(rule, "aws:s3/bucketObject:BucketObject", {}).applicable


def test_the_message_about_wildcards() -> None:
    actions = ["s3:Get*", "s3:GetObject", "sqs:*", "ec2:?tartInstances", "*", "sns:P*"]
    assert judged(no_wildcard_actions, allow(actions, sid="Many")) == [
        "The policy document in policy must name each action that it allows; statement Many "
        "allows s3:Get*, sqs:*, ec2:?tartInstances and 2 other patterns."
    ]


PERMISSION = "aws:lambda/permission:Permission"


@pytest.mark.parametrize("action", ["*", "lambda:*", "lambda:Invoke*"])
def test_a_lambda_permission_names_its_action(action: str) -> None:
    found = judge(no_wildcard_actions, PERMISSION, {"action": action}).violations
    assert found == [f"The Lambda permission must name the action that it allows; it has {action}."]
    assert judge(no_wildcard_actions, PERMISSION, {"action": "lambda:GetFunction"}).violations == []
    assert judge(no_wildcard_actions, PERMISSION, {}).violations == []
    assert judge(no_wildcard_actions, PERMISSION, {"action": UNKNOWN}).unknown


def test_wildcards_on_a_named_resource_count() -> None:
    assert len(judged(no_wildcard_actions, allow("s3:Get*", "arn:aws:s3:::bucket/*"))) == 1


def test_wildcards_in_inline_blocks_trust_and_resource_policies() -> None:
    blocks = [{"policy": UNKNOWN}, {"policy": document(allow("s3:*"))}]
    verdict = judge(no_wildcard_actions, ROLE, {"inlinePolicies": blocks})
    assert verdict.unknown
    assert verdict.violations == [
        "The policy document in inlinePolicies[1].policy must name each action that it allows; "
        "statement Sid allows s3:*."
    ]
    principal = {"Principal": {"AWS": ROOT}}
    trust = document({"Effect": "Allow", "Action": "sts:*", **principal})
    assert len(judge(no_wildcard_actions, ROLE, {"assumeRolePolicy": trust}).violations) == 1
    assert len(guarding(no_wildcard_actions, BUCKET_POLICY, allow("s3:*") | principal)) == 1


def test_an_endpoint_policy_only_filters() -> None:
    assert not judge(no_wildcard_actions, ENDPOINT, {}).applicable
    assert guarding(no_not_action, ENDPOINT, NOT_ACTION | {"Principal": "*"}) != []


@pytest.mark.parametrize(
    ("statement", "count"),
    [
        ({"Principal": {"AWS": ROOT}}, 0),
        ({"Principal": {"AWS": "123456789012"}}, 0),
        ({"Principal": {"AWS": ROOT}, "Action": "KMS:*"}, 0),
        ({"Principal": {"AWS": ROOT}, "Action": ["kms:*", "kms:Get*"]}, 1),
        ({"Principal": {"AWS": ROOT}, "Action": "*"}, 1),
        ({"Principal": {"AWS": [ROOT, "arn:aws:iam::999999999999:root"]}}, 1),
        ({"Principal": {"AWS": "arn:aws:iam::123456789012:role/admin"}}, 1),
        ({"Principal": {"AWS": "*"}}, 1),
        ({"Principal": {"CanonicalUser": "123456789012"}}, 1),
        ({"Principal": "*"}, 1),
        ({"NotPrincipal": {"AWS": ROOT}}, 1),
    ],
)
def test_only_the_default_key_policy_may_allow_all_of_kms(
    statement: Mapping[str, Any], count: int
) -> None:
    assert len(guarding(no_wildcard_actions, KEY, allow("kms:*") | statement)) == count


def test_the_default_key_policy_is_one_for_keys_only() -> None:
    statement = allow("kms:*") | {"Principal": {"AWS": ROOT}}
    assert len(guarding(no_wildcard_actions, BUCKET_POLICY, statement)) == 1
    assert len(judged(no_wildcard_actions, statement)) == 1


def test_the_message_about_not_action() -> None:
    assert judged(no_not_action, NOT_ACTION) == [
        "The policy document in policy must name the actions that it allows; statement 1 has "
        "NotAction and allows everything but iam:* and sts:*."
    ]


def test_the_message_about_not_resource() -> None:
    assert judged(no_not_resource, NOT_RESOURCE) == [
        "The policy document in policy must name the resources that it is about; statement 1 has "
        "NotResource and allows its actions on everything but arn:aws:s3:::b/*."
    ]
    assert guarding(no_not_resource, BUCKET_POLICY, NOT_RESOURCE | {"Principal": "*"}) != []


def test_naming_actions_is_a_control_of_security_hub() -> None:
    framework = no_wildcard_actions.framework
    assert framework is not None
    assert framework.reference == "IAM.21"
