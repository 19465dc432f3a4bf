"""Databases that go to another major version, and the snapshot that RDS takes before."""

from typing import Any

import pytest

from rehearsal.provider import RefusedError
from tests.rehearsal.provider import databases
from tests.rehearsal.provider.databases import INSTANCE


def describe(rig: Any, identifier: str) -> Any:
    answer = rig.cloud.client("rds").describe_db_instances(DBInstanceIdentifier=identifier)
    return answer["DBInstances"][0]


def snapshots_before_upgrades(rig: Any) -> list[Any]:
    answer = rig.cloud.client("rds").describe_db_snapshots(SnapshotType="automated")
    names = "rds:preupgrade-"
    return [one for one in answer["DBSnapshots"] if one["DBSnapshotIdentifier"].startswith(names)]


@pytest.mark.parametrize(("days", "kept"), [(7, ["16.13"]), (0, [])])
def test_rds_keeps_the_old_version_in_a_snapshot_where_backups_are_on(
    rig: Any, days: int, kept: list[str]
) -> None:
    old = rig.create(databases.PARAMETERS, "old", family="postgres16")
    new = rig.create(databases.PARAMETERS, "new", family="postgres17")
    given = databases.inputs(
        rig, engineVersion="16.13", parameterGroupName=old.id, backupRetentionPeriod=days
    )
    created = rig.create(INSTANCE, "db", **given)
    upgraded = {**given, "identifier": created.outputs["identifier"], "engineVersion": "17.9"}
    upgraded |= {"parameterGroupName": new.id, "allowMajorVersionUpgrade": True}
    updated = rig.update(INSTANCE, "db", created, **upgraded)
    found = snapshots_before_upgrades(rig)
    assert [one["EngineVersion"] for one in found] == kept
    rig.update(INSTANCE, "db", updated, **{**upgraded, "engineVersion": "17.10"})
    assert len(snapshots_before_upgrades(rig)) == len(kept)


def test_a_refused_upgrade_takes_no_snapshot_and_the_one_before_an_upgrade_brings_it_back(
    rig: Any,
) -> None:
    old = rig.create(databases.PARAMETERS, "old", family="postgres16")
    new = rig.create(databases.PARAMETERS, "new", family="postgres17")
    given = databases.inputs(rig, engineVersion="16.13", parameterGroupName=old.id)
    given |= {"allowMajorVersionUpgrade": True}
    created = rig.create(INSTANCE, "db", **given)
    changed = {**given, "identifier": created.outputs["identifier"], "parameterGroupName": new.id}
    with pytest.raises(RefusedError, match="Cannot upgrade postgres"):
        rig.update(INSTANCE, "db", created, **{**changed, "engineVersion": "17"})
    assert snapshots_before_upgrades(rig) == []
    rig.update(INSTANCE, "db", created, **{**changed, "engineVersion": "17.9"})
    [kept] = snapshots_before_upgrades(rig)
    back = rig.create(INSTANCE, "back", **given, snapshotIdentifier=kept["DBSnapshotIdentifier"])
    assert describe(rig, back.outputs["identifier"])["EngineVersion"] == "16.13"


def test_a_database_goes_up_over_several_major_versions_and_stays_itself(rig: Any) -> None:
    old = rig.create(databases.PARAMETERS, "old", family="postgres14")
    given = databases.inputs(rig, engineVersion="14", parameterGroupName=old.id)
    given |= {"allowMajorVersionUpgrade": True, "applyImmediately": True}
    created = rig.create(INSTANCE, "db", **given)
    new = rig.create(databases.PARAMETERS, "new", family="postgres17")
    changed = {**given, "identifier": created.outputs["identifier"]}
    changed |= {"engineVersion": "17", "parameterGroupName": new.id}
    checked = rig.provider.check(INSTANCE, rig.urn(INSTANCE, "db"), changed)
    difference = rig.provider.diff(INSTANCE, created.outputs, checked)
    assert set(difference.changes) >= {"engineVersion", "parameterGroupName"}
    assert difference.replacing == []
    updated = rig.update(INSTANCE, "db", created, **changed)
    same = ("resourceId", "arn", "address", "masterUserSecrets")
    assert {key: updated.outputs[key] for key in same} == {
        key: created.outputs[key] for key in same
    }
    assert updated.outputs["engineVersionActual"].startswith("17.")
    assert describe(rig, created.outputs["identifier"])["DBInstanceStatus"] == "available"
