"""A flow runs on a bucket, key, database secret and role that were there before the stack."""

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal import metaflow_profile, wiring
from rehearsal.authorization.ledger import Ledger
from rehearsal.exercises import Hands
from rehearsal.flow_runner import FlowRunner
from rehearsal.mocks import DeploymentError
from rehearsal.provider import Cloud, Provider
from rehearsal.sandbox import sandbox
from rehearsal.stage import jobs, stage
from tests.rehearsal.scenarios import OWN_FLOW
from tests.rehearsal.standing import deployed
from tests.rehearsal.test_restored_database import OTHERS

BUCKET = "flows-of-years"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)


def adopted(cloud: Cloud) -> dict[str, Any]:
    """Make what is adopted; return the settings that name it."""
    key = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    bucket = cloud.client("s3")
    bucket.create_bucket(Bucket=BUCKET)
    bucket.put_object(Bucket=BUCKET, Key="metaflow/OldFlow/1", Body=b"old")
    bucket.create_bucket(
        Bucket="flows-elsewhere", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    secret = cloud.client("secretsmanager").create_secret(
        Name="others", SecretString=json.dumps({"username": "master", "password": "of-theirs"})
    )
    role = cloud.client("iam").create_role(
        RoleName="scientists", Path="/team/", AssumeRolePolicyDocument=TRUST
    )
    database = cloud.client("rds").create_db_instance(**OTHERS)["DBInstance"]
    group = cloud.client("ec2").create_security_group(GroupName="others", Description="Others")
    return {
        "datastoreBucketName": BUCKET,
        "datastoreKmsKeyArn": key,
        "datastoreForceDestroy": False,
        "dbHost": database["Endpoint"]["Address"],
        "dbSecretArn": secret["ARN"],
        "dbSecurityGroupId": group["GroupId"],
        "userRoleArn": role["Role"]["Arn"],
    }


def configuration(cloud: Cloud) -> dict[str, Any]:
    """Return all that a stack could have changed of the bucket and of the role's trust."""
    client = cloud.client("s3")
    role = cloud.client("iam").get_role(RoleName="scientists")["Role"]
    secrets = cloud.client("secretsmanager")
    found: dict[str, Any] = {
        "versioning": client.get_bucket_versioning(Bucket=BUCKET).get("Status"),
        "trust": role["AssumeRolePolicyDocument"],
        "role tags": role.get("Tags"),
        "rotation": secrets.describe_secret(SecretId="others").get("RotationEnabled"),
    }
    for name in (
        "bucket_policy",
        "bucket_encryption",
        "bucket_tagging",
        "bucket_lifecycle_configuration",
    ):
        try:
            answer = getattr(client, f"get_{name}")(Bucket=BUCKET)
            found[name] = {key: answer[key] for key in answer if key != "ResponseMetadata"}
        except ClientError as error:
            found[name] = error.response["Error"]["Code"]
    return found


@pytest.fixture(scope="module")
def before_and_hands() -> Iterator[tuple[dict[str, Any], Hands]]:
    with stage("us-east-1", None) as stands, sandbox() as place, jobs(place, stands):
        settings = adopted(stands.cloud)
        before = configuration(stands.cloud)
        deployment = deployed(stands, "dev", settings=settings)
        profile = metaflow_profile.write(place, stands.cloud, stands.authorizer, deployment)
        yield before, Hands(FlowRunner(place, profile, stands.cloud, []), stands, deployment)


@pytest.fixture(scope="module")
def hands(before_and_hands: tuple[dict[str, Any], Hands]) -> Hands:
    return before_and_hands[1]


def denials(ledger: Ledger) -> list[str]:
    return [str(one) for one in ledger.entries() if not one.allowed]


def test_a_flow_runs_with_batch_by_the_role_in_the_bucket(hands: Hands, tmp_path: Path) -> None:
    path = tmp_path / "own_flow.py"
    path.write_text(textwrap.dedent(OWN_FLOW))
    pathspec = hands.runner.started_run(path, "run", "--with", "batch")
    listed = hands.stands.cloud.client("s3").list_objects_v2(Bucket=BUCKET, Prefix="metaflow/")
    keys = [one["Key"] for one in listed["Contents"]]
    assert pathspec.startswith("OwnFlow/")
    assert any(key.startswith("metaflow/OwnFlow/") for key in keys)
    assert "metaflow/OldFlow/1" in keys
    assert denials(hands.stands.authorizer.ledger) == []


def test_its_wires_hold(hands: Hands) -> None:
    hops = wiring.check(hands.deployment.registrations)
    assert [str(one) for one in hops if not one.holds] == []


def test_nothing_of_what_is_adopted_has_changed(
    before_and_hands: tuple[dict[str, Any], Hands],
) -> None:
    before, hands = before_and_hands
    assert configuration(hands.stands.cloud) == before


def test_the_role_has_the_policies(hands: Hands) -> None:
    iam = hands.stands.cloud.client("iam")
    attached = iam.list_attached_role_policies(RoleName="scientists")["AttachedPolicies"]
    assert {one["PolicyArn"] for one in attached} == set(hands.deployment.outputs["userPolicyArns"])


def test_a_policy_that_aws_manages_is_there(hands: Hands) -> None:
    arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    answer = Provider(hands.stands.cloud).invoke("aws:iam/getPolicy:getPolicy", {"arn": arn})
    assert answer["name"] == "AmazonS3ReadOnlyAccess"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"datastoreBucketName": "no-such-bucket-of-ours"}, "getBucket: no bucket no-such-bucket"),
        ({"datastoreBucketName": "flows-elsewhere"}, "is in eu-west-1, the stack in us-east-1"),
        (
            {"datastoreKmsKeyArn": f"arn:aws:kms:us-east-1:123456789012:key/{'0' * 36}"},
            "getKey: no key",
        ),
        (
            {
                "dbHost": "others.example.com",
                "dbCidr": "10.0.0.0/16",
                "dbSecretArn": f"{SECRET}nothing-AbCdEf",
            },
            f"dbSecretArn is {SECRET}nothing-AbCdEf, a secret that does not exist, or",
        ),
        (
            {"jobPolicyArns": '["arn:aws:iam::aws:policy/NoSuchPolicy"]'},
            "iam::aws:policy/NoSuchPolicy, a policy that does not exist",
        ),
    ],
    ids=["no bucket", "bucket elsewhere", "no key", "no secret", "no policy"],
)
def test_what_is_not_there_is_refused(hands: Hands, changed: dict[str, Any], words: str) -> None:
    settings = {"datastoreForceDestroy": False, "datastoreBucketName": BUCKET, **changed}
    with pytest.raises(DeploymentError, match=words):
        deployed(hands.stands, "dev", name="refused", settings=settings)
