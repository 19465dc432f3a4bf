"""The functions that ask for policies and secrets: their answers, and what they refuse."""

import json
from typing import Any

import pytest

from rehearsal.provider import RefusedError
from rehearsal.provider.resource_type import NoSingleMatchError
from tests.rehearsal.provider.networks import in_region

DOCUMENT = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}],
    }
)
POLICY, SECRET = "aws:iam/getPolicy:getPolicy", "aws:secretsmanager/getSecret:getSecret"
MISSING = "couldn't find resource"


def test_a_policy_of_the_account_is_found(rig: Any) -> None:
    made = rig.cloud.client("iam").create_policy(
        PolicyName="jobs", Path="/team/", PolicyDocument=DOCUMENT
    )["Policy"]
    answer = rig.provider.invoke(POLICY, {"arn": made["Arn"]})
    assert answer["id"] == answer["arn"] == made["Arn"]
    assert (answer["name"], answer["path"]) == ("jobs", "/team/")


@pytest.mark.parametrize("owner", ["123456789012", "aws"])
def test_a_policy_that_does_not_exist_is_not_found(rig: Any, owner: str) -> None:
    with pytest.raises(NoSingleMatchError, match=MISSING):
        rig.provider.invoke(POLICY, {"arn": f"arn:aws:iam::{owner}:policy/none"})


def test_a_secret_is_found_in_its_own_region(rig: Any) -> None:
    there = in_region(rig, "eu-west-1").cloud.client("secretsmanager")
    arn = there.create_secret(Name="others", SecretString="{}")["ARN"]
    assert rig.provider.invoke(SECRET, {"arn": arn, "region": "eu-west-1"})["name"] == "others"
    with pytest.raises(NoSingleMatchError, match=MISSING):
        rig.provider.invoke(SECRET, {"arn": arn})


def test_a_secret_that_is_being_deleted_is_not_found(rig: Any) -> None:
    client = rig.cloud.client("secretsmanager")
    arn = client.create_secret(Name="others", SecretString="{}")["ARN"]
    client.delete_secret(SecretId=arn, RecoveryWindowInDays=7)
    with pytest.raises(NoSingleMatchError, match=MISSING):
        rig.provider.invoke(SECRET, {"arn": arn})


@pytest.mark.parametrize(
    ("token", "arguments"), [(POLICY, {"name": "jobs"}), (SECRET, {"name": "others"})]
)
def test_other_questions_are_refused(rig: Any, token: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(RefusedError, match="was not taught the argument name"):
        rig.provider.invoke(token, arguments)
