"""Rotation of a database's secret: its rule, its passwords, and what is refused."""

import json
from typing import Any

import pytest

from rehearsal.provider import Cloud, Created, Provider, RefusedError
from rehearsal.provider.resource_type import OnChange
from tests.rehearsal.provider import databases
from tests.rehearsal.provider.databases import INSTANCE

ROTATION = "aws:secretsmanager/secretRotation:SecretRotation"


@pytest.fixture
def secret(rig: Any) -> str:
    outputs = rig.create(INSTANCE, "db", **databases.inputs(rig)).outputs
    return str(outputs["masterUserSecrets"][0]["secretArn"])


def value(rig: Any, secret: str, stage: str = "AWSCURRENT") -> dict[str, str]:
    answer = rig.cloud.client("secretsmanager").get_secret_value(
        SecretId=secret, VersionStage=stage
    )
    return dict(json.loads(answer["SecretString"]))


def rules(rig: Any, secret: str) -> dict[str, int]:
    answer = rig.cloud.client("secretsmanager").describe_secret(SecretId=secret)
    return dict(answer.get("RotationRules", {}))


def test_a_rotation_lives(rig: Any, secret: str) -> None:
    days = {"automaticallyAfterDays": 30, "duration": "2h"}
    created = rig.create(ROTATION, "monthly", secretId=secret, rotationRules=days)
    assert rig.read(ROTATION, created) == created.outputs
    assert created.id == secret
    assert created.outputs["rotationEnabled"] is True
    weekly = {"secretId": secret, "rotationRules": {"automaticallyAfterDays": 7}}
    updated = rig.update(ROTATION, "monthly", created, **weekly)
    assert rig.read(ROTATION, updated) == updated.outputs
    rig.delete(ROTATION, updated)
    assert not rotates(rig, secret)


def rotates(rig: Any, secret: str) -> bool:
    answer = rig.cloud.client("secretsmanager").describe_secret(SecretId=secret)
    return bool(answer.get("RotationEnabled"))


def test_the_rule_reaches_the_secret(rig: Any, secret: str) -> None:
    rig.create(ROTATION, "r", secretId=secret, rotationRules={"automaticallyAfterDays": 30})
    assert rules(rig, secret) == {"AutomaticallyAfterDays": 30}


def test_a_rotation_at_once_makes_a_new_password(rig: Any, secret: str) -> None:
    before = value(rig, secret)
    rig.create(ROTATION, "r", secretId=secret, rotationRules={"automaticallyAfterDays": 30})
    after = value(rig, secret)
    assert after["username"] == before["username"] == "metaflow"
    assert after["password"] != before["password"]
    assert value(rig, secret, "AWSPREVIOUS") == before


def test_a_rotation_that_waits_keeps_the_password(rig: Any, secret: str) -> None:
    before = value(rig, secret)
    created = rig.create(
        ROTATION,
        "r",
        secretId=secret,
        rotationRules={"automaticallyAfterDays": 30},
        rotateImmediately=False,
    )
    rig.delete(ROTATION, created)
    assert value(rig, secret) == before


def versions(rig: Any, secret: str) -> dict[str, list[str]]:
    answer = rig.cloud.client("secretsmanager").describe_secret(SecretId=secret)
    return dict(answer["VersionIdsToStages"])


def test_a_rotation_that_waits_makes_no_version(rig: Any, secret: str) -> None:
    before = versions(rig, secret)
    days = {"automaticallyAfterDays": 30}
    rig.create(ROTATION, "r", secretId=secret, rotationRules=days, rotateImmediately=False)
    assert versions(rig, secret) == before


def test_a_later_rotation_keeps_the_rule(rig: Any, secret: str) -> None:
    days = {"automaticallyAfterDays": 30}
    created = rig.create(
        ROTATION, "r", secretId=secret, rotationRules=days, rotateImmediately=False
    )
    before = value(rig, secret)
    rig.cloud.client("secretsmanager").rotate_secret(SecretId=secret)
    assert rig.read(ROTATION, created) == created.outputs
    assert value(rig, secret)["password"] != before["password"]
    assert value(rig, secret, "AWSPREVIOUS") == before


def test_a_rotation_that_someone_switched_off_is_put_back(rig: Any, secret: str) -> None:
    given = {"secretId": secret, "rotationRules": {"automaticallyAfterDays": 30}}
    created = rig.create(ROTATION, "r", **given)
    rig.cloud.client("secretsmanager").cancel_rotate_secret(SecretId=secret)
    read = rig.read(ROTATION, created)
    assert (read["rotationEnabled"], read["rotationRules"]) == (False, None)
    drifted = Created(created.id, read)
    checked = rig.provider.check(ROTATION, rig.urn(ROTATION, "r"), given)
    assert rig.provider.diff(ROTATION, read, checked).changes == {
        "rotationRules": OnChange.IN_PLACE
    }
    assert rig.update(ROTATION, "r", drifted, **given).outputs == created.outputs
    assert rotates(rig, secret)


def test_a_rotation_that_someone_switched_on_is_switched_off(rig: Any, secret: str) -> None:
    given = {"secretId": secret, "rotationEnabled": False}
    created = rig.create(ROTATION, "r", **given)
    rig.cloud.client("secretsmanager").rotate_secret(
        SecretId=secret, RotationRules={"AutomaticallyAfterDays": 9}
    )
    read = rig.read(ROTATION, created)
    assert read["rotationEnabled"] is True
    assert read["rotationRules"] == {"automaticallyAfterDays": 9}
    rig.update(ROTATION, "r", Created(created.id, read), **given)
    assert not rotates(rig, secret)


def test_a_change_of_when_to_rotate_rotates_nothing(rig: Any, secret: str) -> None:
    given = {"secretId": secret, "rotationRules": {"automaticallyAfterDays": 30}}
    created = rig.create(ROTATION, "r", **given, rotateImmediately=False)
    before = versions(rig, secret)
    updated = rig.update(ROTATION, "r", created, **given, rotateImmediately=True)
    assert versions(rig, secret) == before
    assert updated.outputs == {**created.outputs, "rotateImmediately": True}


def test_a_schedule_is_kept(rig: Any, secret: str) -> None:
    schedule = {"scheduleExpression": "rate(10 days)"}
    created = rig.create(ROTATION, "r", secretId=secret, rotationRules=schedule)
    read = rig.read(ROTATION, created)
    assert read == created.outputs
    assert read["rotationRules"] == schedule


def test_a_rotation_can_be_switched_off(rig: Any, secret: str) -> None:
    created = rig.create(ROTATION, "r", secretId=secret, rotationEnabled=False)
    assert created.outputs["rotationEnabled"] is False
    assert rig.read(ROTATION, created) == created.outputs


def test_drift_of_the_rule_shows(rig: Any, secret: str) -> None:
    created = rig.create(
        ROTATION, "r", secretId=secret, rotationRules={"automaticallyAfterDays": 30}
    )
    rig.cloud.client("secretsmanager").rotate_secret(
        SecretId=secret, RotationRules={"AutomaticallyAfterDays": 365}
    )
    assert rig.read(ROTATION, created)["rotationRules"] == {"automaticallyAfterDays": 365}


def test_the_rotation_of_a_secret_that_is_gone_is_gone(rig: Any, secret: str) -> None:
    created = rig.create(
        ROTATION, "r", secretId=secret, rotationRules={"automaticallyAfterDays": 30}
    )
    rig.cloud.client("secretsmanager").delete_secret(SecretId=secret, RecoveryWindowInDays=7)
    assert rig.read(ROTATION, created) is None


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "rotationRules is required unless rotationEnabled is false"),
        (
            {"rotationRules": {"automaticallyAfterDays": 1}, "rotationEnabled": False},
            "rotationRules and rotationEnabled false exclude each other",
        ),
        (
            {"rotationRules": {"automaticallyAfterDays": 1001}},
            "automaticallyAfterDays is 1001; the provider allows 1 to 1000",
        ),
        ({"rotationRules": {"duration": "1h"}}, "takes exactly one of .* found none"),
        (
            {"rotationRules": {"automaticallyAfterDays": 1, "scheduleExpression": "rate(1 day)"}},
            "found automaticallyAfterDays and scheduleExpression",
        ),
        (
            {"rotationRules": {"automaticallyAfterDays": 1, "duration": "30m"}},
            "Duration is '30m'; AWS allows only what matches",
        ),
    ],
)
def test_a_rotation_is_refused(rig: Any, secret: str, given: dict[str, Any], words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        rig.create(ROTATION, "r", secretId=secret, **given)


def test_a_secret_of_ones_own_needs_a_function_to_rotate(rig: Any) -> None:
    own = rig.cloud.client("secretsmanager").create_secret(Name="own", SecretString="{}")["ARN"]
    with pytest.raises(RefusedError, match="no Lambda rotation function ARN is associated"):
        rig.create(ROTATION, "r", secretId=own, rotationRules={"automaticallyAfterDays": 30})


def test_the_id_carries_the_partition(rig: Any, emulator: str) -> None:
    there = type(rig)(Provider(Cloud(emulator, "us-gov-west-1")))
    outputs = there.create(INSTANCE, "db", **databases.inputs(there)).outputs
    secret = outputs["masterUserSecrets"][0]["secretArn"]
    days = {"automaticallyAfterDays": 30}
    created = there.create(ROTATION, "r", secretId=secret, rotationRules=days)
    assert created.id.startswith("arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:")
