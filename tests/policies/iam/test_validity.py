"""Documents that AWS takes."""

import json
from typing import Any

import pytest

from rules.iam.validity import document_size, document_valid
from tests.policies.harness import UNKNOWN, Verdict, judge

POLICY = "aws:iam/policy:Policy"
ROLE = "aws:iam/role:Role"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
ENDPOINT_POLICY = "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy"

GRANT = {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
TRUST = {
    "Effect": "Allow",
    "Principal": {"Service": "ec2.amazonaws.com"},
    "Action": "sts:AssumeRole",
}
SHARED = {**GRANT, "Principal": {"AWS": "123456789012"}}


def document(statement: Any, **elements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statement, **elements})


def valid(token: str, statement: Any, **elements: Any) -> Verdict:
    key = "assumeRolePolicy" if token == ROLE else "policy"
    return judge(document_valid, token, {key: document(statement, **elements)})


@pytest.mark.parametrize(
    ("token", "statement"),
    [(POLICY, GRANT), (ROLE, TRUST), (BUCKET_POLICY, SHARED), (ENDPOINT_POLICY, SHARED)],
)
def test_valid(token: str, statement: Any) -> None:
    assert valid(token, statement).violations == []
    assert valid(token, [statement]).violations == []


@pytest.mark.parametrize(
    "principal",
    [
        "*",
        {"AWS": "*"},
        {"Service": "s3.amazonaws.com"},
        {"Federated": "a"},
        {"CanonicalUser": "b"},
    ],
    ids=str,
)
def test_principals_of_every_kind(principal: Any) -> None:
    assert valid(BUCKET_POLICY, {**SHARED, "Principal": principal}).violations == []


@pytest.mark.parametrize("action", ["*", "s3:*", "S3:get*", "iot:Publish", "s?:Get*", "a4b:Get"])
def test_actions_as_they_are_written(action: str) -> None:
    assert valid(BUCKET_POLICY, {**SHARED, "Action": action}).violations == []


@pytest.mark.parametrize(
    ("token", "changed", "fault"),
    [
        (POLICY, {"Action": []}, "names no action"),
        (POLICY, {"Resource": []}, "names no resource"),
        (POLICY, {"Principal": "*"}, "names a principal, which an identity policy must not"),
        (BUCKET_POLICY, {"Principal": {}}, "names no principal"),
        (
            BUCKET_POLICY,
            {"Principal": {"aws": "123456789012"}},
            "names a principal of the kind aws, which IAM does not have",
        ),
        (
            BUCKET_POLICY,
            {"Principal": {"AWS": "123456789012", "Services": "s3.amazonaws.com"}},
            "names a principal of the kind Services, which IAM does not have",
        ),
        (
            BUCKET_POLICY,
            {"Action": "GetObject"},
            "has the action GetObject, which is not written as service:Action",
        ),
        (
            POLICY,
            {"Effect": "Deny", "Action": "s3.GetObject"},
            "has the action s3.GetObject, which is not written as service:Action",
        ),
    ],
    ids=lambda value: str(value),
)
def test_faults_of_a_statement(token: str, changed: dict[str, Any], fault: str) -> None:
    baseline = {POLICY: GRANT, BUCKET_POLICY: SHARED}[token]
    assert valid(token, {**baseline, **changed}).violations == [
        f"The policy document in policy must follow the grammar of IAM; its statement Read {fault}."
    ]


def test_a_trust_policy_names_a_principal() -> None:
    statement = {key: value for key, value in TRUST.items() if key != "Principal"}
    assert valid(ROLE, statement).violations == [
        "The policy document in assumeRolePolicy must follow the grammar of IAM; its statement 1 "
        "names no principal."
    ]


def test_what_is_no_document() -> None:
    assert judge(document_valid, POLICY, {"policy": "[]"}).violations == [
        "The policy document in policy must follow the grammar of IAM; it is no JSON object."
    ]
    broken = {"inlinePolicies": [{"policy": document(GRANT)}, {"policy": "{"}]}
    messages = judge(document_valid, ROLE, broken).violations
    assert [one.split(";")[0] for one in messages] == [
        "The policy document in inlinePolicies[1].policy must follow the grammar of IAM"
    ]


@pytest.mark.parametrize(
    ("version", "found"), [("2008-10-17", "2008-10-17"), (None, "none"), ("", "none")]
)
def test_version(version: str | None, found: str) -> None:
    assert valid(POLICY, GRANT, Version=version).violations == [
        "The policy document in policy must have Version 2012-10-17, or its policy variables are "
        f"plain text; it has {found}."
    ]


def test_validity_without_a_document() -> None:
    assert judge(document_valid, POLICY, {}).violations == []
    assert judge(document_valid, POLICY, {"policy": UNKNOWN}).unknown
    assert not judge(document_valid, "aws:ec2/vpc:Vpc", {}).applicable


def padded(statement: dict[str, Any], size: int, spaces: int = 0) -> str:
    """Return a document of a size that leaves white space out, with some."""
    empty = len(document({**statement, "Sid": ""}).replace(" ", ""))
    sid = "x" * (size - empty) + " " * spaces
    return json.dumps(json.loads(document({**statement, "Sid": sid})), indent=2)


SIZES = [
    (POLICY, "policy", GRANT, 6144),
    ("aws:iam/rolePolicy:RolePolicy", "policy", GRANT, 10240),
    ("aws:iam/userPolicy:UserPolicy", "policy", GRANT, 2048),
    ("aws:iam/groupPolicy:GroupPolicy", "policy", GRANT, 5120),
    (ROLE, "assumeRolePolicy", TRUST, 2048),
    (BUCKET_POLICY, "policy", SHARED, 20480),
    ("aws:sqs/queuePolicy:QueuePolicy", "policy", SHARED, 8192),
    (ENDPOINT_POLICY, "policy", SHARED, 20480),
]


@pytest.mark.parametrize(
    ("token", "key", "statement", "limit"), SIZES, ids=[row[0] for row in SIZES]
)
def test_size(token: str, key: str, statement: dict[str, Any], limit: int) -> None:
    assert judge(document_size, token, {key: padded(statement, limit)}).violations == []
    assert judge(document_size, token, {key: padded(statement, limit + 1)}).violations == [
        f"The policy document in {key} must have at most {limit} characters; it has {limit + 1}."
    ]


def test_white_space_inside_texts_counts_outside_iam_only() -> None:
    spaced = {"policy": padded(SHARED, 8192, spaces=3)}
    assert judge(document_size, "aws:sqs/queuePolicy:QueuePolicy", spaced).violations == [
        "The policy document in policy must have at most 8192 characters; it has 8195."
    ]
    assert judge(document_size, POLICY, {"policy": padded(GRANT, 6144, spaces=3)}).violations == []


def test_a_raised_quota_of_trust_policies() -> None:
    props = {"assumeRolePolicy": padded(TRUST, 2049)}
    assert judge(document_size, ROLE, props, {"trustLimit": 4096}).violations == []
    assert len(judge(document_size, ROLE, props, {"trustLimit": 1024}).violations) == 1


def test_size_without_a_limit_and_without_a_document() -> None:
    long = {"policy": padded(SHARED, 500_000)}
    assert judge(document_size, "aws:oam/sinkPolicy:SinkPolicy", long).violations == []
    assert judge(document_size, POLICY, {}).violations == []
    assert judge(document_size, POLICY, {"policy": UNKNOWN}).unknown
    assert not judge(document_size, "aws:ec2/vpc:Vpc", {}).applicable
