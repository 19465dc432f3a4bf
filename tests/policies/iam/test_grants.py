"""What each statement grants, and on which resources."""

from typing import Any

import pytest

from rules.iam import reference, stored_data
from rules.iam.grants import (
    POLICIES,
    grants_take_effect,
    no_data_exfiltration,
    reads_bounded,
    writes_bounded,
)
from tests.policies.harness import UNKNOWN, judge
from tests.policies.iam.policy_documents import POLICY, ROLE, allow, deny, document, judged

HERE = "us-east-1:123456789012"
STACK = {"StringEquals": {"aws:ResourceTag/stack": "prod"}}
BASELINE = [
    allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::bucket/*"),
    allow("s3:ListBucket", "arn:aws:s3:::bucket", when={"StringLike": {"s3:prefix": "a/*"}}),
    allow("batch:DescribeJobs"),
    allow("batch:TerminateJob", f"arn:aws:batch:{HERE}:job/*", when=STACK),
    allow("kms:Decrypt", f"arn:aws:kms:{HERE}:key/1"),
]
BOUNDING = [reads_bounded, writes_bounded, no_data_exfiltration]


@pytest.mark.parametrize("rule", POLICIES, ids=lambda one: one.name)
def test_the_baseline_passes(rule: Any) -> None:
    assert judged(rule, *BASELINE) == []


@pytest.mark.parametrize("rule", POLICIES, ids=lambda one: one.name)
def test_what_is_missing_malformed_unknown_or_of_another_kind(rule: Any) -> None:
    assert judge(rule, POLICY, {}).violations == []
    assert judge(rule, POLICY, {"policy": "{"}).violations == []
    assert judge(rule, POLICY, {"policy": UNKNOWN}).unknown
    assert not judge(rule, "aws:s3/bucketPolicy:BucketPolicy", {}).applicable
    assert judge(rule, ROLE, {"assumeRolePolicy": document(allow("s3:GetObject"))}).violations == []


@pytest.mark.parametrize(
    ("rule", "action", "verb"),
    [
        (reads_bounded, "sqs:GetQueueAttributes", "reads"),
        (reads_bounded, "s3:ListBucket", "reads"),
        (writes_bounded, "batch:SubmitJob", "changes"),
        (writes_bounded, "s3:PutObjectTagging", "changes"),
        (writes_bounded, "amplify:CreateApp", "changes"),
        (no_data_exfiltration, "s3:GetObject", "hands out"),
        (no_data_exfiltration, "dynamodb:Scan", "hands out"),
        (no_data_exfiltration, "kms:Decrypt", "hands out"),
        (no_data_exfiltration, "iam:CreateAccessKey", "hands out"),
        (no_data_exfiltration, "rds-db:connect", "hands out"),
    ],
)
def test_each_action_is_told_of_by_one_rule(rule: Any, action: str, verb: str) -> None:
    said = {one.name: judged(one, allow(action.upper(), sid="All")) for one in BOUNDING}
    spelt = reference.expand(action)[0].name
    assert said == {one.name: [] for one in BOUNDING} | {
        rule.name: [
            f"The policy document in policy must bound what it {verb}; statement All allows "
            f"{spelt} on *."
        ]
    }


@pytest.mark.parametrize(
    "action", ["iam:PassRole", "s3:PutBucketPolicy", "batch:DescribeJobs", "logs:PutResourcePolicy"]
)
def test_what_other_rules_tell_of_or_aws_cannot_narrow(action: str) -> None:
    assert [said for one in BOUNDING for said in judged(one, allow(action))] == []


@pytest.mark.parametrize("rule", BOUNDING, ids=lambda one: one.name)
def test_negated_statements_are_told_of_elsewhere(rule: Any) -> None:
    but_iam = {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}
    but_one = {"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::bucket/*"}
    assert judged(rule, but_iam, but_one, deny("s3:*")) == []


def test_patterns_are_expanded_and_told_of_once() -> None:
    statement = allow(["sqs:Get*", "sqs:List*"], ["arn:aws:sqs:*:*:mine", "arn:aws:sqs:*:*:*"])
    assert judged(reads_bounded, statement) == [
        "The policy document in policy must bound what it reads; statement Sid allows "
        "sqs:GetQueueAttributes, sqs:GetQueueUrl, sqs:ListDeadLetterSourceQueues and 2 other "
        "actions on arn:aws:sqs:*:*:mine and arn:aws:sqs:*:*:*."
    ]


def test_a_pattern_on_named_resources_is_bounded() -> None:
    statement = allow("s3:*", ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"])
    assert [said for one in BOUNDING for said in judged(one, statement)] == []


def test_a_condition_that_bounds_nothing_is_named() -> None:
    account = {"StringEquals": {"aws:ResourceAccount": "123456789012"}}
    assert judged(writes_bounded, allow("sqs:SendMessage", when=account)) == [
        "The policy document in policy must bound what it changes; statement Sid allows "
        "sqs:SendMessage on *, and a condition on aws:ResourceAccount does not bound that."
    ]


@pytest.mark.parametrize(
    ("rule", "action"),
    [
        (reads_bounded, "s3:ListBucket"),
        (writes_bounded, "sqs:SendMessage"),
        (no_data_exfiltration, "s3:GetObject"),
    ],
    ids=lambda one: getattr(one, "name", one),
)
def test_actions_may_be_spared(rule: Any, action: str) -> None:
    statement = allow([action, "s3:GetBucketAcl", "sqs:DeleteMessage", "ssm:GetParameter"])
    (before,) = judged(rule, statement)
    (after,) = judged(rule, statement, config={"allow": [action.lower()]})
    assert action in before
    assert action not in after


def test_a_violation_hides_no_other_statement() -> None:
    assert len(judged(writes_bounded, *[allow("sqs:SendMessage")] * 2)) == 2


def test_every_document_of_a_role_is_judged() -> None:
    blocks = [{"policy": UNKNOWN}, {"policy": document(allow("sqs:SendMessage"))}]
    verdict = judge(writes_bounded, ROLE, {"inlinePolicies": blocks})
    assert verdict.unknown
    assert verdict.violations[0].startswith("The policy document in inlinePolicies[1].policy must")


def test_our_own_actions_that_hand_out_data_exist() -> None:
    strangers = [one for one in stored_data.READING if reference.find(one) is None]
    assert strangers == []
    assert {one.lower() for one in stored_data.READING} < stored_data.HANDED_OUT


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (
            allow(["s3:GetObjekt", "s3:GetObject", "nosuch:*"], "arn:aws:s3:::bucket/*"),
            "The policy document in policy must allow actions that AWS has; statement Sid allows "
            "s3:GetObjekt and nosuch:*, which AWS's service authorization reference does not "
            "know.",
        ),
        (
            allow("states:StopExecution", f"arn:aws:states:{HERE}:stateMachine:*"),
            "The policy document in policy must allow actions on resources that they work on; "
            f"statement Sid allows states:StopExecution on arn:aws:states:{HERE}:stateMachine:*, "
            "which grants nothing.",
        ),
        (
            allow("s3:GetObject", "arn:aws:s3:::bucket/*", when={"StringLike": {"s3:prefix": "a"}}),
            "The policy document in policy must set conditions that can hold; statement Sid has "
            "one on s3:prefix, which none of its actions knows, and so grants nothing.",
        ),
    ],
)
def test_what_grants_nothing(statement: Any, message: str) -> None:
    assert judged(grants_take_effect, statement) == [message]


@pytest.mark.parametrize(
    "statement",
    [
        allow("kms:Decrypt", "arn:aws:kms::123456789012:key/1"),
        allow("states:Stop*", f"arn:aws:states:{HERE}:stateMachine:*"),
        allow("logs:PutLogEvents", f"arn:aws:logs:{HERE}:log-group:mine"),
        allow("batch:DescribeJobs", f"arn:aws:batch:{HERE}:job/*"),
        allow("s3:GetObject", "arn:aws:s3:::b/*", when={"Null": {"s3:prefix": "false"}}),
        allow("s3:GetObject", "arn:aws:s3:::b/*", when={"StringEquals": {"s3:prefx": "a"}}),
    ],
)
def test_more_that_grants_nothing(statement: Any) -> None:
    assert len(judged(grants_take_effect, statement)) == 1


@pytest.mark.parametrize(
    "statement",
    [
        allow(["s3:GetObject", "s3:ListBucket"], ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]),
        allow("s3:Get*", "arn:aws:s3:::b/*"),
        allow("logs:DescribeLogGroups", f"arn:aws:logs:{HERE}:log-group:*"),
        allow("logs:PutLogEvents", f"arn:aws:logs:{HERE}:log-group:mine:*"),
        allow(["batch:DescribeJobs", "batch:SubmitJob"], ["*", f"arn:aws:batch:{HERE}:job/x"]),
        allow(["s3:ListBucket", "s3:GetObject"], when={"StringLike": {"s3:prefix": "a"}}),
        allow("s3:GetObject", when={"StringLikeIfExists": {"s3:prefix": "a"}}),
        allow("s3:GetObject", when={"StringNotLike": {"s3:prefix": "a"}}),
        allow("s3:GetObject", when={"Null": {"s3:prefix": "true"}}),
        allow("s3:GetObject", when={"StringEquals": {"s3:ExistingObjectTag/team": "a"}}),
        allow("s3:GetObject", when={"ArnLike": {"ec2:SourceInstanceARN": "arn:aws:ec2:*"}}),
        allow("ec2:StopInstances", when={"ArnLike": {"ec2:SourceInstanceARN": "arn:aws:ec2:*"}}),
        allow("kms:Decrypt", when={"StringEquals": {"kms:EncryptionContext:team": "a"}}),
        allow("iot:Connect", when={"Bool": {"iot:Connection.Thing.IsAttached": "true"}}),
        deny("s3:GetObjekt"),
        {"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::b/*"},
        {"Effect": "Allow", "NotAction": "s3:GetObjekt", "Resource": "*"},
    ],
)
def test_what_takes_effect(statement: Any) -> None:
    assert judged(grants_take_effect, statement) == []
