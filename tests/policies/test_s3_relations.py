"""Each rule about what every bucket must have beside it, over small stacks."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from pulumi_policy import PolicyResource

from rules import s3_relations
from rules.s3 import PUBLIC_ACCESS_BLOCK
from rules.s3_relations import s3_encrypted, s3_public_access_blocked, s3_tls_only, s3_versioned
from tests.deployed import deploy_stack
from tests.policies.harness import UNKNOWN, Verdict, judge_stack, resource
from tests.policies.recorded import policy_resources
from tests.policies.small_stack import Small

BUCKET = "aws:s3/bucket:Bucket"
BUCKET_V2 = "aws:s3/bucketV2:BucketV2"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
ENCRYPTION = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
)
ENCRYPTION_V2 = (
    "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"
)
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
VERSIONING_V2 = "aws:s3/bucketVersioningV2:BucketVersioningV2"

ARN = "arn:aws:s3:::data"
RULES = {rule.name: rule for rule in s3_relations.POLICIES}


def bucket_in(small: Small, token: str = BUCKET, **props: Any) -> PolicyResource:
    """Add a bucket, of which the provider fills in what the program did not give."""
    filled = dict.fromkeys(
        ("serverSideEncryptionConfiguration", "versioning", "policy"),
        UNKNOWN if small.preview else None,
    )
    return small.add(token, "bucket", arn=ARN, **{**filled, **props})


def _expect_clean(verdict: Verdict) -> None:
    assert verdict.violations == []
    assert not verdict.unknown


@pytest.mark.parametrize("token", [BUCKET, BUCKET_V2])
def test_a_public_access_block(small: Small, token: str) -> None:
    bucket = bucket_in(small, token)
    small.add(PUBLIC_ACCESS_BLOCK, "block", bucket=bucket)
    _expect_clean(small.judge(s3_public_access_blocked))


@pytest.mark.parametrize("token", [BUCKET, BUCKET_V2])
def test_no_public_access_block(small: Small, token: str) -> None:
    bucket = bucket_in(small, token)
    small.add(PUBLIC_ACCESS_BLOCK, "block", bucket="another")
    verdict = small.judge(s3_public_access_blocked)
    assert verdict.violations == [
        "The S3 bucket must have its public access blocked, by a BucketPublicAccessBlock; the "
        "stack has none for it."
    ]
    assert verdict.urns == [bucket.urn]


def _by_default(algorithm: str) -> dict[str, Any]:
    return {"applyServerSideEncryptionByDefault": {"sseAlgorithm": algorithm}}


@pytest.mark.parametrize("algorithm", ["AES256", "aws:kms", "aws:kms:dsse"])
@pytest.mark.parametrize("token", [ENCRYPTION, ENCRYPTION_V2])
def test_encryption(small: Small, token: str, algorithm: str) -> None:
    small.add(token, "encryption", bucket=bucket_in(small), rules=[_by_default(algorithm)])
    _expect_clean(small.judge(s3_encrypted))


@pytest.mark.parametrize("algorithm", ["AES256", "none"])
@pytest.mark.parametrize(
    ("token", "key"),
    [
        (BUCKET, "serverSideEncryptionConfiguration"),
        (BUCKET_V2, "serverSideEncryptionConfigurations"),
    ],
)
def test_inline_encryption(small: Small, token: str, key: str, algorithm: str) -> None:
    default = {"sseAlgorithm": algorithm}
    inline: Any = {"rule": {"applyServerSideEncryptionByDefault": default}}
    if token == BUCKET_V2:
        inline = [{"rules": [{"applyServerSideEncryptionByDefaults": [default]}]}]
    bucket_in(small, token, **{key: inline})
    assert (small.judge(s3_encrypted).violations == []) is (algorithm == "AES256")


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ([], "missing"),
        ([{}], "missing"),
        ([_by_default("")], "missing"),
        ([_by_default("none")], "none"),
    ],
    ids=["no rules", "no algorithm", "empty", "none"],
)
def test_encryption_by_nothing(small: Small, rules: list[Any], found: str) -> None:
    configuration = small.add(ENCRYPTION, "encryption", bucket=bucket_in(small), rules=rules)
    verdict = small.judge(s3_encrypted)
    assert verdict.violations == [
        f"The S3 bucket must encrypt its objects; sseAlgorithm is {found}, and must be one of "
        "AES256, aws:kms, aws:kms:dsse."
    ]
    assert verdict.urns == [configuration.urn]


def test_no_encryption(small: Small) -> None:
    bucket = bucket_in(small)
    small.add(ENCRYPTION, "encryption", bucket="another", rules=[_by_default("AES256")])
    verdict = small.judge(s3_encrypted)
    assert verdict.urns == [bucket.urn]
    assert not verdict.unknown


def _enabled(status: str) -> dict[str, Any]:
    return {"versioningConfiguration": {"status": status}}


@pytest.mark.parametrize("token", [VERSIONING, VERSIONING_V2])
def test_versioning(small: Small, token: str) -> None:
    small.add(token, "versioning", bucket=bucket_in(small), **_enabled("Enabled"))
    _expect_clean(small.judge(s3_versioned))


@pytest.mark.parametrize("status", ["Suspended", "Disabled"])
def test_versioning_that_is_off(small: Small, status: str) -> None:
    setting = small.add(VERSIONING, "versioning", bucket=bucket_in(small), **_enabled(status))
    verdict = small.judge(s3_versioned)
    assert verdict.violations == [
        "The S3 bucket must keep old versions of its objects; the status of its versioning is "
        f"{status}, and must be Enabled."
    ]
    assert verdict.urns == [setting.urn]


def test_no_versioning(small: Small) -> None:
    bucket = bucket_in(small)
    verdict = small.judge(s3_versioned)
    assert verdict.violations == [
        "The S3 bucket must keep old versions of its objects; the stack has no BucketVersioning "
        "for it."
    ]
    assert verdict.urns == [bucket.urn]
    assert not verdict.unknown


@pytest.mark.parametrize("enabled", [True, False])
def test_inline_versioning(small: Small, enabled: bool) -> None:
    bucket_in(small, BUCKET, versioning={"enabled": enabled})
    bucket_in(small, BUCKET_V2, versionings=[{"enabled": enabled}])
    assert len(small.judge(s3_versioned).violations) == (0 if enabled else 2)


DENY: Mapping[str, Any] = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [ARN, f"{ARN}/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def _document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"Principal": {"AWS": "*"}},
        {"Principal": {"AWS": ["123456789012", "*"]}},
        {"Action": ["S3:*"]},
        {"Action": ["s3:GetObject", "s3:*"]},
        {"Action": "*"},
        {"Resource": "*"},
        {"Resource": f"{ARN}*"},
        {"Resource": [ARN, f"{ARN}/?*"]},
        {"Resource": [ARN, "*/*"]},
        {"Condition": {"bool": {"AWS:SecureTransport": ["false"]}}},
        {"Condition": {"BoolIfExists": {"aws:SecureTransport": False}}},
    ],
    ids=lambda changes: json.dumps(changes) if changes else "baseline",
)
def test_tls_only(small: Small, changes: Mapping[str, Any]) -> None:
    small.add(POLICY, "policy", bucket=bucket_in(small), policy=_document({**DENY, **changes}))
    _expect_clean(small.judge(s3_tls_only))


def test_tls_only_in_two_statements(small: Small) -> None:
    halves = [{**DENY, "Resource": ARN}, {**DENY, "Resource": f"{ARN}/*"}]
    small.add(POLICY, "policy", bucket=bucket_in(small), policy=_document(*halves))
    _expect_clean(small.judge(s3_tls_only))


def test_tls_only_inline(small: Small) -> None:
    bucket_in(small, policy=_document(DENY))
    _expect_clean(small.judge(s3_tls_only))


NOT_TLS_ONLY = (
    "The S3 bucket must refuse requests without TLS; its policy does not deny s3:* to everybody, "
    "on the bucket and its objects, where aws:SecureTransport is false."
)


@pytest.mark.parametrize(
    "changes",
    [
        {"Effect": "Allow"},
        {"Principal": {"AWS": "123456789012"}},
        {"Principal": {"Service": "*"}},
        {"Action": ["s3:GetObject", "s3:PutObject"]},
        {"Resource": f"{ARN}/*"},
        {"Resource": ARN},
        {"Resource": [ARN, f"{ARN}/public/*"]},
        {"Resource": [ARN, f"{ARN}/any/*"]},
        {"Resource": [ARN, f"{ARN}/a*"]},
        {"Resource": [ARN, f"{ARN}/*a"]},
        {"Resource": [ARN, f"{ARN}/?"]},
        {"Resource": [ARN, f"{ARN}/??*"]},
        {"Resource": ["arn:aws:s3:::other", "arn:aws:s3:::other/*"]},
        {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        {"Condition": {"StringEquals": {"aws:SecureTransport": "false"}}},
        {"Condition": {"Bool": {"aws:ViaAWSService": "false"}}},
        {
            "Condition": {
                "Bool": {"aws:SecureTransport": "false"},
                "StringEquals": {"aws:PrincipalAccount": "123456789012"},
            }
        },
        {"Condition": {}},
    ],
    ids=lambda changes: json.dumps(changes, sort_keys=True),
)
def test_not_tls_only(small: Small, changes: Mapping[str, Any]) -> None:
    statement = {**DENY, **changes}
    policy = small.add(POLICY, "policy", bucket=bucket_in(small), policy=_document(statement))
    verdict = small.judge(s3_tls_only)
    assert verdict.violations == [NOT_TLS_ONLY]
    assert verdict.urns == [policy.urn]


def test_no_policy(small: Small) -> None:
    bucket = bucket_in(small)
    small.add(POLICY, "policy", bucket="another", policy=_document(DENY))
    verdict = small.judge(s3_tls_only)
    assert verdict.violations == [
        "The S3 bucket must refuse requests without TLS; it has no policy that denies them."
    ]
    assert verdict.urns == [bucket.urn]


def test_a_policy_that_is_none(small: Small) -> None:
    small.add(POLICY, "policy", bucket=bucket_in(small), policy="no JSON")
    assert small.judge(s3_tls_only).violations == [NOT_TLS_ONLY]


UNKNOWNS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "s3-encrypted": (ENCRYPTION, {"rules": [_by_default(UNKNOWN)]}),
    "s3-versioned": (VERSIONING, _enabled(UNKNOWN)),
    "s3-tls-only": (POLICY, {"policy": UNKNOWN}),
}


@pytest.mark.parametrize("rule", UNKNOWNS)
def test_an_unknown_value_hides_no_other_bucket(small: Small, rule: str) -> None:
    token, props = UNKNOWNS[rule]
    small.add(token, "unknown", bucket=bucket_in(small), **props)
    other = small.add(BUCKET_V2, "other", arn="arn:aws:s3:::other")
    verdict = small.judge(RULES[rule])
    assert verdict.urns == [other.urn]
    assert verdict.unknown


@pytest.mark.parametrize("rule", RULES)
def test_a_stack_without_buckets_is_not_judged(rule: str) -> None:
    assert not judge_stack(RULES[rule], [resource(POLICY, "policy", {})]).applicable


@pytest.mark.parametrize("preview", [False, True])
@pytest.mark.parametrize("rule", RULES)
def test_prod_passes(rule: str, preview: bool) -> None:
    resources = policy_resources(deploy_stack("prod", preview=preview), preview)
    verdict = judge_stack(RULES[rule], resources)
    assert verdict.violations == []
    # The policy of a new bucket has its ARN in it.
    assert verdict.unknown is (preview and rule == "s3-tls-only")
