"""The datastore: a bucket that is private, encrypted, versioned and reached by TLS only."""

import itertools
from typing import Any

import pytest

from tests import deployed
from tests.deployed import OTHER_VALUES

BUCKET = "metaflow-datastore-bucket"
ARN = f"arn:aws:s3:::{BUCKET}"
KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/metaflow-datastore-key"


def side_resource(stack: str, kind: str, **settings: Any) -> dict[str, Any]:
    token = f"aws:s3/{kind[0].lower()}{kind[1:]}:{kind}"
    given = deployed.inputs(deployed.deploy_stack(stack, **settings), token)
    assert given.pop("bucket") == BUCKET
    return given


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_nothing_makes_the_bucket_public(stack: str) -> None:
    assert side_resource(stack, "BucketPublicAccessBlock") == {
        "blockPublicAcls": True,
        "blockPublicPolicy": True,
        "ignorePublicAcls": True,
        "restrictPublicBuckets": True,
    }
    assert side_resource(stack, "BucketOwnershipControls") == {
        "rule": {"objectOwnership": "BucketOwnerEnforced"}
    }


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_bucket_policy_refuses_plain_http(stack: str) -> None:
    policy = deployed.documents(
        deployed.deploy_stack(stack), "aws:s3/bucketPolicy:BucketPolicy", "policy"
    )
    assert policy == {
        "metaflow-datastore-policy": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "TlsOnly",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": [ARN, f"{ARN}/*"],
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                }
            ],
        }
    }


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_objects_are_versioned_and_cleaned_up(stack: str) -> None:
    assert side_resource(stack, "BucketVersioning") == {
        "versioningConfiguration": {"status": "Enabled"}
    }
    assert side_resource(stack, "BucketLifecycleConfiguration") == {
        "rules": [
            {
                "id": "abort-uploads",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
            },
            {
                "id": "expire-old-versions",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "noncurrentVersionExpiration": {"noncurrentDays": 30},
                "expiration": {"expiredObjectDeleteMarker": True},
            },
        ]
    }


def test_old_versions_are_kept_as_long_as_set() -> None:
    lifecycle = side_resource("dev", "BucketLifecycleConfiguration", **OTHER_VALUES)
    assert lifecycle["rules"][1]["noncurrentVersionExpiration"] == {"noncurrentDays": 400}


def test_dev_encrypts_with_keys_of_s3() -> None:
    assert side_resource("dev", "BucketServerSideEncryptionConfiguration") == {
        "rules": [
            {
                "applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"},
                "bucketKeyEnabled": False,
            }
        ]
    }


def test_prod_encrypts_with_a_key_of_its_own_that_is_rotated() -> None:
    assert side_resource("prod", "BucketServerSideEncryptionConfiguration") == {
        "rules": [
            {
                "applyServerSideEncryptionByDefault": {
                    "sseAlgorithm": "aws:kms",
                    "kmsMasterKeyId": KEY_ARN,
                },
                "bucketKeyEnabled": True,
            }
        ]
    }
    assert deployed.inputs(deployed.deploy_stack("prod"), "aws:kms/key:Key") == {
        "description": "Encrypts Metaflow's datastore",
        "enableKeyRotation": True,
        "deletionWindowInDays": 30,
    }


@pytest.mark.parametrize(
    ("stack", "settings", "emptied"),
    [("dev", {}, True), ("dev", OTHER_VALUES, False), ("prod", {}, False)],
)
def test_a_bucket_is_emptied_on_destroy_only_where_set(
    stack: str, settings: dict[str, Any], emptied: bool
) -> None:
    deployment = deployed.deploy_stack(stack, **settings)
    assert deployed.inputs(deployment, "aws:s3/bucket:Bucket") == {"forceDestroy": emptied}


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_puts_on_the_bucket_never_overlap(stack: str) -> None:
    # S3 answers 409 to them, and a public access block that comes late lets a public policy in.
    deployment = deployed.deploy_stack(stack)
    order = ("ownership", "public-access", "encryption", "versioning", "policy", "lifecycle")
    by_name = {one.name: one for one in deployment.registrations}
    for before, after in itertools.pairwise(order):
        former, latter = (by_name[f"metaflow-datastore-{name}"] for name in (before, after))
        assert former.urn in latter.dependencies
