"""Each request of the tables asks what AWS is documented to ask for it, in every partition."""

import pytest

from rehearsal.authorization.asked import Request, UnmappedError, questions
from rehearsal.authorization.asked.registry import OPERATIONS
from tests.rehearsal.authorization.asked.asking import (
    ACCOUNT,
    NOTHING,
    PLACES,
    Place,
    Row,
    StoredLook,
    asked,
    own,
    request,
)
from tests.rehearsal.authorization.asked.every_row import ROWS


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.partition)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_request_asks_what_aws_documents(row: Row, place: Place) -> None:
    assert list(map(own, asked(row, place))) == place.moved(list(row.expected)), row.source


def test_every_mapped_operation_has_a_row_and_no_two_rows_share_a_name() -> None:
    mapped = {(service, name) for service, names in OPERATIONS.items() for name in names}
    assert {(row.service, row.operation) for row in ROWS} == mapped
    assert len({row.name for row in ROWS}) == len(ROWS)


def test_every_request_has_the_global_keys_and_those_of_s3() -> None:
    [question] = questions(request("s3", "HeadBucket", {"Bucket": "b"}), NOTHING)
    assert question.context == {
        "aws:RequestedRegion": "us-east-1",
        "aws:SourceIp": "198.51.100.7",
        "aws:UserAgent": "Boto3/1.44",
        "aws:SecureTransport": "true",
        "aws:CurrentTime": "2026-11-21T12:30:00Z",
        "aws:EpochTime": "1795264200",
        "aws:ResourceAccount": ACCOUNT,
        "aws:ViaAWSService": "false",
        "s3:authType": "REST-HEADER",
        "s3:signatureversion": "AWS4-HMAC-SHA256",
        "s3:ResourceAccount": ACCOUNT,
    }


def test_a_presigned_request_says_so() -> None:
    sent = request("s3", "GetObject", {"Bucket": "b", "Key": "k"}, presigned=True)
    assert questions(sent, NOTHING)[0].context["s3:authType"] == "REST-QUERY-STRING"


def test_a_call_by_a_service_for_somebody_names_the_service() -> None:
    sent = request(
        "stepfunctions",
        "StartExecution",
        {"stateMachineArn": f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:m"},
        via_service="cloudformation.amazonaws.com",
    )
    context = questions(sent, NOTHING)[0].context
    assert context["aws:ViaAWSService"] == "true"
    assert context["aws:CalledVia"] == ("cloudformation.amazonaws.com",)
    assert context["aws:CalledViaFirst"] == "cloudformation.amazonaws.com"
    assert context["aws:CalledViaLast"] == "cloudformation.amazonaws.com"


def test_a_key_is_used_by_the_service_and_not_by_the_caller() -> None:
    [encrypted] = [row for row in ROWS if row.name == "s3-GetObject-encrypted"]
    of_object, of_key = asked(encrypted)
    assert of_object.context["aws:ViaAWSService"] == "false"
    assert of_key.context["aws:ViaAWSService"] == "true"


@pytest.mark.parametrize(
    ("sent", "tagged"),
    [
        (request("s3", "HeadBucket", {"Bucket": "b"}), "arn:aws:s3:::b"),
        (
            request(
                "stepfunctions",
                "UpdateStateMachine",
                {
                    "stateMachineArn": f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:m",
                    "roleArn": f"arn:aws:iam::{ACCOUNT}:role/r",
                },
            ),
            f"arn:aws:iam::{ACCOUNT}:role/r",
        ),
    ],
    ids=["bucket", "passed-role"],
)
def test_tags_of_buckets_and_of_passed_roles_do_not_count(sent: Request, tagged: str) -> None:
    found = questions(sent, StoredLook(tag_sets={tagged: {"stack": "one"}}))
    assert tagged in {question.resource for question in found}
    assert not [key for one in found for key in one.context if "Tag" in key]


def test_the_account_of_a_resource_is_that_of_its_arn() -> None:
    theirs = "arn:aws:iam::444455556666:role/theirs"
    sent = request("sts", "AssumeRole", {"RoleArn": theirs, "RoleSessionName": "s"})
    assert questions(sent, NOTHING)[0].context["aws:ResourceAccount"] == "444455556666"


@pytest.mark.parametrize(
    ("service", "operation"),
    [("iam", "CreateRole"), ("s3", "PutBucketPolicy"), ("dynamodb", "Query"), ("s3", "getobject")],
)
def test_an_operation_without_a_mapping_is_refused_in_one_line(
    service: str, operation: str
) -> None:
    with pytest.raises(UnmappedError) as refused:
        questions(request(service, operation, {}), NOTHING)
    assert f"{service}:{operation}" in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "named"),
    [
        (
            "s3",
            "GetObject",
            {"Bucket": f"arn:aws:s3:us-east-1:{ACCOUNT}:accesspoint/a", "Key": "k"},
            "through an access point",
        ),
        (
            "s3",
            "CopyObject",
            {
                "Bucket": "b",
                "Key": "k",
                "CopySource": f"arn:aws:s3:us-east-1:{ACCOUNT}:accesspoint/a/object/x",
            },
            "from an access point",
        ),
        (
            "batch",
            "RegisterJobDefinition",
            {"jobDefinitionName": "d", "eksProperties": {"podProperties": {}}},
            "for Amazon EKS",
        ),
        (
            "batch",
            "RegisterJobDefinition",
            {
                "jobDefinitionName": "d",
                "nodeProperties": {"nodeRangeProperties": [{"eksProperties": {"x": 1}}]},
            },
            "for Amazon EKS",
        ),
        ("batch", "DeregisterJobDefinition", {"jobDefinition": "d"}, "without a revision"),
        ("batch", "SubmitJob", {"jobQueue": "q"}, "without the parameter jobDefinition"),
        ("ecs", "RunTask", {"taskDefinition": "d"}, "without a revision"),
        ("events", "PutRule", {"Name": "r", "EventPattern": "{"}, "that is not JSON"),
    ],
    ids=[
        "access-point",
        "copy-from-access-point",
        "eks",
        "eks-nodes",
        "no-revision",
        "no-parameter",
        "ecs-no-revision",
        "no-json",
    ],
)
def test_a_form_of_a_request_that_is_not_known_is_refused(
    service: str, operation: str, parameters: dict[str, object], named: str
) -> None:
    with pytest.raises(UnmappedError, match=named):
        questions(request(service, operation, parameters), NOTHING)
