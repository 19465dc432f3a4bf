"""How AWS answers a request that it refuses."""

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


def test_what_nobody_mapped_is_refused_and_told(place: Stage) -> None:
    sqs = granted(place, allow("sqs:ListQueues")).client("sqs")
    assert refused(sqs, "list_queues")[0] == "AccessDeniedException"
    (fault,) = place.authorizer.ledger.faults
    assert fault.startswith("It is not known what sqs:ListQueues asks of IAM")


def test_an_unsigned_request_gets_nothing(place: Stage) -> None:
    answer = requests.get(f"{place.cloud.endpoint}/{BUCKET}/own/there", timeout=10)
    assert answer.status_code == 403
    assert "MissingAuthenticationToken" in answer.text
