"""Requests to the emulated AWS, decided by the policies that are deployed in it."""

import json
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
import requests
from botocore.exceptions import ClientError

from rehearsal.authorization.authorizer import AssumeError
from rehearsal.authorization.evaluation import Principal
from rehearsal.authorization.ledger import Ledger
from rehearsal.provider import Cloud
from rehearsal.stage import Stage, stage

REGION = "eu-west-1"
ACCOUNT = "123456789012"
BUCKET = "gate-data"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/worker"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
TASKS = {"Service": "ecs-tasks.amazonaws.com"}
PERSON = Principal(arn=f"arn:aws:iam::{ACCOUNT}:user/ada", account=ACCOUNT)


def document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [dict(one) for one in statements]})


def allow(action: str | list[str], resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trust(principal: Mapping[str, str], **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}


@pytest.fixture(scope="module")
def stands() -> Iterator[Stage]:
    with stage(REGION, None) as found:
        found.cloud.client("s3").create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        found.cloud.client("s3").put_object(Bucket=BUCKET, Key="own/there", Body=b"x")
        yield found


@pytest.fixture
def place(stands: Stage) -> Iterator[Stage]:
    """Have a role that may do nothing, and a ledger in which nothing stands."""
    stands.authorizer.ledger = Ledger()
    iam = stands.cloud.client("iam")
    iam.create_role(
        RoleName="worker",
        AssumeRolePolicyDocument=document(
            trust({"AWS": PERSON.arn}), trust(TASKS), trust({"Service": "states.amazonaws.com"})
        ),
    )
    yield stands
    for name in iam.list_role_policies(RoleName="worker")["PolicyNames"]:
        iam.delete_role_policy(RoleName="worker", PolicyName=name)
    for one in iam.list_attached_role_policies(RoleName="worker")["AttachedPolicies"]:
        iam.detach_role_policy(RoleName="worker", PolicyArn=one["PolicyArn"])
    iam.delete_role(RoleName="worker")
    stands.cloud.client("s3").delete_bucket_policy(Bucket=BUCKET)


def granted(place: Stage, *statements: Mapping[str, Any]) -> Cloud:
    """Return the emulated AWS as a session of the role sees it, once the role has statements."""
    return session(place, assumed(place, *statements))


def assumed(place: Stage, *statements: Mapping[str, Any]) -> Mapping[str, str]:
    if statements:
        place.cloud.client("iam").put_role_policy(
            RoleName="worker", PolicyName="given", PolicyDocument=document(*statements)
        )
    return place.authorizer.assume(ROLE, PERSON, "ada")


def session(place: Stage, credentials: Mapping[str, str]) -> Cloud:
    return Cloud(place.cloud.endpoint, REGION, credentials=named(credentials))


def named(credentials: Mapping[str, str]) -> dict[str, str]:
    names = {
        "aws_access_key_id": "AccessKeyId",
        "aws_secret_access_key": "SecretAccessKey",
        "aws_session_token": "SessionToken",
    }
    return {name: credentials[key] for name, key in names.items()}


def refused(service: Any, operation: str, **parameters: Any) -> tuple[str, int, str]:
    with pytest.raises(ClientError) as caught:
        getattr(service, operation)(**parameters)
    error = caught.value.response
    status = error["ResponseMetadata"]["HTTPStatusCode"]
    return error["Error"]["Code"], status, error["Error"]["Message"]


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


@pytest.mark.parametrize(
    ("service", "operation", "code", "status"),
    [
        ("dynamodb", "list_tables", "AccessDeniedException", 400),
        ("stepfunctions", "list_state_machines", "AccessDeniedException", 400),
        ("batch", "describe_job_queues", "AccessDeniedException", 403),
    ],
)
def test_each_protocol_has_its_own_form(
    place: Stage, service: str, operation: str, code: str, status: int
) -> None:
    client = granted(place, allow("s3:GetObject")).client(service)
    assert refused(client, operation)[:2] == (code, status)


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


def test_a_passed_role_is_asked_for(place: Stage) -> None:
    definition = {
        "jobDefinitionName": "job",
        "type": "container",
        "containerProperties": {
            "image": "python",
            "command": ["true"],
            "jobRoleArn": ROLE,
            "resourceRequirements": [
                {"type": "VCPU", "value": "1"},
                {"type": "MEMORY", "value": "512"},
            ],
        },
    }
    batch = granted(place, allow("batch:RegisterJobDefinition")).client("batch")
    assert (
        f"iam:PassRole on resource: {ROLE}"
        in refused(batch, "register_job_definition", **definition)[2]
    )
    passing = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    pass_role = allow("iam:PassRole", ROLE, Condition=passing)
    batch = granted(place, allow("batch:RegisterJobDefinition"), pass_role).client("batch")
    assert batch.register_job_definition(**definition)["revision"] == 1


def test_step_functions_tries_the_role_that_it_is_given(place: Stage) -> None:
    definition = {
        "StartAt": "Job",
        "States": {
            "Job": {
                "Type": "Task",
                "Resource": "arn:aws:states:::batch:submitJob.sync",
                "Parameters": {"JobName": "a", "JobQueue": "b", "JobDefinition": "c"},
                "End": True,
            }
        },
    }
    wanted = {"name": "m", "definition": json.dumps(definition), "roleArn": ROLE}
    states = granted(place, allow(["states:CreateStateMachine", "iam:PassRole"])).client(
        "stepfunctions"
    )
    code, _, message = refused(states, "create_state_machine", **wanted)
    assert code == "AccessDeniedException"
    assert message == f"'{ROLE}' is not authorized to create managed-rule."
    rule = ["events:PutRule", "events:PutTargets", "events:DescribeRule"]
    both = (allow(["states:CreateStateMachine", "iam:PassRole"]), allow(rule))
    states = granted(place, *both).client("stepfunctions")
    assert states.create_state_machine(**wanted)["stateMachineArn"]


MACHINE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:one"
STATES = {"Service": "states.amazonaws.com"}
TRUSTED_FOR_MACHINES = {
    "this": ({"ArnLike": {"aws:SourceArn": MACHINE}}, True),
    "another": ({"ArnLike": {"aws:SourceArn": f"{MACHINE}-too"}}, False),
    "another-account": ({"StringEquals": {"aws:SourceAccount": "210987654321"}}, False),
}


def trusting(place: Stage, *statements: Mapping[str, Any]) -> None:
    place.cloud.client("iam").update_assume_role_policy(
        RoleName="worker", PolicyDocument=document(trust({"AWS": PERSON.arn}), *statements)
    )


def machines(place: Stage) -> tuple[Any, dict[str, str]]:
    """Return a client that may make state machines, and one that it can make."""
    may = ["states:CreateStateMachine", "states:UpdateStateMachine", "iam:PassRole"]
    # The cloud's own clients refuse some of it before they ask.
    states = boto3.client(
        "stepfunctions",
        region_name=REGION,
        endpoint_url=place.cloud.endpoint,
        **named(assumed(place, allow(may))),
    )
    only = {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}
    return states, {"name": "one", "definition": json.dumps(only), "roleArn": ROLE}


def listed_machines(place: Stage) -> list[str]:
    listed = place.cloud.client("stepfunctions").list_state_machines()["stateMachines"]
    return [one["stateMachineArn"] for one in listed]


@pytest.mark.parametrize(
    ("condition", "trusted"), TRUSTED_FOR_MACHINES.values(), ids=TRUSTED_FOR_MACHINES
)
def test_a_state_machine_needs_a_role_that_is_trusted_to_it(
    place: Stage, condition: Mapping[str, Any], trusted: bool
) -> None:
    trusting(place, trust(STATES, Condition=condition))
    states, machine = machines(place)
    if trusted:
        assert states.create_state_machine(**machine)["stateMachineArn"] == MACHINE
        states.update_state_machine(stateMachineArn=MACHINE, roleArn=ROLE)
        place.cloud.client("stepfunctions").delete_state_machine(stateMachineArn=MACHINE)
        return
    with place.authorizer.ledger.expecting_denials() as denials:
        code, status, message = refused(states, "create_state_machine", **machine)
    assert (code, status) == ("AccessDeniedException", 400)
    assert message == (
        "Neither the global service principal states.amazonaws.com, nor the regional one is "
        "authorized to assume the provided role."
    )
    assert {str(one) for one in denials} == {
        f"states.amazonaws.com may not sts:AssumeRole on {ROLE}"
    }
    assert MACHINE not in listed_machines(place)


def test_a_state_machine_is_not_given_a_role_of_another_service(place: Stage) -> None:
    states, machine = machines(place)
    states.create_state_machine(**machine)
    trusting(place, trust(TASKS))
    denied = refused(states, "update_state_machine", stateMachineArn=MACHINE, roleArn=ROLE)
    assert denied[2].startswith("Neither the global service principal states.amazonaws.com")
    # A change of the definition alone hands no role over.
    states.update_state_machine(stateMachineArn=MACHINE, definition=machine["definition"])
    place.cloud.client("stepfunctions").delete_state_machine(stateMachineArn=MACHINE)


def test_a_state_machine_without_a_role_that_exists_is_refused(place: Stage) -> None:
    states, machine = machines(place)
    missing = {**machine, "roleArn": f"{ROLE}-missing"}
    assert refused(states, "create_state_machine", **missing)[:2] == ("AccessDeniedException", 400)
    no_role = {**machine, "roleArn": f"arn:aws:s3:::{BUCKET}"}
    assert refused(states, "create_state_machine", **no_role)[:2] == ("InvalidArn", 400)


def test_what_nobody_mapped_is_refused_and_told(place: Stage) -> None:
    sqs = granted(place, allow("sqs:ListQueues")).client("sqs")
    assert refused(sqs, "list_queues")[0] == "AccessDeniedException"
    (fault,) = place.authorizer.ledger.faults
    assert fault.startswith("It is not known what sqs:ListQueues asks of IAM")


def test_only_a_roles_own_token_goes_with_its_key(place: Stage) -> None:
    found = place.authorizer.assume(ROLE, PERSON, "ada")
    stranger = session(place, {**found, "SessionToken": "another"})
    assert refused(stranger.client("dynamodb"), "list_tables") == (
        "UnrecognizedClientException",
        400,
        "The security token included in the request is invalid.",
    )


def test_an_unsigned_request_gets_nothing(place: Stage) -> None:
    answer = requests.get(f"{place.cloud.endpoint}/{BUCKET}/own/there", timeout=10)
    assert answer.status_code == 403
    assert "MissingAuthenticationToken" in answer.text


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

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(16) as workers:
            assert len(set(workers.map(made, range(200)))) == 200
    finally:
        sys.setswitchinterval(before)


def test_the_administrator_is_asked_nothing(place: Stage) -> None:
    assert place.cloud.client("sqs").list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert place.authorizer.ledger.entries() == []
