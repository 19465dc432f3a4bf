"""Which answers the provider's clients take for AWS's last word."""

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from rehearsal.provider import Cloud
from rehearsal.provider.retries import ATTEMPTS


class Wire:
    """Answers requests in AWS's place, and counts them."""

    def __init__(self, *answers: tuple[int, str, str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    def __call__(self, **_: Any) -> Any:
        self.asked += 1
        status, code, message = self.answers.pop(0) if self.answers else (200, "", "")
        error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>" if code else ""
        body = f"<ErrorResponse>{error}</ErrorResponse>" if code else ROLES
        return SimpleNamespace(
            status_code=status, headers={}, content=body.encode(), text=body, raw=None
        )


ROLES = "<ListRolesResponse><ListRolesResult><Roles/></ListRolesResult></ListRolesResponse>"


def iam(wire: Wire) -> Any:
    client = Cloud("http://127.0.0.1:9", "us-east-1").client("iam")
    client.meta.events.register("before-send.iam", wire)
    return client


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param((500, "InternalFailure", "broken"), id="500"),
        pytest.param((503, "ServiceUnavailable", "busy"), id="503"),
        pytest.param((400, "Throttling", "Rate exceeded"), id="Throttling"),
        pytest.param((400, "RequestLimitExceeded", "Rate exceeded"), id="RequestLimitExceeded"),
        pytest.param((429, "TooManyRequestsException", ""), id="TooManyRequestsException"),
    ],
)
def test_what_passes_is_asked_again(answer: tuple[int, str, str]) -> None:
    wire = Wire(answer, answer)
    iam(wire).list_roles()
    assert wire.asked == 3


def test_what_lasts_is_told_after_as_many_attempts_as_the_real_provider_makes() -> None:
    wire = Wire(*[(500, "InternalFailure", "broken")] * (ATTEMPTS + 5))
    with pytest.raises(ClientError, match="InternalFailure"):
        iam(wire).list_roles()
    assert wire.asked == ATTEMPTS == 25


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param((403, "AccessDenied", "no"), id="AccessDenied"),
        pytest.param((404, "NoSuchEntity", "none"), id="NoSuchEntity"),
        pytest.param((409, "EntityAlreadyExists", "one"), id="EntityAlreadyExists"),
    ],
)
def test_what_is_meant_is_told_at_once(answer: tuple[int, str, str]) -> None:
    wire = Wire(answer)
    with pytest.raises(ClientError, match=answer[1]):
        iam(wire).list_roles()
    assert wire.asked == 1


def test_a_role_that_is_not_there_yet_is_waited_for_where_the_real_provider_waits() -> None:
    missing = (404, "NoSuchEntity", "The request was rejected because it referenced an entity.")
    wire = Wire(missing)
    iam(wire).add_role_to_instance_profile(InstanceProfileName="jobs", RoleName="jobs")
    assert wire.asked == 2
    wire = Wire(missing)
    with pytest.raises(ClientError, match="NoSuchEntity"):
        iam(wire).get_role(RoleName="jobs")
    assert wire.asked == 1


def test_an_emulated_aws_that_is_gone_is_told() -> None:
    with pytest.raises(EndpointConnectionError):
        Cloud("http://127.0.0.1:9", "us-east-1").client("iam").list_roles()
