"""The person in whose place a rehearsal uses a stack."""

import json
from collections.abc import Iterator

import pytest

from rehearsal.authorization import people
from rehearsal.authorization.authorizer import AssumeError
from rehearsal.stage import Stage, stage

OWN, OTHER = "123456789012", "210987654321"
ROLE = f"arn:aws:iam::{OWN}:role/users"


@pytest.fixture(scope="module")
def stands() -> Iterator[Stage]:
    with stage("us-east-1", None) as found:
        yield found


@pytest.fixture
def trusting(stands: Stage, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """Have a role that the principals of the test's parameter may assume."""
    statement = {"Effect": "Allow", "Principal": request.param, "Action": "sts:AssumeRole"}
    iam = stands.cloud.client("iam")
    iam.create_role(
        RoleName="users",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    yield stands
    iam.delete_role(RoleName="users")


@pytest.mark.parametrize(
    ("trusting", "arn"),
    [
        ({"AWS": f"arn:aws:iam::{OWN}:root"}, f"arn:aws:iam::{OWN}:user/data-scientist"),
        ({"AWS": [OTHER, OWN]}, f"arn:aws:iam::{OWN}:user/data-scientist"),
        ({"AWS": OTHER}, f"arn:aws:iam::{OTHER}:user/data-scientist"),
        (
            {"AWS": f"arn:aws:iam::{OTHER}:role/scientists"},
            f"arn:aws:iam::{OTHER}:role/scientists",
        ),
    ],
    indirect=["trusting"],
    ids=["own account", "two accounts", "other account", "a role"],
)
def test_whom_a_role_trusts_assumes_it(trusting: Stage, arn: str) -> None:
    person = people.trusted(ROLE)
    assert person.arn == arn
    assert trusting.authorizer.assume(ROLE, person, people.SESSION)["AccessKeyId"]


@pytest.mark.parametrize(
    "trusting", [{"Service": "ecs-tasks.amazonaws.com"}], indirect=True, ids=["a service"]
)
def test_nobody_assumes_a_role_that_trusts_only_a_service(trusting: Stage) -> None:
    with pytest.raises(AssumeError, match="user/data-scientist may not assume"):
        trusting.authorizer.assume(ROLE, people.trusted(ROLE), people.SESSION)
