"""How AWS answers a request that it refuses."""

import pytest
import requests

from rehearsal.stage import Stage
from tests.rehearsal.authorization.worker_role import BUCKET, allow, granted, refused


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


def test_what_nobody_mapped_is_refused_and_told(place: Stage) -> None:
    sqs = granted(place, allow("sqs:ListQueues")).client("sqs")
    assert refused(sqs, "list_queues")[0] == "AccessDeniedException"
    (fault,) = place.authorizer.ledger.faults
    assert fault.startswith("It is not known what sqs:ListQueues asks of IAM")


def test_an_unsigned_request_gets_nothing(place: Stage) -> None:
    answer = requests.get(f"{place.cloud.endpoint}/{BUCKET}/own/there", timeout=10)
    assert answer.status_code == 403
    assert "MissingAuthenticationToken" in answer.text
