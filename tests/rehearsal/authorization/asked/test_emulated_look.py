"""What is deployed in the emulator is seen, and what is not there is not."""

import io
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from rehearsal.authorization.asked import Encryption
from rehearsal.authorization.asked.emulated_look import EmulatedLook

ACCOUNT = "123456789012"
PART = 5 * 1024 * 1024
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
DEFINITION = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})


class Cloud:
    """Clients of the emulated AWS."""

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            region_name="us-east-1",
            aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
            aws_secret_access_key="example",
        )


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    # As in a rehearsal, where state machines are executed.
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        yield Cloud()


@pytest.fixture
def look() -> EmulatedLook:
    return EmulatedLook(ACCOUNT, "us-east-1")


@pytest.fixture(scope="module")
def key(cloud: Cloud) -> str:
    kms = cloud.client("kms")
    made = kms.create_key(Tags=[{"TagKey": "stack", "TagValue": "one"}])["KeyMetadata"]
    kms.create_alias(AliasName="alias/store", TargetKeyId=made["KeyId"])
    return str(made["Arn"])


@pytest.fixture(scope="module")
def store(cloud: Cloud, key: str) -> Any:
    """Return a client of S3, after a bucket encrypted with the key and one without are there."""
    s3 = cloud.client("s3")
    for name in ("encrypted", "plain"):
        s3.create_bucket(Bucket=name)
    s3.put_bucket_encryption(
        Bucket="encrypted",
        ServerSideEncryptionConfiguration={
            "Rules": [
                {
                    "ApplyServerSideEncryptionByDefault": {
                        "SSEAlgorithm": "aws:kms",
                        "KMSMasterKeyID": key,
                    },
                    "BucketKeyEnabled": True,
                }
            ]
        },
    )
    return s3


def test_objects_that_are_and_are_not_there(store: Any, look: EmulatedLook) -> None:
    store.put_object(Bucket="plain", Key="there", Body=b"x", Tagging="team=ml")
    assert not look.lacks_object("plain", "there")
    assert look.lacks_object("plain", "elsewhere")
    assert not look.lacks_object("no-such-bucket", "there")
    assert look.object_tags("plain", "there") == {"team": "ml"}
    assert look.object_tags("plain", "elsewhere") == {}


def test_an_object_behind_a_delete_marker_is_not_there(store: Any, look: EmulatedLook) -> None:
    store.create_bucket(Bucket="versioned")
    store.put_bucket_versioning(Bucket="versioned", VersioningConfiguration={"Status": "Enabled"})
    version = store.put_object(
        Bucket="versioned",
        Key="k",
        Body=b"x",
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId="alias/store",
    )["VersionId"]
    assert not look.lacks_object("versioned", "k")
    store.delete_object(Bucket="versioned", Key="k")
    assert look.lacks_object("versioned", "k")
    assert look.object_encryption("versioned", "k", None) is None
    assert look.object_encryption("versioned", "k", version) is not None


def test_encryption_of_buckets_objects_and_uploads(
    store: Any, look: EmulatedLook, key: str
) -> None:
    store.put_object(Bucket="encrypted", Key="k", Body=b"x")
    store.put_object(Bucket="plain", Key="k", Body=b"x")
    store.put_object(
        Bucket="plain", Key="own", Body=b"x", ServerSideEncryption="aws:kms", SSEKMSKeyId=key
    )
    store.put_object(
        Bucket="plain",
        Key="without-bucket-key",
        Body=b"x",
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=key,
        BucketKeyEnabled=False,
    )
    assert look.object_encryption("plain", "without-bucket-key", None) == Encryption(key)
    upload = store.create_multipart_upload(Bucket="encrypted", Key="big")["UploadId"]
    assert look.bucket_encryption("encrypted") == Encryption(key, by_bucket=True)
    assert look.bucket_encryption("plain") is None
    assert look.bucket_encryption("no-such-bucket") is None
    assert look.object_encryption("encrypted", "k", None) == Encryption(key, by_bucket=True)
    assert look.object_encryption("plain", "k", None) is None
    assert look.object_encryption("plain", "own", None) == Encryption(key)
    assert look.upload_encryption("encrypted", upload) == Encryption(key, by_bucket=True)
    assert look.upload_encryption("plain", "none") is None


def test_a_multipart_object_is_encrypted_as_its_bucket(
    store: Any, look: EmulatedLook, key: str
) -> None:
    store.upload_fileobj(io.BytesIO(b"x" * 2 * PART), "encrypted", "large")
    assert look.object_encryption("encrypted", "large", None) == Encryption(key, by_bucket=True)


def test_keys_by_every_name(cloud: Cloud, look: EmulatedLook, key: str) -> None:
    for name in (
        key,
        key.rpartition("/")[2],
        "alias/store",
        f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/store",
    ):
        assert look.key_arn(name) == key
    theirs = "arn:aws:kms:us-east-1:444455556666:key/theirs"
    assert look.key_arn(theirs) == theirs
    managed = cloud.client("kms").describe_key(KeyId="alias/aws/s3")["KeyMetadata"]["Arn"]
    assert look.key_arn(managed) is None
    assert look.key_arn("alias/aws/s3") is None
    assert look.key_arn(f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/aws/other") is None
    assert look.key_arn("alias/unknown") is None


def test_secrets_by_name_arn_and_part_of_the_arn(
    cloud: Cloud, look: EmulatedLook, key: str
) -> None:
    secrets = cloud.client("secretsmanager")
    tags = [{"Key": "stack", "Value": "one"}]
    arn = secrets.create_secret(Name="db-password", SecretString="x", KmsKeyId=key, Tags=tags)[
        "ARN"
    ]
    plain = secrets.create_secret(Name="plain", SecretString="x")["ARN"]
    for name in ("db-password", arn, arn[: -len("-AbCdEf")]):
        found = look.secret(name)
        assert found is not None
        assert (found.arn, found.key_arn, found.rotation_function_arn) == (arn, key, None)
    of_plain = look.secret("plain")
    assert of_plain is not None
    assert (of_plain.arn, of_plain.key_arn) == (plain, None)
    assert look.secret("none") is None
    assert look.tags(arn) == {"stack": "one"}


def test_tables_and_rules(cloud: Cloud, look: EmulatedLook) -> None:
    arn = cloud.client("dynamodb").create_table(
        TableName="t",
        AttributeDefinitions=[{"AttributeName": "pathspec", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pathspec", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=[{"Key": "stack", "Value": "one"}],
    )["TableDescription"]["TableArn"]
    assert look.partition_key(arn) == "pathspec"
    assert look.partition_key(f"{arn}2") is None
    assert look.tags(arn) == {"stack": "one"}
    rule = cloud.client("events").put_rule(
        Name="r", ScheduleExpression="rate(1 day)", Tags=[{"Key": "stack", "Value": "one"}]
    )["RuleArn"]
    assert look.has_rule("default", "r")
    assert not look.has_rule("default", "other")
    assert not look.has_rule("other", "r")
    assert look.tags(rule) == {"stack": "one"}


def test_tags_of_job_definitions_machines_roles_groups_keys_and_api_keys(
    cloud: Cloud, look: EmulatedLook, key: str
) -> None:
    one = {"stack": "one"}
    definition = cloud.client("batch").register_job_definition(
        jobDefinitionName="d",
        type="container",
        containerProperties={"image": "i", "vcpus": 1, "memory": 128},
        tags=one,
    )["jobDefinitionArn"]
    role = cloud.client("iam").create_role(
        RoleName="r", AssumeRolePolicyDocument=TRUST, Tags=[{"Key": "stack", "Value": "one"}]
    )["Role"]["Arn"]
    machine = cloud.client("stepfunctions").create_state_machine(
        name="m", definition=DEFINITION, roleArn=role, tags=[{"key": "stack", "value": "one"}]
    )["stateMachineArn"]
    cloud.client("logs").create_log_group(logGroupName="/g", tags=one)
    api_key = cloud.client("apigateway").create_api_key(name="k", tags=one)["id"]
    group = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/g"
    for arn in (
        definition,
        role,
        machine,
        f"{group}:log-stream:s",
        key,
        f"arn:aws:apigateway:us-east-1::/apikeys/{api_key}",
    ):
        assert look.tags(arn) == one, arn
    assert look.tags(definition.rpartition(":")[0]) == {}
    assert look.tags("arn:aws:sqs:us-east-1:123456789012:queue") == {}
    assert look.tags("arn:aws:apigateway:us-east-1::/apikeys") == {}
    assert look.tags("no ARN") == {}


def test_services_and_task_definitions(cloud: Cloud, look: EmulatedLook) -> None:
    ecs = cloud.client("ecs")
    roles = {name: f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("task", "execution")}
    arn = ecs.register_task_definition(
        family="f",
        containerDefinitions=[{"name": "c", "image": "i", "memory": 1}],
        taskRoleArn=roles["task"],
        executionRoleArn=roles["execution"],
    )["taskDefinition"]["taskDefinitionArn"]
    ecs.create_cluster(clusterName="c")
    service = ecs.create_service(
        cluster="c",
        serviceName="s",
        taskDefinition="f",
        desiredCount=0,
        tags=[{"key": "stack", "value": "one"}],
    )["service"]["serviceArn"]
    assert look.task_definition_roles(arn) == tuple(roles.values())
    assert look.task_definition_roles("f:2") == ()
    assert look.tags(service) == {"stack": "one"}


def test_another_account_has_nothing_of_it(cloud: Cloud, store: Any) -> None:
    cloud.client("secretsmanager").create_secret(Name="of-the-first", SecretString="x")
    del store
    other = EmulatedLook("444455556666", "us-east-1")
    assert other.secret("of-the-first") is None
    assert other.key_arn("alias/store") is None
