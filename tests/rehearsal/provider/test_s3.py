"""Buckets: their life, what drifts, and what is refused."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.provider import Cloud, Created, Provider, RefusedError

BUCKET = "aws:s3/bucket:Bucket"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
ENCRYPTION = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
)
ACCESS = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"

CLOSED = {
    "blockPublicAcls": True,
    "blockPublicPolicy": True,
    "ignorePublicAcls": True,
    "restrictPublicBuckets": True,
}
RULES = [
    {
        "id": "old-versions",
        "status": "Enabled",
        "filter": {"prefix": ""},
        "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
        "noncurrentVersionExpiration": {"noncurrentDays": 30},
    }
]
KMS_RULES = [
    {
        "applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "key"},
        "bucketKeyEnabled": True,
    }
]


def policy(bucket: str, sid: str = "DenyHttp") -> str:
    statement = {
        "Sid": sid,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def bucket(rig: Any) -> str:
    return str(rig.create(BUCKET, "metaflow-datastore").id)


def test_a_bucket_lives(rig: Any) -> None:
    created = rig.live(
        BUCKET, "metaflow-datastore", {"tags": {"a": "1", "b": "2"}}, {"tags": {"b": "3"}}
    )
    assert created.id.startswith("metaflow-datastore-")
    assert created.outputs["tags"] == {"b": "3"}
    assert created.outputs["arn"] == f"arn:aws:s3:::{created.id}"


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
    ],
)
def test_a_bucket_carries_its_partition(
    rig: Any, emulator: str, region: str, partition: str, suffix: str
) -> None:
    provider = Provider(Cloud(emulator, region))
    urn = rig.urn(BUCKET, "data")
    created = provider.create(BUCKET, urn, provider.check(BUCKET, urn, {}))
    assert created.outputs["arn"] == f"arn:{partition}:s3:::{created.id}"
    assert created.outputs["bucketRegionalDomainName"] == f"{created.id}.s3.{region}.{suffix}"


@pytest.mark.parametrize(
    ("token", "given", "changed"),
    [
        (
            ENCRYPTION,
            {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]},
            {"rules": KMS_RULES},
        ),
        (ACCESS, CLOSED, {"blockPublicAcls": True}),
        (
            OWNERSHIP,
            {"rule": {"objectOwnership": "BucketOwnerEnforced"}},
            {"rule": {"objectOwnership": "BucketOwnerPreferred"}},
        ),
        (LIFECYCLE, {"rules": RULES}, {"rules": [{**RULES[0], "status": "Disabled"}]}),
    ],
)
def test_a_side_resource_lives(
    rig: Any, bucket: str, token: str, given: dict[str, Any], changed: dict[str, Any]
) -> None:
    rig.live(token, "side", {"bucket": bucket, **given}, changed)


def test_a_policy_lives(rig: Any, bucket: str) -> None:
    rig.live(
        POLICY,
        "tls",
        {"bucket": bucket, "policy": policy(bucket)},
        {"policy": policy(bucket, "OnlyTls")},
    )


def test_versioning_can_be_suspended_but_never_disabled_again(rig: Any, bucket: str) -> None:
    enabled = {"bucket": bucket, "versioningConfiguration": {"status": "Enabled"}}
    created = rig.create(VERSIONING, "versions", **enabled)
    assert rig.read(VERSIONING, created) == created.outputs
    disabled = {**enabled, "versioningConfiguration": {"status": "Disabled"}}
    with pytest.raises(RefusedError, match=r"status: .* can be Suspended, but not Disabled"):
        rig.update(VERSIONING, "versions", created, **disabled)
    rig.delete(VERSIONING, created)
    answer = rig.cloud.client("s3").get_bucket_versioning(Bucket=bucket)
    assert answer["Status"] == "Suspended"


def test_a_bucket_with_versions_goes_only_when_the_state_says_so(rig: Any) -> None:
    kept = rig.create(BUCKET, "data")
    rig.create(VERSIONING, "v", bucket=kept.id, versioningConfiguration={"status": "Enabled"})
    client = rig.cloud.client("s3")
    client.put_object(Bucket=kept.id, Key="k", Body=b"1")
    client.put_object(Bucket=kept.id, Key="k", Body=b"2")
    client.delete_object(Bucket=kept.id, Key="k")
    with pytest.raises(RefusedError, match="BucketNotEmpty"):
        rig.delete(BUCKET, kept)
    emptied = rig.update(BUCKET, "data", kept, bucket=kept.id, forceDestroy=True)
    rig.delete(BUCKET, emptied)
    assert rig.read(BUCKET, emptied) is None


@pytest.mark.parametrize("text", ["{", "no json"])
def test_a_policy_must_be_json(rig: Any, bucket: str, text: str) -> None:
    with pytest.raises(RefusedError, match="policy is not valid JSON"):
        rig.create(POLICY, "p", bucket=bucket, policy=text)


def test_drift_of_the_encryption_shows(rig: Any, bucket: str) -> None:
    created = rig.create(ENCRYPTION, "e", bucket=bucket, rules=KMS_RULES)
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    rig.cloud.client("s3").put_bucket_encryption(
        Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]}
    )
    read = rig.read(ENCRYPTION, created)
    by_default = read["rules"][0]["applyServerSideEncryptionByDefault"]
    assert by_default == {"sseAlgorithm": "AES256"}


def test_drift_of_the_public_access_block_shows(rig: Any, bucket: str) -> None:
    created = rig.create(ACCESS, "a", bucket=bucket, **CLOSED)
    rig.cloud.client("s3").put_public_access_block(
        Bucket=bucket, PublicAccessBlockConfiguration={"BlockPublicAcls": False}
    )
    assert rig.read(ACCESS, created)["blockPublicAcls"] is False


def test_drift_of_the_policy_shows(rig: Any, bucket: str) -> None:
    created = rig.create(POLICY, "p", bucket=bucket, policy=policy(bucket))
    rig.cloud.client("s3").put_bucket_policy(Bucket=bucket, Policy=policy(bucket, "Opened"))
    assert "Opened" in rig.read(POLICY, created)["policy"]


def test_drift_of_the_lifecycle_shows(rig: Any, bucket: str) -> None:
    created = rig.create(LIFECYCLE, "l", bucket=bucket, rules=RULES)
    rule = {
        "ID": "old-versions",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
    }
    rig.cloud.client("s3").put_bucket_lifecycle_configuration(
        Bucket=bucket, LifecycleConfiguration={"Rules": [rule]}
    )
    expiration = rig.read(LIFECYCLE, created)["rules"][0]["noncurrentVersionExpiration"]
    assert expiration == {"noncurrentDays": 1}


def test_drift_of_tags_shows(rig: Any) -> None:
    created = rig.create(BUCKET, "data", tags={"a": "1"})
    rig.cloud.client("s3").delete_bucket_tagging(Bucket=created.id)
    assert rig.read(BUCKET, created)["tags"] == {}


def test_the_state_of_a_bucket_that_someone_deleted_is_gone(rig: Any, bucket: str) -> None:
    rig.cloud.client("s3").delete_bucket(Bucket=bucket)
    gone = Created(bucket, {"bucket": bucket})
    assert rig.read(BUCKET, gone) is None
    assert rig.read(ACCESS, gone) is None
    with pytest.raises(ClientError):
        rig.cloud.client("s3").get_bucket_acl(Bucket=bucket)
