"""Requests to the emulated AWS, decided by the policies that are deployed in it."""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from rehearsal.authorization.authorizer import AssumeError
from rehearsal.authorization.evaluation import Principal
from rehearsal.provider import Cloud
from rehearsal.stage import Stage
from tests.rehearsal.authorization.worker_role import (
    ACCOUNT,
    BUCKET,
    PERSON,
    REGION,
    ROLE,
    TASKS,
    allow,
    document,
    granted,
    refused,
    session,
    trust,
)


def test_what_is_granted_works_and_the_rest_is_denied_in_awss_words(place: Stage) -> None:
    own = f"arn:aws:s3:::{BUCKET}/own/*"
    s3 = granted(place, allow("s3:GetObject", own)).client("s3")
    assert s3.get_object(Bucket=BUCKET, Key="own/there")["Body"].read() == b"x"
    assert refused(s3, "put_object", Bucket=BUCKET, Key="own/there", Body=b"y") == (
        "AccessDenied",
        403,
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/worker/ada is not authorized to perform: "
        f"s3:PutObject on resource: arn:aws:s3:::{BUCKET}/own/there because no identity-based "
        "policy allows the s3:PutObject action",
    )
    assert refused(s3, "get_object", Bucket=BUCKET, Key="others/there")[:2] == ("AccessDenied", 403)
    kept = place.cloud.client("s3").get_object(Bucket=BUCKET, Key="own/there")
    assert kept["Body"].read() == b"x"


@pytest.mark.parametrize(("listing", "status"), [(False, 403), (True, 404)])
def test_listing_decides_how_a_missing_object_is_answered(
    place: Stage, listing: bool, status: int
) -> None:
    statements = [allow("s3:GetObject", f"arn:aws:s3:::{BUCKET}/own/*")]
    if listing:
        prefix = {"StringLike": {"s3:prefix": "own/*"}}
        statements.append(allow("s3:ListBucket", f"arn:aws:s3:::{BUCKET}", Condition=prefix))
    s3 = granted(place, *statements).client("s3")
    assert refused(s3, "get_object", Bucket=BUCKET, Key="own/missing")[1] == status
    assert refused(s3, "head_object", Bucket=BUCKET, Key="own/missing")[1] == status


def test_an_explicit_deny_wins_and_is_named(place: Stage) -> None:
    deny = {"Sid": "NoListing", "Effect": "Deny", "Action": "s3:ListBucket", "Resource": "*"}
    s3 = granted(place, allow("s3:ListBucket"), deny).client("s3")
    message = refused(s3, "list_objects_v2", Bucket=BUCKET)[2]
    assert message.endswith("with an explicit deny in given/NoListing")


def test_a_permissions_boundary_bounds(place: Stage) -> None:
    iam = place.cloud.client("iam")
    boundary = iam.create_policy(
        PolicyName="boundary", PolicyDocument=document(allow("s3:GetObject"))
    )["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName="worker", PermissionsBoundary=boundary)
    s3 = granted(place, allow(["s3:GetObject", "s3:PutObject"])).client("s3")
    assert s3.get_object(Bucket=BUCKET, Key="own/there")
    assert refused(s3, "put_object", Bucket=BUCKET, Key="own/a", Body=b"")[0] == "AccessDenied"


def test_a_bucket_policy_counts_too(place: Stage) -> None:
    s3 = granted(place, allow("sqs:ListQueues")).client("s3")
    assert refused(s3, "get_object", Bucket=BUCKET, Key="own/there")[1] == 403
    grant = allow("s3:GetObject", f"arn:aws:s3:::{BUCKET}/*", Principal={"AWS": ROLE})
    place.cloud.client("s3").put_bucket_policy(Bucket=BUCKET, Policy=document(grant))
    assert s3.get_object(Bucket=BUCKET, Key="own/there")


def test_an_attached_policy_counts(place: Stage) -> None:
    iam = place.cloud.client("iam")
    arn = iam.create_policy(PolicyName="reading", PolicyDocument=document(allow("s3:GetObject")))[
        "Policy"
    ]["Arn"]
    iam.attach_role_policy(RoleName="worker", PolicyArn=arn)
    assert granted(place).client("s3").get_object(Bucket=BUCKET, Key="own/there")


def test_only_a_roles_own_token_goes_with_its_key(place: Stage) -> None:
    found = place.authorizer.assume(ROLE, PERSON, "ada")
    stranger = session(place, {**found, "SessionToken": "another"})
    assert refused(stranger.client("dynamodb"), "list_tables") == (
        "UnrecognizedClientException",
        400,
        "The security token included in the request is invalid.",
    )


def test_trust_policies_decide_who_assumes_a_role(place: Stage) -> None:
    authorizer = place.authorizer
    for stranger in ("bob", "ada2"):
        other = Principal(arn=f"arn:aws:iam::{ACCOUNT}:user/{stranger}", account=ACCOUNT)
        with pytest.raises(AssumeError, match=f"user/{stranger} may not assume {ROLE}"):
            authorizer.assume(ROLE, other, "other")
    with pytest.raises(AssumeError):
        authorizer.assume_as_service(ROLE, "events", "execution", "arn:aws:events:::x")
    assert authorizer.assume_as_service(ROLE, "ecs-tasks", "task", "arn:aws:ecs:::x")["AccessKeyId"]
    with pytest.raises(AssumeError):
        authorizer.assume(f"{ROLE}-missing", PERSON, "ada")


def test_a_conditioned_trust_needs_its_source(place: Stage) -> None:
    condition = {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:*"},
    }
    place.cloud.client("iam").update_assume_role_policy(
        RoleName="worker", PolicyDocument=document(trust(TASKS, Condition=condition))
    )
    assume = place.authorizer.assume_as_service
    assert assume(ROLE, "ecs-tasks", "task", f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/c/1")
    with pytest.raises(AssumeError, match=r"with aws:SourceArn arn:aws:ecs:us-east-1:"):
        assume(ROLE, "ecs-tasks", "task", f"arn:aws:ecs:us-east-1:{ACCOUNT}:task/c/1")


def test_a_user_acts_by_its_own_policies_and_its_groups(place: Stage) -> None:
    iam = place.cloud.client("iam")
    iam.create_user(UserName="carl")
    iam.create_group(GroupName="readers")
    iam.add_user_to_group(GroupName="readers", UserName="carl")
    reading = document(allow("s3:GetObject"))
    iam.put_group_policy(GroupName="readers", PolicyName="reading", PolicyDocument=reading)
    key = iam.create_access_key(UserName="carl")["AccessKey"]
    credentials = {
        "aws_access_key_id": key["AccessKeyId"],
        "aws_secret_access_key": key["SecretAccessKey"],
    }
    s3 = Cloud(place.cloud.endpoint, REGION, credentials=credentials).client("s3")
    assert s3.get_object(Bucket=BUCKET, Key="own/there")
    message = refused(s3, "delete_object", Bucket=BUCKET, Key="own/there")[2]
    assert message.startswith(f"User: arn:aws:iam::{ACCOUNT}:user/carl is not authorized")


def test_the_ledger_has_every_decision_once(place: Stage) -> None:
    s3 = granted(place, allow("s3:GetObject")).client("s3")
    for _ in range(3):
        s3.get_object(Bucket=BUCKET, Key="own/there")
    with place.authorizer.ledger.expecting_denials() as expected:
        refused(s3, "delete_object", Bucket=BUCKET, Key="own/there")
    refused(s3, "put_object", Bucket=BUCKET, Key="own/there", Body=b"")
    ledger = place.authorizer.ledger
    assert ledger.used(ROLE) == {"s3:GetObject"}
    assert [one.action for one in expected] == ["s3:DeleteObject"]
    assert [str(one) for one in ledger.unexpected_denials()] == [
        f"worker may not s3:PutObject on arn:aws:s3:::{BUCKET}/own/there"
    ]
    used = [one for one in ledger.entries() if one.action == "s3:GetObject"]
    assert [(one.principal, one.statement) for one in used] == [(ROLE, "given/1")]


def test_security_groups_can_be_made_at_the_same_time(place: Stage) -> None:
    ec2 = place.cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]

    def made(number: int) -> str:
        answer = ec2.create_security_group(
            GroupName=f"group-{number}", Description="One of many", VpcId=vpc
        )
        return str(answer["GroupId"])

    assert len(set(_at_the_same_time(made))) == 200


def test_roles_can_be_made_at_the_same_time_and_sessions_of_them(place: Stage) -> None:
    iam, sts = place.cloud.client("iam"), place.cloud.client("sts")
    trusted = document(trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}))

    def made(number: int) -> str:
        name = f"role-{number}"
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusted)["Role"]["Arn"]
        iam.attach_role_policy(RoleName=name, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
        sts.assume_role(RoleArn=arn, RoleSessionName="ada")
        return str(iam.get_role(RoleName=name)["Role"]["RoleId"])

    assert len(set(_at_the_same_time(made))) == 200


def _at_the_same_time(made: Callable[[int], str]) -> list[str]:
    """Call a function with 200 numbers from 16 threads that take turns as often as can be."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(16) as workers:
            return list(workers.map(made, range(200)))
    finally:
        sys.setswitchinterval(before)


def test_the_administrator_is_asked_nothing(place: Stage) -> None:
    assert place.cloud.client("sqs").list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert place.authorizer.ledger.entries() == []
