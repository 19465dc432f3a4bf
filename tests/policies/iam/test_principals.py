"""All policies of a role, user or group taken together."""

from typing import Any

import pytest

from rules.iam.principals import (
    POLICIES,
    inline_policies_size,
    no_privilege_escalation,
    no_resource_exposure,
    policies_attached,
)
from tests.policies.harness import UNKNOWN, judge_stack, resource, urn_of
from tests.policies.iam.policy_documents import (
    POLICY,
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

ACCOUNT = "arn:aws:iam::123456789012"
TRAIN = allow("sagemaker:CreateTrainingJob", "arn:aws:sagemaker:*:*:training-job/mine", "Train")
PASS = allow("iam:PassRole", sid="Pass")
BASELINE = [
    role("worker"),
    inline("a", "worker", allow("iam:PassRole", f"{ACCOUNT}:role/job"), TRAIN),
    managed("b", allow("s3:PutBucketPolicy", "arn:aws:s3:::bucket")),
    attached("c", "worker", f"{ACCOUNT}:policy/b"),
]


def said(rule: Any, *resources: Any) -> list[str]:
    return judge_stack(rule, resources).violations


@pytest.mark.parametrize("rule", POLICIES, ids=lambda one: one.name)
def test_the_baseline_passes(rule: Any) -> None:
    verdict = judge_stack(rule, BASELINE)
    assert (verdict.violations, verdict.unknown, verdict.applicable) == ([], False, True)


@pytest.mark.parametrize("rule", POLICIES, ids=lambda one: one.name)
def test_nothing_to_judge(rule: Any) -> None:
    assert not judge_stack(rule, [resource("aws:s3/bucket:Bucket", "b", {})]).applicable
    assert judge_stack(rule, [resource(ROLE, "bare", {})]).violations == []
    assert judge_stack(rule, [resource(POLICY, "bare", {"policy": "no JSON"})]).violations == []


def test_an_escalation_out_of_two_policies() -> None:
    verdict = judge_stack(
        no_privilege_escalation, [role("worker"), inline("a", "worker", PASS), *_given(TRAIN)]
    )
    assert verdict.violations == [
        "The role worker must not be able to gain more than its policies allow; it can by "
        "PassExistingRoleToNewSageMakerTrainingJob (iam:PassRole by statement Pass of a; "
        "sagemaker:CreateTrainingJob by statement Train of b)."
    ]
    assert verdict.urns == [urn_of(ROLE, "worker")]


def _given(*statements: Any) -> list[Any]:
    return [managed("b", *statements), attached("c", "worker", f"{ACCOUNT}:policy/b")]


def test_apart_they_are_none() -> None:
    apart = [role("worker"), role("other"), inline("a", "other", PASS), *_given(TRAIN)]
    assert said(no_privilege_escalation, *apart) == []


def test_many_ways_are_told_of_in_one_message() -> None:
    (message,) = said(no_privilege_escalation, managed("all", allow("*")))
    assert message.startswith(
        "The policy all must not be able to gain more than its policies allow; it can by "
        "CreateAccessKey (iam:CreateAccessKey by statement Sid of all), "
    )
    assert "other ways." in message


@pytest.mark.parametrize(
    "statements",
    [
        [allow(["iam:PassRole", "ec2:RunInstances"])],
        [allow("iam:Pass*", f"{ACCOUNT}:role/*"), allow("ec2:Run*", "arn:aws:ec2:*:*:subnet/x")],
        [allow("iam:PassRole", when={"StringEquals": {"iam:PassedToService": "x"}}), TRAIN],
        [allow("iam:PassRole"), allow("batch:RegisterJobDefinition"), allow("batch:SubmitJob")],
        [allow("iam:PassRole"), allow("events:PutTargets", "arn:aws:events:*:*:rule/mine")],
        [allow(["states:UpdateStateMachine", "states:StartExecution"])],
        [allow("sts:AssumeRole", f"{ACCOUNT}:role/*")],
        [allow("iam:CreatePolicyVersion")],
        [allow("iam:PutRolePolicy", when={"Bool": {"aws:SecureTransport": "true"}})],
        [{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}],
        [{"Effect": "Allow", "Action": "iam:PutRolePolicy", "NotResource": f"{ACCOUNT}:role/x"}],
        [
            {"Effect": "Allow", "Action": "iam:PassRole", "NotResource": f"{ACCOUNT}:role/x"},
            TRAIN,
        ],
        [allow("ssm:SendCommand"), deny("ssm:SendCommand", "arn:aws:ec2:*:*:instance/i-1")],
        [allow("ssm:SendCommand"), deny("ssm:Send*", Condition={"Bool": {"aws:ViaAWSService": 1}})],
    ],
)
def test_escalations(statements: list[Any]) -> None:
    assert len(said(no_privilege_escalation, managed("p", *statements))) == 1


@pytest.mark.parametrize(
    "statements",
    [
        [allow("iam:PassRole")],
        [allow("iam:PassRole", f"{ACCOUNT}:role/job-*"), TRAIN],
        [allow("iam:PassRole", when={"StringEquals": {"iam:ResourceTag/a": "b"}}), TRAIN],
        [allow("states:UpdateStateMachine", "arn:aws:states:*:*:stateMachine:mine_*"), TRAIN],
        [allow("sts:AssumeRole", f"{ACCOUNT}:role/job")],
        [allow("iam:PutRolePolicy", f"{ACCOUNT}:role/other")],
        [allow("iam:PutRolePolicy", when={"StringEquals": {"iam:PermissionsBoundary": "arn:x"}})],
        [allow("ssm:SendCommand"), deny("SSM:send*")],
        [allow("ssm:SendCommand"), {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}],
        [deny("*")],
    ],
)
def test_no_escalations(statements: list[Any]) -> None:
    assert said(no_privilege_escalation, managed("p", *statements)) == []


def test_a_denial_in_another_policy_counts() -> None:
    resources = [role("worker"), inline("a", "worker", deny("iam:PassRole")), *_given(PASS, TRAIN)]
    assert said(no_privilege_escalation, *resources) == []


@pytest.mark.parametrize(
    ("action", "on"),
    [
        ("iam:PutRolePolicy", f"{ACCOUNT}:role/worker"),
        ("iam:AttachRolePolicy", f"{ACCOUNT}:role/work*"),
        ("iam:UpdateAssumeRolePolicy", "arn:aws:iam::*:role/worker"),
        ("iam:DeleteRolePermissionsBoundary", f"{ACCOUNT}:role/worker"),
        ("iam:CreatePolicyVersion", f"{ACCOUNT}:policy/b"),
        ("iam:SetDefaultPolicyVersion", f"{ACCOUNT}:policy/b"),
    ],
)
def test_what_a_role_may_do_to_itself(action: str, on: str) -> None:
    (message,) = said(no_privilege_escalation, role("worker"), *_given(allow(action, on)))
    assert f"{action.partition(':')[2]}OnItself ({action} by statement Sid of b)" in message


@pytest.mark.parametrize(
    ("action", "on", "when"),
    [
        ("iam:PutRolePolicy", f"{ACCOUNT}:role/worker2", None),
        ("iam:CreatePolicyVersion", f"{ACCOUNT}:policy/other", None),
        ("iam:PassRole", f"{ACCOUNT}:role/worker", None),
        (
            "iam:AttachRolePolicy",
            f"{ACCOUNT}:role/worker",
            {"ArnEquals": {"iam:PolicyARN": f"{ACCOUNT}:policy/small"}},
        ),
    ],
)
def test_what_a_role_may_do_elsewhere(action: str, on: str, when: Any) -> None:
    resources = [role("worker"), *_given(allow(action, on, when=when))]
    assert said(no_privilege_escalation, *resources) == []


def test_itself_by_name_where_the_role_is_of_another_stack() -> None:
    put = allow("iam:PutRolePolicy", f"{ACCOUNT}:role/path/theirs")
    verdict = judge_stack(no_privilege_escalation, [inline("a", "theirs", put)])
    assert verdict.urns == [urn_of(ROLE_POLICY, "a")]
    assert verdict.violations[0].startswith("The role theirs must not be able")
    assert said(no_privilege_escalation, inline("a", "heirs", put)) == []


def test_a_policy_of_another_stack_may_not_be_changed() -> None:
    change = allow("iam:CreatePolicyVersion", f"{ACCOUNT}:policy/theirs")
    theirs = attached("c", "worker", f"{ACCOUNT}:policy/theirs")
    assert said(no_privilege_escalation, role("worker"), inline("a", "worker", change)) == []
    assert said(no_privilege_escalation, role("worker"), inline("a", "worker", change), theirs)


def test_the_message_about_exposure() -> None:
    policies = [
        inline("a", "worker", allow(["s3:PutBucketPolicy", "sqs:AddPermission"])),
        *_given(allow(["lambda:AddPermission", "kms:CreateGrant", "ecr:SetRepositoryPolicy"])),
    ]
    verdict = judge_stack(no_resource_exposure, [role("worker"), *policies])
    assert verdict.violations == [
        "The role worker must not decide who has access to resources that nobody named; it is "
        "allowed s3:PutBucketPolicy, sqs:AddPermission, lambda:AddPermission and 2 other actions "
        "by a and b."
    ]
    assert verdict.urns == [urn_of(ROLE, "worker")]


@pytest.mark.parametrize(
    ("statements", "count"),
    [
        ([allow("s3:PutBucketPolicy", "arn:aws:s3:::*")], 1),
        ([allow("s3:*")], 1),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], 1),
        ([{"Effect": "Allow", "Action": "kms:CreateGrant", "NotResource": "arn:aws:kms:*"}], 1),
        ([allow("kms:CreateGrant", when={"Bool": {"aws:SecureTransport": "true"}})], 1),
        ([allow("kms:CreateGrant", when={"Bool": {"kms:GrantIsForAWSResource": "true"}})], 0),
        ([allow("s3:PutBucketPolicy", "arn:aws:s3:::bucket")], 0),
        ([allow("s3:PutBucketPolicy"), deny("s3:PutBucketPolicy")], 0),
        ([allow("logs:PutResourcePolicy")], 0),  # AWS offers nothing narrower
        ([allow("rds-db:connect")], 0),  # hands out data: told of by another rule
        ([allow("s3:PutObject")], 0),
    ],
)
def test_exposure(statements: list[Any], count: int) -> None:
    assert len(said(no_resource_exposure, managed("p", *statements))) == count


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
    wide = [inline("a", "worker", _sized(6000)), *_given(_sized(6000))]
    assert said(inline_policies_size, role("worker"), *wide) == []
    long = [inline("a", "worker", _sized(11000)), inline("b", "worker", _sized(6000))]
    assert said(inline_policies_size, role("worker"), *long) == []


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
