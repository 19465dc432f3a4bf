"""Calls against botocore's service model: what AWS checks and boto3 does not."""

from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
import regex
from botocore.model import OperationModel, ServiceModel, Shape

from rehearsal.provider import Cloud, RefusedError, service_model

SERVICES = (
    *("apigateway", "batch", "dynamodb", "ec2", "ecs", "elbv2", "events", "iam", "kms", "logs"),
    *("rds", "s3", "secretsmanager", "stepfunctions", "sts"),
)
"""Every service whose client the emulated provider asks for."""

SESSION = botocore.session.Session()


def operation(service: str, name: str) -> OperationModel:
    return model(service).operation_model(name)


def model(service: str) -> ServiceModel:
    return ServiceModel(
        SESSION.get_component("data_loader").load_service_model(service, "service-2")
    )


def shapes(service: str) -> Iterator[Shape]:
    loaded = model(service)
    for name in loaded.shape_names:
        yield loaded.shape_for(name)


@pytest.mark.parametrize("service", SERVICES)
def test_every_pattern_compiles_or_is_named(service: str) -> None:
    unreadable = []
    for shape in shapes(service):
        pattern = shape.metadata.get("pattern")
        if pattern and pattern not in service_model.PATTERNS_NOT_ENFORCED:
            try:
                regex.compile(pattern)
            except regex.error as error:
                unreadable.append(f"{shape.name}: {pattern} ({error})")
    assert unreadable == []


def test_every_named_pattern_stands_in_a_model_and_has_a_reason() -> None:
    found = {shape.metadata.get("pattern") for service in SERVICES for shape in shapes(service)}
    for pattern, reason in service_model.PATTERNS_NOT_ENFORCED.items():
        assert pattern in found
        assert len(reason) > 20


@pytest.mark.parametrize(
    ("service", "name", "parameters", "expected"),
    [
        (
            "logs",
            "PutRetentionPolicy",
            {"logGroupName": "a b", "retentionInDays": 7},
            "PutRetentionPolicy.logGroupName is 'a b'; AWS allows only what matches",
        ),
        (
            "kms",
            "CreateKey",
            {"KeyUsage": "ANYTHING"},
            "CreateKey.KeyUsage is 'ANYTHING'; AWS allows SIGN_VERIFY, ENCRYPT_DECRYPT",
        ),
        (
            "kms",
            "ScheduleKeyDeletion",
            {"KeyId": "", "PendingWindowInDays": 7},
            "ScheduleKeyDeletion.KeyId has 0 characters; AWS demands at least 1",
        ),
        (
            "kms",
            "ScheduleKeyDeletion",
            {"KeyId": "k", "PendingWindowInDays": 366},
            "ScheduleKeyDeletion.PendingWindowInDays has 366; AWS allows at most 365",
        ),
        (
            "events",
            "PutRule",
            {"Name": "x" * 65},
            "PutRule.Name has 65 characters; AWS allows at most 64",
        ),
        (
            "events",
            "PutTargets",
            {"Rule": "r", "Targets": []},
            "PutTargets.Targets has 0 items; AWS demands at least 1",
        ),
        (
            "events",
            "PutTargets",
            {"Rule": "r", "Targets": [{"Id": "a", "Arn": "b"}, {"Id": "no spaces", "Arn": "b"}]},
            "PutTargets.Targets[1].Id is 'no spaces'; AWS allows only what matches",
        ),
        (
            "logs",
            "CreateLogGroup",
            {"logGroupName": "g", "tags": {"a": "x" * 257}},
            "CreateLogGroup.tags['a'] has 257 characters; AWS allows at most 256",
        ),
        (
            "logs",
            "CreateLogGroup",
            {"logGroupName": "g", "tags": {"a\n": "b"}},
            "CreateLogGroup.tags key 'a\\n' is 'a\\n'; AWS allows only what matches",
        ),
        (
            "logs",
            "CreateLogGroup",
            {"logGroupName": "g", "tags": {}},
            "CreateLogGroup.tags has 0 entries; AWS demands at least 1",
        ),
    ],
)
def test_a_value_that_aws_refuses(
    service: str, name: str, parameters: dict[str, Any], expected: str
) -> None:
    (found,) = service_model.violations(operation(service, name), parameters)
    assert found.startswith(expected)


@pytest.mark.parametrize(
    ("service", "name", "parameters"),
    [
        ("kms", "CreateKey", {"KeyUsage": "ENCRYPT_DECRYPT", "Tags": []}),
        ("kms", "ScheduleKeyDeletion", {"KeyId": "k", "PendingWindowInDays": 7}),
        ("events", "PutRule", {"Name": "x" * 64}),
        ("logs", "CreateLogGroup", {"logGroupName": "/aws/rds/instance/db-1/postgresql"}),
        ("logs", "CreateLogGroup", {"logGroupName": "g", "tags": {"Owner": "Data: Öl_Co @ +1"}}),
        ("rds", "DescribeDBInstances", {}),
        ("kms", "CreateKey", {"Description": None, "Nonsense": 1}),
    ],
)
def test_a_value_that_aws_takes(service: str, name: str, parameters: dict[str, Any]) -> None:
    assert service_model.violations(operation(service, name), parameters) == []


def test_an_unanchored_pattern_covers_the_whole_value() -> None:
    put_rule = operation("events", "PutRule")
    assert service_model.violations(put_rule, {"Name": "fine"}) == []
    assert service_model.violations(put_rule, {"Name": "fine/not"}) != []


def test_all_violations_are_named_before_anything_is_sent() -> None:
    unreachable = Cloud("http://127.0.0.1:9", "us-east-1")
    with pytest.raises(RefusedError) as refused:
        unreachable.client("events").put_rule(Name="a b", State="ON")
    assert str(refused.value).startswith("AWS refuses PutRule: ")
    assert "PutRule.Name is 'a b'" in str(refused.value)
    assert "PutRule.State is 'ON'" in str(refused.value)
