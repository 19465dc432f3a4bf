"""DynamoDB tables: their life, what drifts, and what is refused."""

from typing import Any

import pytest

from rehearsal.provider import Cloud, Provider, RefusedError

TABLE = "aws:dynamodb/table:Table"

GIVEN: dict[str, Any] = {
    "hashKey": "pathspec",
    "attributes": [{"name": "pathspec", "type": "S"}],
    "billingMode": "PAY_PER_REQUEST",
}


def test_a_table_lives(rig: Any) -> None:
    given = {
        **GIVEN,
        "ttl": {"attributeName": "ttl", "enabled": True},
        "serverSideEncryption": {"enabled": True},
        "pointInTimeRecovery": {"enabled": False},
        "deletionProtectionEnabled": True,
        "tags": {"a": "1", "b": "2"},
    }
    changed = {
        **given,
        "pointInTimeRecovery": {"enabled": True},
        "deletionProtectionEnabled": False,
        "tags": {"b": "3"},
    }
    created = rig.live(TABLE, "state", given, changed)
    assert created.outputs["pointInTimeRecovery"] == {"enabled": True}
    assert created.outputs["tags"] == {"b": "3"}


def test_a_plain_table_says_what_it_lacks(rig: Any) -> None:
    outputs = rig.live(TABLE, "state", GIVEN).outputs
    assert outputs["pointInTimeRecovery"] == {"enabled": False}
    assert outputs["serverSideEncryption"] == {"enabled": False}
    assert outputs["deletionProtectionEnabled"] is False


def test_a_key_of_ones_own_reaches_the_table(rig: Any) -> None:
    key = rig.create("aws:kms/key:Key", "k").outputs["arn"]
    created = rig.create(
        TABLE, "t", **GIVEN, serverSideEncryption={"enabled": True, "kmsKeyArn": key}
    )
    table = rig.cloud.client("dynamodb").describe_table(TableName=created.id)["Table"]
    assert table["SSEDescription"]["KMSMasterKeyArn"] == key
    assert created.outputs["serverSideEncryption"]["kmsKeyArn"] == key


def test_a_protected_table_stays(rig: Any) -> None:
    created = rig.create(TABLE, "t", **GIVEN, deletionProtectionEnabled=True)
    with pytest.raises(RefusedError, match="DeletionProtectionEnabled is set to True"):
        rig.delete(TABLE, created)
    assert rig.read(TABLE, created) == created.outputs


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"hashKey": "other"}, "hashKey other has none"),
        (
            {"attributes": [*GIVEN["attributes"], {"name": "ttl", "type": "N"}]},
            "all attributes must be indexed; ttl is no key of the table",
        ),
        ({"billingMode": None}, "billingMode PROVISIONED demands readCapacity"),
        ({"billingMode": "FREE"}, "billingMode is 'FREE'; the provider allows PROVISIONED, PAY"),
        ({"ttl": {"enabled": True}}, "ttl.enabled demands ttl.attributeName"),
    ],
)
def test_a_plan_refuses_a_table(rig: Any, change: dict[str, Any], words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        rig.create(TABLE, "t", **{**GIVEN, **change})


def test_encryption_by_a_key_of_the_account_is_switched_on_and_off_in_place(rig: Any) -> None:
    created = rig.create(TABLE, "t", **GIVEN)
    for enabled in (True, False):
        changed = {**GIVEN, "name": created.id, "serverSideEncryption": {"enabled": enabled}}
        created = rig.update(TABLE, "t", created, **changed)
        described = rig.cloud.client("dynamodb").describe_table(TableName=created.id)["Table"]
        assert described.get("SSEDescription", {}).get("Status") == ("ENABLED" if enabled else None)
        assert created.outputs["serverSideEncryption"] == {"enabled": enabled}
        assert rig.read(TABLE, created) == created.outputs


def test_drift_of_a_table_shows(rig: Any) -> None:
    created = rig.create(
        TABLE,
        "t",
        **GIVEN,
        deletionProtectionEnabled=True,
        pointInTimeRecovery={"enabled": True},
        ttl={"attributeName": "ttl", "enabled": True},
        tags={"a": "1"},
    )
    client = rig.cloud.client("dynamodb")
    client.update_table(TableName=created.id, DeletionProtectionEnabled=False)
    off = {"PointInTimeRecoveryEnabled": False}
    client.update_continuous_backups(TableName=created.id, PointInTimeRecoverySpecification=off)
    client.update_time_to_live(
        TableName=created.id, TimeToLiveSpecification={"Enabled": False, "AttributeName": "ttl"}
    )
    client.untag_resource(ResourceArn=created.outputs["arn"], TagKeys=["a"])
    read = rig.read(TABLE, created)
    assert read["deletionProtectionEnabled"] is False
    assert read["pointInTimeRecovery"] == {"enabled": False}
    assert read["ttl"] == {"attributeName": "ttl", "enabled": False}
    assert read["tags"] == {}


def test_the_arn_carries_the_partition(rig: Any, emulator: str) -> None:
    provider = Provider(Cloud(emulator, "cn-north-1"))
    urn = rig.urn(TABLE, "t")
    table = provider.create(TABLE, urn, provider.check(TABLE, urn, GIVEN))
    assert table.outputs["arn"] == f"arn:aws-cn:dynamodb:cn-north-1:123456789012:table/{table.id}"


def test_another_attribute_of_the_time_to_live_reaches_the_table(rig: Any) -> None:
    created = rig.create(TABLE, "t", **{**GIVEN, "ttl": {"attributeName": "ttl", "enabled": True}})
    changed = {"attributeName": "expires", "enabled": True}
    keep = {**GIVEN, "name": created.outputs["name"]}
    updated = rig.update(TABLE, "t", created, **{**keep, "ttl": changed})
    assert updated.outputs["ttl"] == changed
    answer = rig.cloud.client("dynamodb").describe_time_to_live(TableName=created.id)
    assert answer["TimeToLiveDescription"]["AttributeName"] == "expires"
