from typing import Any

import pytest

from rules.parameters import ssm_parameters_secure
from tests.policies.harness import UNKNOWN, Verdict, judge

PARAMETER = "aws:ssm/parameter:Parameter"


def parameter(**changes: Any) -> dict[str, Any]:
    return {"type": "String", "name": "/app/db/host", "value": "db.example.com", **changes}


@pytest.mark.parametrize(
    "props",
    [
        parameter(),
        parameter(type="SecureString", name="/app/db/password"),
        parameter(name="/app/secrets/colour"),
        parameter(name="/app/db/password-length"),
        parameter(name="/app/db/password", value=None),
        parameter(name="/app/db/token-url"),
    ],
    ids=["baseline", "secure", "folder", "about a password", "no value", "address"],
)
def test_parameters_that_may_be_read(props: dict[str, Any]) -> None:
    assert judge(ssm_parameters_secure, PARAMETER, props) == Verdict()


@pytest.mark.parametrize("kind", ["String", "StringList"])
@pytest.mark.parametrize("key", ["value", "valueWo", "insecureValue"])
def test_a_secret_by_its_name(kind: str, key: str) -> None:
    props = {"type": kind, "name": "/app/db/password", key: "hunter2"}
    assert judge(ssm_parameters_secure, PARAMETER, props).violations == [
        "The SSM parameter must be a SecureString, since it is named like a secret and holds a "
        f"value; type is {kind}."
    ]


def test_a_secret_by_its_value() -> None:
    props = parameter(value="postgresql://metaflow:hunter2@db")
    found = judge(ssm_parameters_secure, PARAMETER, props).violations
    assert len(found) == 1
    assert "since it holds a URL with a password" in found[0]


@pytest.mark.parametrize(
    ("name", "logical", "caught"),
    [
        ("db-password-1a2b3c4", "db-password", True),
        ("token-url-1a2b3c4", "token-url", False),
        ("/app/host", "db-password", False),
        ("/app/password", "db", True),
        (None, "db-password", True),
        (None, "host", False),
    ],
)
def test_names_with_what_pulumi_appends(name: str | None, logical: str, caught: bool) -> None:
    props = parameter(name=name)
    verdict = judge(ssm_parameters_secure, PARAMETER, props, name=logical)
    assert bool(verdict.violations) == caught


@pytest.mark.parametrize("key", ["type", "name", "value"])
def test_unknown(key: str) -> None:
    assert judge(ssm_parameters_secure, PARAMETER, parameter(**{key: UNKNOWN})).unknown


def test_an_unknown_value_hides_no_other() -> None:
    props = parameter(name="password", value=UNKNOWN, insecureValue="hunter2")
    verdict = judge(ssm_parameters_secure, PARAMETER, props)
    assert verdict.unknown
    assert len(verdict.violations) == 1


def test_another_type() -> None:
    assert not judge(ssm_parameters_secure, "aws:ssm/document:Document", parameter()).applicable
