"""A role whose policies a test writes, and the emulated AWS as the role sees it."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.authorization.evaluation import Principal
from rehearsal.provider import Cloud
from rehearsal.stage import Stage

REGION = "eu-west-1"
ACCOUNT = "123456789012"
BUCKET = "gate-data"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/worker"
TASKS = {"Service": "ecs-tasks.amazonaws.com"}
STATES = {"Service": "states.amazonaws.com"}
PERSON = Principal(arn=f"arn:aws:iam::{ACCOUNT}:user/ada", account=ACCOUNT)


def document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [dict(one) for one in statements]})


def allow(action: str | list[str], resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trust(principal: Mapping[str, str], **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}


def granted(place: Stage, *statements: Mapping[str, Any]) -> Cloud:
    """Return the emulated AWS as a session of the role sees it, once the role has statements."""
    return session(place, assumed(place, *statements))


def assumed(place: Stage, *statements: Mapping[str, Any]) -> Mapping[str, str]:
    """Return credentials of a session of the role, once the role has statements."""
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
    """Return the code, the status and the message with which a call is refused."""
    error = refusal(service, operation, **parameters)
    status = error["ResponseMetadata"]["HTTPStatusCode"]
    return error["Error"]["Code"], status, error["Error"]["Message"]


def refusal(service: Any, operation: str, **parameters: Any) -> Any:
    with pytest.raises(ClientError) as caught:
        getattr(service, operation)(**parameters)
    return caught.value.response
