"""What beside the policies of its role decides on a request: those of resources and sessions."""

from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.provider import Cloud
from rehearsal.provider.cloud import ADMINISTRATOR
from rehearsal.stage import Stage
from tests.rehearsal.authorization.raw_requests import authorization, send
from tests.rehearsal.authorization.worker_role import (
    ACCOUNT,
    BUCKET,
    PERSON,
    REGION,
    ROLE,
    allow,
    document,
    granted,
    refused,
    session,
    trust,
)

ASSUMING = allow(["sts:AssumeRole", "sts:TagSession"])
TARGET = f"arn:aws:iam::{ACCOUNT}:role/target"
DENY = {"Effect": "Deny", "Action": "*", "Resource": "*", "Principal": {"AWS": ROLE}}


@pytest.fixture
def target(place: Stage) -> Iterator[None]:
    """Have a role that may do everything with the bucket, and that everybody may assume."""
    iam = place.cloud.client("iam")
    iam.create_role(
        RoleName="target",
        AssumeRolePolicyDocument=document(trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"})),
        Tags=[{"Key": "team", "Value": "blue"}],
    )
    put(place, allow("s3:*"))
    yield
    iam.delete_role_policy(RoleName="target", PolicyName="given")
    iam.delete_role(RoleName="target")


def put(place: Stage, *statements: dict[str, Any]) -> None:
    place.cloud.client("iam").put_role_policy(
        RoleName="target", PolicyName="given", PolicyDocument=document(*statements)
    )


def as_target(place: Stage, **more: Any) -> Any:
    worker = granted(place, ASSUMING).client("sts")
    answer = worker.assume_role(RoleArn=TARGET, RoleSessionName="own", **more)
    return session(place, answer["Credentials"]).client("s3")


@pytest.mark.usefixtures("target")
def test_a_session_policy_limits_the_session(place: Stage) -> None:
    s3 = as_target(place, Policy=document(allow("s3:GetObject")))
    assert s3.get_object(Bucket=BUCKET, Key="own/there")
    assert refused(s3, "put_object", Bucket=BUCKET, Key="own/x", Body=b"")[0] == "AccessDenied"
    assert as_target(place).put_object(Bucket=BUCKET, Key="own/there", Body=b"x")


@pytest.mark.usefixtures("target")
def test_session_policies_that_the_emulator_drops_are_refused(place: Stage) -> None:
    worker = granted(place, ASSUMING).client("sts")
    arns = [{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}]
    given = {"RoleArn": TARGET, "RoleSessionName": "own", "PolicyArns": arns}
    assert refused(worker, "assume_role", **given)[0] == "AccessDenied"
    (fault,) = place.authorizer.ledger.faults
    assert "sts:AssumeRole with PolicyArns" in fault


@pytest.mark.usefixtures("target")
@pytest.mark.parametrize(
    ("key", "value"),
    [("aws:PrincipalTag/team", "blue"), ("aws:userid", "*:own")],
    ids=["tag", "userid"],
)
def test_a_deny_can_name_a_role_by_its_tags_and_its_session(
    place: Stage, key: str, value: str
) -> None:
    deny = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}
    for pattern, denied in ((value, True), (f"{value}-not", False)):
        put(place, allow("s3:*"), {**deny, "Condition": {"StringLike": {key: pattern}}})
        s3 = as_target(place)
        if denied:
            assert refused(s3, "get_object", Bucket=BUCKET, Key="own/there")[1] == 403
        else:
            assert s3.get_object(Bucket=BUCKET, Key="own/there")


def test_a_deny_can_name_a_user_by_its_tags_and_its_identifier(place: Stage) -> None:
    iam = place.cloud.client("iam")
    user = iam.create_user(UserName="dora", Tags=[{"Key": "team", "Value": "blue"}])["User"]
    key = iam.create_access_key(UserName="dora")["AccessKey"]
    credentials = {
        "aws_access_key_id": key["AccessKeyId"],
        "aws_secret_access_key": key["SecretAccessKey"],
    }
    s3 = Cloud(place.cloud.endpoint, REGION, credentials=credentials).client("s3")
    for condition in ({"aws:PrincipalTag/team": "blue"}, {"aws:userid": user["UserId"]}):
        deny = {"Effect": "Deny", "Action": "*", "Resource": "*"}
        conditioned = {**deny, "Condition": {"StringEquals": condition}}
        for statements, status in (([allow("s3:*")], 200), ([allow("s3:*"), conditioned], 403)):
            iam.put_user_policy(
                UserName="dora", PolicyName="given", PolicyDocument=document(*statements)
            )
            if status == 200:
                assert s3.get_object(Bucket=BUCKET, Key="own/there")
            else:
                assert refused(s3, "get_object", Bucket=BUCKET, Key="own/there")[1] == status


def test_a_secrets_policy_allows_and_denies(place: Stage) -> None:
    manager = place.cloud.client("secretsmanager")
    arn = manager.create_secret(Name="shared", SecretString="text")["ARN"]
    wanted = {"SecretId": arn}
    worker = granted(place, allow("sqs:ListQueues")).client("secretsmanager")
    assert refused(worker, "get_secret_value", **wanted)[0] == "AccessDeniedException"
    grant = allow("secretsmanager:GetSecretValue", Principal={"AWS": ROLE})
    manager.put_resource_policy(SecretId=arn, ResourcePolicy=document(grant))
    assert worker.get_secret_value(**wanted)["SecretString"] == "text"
    manager.put_resource_policy(SecretId=arn, ResourcePolicy=document(DENY))
    worker = granted(place, allow("secretsmanager:*")).client("secretsmanager")
    assert refused(worker, "get_secret_value", **wanted)[0] == "AccessDeniedException"
    manager.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)


def test_a_topics_policy_allows_and_denies(place: Stage) -> None:
    topics = place.cloud.client("sns")
    arn = topics.create_topic(Name="news")["TopicArn"]
    message = {"TopicArn": arn, "Message": "text"}

    def decide(statement: dict[str, Any]) -> None:
        policy = document({**statement, "Resource": arn})
        topics.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)

    worker = granted(place, allow("sqs:ListQueues")).client("sns")
    assert refused(worker, "publish", **message)[0] == "AccessDenied"
    decide(allow("sns:Publish", Principal={"AWS": ROLE}))
    assert worker.publish(**message)["MessageId"]
    decide(DENY)
    worker = granted(place, allow("sns:*")).client("sns")
    assert refused(worker, "publish", **message)[0] == "AccessDenied"
    assert place.authorizer.ledger.faults == []
    topics.delete_topic(TopicArn=arn)


def test_a_topic_that_is_encrypted_is_not_published_to(place: Stage) -> None:
    topics = place.cloud.client("sns")
    arn = topics.create_topic(Name="sealed", Attributes={"KmsMasterKeyId": "alias/own"})["TopicArn"]
    worker = granted(place, allow("sns:*")).client("sns")
    assert refused(worker, "publish", TopicArn=arn, Message="text")[0] == "AccessDenied"
    (fault,) = place.authorizer.ledger.faults
    assert "to an encrypted topic" in fault
    topics.delete_topic(TopicArn=arn)


def test_a_key_is_used_by_nobody_whom_its_policy_does_not_allow(place: Stage) -> None:
    kms, s3 = place.cloud.client("kms"), place.cloud.client("s3")
    nobody = document(allow("kms:*", Principal={"AWS": PERSON.arn}))
    everybody = document(allow("kms:*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}))
    key = kms.create_key(Policy=everybody)["KeyMetadata"]["KeyId"]
    s3.put_object(
        Bucket=BUCKET, Key="sealed", Body=b"x", ServerSideEncryption="aws:kms", SSEKMSKeyId=key
    )
    worker = granted(place, allow(["s3:GetObject", "kms:Decrypt"])).client("s3")
    assert worker.get_object(Bucket=BUCKET, Key="sealed")
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=nobody)
    message = refused(worker, "get_object", Bucket=BUCKET, Key="sealed")[2]
    assert "is not authorized to perform: kms:Decrypt" in message


def test_a_bucket_with_a_name_like_the_emulators_paths_is_guarded(place: Stage) -> None:
    s3 = place.cloud.client("s3")
    s3.create_bucket(Bucket="mine", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="mine", Key="own", Body=b"x")
    worker = granted(place, allow("sqs:ListQueues")).client("s3")
    assert refused(worker, "get_object", Bucket="mine", Key="own")[0] == "AccessDenied"


def test_the_emulators_own_paths_are_the_administrators_alone(place: Stage) -> None:
    strangers = ["AKIAOTHEROTHEROTHER1", f"{ADMINISTRATOR}X"]
    for key in strangers:
        for request in ("GET /moto-api/data.json", "POST /moto-api/reset"):
            headers = [("Authorization", authorization(key, "s3"))]
            assert send(place, request, headers)[0] == 403
    assert place.cloud.client("s3").get_object(Bucket=BUCKET, Key="own/there")
    own = [("Authorization", authorization(ADMINISTRATOR, "s3"))]
    assert send(place, "GET /moto-api/data.json", own)[0] == 200
