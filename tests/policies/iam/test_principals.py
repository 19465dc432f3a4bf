"""All policies of a role, user or group taken together."""

from typing import Any

import pytest

from rules.iam.principals import (
    POLICIES,
    no_privilege_escalation,
    no_resource_exposure,
)
from tests.policies.harness import judge_stack, resource, urn_of
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


def test_what_is_an_escalation_on_anything_is_told_of_once() -> None:
    (message,) = said(no_privilege_escalation, role("worker"), *_given(allow("iam:PutRolePolicy")))
    assert "OnItself" not in message


def test_users_and_what_they_may_do_to_their_groups_and_themselves() -> None:
    ada = resource("aws:iam/user:User", "ada", {"name": "ada"})
    people = resource("aws:iam/group:Group", "people", {"name": "people"})
    member = {"user": "ada", "groups": ["people"]}
    joined = resource("aws:iam/userGroupMembership:UserGroupMembership", "joined", member)

    def has(statement: Any) -> Any:
        props = {"user": "ada", "policy": document(statement)}
        return resource("aws:iam/userPolicy:UserPolicy", "own", props)

    herself = has(allow("iam:PutUserPolicy", "arn:aws:iam::*:user/${aws:username}"))
    assert "PutUserPolicyOnItself" in said(no_privilege_escalation, ada, herself)[0]
    group = has(allow("iam:AttachGroupPolicy", f"{ACCOUNT}:group/people"))
    assert said(no_privilege_escalation, ada, people, group) == []
    (message,) = said(no_privilege_escalation, ada, people, group, joined)
    assert message.startswith("The user ada must")
    assert "AttachGroupPolicyOnItself" in message


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
