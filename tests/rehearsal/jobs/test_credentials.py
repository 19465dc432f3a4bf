"""The credentials of a job: its role's, from an endpoint of its own, and from nowhere else."""

import json
import urllib.request
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError

import pytest

from rehearsal.jobs import RoleError
from rehearsal.jobs.credentials import CredentialsEndpoint
from tests.rehearsal.jobs.small_batch import SmallBatch, python

IDENTITY = python(
    "import boto3, json",
    "print(json.dumps(boto3.client('sts').get_caller_identity()['Arn']))",
)
LEAKS = python(
    "import json, os",
    "print(json.dumps(sorted(n for n in os.environ if 'CREDENTIALS' in n or 'TOKEN' in n)))",
)
ADDRESS = python(
    "import json, os",
    "names = ('AWS_CONTAINER_CREDENTIALS_FULL_URI', 'AWS_CONTAINER_AUTHORIZATION_TOKEN')",
    "print(json.dumps([os.environ[n] for n in names]))",
)
ROLE = "arn:aws:iam::123456789012:role/job"


class Roles:
    """What assumes roles, and remembers for whom."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []
        self.lasting = timedelta(hours=1)
        self.refused = False

    def assume(self, role_arn: str, session_name: str, source_arn: str) -> Mapping[str, Any]:
        if self.refused:
            raise RoleError("the role trusts somebody else")
        self.asked.append((role_arn, session_name, source_arn))
        return {
            "AccessKeyId": f"ASIA{len(self.asked)}",
            "SecretAccessKey": "secret",
            "SessionToken": "session",
            "Expiration": datetime.now(UTC) + self.lasting,
        }


@pytest.fixture
def roles() -> Roles:
    return Roles()


@pytest.fixture
def endpoint(roles: Roles) -> Iterator[CredentialsEndpoint]:
    made = CredentialsEndpoint(roles.assume)
    yield made
    made.close()


def ask(address: str, token: str | None) -> tuple[int, dict[str, str]]:
    headers = {} if token is None else {"Authorization": token}
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_a_job_acts_as_its_role_in_a_session_of_its_task(batch: SmallBatch) -> None:
    job_id = batch.submit(IDENTITY, container={"jobRoleArn": batch.role_arn})
    job = batch.wait(job_id)
    task = job["container"]["taskArn"].rpartition("/")[2]
    expected = f"arn:aws:sts::123456789012:assumed-role/job/{task}"
    assert json.loads(batch.log(job)[-1]) == expected


def test_keys_are_in_no_variable(batch: SmallBatch) -> None:
    container = {"jobRoleArn": batch.role_arn}
    expected = ["AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_CREDENTIALS_FULL_URI"]
    assert batch.printed(LEAKS, container=container) == [*expected, "AWS_SHARED_CREDENTIALS_FILE"]


def test_a_job_without_a_role_has_no_endpoint(batch: SmallBatch) -> None:
    assert batch.printed(LEAKS) == ["AWS_SHARED_CREDENTIALS_FILE"]


def test_the_token_opens_nothing_once_the_attempt_has_ended(batch: SmallBatch) -> None:
    container = {"jobRoleArn": batch.role_arn}
    (address, token), (_, another) = (batch.printed(ADDRESS, container=container) for _ in "12")
    assert token != another
    assert ask(address, token)[0] == HTTPStatus.FORBIDDEN


def test_a_grant_is_open_to_its_token_only(endpoint: CredentialsEndpoint, roles: Roles) -> None:
    given = endpoint.grant(ROLE, "task1", "arn:task1")
    other = endpoint.grant(ROLE, "task2", "arn:task2")
    address = given["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
    token = given["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
    status, found = ask(address, token)
    assert status == HTTPStatus.OK
    assert (found["RoleArn"], found["AccessKeyId"], found["Token"]) == (ROLE, "ASIA1", "session")
    for wrong in (None, "", "x", other["AWS_CONTAINER_AUTHORIZATION_TOKEN"]):
        assert ask(address, wrong)[0] == HTTPStatus.FORBIDDEN
    assert ask(address.replace("task1", "task3"), token)[0] == HTTPStatus.FORBIDDEN
    assert roles.asked == [(ROLE, "task1", "arn:task1"), (ROLE, "task2", "arn:task2")]


def test_credentials_are_kept_until_they_end_soon(
    endpoint: CredentialsEndpoint, roles: Roles
) -> None:
    given = endpoint.grant(ROLE, "task", "arn:task")
    wanted = given["AWS_CONTAINER_CREDENTIALS_FULL_URI"], given["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
    assert [ask(*wanted)[1]["AccessKeyId"] for _ in "12"] == ["ASIA1", "ASIA1"]
    roles.lasting = timedelta(minutes=4)
    ending = endpoint.grant(ROLE, "task", "arn:task")
    wanted = (
        ending["AWS_CONTAINER_CREDENTIALS_FULL_URI"],
        ending["AWS_CONTAINER_AUTHORIZATION_TOKEN"],
    )
    assert [ask(*wanted)[1]["AccessKeyId"] for _ in "12"] == ["ASIA3", "ASIA4"]
    roles.refused = True
    refusal = {"message": "the role trusts somebody else"}
    assert ask(*wanted) == (HTTPStatus.BAD_REQUEST, refusal)
