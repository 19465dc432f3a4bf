"""What jobs may do because settings say so: other buckets, a role, repositories."""

import json
from collections.abc import Mapping

from rehearsal.exercises import customer_key
from rehearsal.exercises.exercise import FLOWS, Exercise, Hands, expect
from rehearsal.flow_runner import Mode
from rehearsal.provider import Cloud

RAW, SHARED = "rehearsal-raw", "rehearsal-shared"
DEPLOYER, REPOSITORY = "rehearsal-deployer", "rehearsal/model"


def _with_buckets(cloud: Cloud) -> Mapping[str, str]:
    """Make two buckets that a customer's key encrypts, as somebody does outside of the stack."""
    s3, key = cloud.client("s3"), customer_key.arn(cloud)
    by_default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    for name in (RAW, SHARED):
        s3.create_bucket(Bucket=name, **_location(cloud.region))
        s3.put_bucket_encryption(
            Bucket=name,
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": by_default}]
            },
        )
    s3.put_object(Bucket=RAW, Key="in/text", Body=b"text")
    return {
        "jobReadBuckets": json.dumps([RAW]),
        "jobReadWriteBuckets": json.dumps([SHARED]),
        "jobKmsKeyArns": json.dumps([key]),
    }


def _location(region: str) -> dict[str, dict[str, str]]:
    """Return where a bucket is made (S3 API Reference, CreateBucket: nothing for us-east-1)."""
    if region == "us-east-1":
        return {}
    return {"CreateBucketConfiguration": {"LocationConstraint": region}}


def _use_buckets(hands: Hands) -> None:
    found = hands.runner.run(FLOWS / "other_buckets_flow.py", Mode.BATCH).artifacts
    expect(found["names"] == "['text']", f"the step listed {found['names']}")
    expect(found["written"] == repr("TEXT"), f"the step wrote {found['written']}")


def _with_deployer(cloud: Cloud) -> Mapping[str, str]:
    """Make a role that trusts the account, and a repository."""
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"AWS": f"arn:{cloud.partition}:iam::{cloud.account_id}:root"},
    }
    role = cloud.client("iam").create_role(
        RoleName=DEPLOYER,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )["Role"]
    cloud.client("ecr").create_repository(repositoryName=REPOSITORY)
    return {
        "jobAssumableRoleArns": json.dumps([role["Arn"]]),
        "jobDescribableRepositories": json.dumps([REPOSITORY]),
    }


def _deploy(hands: Hands) -> None:
    found = hands.runner.run(FLOWS / "deployment_flow.py", Mode.BATCH).artifacts
    expect(found["acted_as"] == repr(DEPLOYER), f"the step acted as {found['acted_as']}")
    expect(found["repository"] == repr(REPOSITORY), f"the step found {found['repository']}")


EXERCISES = (
    Exercise("use other buckets, batch", _use_buckets, _with_buckets),
    Exercise("assume a role and find an image, batch", _deploy, _with_deployer),
)
