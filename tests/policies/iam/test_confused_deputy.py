"""Services that act for others."""

import json
from typing import Any

import pytest

from rules.iam.confused_deputy import confused_deputy, lambda_permission_bounded, service_name
from tests.policies.harness import UNKNOWN, Verdict, judge

ROLE = "aws:iam/role:Role"
TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy"
GLUE = {"Service": "glue.amazonaws.com"}
OURS = "123456789012"
SOURCE = f"arn:aws:glue:eu-west-1:{OURS}:*"


def assumed(
    principal: Any, conditions: Any = None, config: Any = None, **elements: Any
) -> list[str]:
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": principal,
        **({} if conditions is None else {"Condition": conditions}),
        **elements,
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return judge(confused_deputy, ROLE, {"assumeRolePolicy": document}, config).violations


@pytest.mark.parametrize(
    "conditions",
    [
        {"StringEquals": {"aws:SourceAccount": OURS}},
        {"ArnLike": {"aws:SourceArn": SOURCE}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::bucket"}},
        {"StringEquals": {"aws:SourceOrgID": "o-1"}},
        {"ForAnyValue:StringLike": {"aws:SourceOrgPaths": "o-1/*"}},
        {"StringEquals": {"aws:SourceAccount": OURS}, "ArnLike": {"aws:SourceArn": "*"}},
    ],
    ids=str,
)
def test_bounded(conditions: Any) -> None:
    assert assumed(GLUE, conditions) == []


UNBOUNDED = [
    (None, "no condition"),
    ({"StringLike": {"aws:SourceAccount": "*"}}, "only StringLike aws:SourceAccount *"),
    (
        {"ArnLike": {"aws:SourceArn": "arn:aws:glue:*:*:*"}},
        "only ArnLike aws:SourceArn arn:aws:glue:*:*:*",
    ),
    (
        {"StringEqualsIfExists": {"aws:SourceAccount": OURS}},
        f"only StringEqualsIfExists aws:SourceAccount {OURS}",
    ),
    (
        {"StringNotEquals": {"aws:SourceAccount": [OURS, "1"]}},
        f"only StringNotEquals aws:SourceAccount {OURS}, 1",
    ),
    (
        {"StringEquals": {"aws:PrincipalOrgID": "o-1"}, "Bool": {"aws:SecureTransport": True}},
        "only StringEquals aws:PrincipalOrgID o-1 and Bool aws:SecureTransport true",
    ),
]


@pytest.mark.parametrize(("conditions", "found"), UNBOUNDED, ids=[row[1] for row in UNBOUNDED])
def test_unbounded(conditions: Any, found: str) -> None:
    assert assumed(GLUE, conditions) == [
        "The policy in assumeRolePolicy must say on whose behalf glue.amazonaws.com may act, by "
        f"aws:SourceAccount or aws:SourceArn with an account; statement 1 has {found}."
    ]


def test_every_service_and_nobody_else_is_judged() -> None:
    several = {"Service": ["glue.amazonaws.com", "states.amazonaws.com"], "AWS": OURS}
    assert len(assumed(several)) == 2
    assert assumed({"AWS": OURS}) == []
    assert assumed(GLUE, Effect="Deny") == []


@pytest.mark.parametrize(
    "service", ["ec2.amazonaws.com", "ec2.amazonaws.com.cn", "apigateway.amazonaws.com"]
)
def test_services_that_send_no_source(service: str) -> None:
    assert assumed({"Service": service}) == []
    assert len(assumed({"Service": service}, config={"servicesWithoutSource": []})) == 1


def test_another_service_is_spared() -> None:
    assert assumed(GLUE, config={"servicesWithoutSource": ["glue"]}) == []
    assert len(assumed({"Service": "x.example.com"}, config={"servicesWithoutSource": ["x"]})) == 1


@pytest.mark.parametrize(
    ("principal", "name"),
    [
        ("ecs-tasks.amazonaws.com", "ecs-tasks"),
        ("delivery.logs.amazonaws.com", "delivery.logs"),
        ("logs.eu-west-1.amazonaws.com", "logs"),
        ("s3.cn-north-1.amazonaws.com.cn", "s3"),
        ("EC2.amazonaws.com", "ec2"),
        ("ec2.amazonaws.eu", "ec2"),
        ("ec2.c2s.ic.gov", "ec2"),
        ("ec2.amazonaws.com.example.com", None),
        ("alexa-appkit.amazon.com", None),
        ("*", None),
    ],
)
def test_names_of_services(principal: str, name: str | None) -> None:
    assert service_name(principal) == name


def test_resource_policies_are_judged_as_well() -> None:
    statement: dict[str, Any] = {
        "Sid": "Events",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": "*",
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    assert judge(confused_deputy, TOPIC_POLICY, {"policy": policy}).violations == [
        "The policy in policy must say on whose behalf events.amazonaws.com may act, by "
        "aws:SourceAccount or aws:SourceArn with an account; statement Events has no condition."
    ]
    denial = {
        **statement,
        "Effect": "Deny",
        "Principal": "*",
        "Condition": {"StringNotEquals": {"aws:SourceAccount": OURS}},
    }
    policy = {"Version": "2012-10-17", "Statement": [statement, denial]}
    assert judge(confused_deputy, TOPIC_POLICY, {"policy": policy}).violations == []


def test_a_key_for_the_logs_of_one_account() -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "logs.eu-west-1.amazonaws.com"},
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
        "Condition": {
            "ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:eu-west-1:{OURS}:*"}
        },
    }
    policy = {"Version": "2012-10-17", "Statement": statement}
    assert judge(confused_deputy, "aws:kms/key:Key", {"policy": policy}).violations == []


def test_missing_unknown_and_another_type() -> None:
    assert judge(confused_deputy, ROLE, {}).violations == []
    assert judge(confused_deputy, ROLE, {"assumeRolePolicy": UNKNOWN}).unknown
    assert not judge(confused_deputy, "aws:iam/policy:Policy", {}).applicable


PERMISSION = {
    "action": "lambda:InvokeFunction",
    "function": "worker",
    "principal": "events.amazonaws.com",
    "sourceArn": f"arn:aws:events:eu-west-1:{OURS}:rule/nightly",
}


def permitted(**changed: Any) -> Verdict:
    props = {key: value for key, value in {**PERMISSION, **changed}.items() if value is not None}
    return judge(lambda_permission_bounded, "aws:lambda/permission:Permission", props)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"sourceArn": "arn:aws:s3:::bucket"},
        {"sourceArn": None, "sourceAccount": OURS},
        {"sourceArn": None, "principalOrgId": "o-1"},
        {"sourceArn": None, "principal": OURS},
        {"sourceArn": None, "principal": "alexa-appkit.amazon.com"},
        {"principal": "*", "sourceArn": None, "principalOrgId": "o-1"},
        {"principal": None},
    ],
    ids=str,
)
def test_bounded_permissions(changed: dict[str, Any]) -> None:
    assert permitted(**changed).violations == []


@pytest.mark.parametrize(
    "changed",
    [
        {"sourceArn": None},
        {"sourceArn": "*"},
        {"sourceArn": "arn:aws:events:*:*:rule/*"},
        {"sourceArn": None, "sourceAccount": "*"},
        {"sourceArn": None, "principal": "s3.amazonaws.com.cn"},
    ],
    ids=str,
)
def test_unbounded_permissions(changed: dict[str, Any]) -> None:
    principal = changed.get("principal", "events.amazonaws.com")
    assert permitted(**changed).violations == [
        "The Lambda permission must say whom it lets in by sourceAccount, or sourceArn with an "
        f"account; its principal is {principal}."
    ]


@pytest.mark.parametrize("auth_type", [None, "NONE", "AWS_IAM"])
def test_permissions_for_everybody(auth_type: str | None) -> None:
    verdict = permitted(principal="*", sourceArn=None, functionUrlAuthType=auth_type)
    assert verdict.violations == [
        "The Lambda permission must say whom it lets in by principalOrgId; its principal is *."
    ]


def test_unknown_permissions() -> None:
    assert permitted(sourceArn=UNKNOWN).unknown
    assert permitted(principal=UNKNOWN).unknown
    verdict = permitted(sourceAccount=OURS, sourceArn=UNKNOWN)
    assert (verdict.violations, verdict.unknown) == ([], False)
    assert not judge(lambda_permission_bounded, "aws:lambda/function:Function", {}).applicable
