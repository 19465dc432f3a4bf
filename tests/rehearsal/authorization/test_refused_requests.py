"""How AWS answers a request that it refuses."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
import requests

from rehearsal.stage import Stage
from tests.rehearsal.authorization.worker_role import BUCKET, ROLE, allow, granted, refusal, refused


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


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("dynamodb", "list_tables", {}),
        ("batch", "describe_job_queues", {}),
        ("sts", "assume_role", {"RoleArn": f"{ROLE}-other", "RoleSessionName": "other"}),
        ("ec2", "describe_vpcs", {}),
        ("s3", "get_object", {"Bucket": BUCKET, "Key": "own/there"}),
        ("s3", "head_object", {"Bucket": BUCKET, "Key": "own/there"}),
    ],
    ids=["json", "rest-json", "query", "ec2", "rest-xml", "head"],
)
def test_each_refusal_has_a_request_id_of_its_own(
    place: Stage, service: str, operation: str, parameters: dict[str, Any]
) -> None:
    client = granted(place, allow("sqs:ListQueues")).client(service)
    found = [refusal(client, operation, **parameters)["ResponseMetadata"] for _ in range(2)]
    header = "x-amz-request-id" if service == "s3" else "x-amzn-requestid"
    identifiers = [one["RequestId"] for one in found]
    assert all(identifiers)
    assert len(set(identifiers)) == 2
    assert [one["HTTPHeaders"][header] for one in found] == identifiers


def keys(place: Stage) -> set[str]:
    listed = place.cloud.client("s3").list_objects_v2(Bucket=BUCKET)
    return {one["Key"] for one in listed["Contents"]}


def delete(place: Stage, *statements: Mapping[str, Any], keys: Iterable[str]) -> Any:
    s3 = granted(place, *statements).client("s3")
    return s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": one} for one in keys]})


def test_keys_that_may_not_be_deleted_are_errors_beside_those_that_may(place: Stage) -> None:
    before = keys(place)
    for key in ("own/a & b", "others/a & b"):
        place.cloud.client("s3").put_object(Bucket=BUCKET, Key=key, Body=b"")
    with place.authorizer.ledger.expecting_denials() as denials:
        answer = delete(
            place,
            allow("s3:DeleteObject", f"arn:aws:s3:::{BUCKET}/own/*"),
            keys=("own/a & b", "others/a & b"),
        )
    assert [one["Key"] for one in answer["Deleted"]] == ["own/a & b"]
    assert answer["Errors"] == [
        {"Key": "others/a & b", "Code": "AccessDenied", "Message": "Access Denied"}
    ]
    assert keys(place) == before | {"others/a & b"}
    assert {str(one) for one in denials} == {
        f"worker may not s3:DeleteObject on arn:aws:s3:::{BUCKET}/others/a & b"
    }
    # The next request of the same kind is not bound by the last one.
    place.cloud.client("s3").delete_objects(
        Bucket=BUCKET, Delete={"Objects": [{"Key": "others/a & b"}]}
    )
    assert keys(place) == before


def test_who_may_delete_nothing_gets_an_error_for_each_key(place: Stage) -> None:
    answer = delete(place, allow("s3:GetObject"), keys=("own/there", "own/missing"))
    assert "Deleted" not in answer
    assert [one["Key"] for one in answer["Errors"]] == ["own/there", "own/missing"]
    assert "own/there" in keys(place)


def test_a_version_is_not_deleted_by_who_may_only_delete_the_object(place: Stage) -> None:
    s3 = granted(place, allow("s3:DeleteObject")).client("s3")
    wanted = [{"Key": "own/there", "VersionId": "null"}, {"Key": "own/there"}]
    answer = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": wanted})
    assert {one["Code"] for one in answer["Errors"]} == {"AccessDenied"}
    assert "own/there" in keys(place)


def test_what_nobody_mapped_is_refused_and_told(place: Stage) -> None:
    sqs = granted(place, allow("sqs:ListQueues")).client("sqs")
    assert refused(sqs, "list_queues")[0] == "AccessDeniedException"
    (fault,) = place.authorizer.ledger.faults
    assert fault.startswith("It is not known what sqs:ListQueues asks of IAM")


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("cloudwatch", "put_metric_data", {"Namespace": "own", "MetricData": []}),
        ("elbv2", "describe_load_balancers", {}),
        ("efs", "describe_file_systems", {}),
        ("codebuild", "list_projects", {}),
        ("iot-data", "get_thing_shadow", {"thingName": "own"}),
    ],
    ids=["cloudwatch", "elbv2", "efs", "codebuild", "iot-data"],
)
def test_what_cannot_be_read_is_refused_as_denied_and_told(
    place: Stage, service: str, operation: str, parameters: dict[str, Any]
) -> None:
    client = granted(place, allow("s3:GetObject")).client(service)
    code = refused(client, operation, **parameters)[0]
    assert code in ("AccessDenied", "AccessDeniedException")
    assert len(place.authorizer.ledger.faults) == 1


def test_an_unsigned_request_gets_nothing(place: Stage) -> None:
    answer = requests.get(f"{place.cloud.endpoint}/{BUCKET}/own/there", timeout=10)
    assert answer.status_code == 403
    assert "MissingAuthenticationToken" in answer.text
