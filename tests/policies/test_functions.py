from typing import Any

import pytest

from rules.functions import lambda_no_secrets_in_environment
from tests.policies.harness import UNKNOWN, Verdict, judge

FUNCTION = "aws:lambda/function:Function"
SECRET_ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-a1b2c3"


def function(**variables: str) -> dict[str, Any]:
    return {"environment": {"variables": {"DB_SECRET": SECRET_ARN, "STAGE": "a", **variables}}}


@pytest.mark.parametrize(
    "props",
    [function(), {}, {"environment": {}}, function(DB_PASSWORD="")],
    ids=["baseline", "missing", "no variables", "empty"],
)
def test_functions_without_secrets(props: dict[str, Any]) -> None:
    assert judge(lambda_no_secrets_in_environment, FUNCTION, props) == Verdict()


def test_a_secret_by_its_name() -> None:
    props = function(DB_PASSWORD="hunter2")
    assert judge(lambda_no_secrets_in_environment, FUNCTION, props).violations == [
        "The Lambda function must not hold secrets in clear text; environment variable "
        "DB_PASSWORD is named like a secret and holds a value, and the function must read it from "
        "Secrets Manager or SSM."
    ]


def test_a_secret_by_its_value() -> None:
    found = judge(lambda_no_secrets_in_environment, FUNCTION, function(DB="pg://a:hunter2@db"))
    assert len(found.violations) == 1
    assert "variable DB holds a URL with a password" in found.violations[0]


def test_an_unknown_value_hides_no_other() -> None:
    props = function(DB_HOST=UNKNOWN, DB_PASSWORD="hunter2")
    verdict = judge(lambda_no_secrets_in_environment, FUNCTION, props)
    assert verdict.unknown
    assert len(verdict.violations) == 1


def test_another_type() -> None:
    props = function(DB_PASSWORD="hunter2")
    assert not judge(lambda_no_secrets_in_environment, "aws:lambda/alias:Alias", props).applicable
