"""The life of a database that is made of a snapshot: its snapshot goes, and its version rises."""

from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.engine import EngineError
from tests.engine.live_stack import Live, changes, live

pytestmark = [pytest.mark.cli, pytest.mark.thorough]

INSTANCE = "aws:rds/instance:Instance"


@pytest.fixture(scope="module")
def stack() -> Iterator[Live]:
    """Restore a snapshot that is newer than RDS's default minor version, then delete it."""
    with live() as stands:
        client = stands.cloud.client("rds")
        client.create_db_instance(
            DBInstanceIdentifier="others",
            DBInstanceClass="db.t3.small",
            Engine="postgres",
            EngineVersion="16.13",
            MasterUsername="master",
            MasterUserPassword="not-a-secret-of-ours",
            AllocatedStorage=20,
            StorageEncrypted=True,
            KmsKeyId="alias/aws/rds",
        )
        client.create_db_snapshot(DBInstanceIdentifier="others", DBSnapshotIdentifier="old")
        stands.engine.configure({"dbSnapshotIdentifier": "old", "dbEngineVersion": "16.13"})
        stands.engine.up()
        client.delete_db_snapshot(DBSnapshotIdentifier="old")
        client.delete_db_instance(DBInstanceIdentifier="others", SkipFinalSnapshot=True)
        yield stands


def database(stack: Live) -> Any:
    [found] = stack.cloud.client("rds").describe_db_instances()["DBInstances"]
    return found


def test_the_setting_can_stay_when_the_snapshot_is_gone(stack: Live) -> None:
    assert changes(stack.engine.preview()) == {}


def test_a_major_version_whose_default_is_older_changes_nothing(stack: Live) -> None:
    stack.engine.configure({"dbEngineVersion": "17"})
    with pytest.raises(EngineError, match=r"Cannot upgrade postgres from 16\.13 to 17\.7"):
        stack.engine.up()
    assert database(stack)["EngineVersion"] == "16.13"


def test_the_full_version_upgrades_it_in_place_and_the_setting_can_go(stack: Live) -> None:
    before = database(stack)
    stack.engine.configure({"dbEngineVersion": "17.9", "dbSnapshotIdentifier": None})
    done = changes(stack.engine.up())
    assert ("update", INSTANCE, "metaflow-db-instance") in done
    assert not [key for key in done if key[1] == INSTANCE and key[0] != "update"]
    after = database(stack)
    assert after["EngineVersion"] == "17.9"
    assert after["DBInstanceIdentifier"] == before["DBInstanceIdentifier"]
    assert after["MasterUsername"] == "master"


def test_rds_keeps_the_old_version_in_a_snapshot(stack: Live) -> None:
    [kept] = [
        one
        for one in stack.cloud.client("rds").describe_db_snapshots()["DBSnapshots"]
        if one["DBSnapshotIdentifier"].startswith("rds:preupgrade-")
    ]
    assert (kept["EngineVersion"], kept["SnapshotType"]) == ("16.13", "automated")


def test_back_to_the_major_version_is_refused_while_its_default_is_older(stack: Live) -> None:
    stack.engine.configure({"dbEngineVersion": "17"})
    with pytest.raises(EngineError, match=r"Cannot upgrade postgres from 17\.9 to 17\.7"):
        stack.engine.up()
    assert database(stack)["EngineVersion"] == "17.9"
