"""Databases: their life, their secret, what drifts, and what a deletion does."""

import json
import re
from typing import Any

import pytest

from rehearsal.provider import Cloud, Provider, RefusedError
from tests.rehearsal.provider import databases
from tests.rehearsal.provider.databases import INSTANCE


def describe(rig: Any, identifier: str) -> Any:
    answer = rig.cloud.client("rds").describe_db_instances(DBInstanceIdentifier=identifier)
    return answer["DBInstances"][0]


def current_secret(rig: Any, outputs: dict[str, Any]) -> dict[str, str]:
    secret = outputs["masterUserSecrets"][0]["secretArn"]
    answer = rig.cloud.client("secretsmanager").get_secret_value(SecretId=secret)
    return dict(json.loads(answer["SecretString"]))


def test_a_database_lives(rig: Any) -> None:
    given = databases.inputs(rig, port=5433, tags={"a": "1", "b": "2"})
    changed = {
        **given,
        "instanceClass": "db.m7g.large",
        "allocatedStorage": 40,
        "multiAz": True,
        "backupRetentionPeriod": 14,
        "enabledCloudwatchLogsExports": ["postgresql"],
        "publiclyAccessible": False,
        "performanceInsightsEnabled": False,
        "tags": {"b": "3"},
        "applyImmediately": True,
    }
    created = rig.live(INSTANCE, "metaflow-db", given, {**changed, "identifier": "renamed"})
    assert created.outputs["endpoint"] == f"{created.outputs['address']}:5433"
    assert created.outputs["address"].startswith("renamed.")
    assert created.outputs["multiAz"] is True
    assert created.outputs["tags"] == {"b": "3"}
    assert created.outputs["enabledCloudwatchLogsExports"] == ["postgresql"]


def test_a_database_answers_what_the_program_needs(rig: Any) -> None:
    outputs = rig.create(INSTANCE, "Metaflow-DB", **databases.inputs(rig)).outputs
    assert re.fullmatch(r"metaflow-db-[0-9a-f]{7}", outputs["identifier"])
    assert outputs["endpoint"] == f"{outputs['address']}:5432"
    assert outputs["arn"].endswith(f":db:{outputs['identifier']}")
    assert outputs["engineVersion"] == "17"
    assert outputs["engineVersionActual"].startswith("17.")
    assert outputs["status"] == "available"
    assert outputs["maintenanceWindow"] == "Sun:05:00-Sun:06:00"
    assert re.fullmatch(r"arn:aws:kms:us-east-1:123456789012:key/.+", outputs["kmsKeyId"])


def test_a_change_of_port_is_said_to_be_missing_here(rig: Any) -> None:
    given = databases.inputs(rig)
    created = rig.create(INSTANCE, "db", **given)
    changed = {**given, "identifier": created.outputs["identifier"], "port": 5433}
    with pytest.raises(RefusedError, match="cannot change a port in place"):
        rig.update(INSTANCE, "db", created, **changed)


def test_the_id_is_the_resource_id_of_this_very_database(rig: Any) -> None:
    given = databases.inputs(rig)
    ids = [rig.create(INSTANCE, name, **given) for name in ("one", "other")]
    assert all(re.fullmatch(r"db-[A-Z2-7]{26}", made.id) for made in ids)
    assert ids[0].id == ids[0].outputs["resourceId"] != ids[1].id


def test_rds_keeps_the_password_in_a_secret_of_its_own(rig: Any) -> None:
    given = databases.inputs(rig)
    created = [rig.create(INSTANCE, name, **given) for name in ("one", "other")]
    secret = created[0].outputs["masterUserSecrets"][0]
    values = [current_secret(rig, made.outputs) for made in created]
    described = rig.cloud.client("secretsmanager").describe_secret(SecretId=secret["secretArn"])
    assert described["Name"].startswith("rds!db-")
    assert described["OwningService"] == "rds"
    assert secret["secretStatus"] == "active"
    assert secret["kmsKeyId"].startswith("arn:aws:kms:")
    assert values[0].keys() == {"username", "password"}
    assert values[0]["username"] == "metaflow"
    assert values[0]["password"] != values[1]["password"]
    assert values[0]["password"] not in json.dumps(created[0].outputs)
    rig.delete(INSTANCE, created[0])
    with pytest.raises(Exception, match="ResourceNotFoundException"):
        current_secret(rig, created[0].outputs)


def test_a_change_of_something_else_leaves_the_secret_alone(rig: Any) -> None:
    given = databases.inputs(rig)
    created = rig.create(INSTANCE, "db", **given)
    before = current_secret(rig, created.outputs)
    changed = {**given, "identifier": created.outputs["identifier"], "allocatedStorage": 30}
    after = rig.update(INSTANCE, "db", created, **changed)
    assert after.outputs["masterUserSecrets"] == created.outputs["masterUserSecrets"]
    assert current_secret(rig, after.outputs) == before


def test_the_secret_can_move_to_another_key(rig: Any) -> None:
    given = databases.inputs(rig)
    created = rig.create(INSTANCE, "db", **given)
    key = rig.create("aws:kms/key:Key", "k").outputs["arn"]
    changed = {**given, "identifier": created.outputs["identifier"]}
    after = rig.update(INSTANCE, "db", created, **changed, masterUserSecretKmsKeyId=key)
    before = created.outputs["masterUserSecrets"][0]
    assert after.outputs["masterUserSecrets"] == [{**before, "kmsKeyId": key}]
    assert current_secret(rig, after.outputs)["username"] == "metaflow"


@pytest.mark.parametrize("windows", [{"backupWindow": "05:30-06:30"}])
def test_overlapping_windows_are_refused(rig: Any, windows: dict[str, str]) -> None:
    with pytest.raises(RefusedError, match="backup window and maintenance window must not overlap"):
        rig.create(INSTANCE, "db", **databases.inputs(rig, **windows))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"identifier": "-db"}, "identifier is '-db'; the provider takes a lower case letter"),
        ({"identifier": "a--b"}, "identifier is 'a--b'"),
        ({"identifier": "DB"}, "identifier is 'DB'"),
        ({"finalSnapshotIdentifier": "final-"}, "finalSnapshotIdentifier is 'final-'"),
        ({"backupWindow": "3-4"}, "backupWindow is '3-4'; the provider takes hh:mm-hh:mm"),
        ({"maintenanceWindow": "05:00-06:00"}, "maintenanceWindow is '05:00-06:00'"),
        ({"backupRetentionPeriod": 36}, "backupRetentionPeriod is 36; the provider allows 0 to 35"),
        ({"monitoringInterval": 20}, "monitoringInterval is 20; the provider allows 0, 1, 5, 10"),
        ({"kmsKeyId": "key"}, "kmsKeyId is 'key'; the provider takes an ARN"),
        ({"enabledCloudwatchLogsExports": ["all"]}, "enabledCloudwatchLogsExports is 'all'"),
        ({"username": None}, "demands username"),
        ({"instanceClass": None}, "the input instanceClass is required"),
    ],
)
def test_a_plan_refuses_a_database(rig: Any, change: dict[str, Any], words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        rig.provider.check(INSTANCE, rig.urn(INSTANCE, "db"), {**GIVEN, **change})


GIVEN: dict[str, Any] = {
    "engine": "postgres",
    "instanceClass": "db.t4g.micro",
    "allocatedStorage": 20,
    "username": "metaflow",
}


@pytest.mark.parametrize("at_once", [True, False])
def test_a_protected_database_stays(rig: Any, at_once: bool) -> None:
    given = databases.inputs(rig, deletionProtection=True, applyImmediately=at_once)
    created = rig.create(INSTANCE, "db", **given)
    with pytest.raises(RefusedError, match="Cannot delete protected DB Instance"):
        rig.delete(INSTANCE, created)
    assert rig.read(INSTANCE, created) == created.outputs


@pytest.mark.parametrize("at_once", [True, False])
def test_the_provider_lifts_protection_only_when_the_state_has_none(
    rig: Any, at_once: bool
) -> None:
    created = rig.create(INSTANCE, "db", **databases.inputs(rig, applyImmediately=at_once))
    identifier = created.outputs["identifier"]
    rig.cloud.client("rds").modify_db_instance(
        DBInstanceIdentifier=identifier, DeletionProtection=True
    )
    if at_once:
        rig.delete(INSTANCE, created)
        assert rig.read(INSTANCE, created) is None
    else:
        with pytest.raises(RefusedError, match="Cannot delete protected DB Instance"):
            rig.delete(INSTANCE, created)


def test_a_deletion_leaves_a_final_snapshot_unless_told_not_to(rig: Any) -> None:
    kept = databases.inputs(rig, skipFinalSnapshot=False, finalSnapshotIdentifier="final")
    first = rig.create(INSTANCE, "first", **kept)
    second = rig.create(INSTANCE, "second", **kept)
    third = rig.create(INSTANCE, "third", **{**kept, "skipFinalSnapshot": True})
    rig.delete(INSTANCE, first)
    snapshots = rig.cloud.client("rds").describe_db_snapshots(SnapshotType="manual")
    assert [one["DBSnapshotIdentifier"] for one in snapshots["DBSnapshots"]] == ["final"]
    with pytest.raises(RefusedError, match="DBSnapshotAlreadyExists"):
        rig.delete(INSTANCE, second)
    rig.delete(INSTANCE, third)
    assert rig.read(INSTANCE, third) is None


def test_a_deletion_without_a_name_for_the_snapshot_fails_in_the_provider(rig: Any) -> None:
    created = rig.create(INSTANCE, "db", **databases.inputs(rig, skipFinalSnapshot=False))
    with pytest.raises(RefusedError, match="finalSnapshotIdentifier is required when skip"):
        rig.delete(INSTANCE, created)
    assert describe(rig, created.outputs["identifier"])


def test_drift_of_a_database_shows(rig: Any) -> None:
    created = rig.create(
        INSTANCE, "db", **databases.inputs(rig, deletionProtection=True, tags={"a": "1"})
    )
    client = rig.cloud.client("rds")
    client.modify_db_instance(
        DBInstanceIdentifier=created.outputs["identifier"],
        DeletionProtection=False,
        PubliclyAccessible=True,
        BackupRetentionPeriod=1,
        VpcSecurityGroupIds=["sg-0123456789abcdef0"],
        DBParameterGroupName=rig.create(databases.PARAMETERS, "other", family="postgres17").id,
        CloudwatchLogsExportConfiguration={"DisableLogTypes": ["postgresql", "upgrade"]},
    )
    client.remove_tags_from_resource(ResourceName=created.outputs["arn"], TagKeys=["a"])
    read = rig.read(INSTANCE, created)
    assert read["deletionProtection"] is False
    assert read["publiclyAccessible"] is True
    assert read["backupRetentionPeriod"] == 1
    assert read["vpcSecurityGroupIds"] == ["sg-0123456789abcdef0"]
    assert read["parameterGroupName"].startswith("other-")
    assert read["enabledCloudwatchLogsExports"] is None
    assert read["tags"] == {}


@pytest.mark.parametrize(("running", "shown"), [("17.9", "17"), ("18.1", "18.1")])
def test_a_version_counts_as_a_prefix(rig: Any, running: str, shown: str) -> None:
    created = rig.create(INSTANCE, "db", **databases.inputs(rig, parameterGroupName=None))
    rig.cloud.client("rds").modify_db_instance(
        DBInstanceIdentifier=created.outputs["identifier"],
        EngineVersion=running,
        AllowMajorVersionUpgrade=True,
    )
    read = rig.read(INSTANCE, created)
    assert (read["engineVersion"], read["engineVersionActual"]) == (shown, running)


def test_a_database_without_options_says_so(rig: Any) -> None:
    plain = {
        name: value
        for name, value in databases.inputs(rig).items()
        if name not in ("storageEncrypted", "enabledCloudwatchLogsExports", "maxAllocatedStorage")
    }
    outputs = rig.live(INSTANCE, "db", {**plain, "parameterGroupName": None}).outputs
    assert outputs["storageEncrypted"] is False
    assert outputs["publiclyAccessible"] is False
    assert "kmsKeyId" not in outputs
    assert "maxAllocatedStorage" not in outputs


def test_arns_carry_the_partition(rig: Any, emulator: str) -> None:
    there = type(rig)(Provider(Cloud(emulator, "us-gov-west-1")))
    outputs = there.create(INSTANCE, "db", **databases.inputs(there)).outputs
    secret = outputs["masterUserSecrets"][0]
    for arn in (outputs["arn"], outputs["kmsKeyId"], secret["secretArn"], secret["kmsKeyId"]):
        assert re.match(r"arn:aws-us-gov:[a-z]+:us-gov-west-1:123456789012:", arn)
