"""The metadata database: every input of the instance, in both stacks, and what stands around it."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from rehearsal.mocks import DeploymentError
from rehearsal.provider import RefusedError
from rehearsal.registrations import Registration
from tests import deployed, placeholder
from tests.deployed import OTHER_VALUES
from tests.placeholder import SNAPSHOT, PlaceholderProvider

INSTANCE = "aws:rds/instance:Instance"
ISOLATED = "Subnet:metaflow-net-isolated-us-east-1"

EVERYWHERE: dict[str, Any] = {
    "identifier": "metaflow-db-postgres",
    "engine": "postgres",
    "engineVersion": "17",
    "allowMajorVersionUpgrade": True,
    "autoMinorVersionUpgrade": True,
    "storageType": "gp3",
    "storageEncrypted": True,
    "dbName": "metaflow",
    "username": "metaflow",
    "manageMasterUserPassword": True,
    "port": 5432,
    "dbSubnetGroupName": "metaflow-db-postgres",
    "vpcSecurityGroupIds": ["SecurityGroup:metaflow-groups-database.id"],
    "parameterGroupName": "metaflow-db-parameters",
    "publiclyAccessible": False,
    "copyTagsToSnapshot": True,
    "finalSnapshotIdentifier": "metaflow-db-postgres-final",
    "performanceInsightsEnabled": True,
    "performanceInsightsRetentionPeriod": 7,
    "monitoringInterval": 60,
    "monitoringRoleArn": "arn:aws:iam::123456789012:role/metaflow-db-monitoring",
    "enabledCloudwatchLogsExports": ["postgresql", "upgrade"],
}

DEV: dict[str, Any] = {
    "instanceClass": "db.t4g.micro",
    "allocatedStorage": 20,
    "maxAllocatedStorage": 100,
    "multiAz": False,
    "backupRetentionPeriod": 7,
    "deletionProtection": False,
    "deleteAutomatedBackups": True,
    "skipFinalSnapshot": True,
    "applyImmediately": True,
}

PROD: dict[str, Any] = {
    "instanceClass": "db.m7g.large",
    "allocatedStorage": 100,
    "maxAllocatedStorage": 1000,
    "multiAz": True,
    "backupRetentionPeriod": 30,
    "deletionProtection": True,
    "deleteAutomatedBackups": False,
    "skipFinalSnapshot": False,
    "applyImmediately": False,
}


@pytest.mark.parametrize(("stack", "expected"), [("dev", DEV), ("prod", PROD)])
def test_the_instance_is_exactly(stack: str, expected: dict[str, Any]) -> None:
    assert deployed.inputs(deployed.deploy_stack(stack), INSTANCE) == EVERYWHERE | expected


@pytest.mark.parametrize(
    ("settings", "changed"),
    [
        (
            {"dbMaintenanceWindow": "sun:04:00-sun:05:00", "dbBackupWindow": "02:00-03:00"},
            {"maintenanceWindow": "sun:04:00-sun:05:00", "backupWindow": "02:00-03:00"},
        ),
        ({"dbFinalSnapshot": True}, {"skipFinalSnapshot": False, "deleteAutomatedBackups": False}),
        (
            {"deletionProtection": True, "dbFinalSnapshot": True},
            {
                "deletionProtection": True,
                "skipFinalSnapshot": False,
                "deleteAutomatedBackups": False,
            },
        ),
    ],
    ids=str,
)
def test_a_setting_changes_exactly(settings: dict[str, Any], changed: dict[str, Any]) -> None:
    instance = deployed.inputs(deployed.deploy_stack("dev", **settings), INSTANCE)
    assert instance == EVERYWHERE | DEV | changed


@pytest.mark.parametrize(("stack", "letters"), [("dev", "ab"), ("prod", "abc")])
def test_it_stands_on_isolated_subnets(stack: str, letters: str) -> None:
    group = deployed.inputs(deployed.deploy_stack(stack), "aws:rds/subnetGroup:SubnetGroup")
    assert group["subnetIds"] == [f"{ISOLATED}{letter}.id" for letter in letters]


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_it_refuses_connections_without_tls(stack: str) -> None:
    group = deployed.inputs(deployed.deploy_stack(stack), "aws:rds/parameterGroup:ParameterGroup")
    # Without a name: a new family replaces the group while the database is still on the old one.
    assert group == {
        "family": "postgres17",
        "description": "Metaflow's metadata database",
        "parameters": [{"name": "rds.force_ssl", "value": "1", "applyMethod": "pending-reboot"}],
    }


def test_a_new_major_version_takes_its_parameter_family_along() -> None:
    deployment = deployed.deploy_stack("dev", **OTHER_VALUES)
    assert deployed.inputs(deployment, INSTANCE)["engineVersion"] == "18"
    group = deployed.inputs(deployment, "aws:rds/parameterGroup:ParameterGroup")
    assert group["family"] == "postgres18"


def test_a_minor_version_is_asked_for_and_keeps_the_family_of_its_major_one() -> None:
    deployment = deployed.deploy_stack("dev", dbEngineVersion="17.9")
    assert deployed.inputs(deployment, INSTANCE) == EVERYWHERE | DEV | {"engineVersion": "17.9"}
    group = deployed.inputs(deployment, "aws:rds/parameterGroup:ParameterGroup")
    assert group["family"] == "postgres17"


@pytest.mark.parametrize(("stack", "days"), [("dev", 30), ("prod", 365)])
def test_its_logs_have_a_retention(stack: str, days: int) -> None:
    deployment = deployed.deploy_stack(stack)
    exports = deployed.inputs(deployment, INSTANCE)["enabledCloudwatchLogsExports"]
    for export in exports:
        group = deployed.inputs(
            deployment, "aws:cloudwatch/logGroup:LogGroup", f"metaflow-db-{export}-log"
        )
        assert group == {
            "name": f"/aws/rds/instance/metaflow-db-postgres/{export}",
            "retentionInDays": days,
        }


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_no_password_is_given(stack: str) -> None:
    instance = deployed.inputs(deployed.deploy_stack(stack), INSTANCE)
    assert [key for key in instance if "password" in key.lower()] == ["manageMasterUserPassword"]


def test_a_snapshot_brings_its_own_user_and_database() -> None:
    instance = deployed.inputs(
        deployed.deploy_stack("dev", dbSnapshotIdentifier="before-move"), INSTANCE
    )
    restored = {"snapshotIdentifier": "before-move"}
    expected = EVERYWHERE | DEV | restored
    assert instance == {key: expected[key] for key in expected if key not in ("dbName", "username")}


@pytest.mark.parametrize(
    ("settings", "snapshot"),
    [
        ({}, {"engineVersion": "17.7"}),
        ({}, {"engineVersion": "17.5"}),
        ({"dbEngineVersion": "17.9"}, {"engineVersion": "17.9"}),
        ({"dbEngineVersion": "17.10"}, {"engineVersion": "17.9"}),
        ({"dbAllocatedStorage": 22}, {"allocatedStorage": 20}),
        ({"dbAllocatedStorage": 20}, {"allocatedStorage": 18}),
    ],
    ids=str,
)
def test_a_snapshot_that_fits_is_taken(
    settings: dict[str, Any], snapshot: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placeholder, "SNAPSHOT", {**SNAPSHOT, **snapshot})
    deployment = deployed.run(
        "dev", PlaceholderProvider(), settings={"dbSnapshotIdentifier": "before-move", **settings}
    )
    assert deployed.inputs(deployment, INSTANCE)["snapshotIdentifier"] == "before-move"


class WithDatabase(PlaceholderProvider):
    """AWS with this stack's database, known by its tags, and no snapshot any more."""

    def invoke(self, token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Answer for the database that stands, and fail where a snapshot is asked for."""
        function = token.rsplit(":", 1)[-1]
        if function == "getSnapshot":
            raise RefusedError("getSnapshot: no RDS snapshot before-move")
        if function == "getInstances":
            tags = deployed.only(deployed.deploy_stack("dev"), INSTANCE).inputs["tags"]
            assert set(arguments["tags"]) == {"ManagedBy", "Name", "Stack"}
            return {"instanceIdentifiers": ["ours"] * (arguments["tags"].items() <= tags.items())}
        return super().invoke(token, arguments)


def test_once_the_database_stands_its_snapshot_can_be_gone() -> None:
    settings = {"dbSnapshotIdentifier": "before-move", "dbEngineVersion": "18"}
    deployment = deployed.run("dev", WithDatabase(), settings=settings)
    assert deployed.inputs(deployment, INSTANCE)["engineVersion"] == "18"


def test_what_counts_at_creation_only_is_ignored_later() -> None:
    """A change of any of these would replace the database."""
    for settings in ({}, {"dbSnapshotIdentifier": "before-move"}):
        found = deployed.only(deployed.deploy_stack("dev", **settings), INSTANCE)
        assert set(found.ignore_changes) == {"snapshotIdentifier", "dbName", "username"}


def test_the_service_uses_the_user_of_the_snapshot_and_the_database_of_the_settings() -> None:
    deployment = deployed.deploy_stack("dev", dbSnapshotIdentifier="before-move", dbName="flows")
    [task] = deployment.of_type("aws:ecs/taskDefinition:TaskDefinition")
    for container in json.loads(task.inputs["containerDefinitions"]):
        environment = {one["name"]: one["value"] for one in container["environment"]}
        assert environment["MF_METADATA_DB_USER"] == "Instance:metaflow-db-instance.username"
        assert environment["MF_METADATA_DB_NAME"] == "flows"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"dbEngineVersion": "18"}, "is of PostgreSQL 17.7; set dbEngineVersion to that major"),
        ({"snapshot": {"encrypted": False}}, "is not encrypted; copy it with"),
        ({"snapshot": {"engine": "mysql"}}, "is of mysql, not of postgres"),
        (
            {"snapshot": {"engineVersion": "17.9"}},
            "is of PostgreSQL 17.9, and RDS would make 17.7 of dbEngineVersion 17; set "
            "dbEngineVersion to 17.9",
        ),
        ({"dbEngineVersion": "17.6"}, "is of PostgreSQL 17.7, and RDS would make 17.6"),
        (
            {"snapshot": {"engineVersion": "17.22-rds.20300415"}, "dbEngineVersion": "17.9"},
            "is of PostgreSQL 17.22-rds.20300415, and RDS would make 17.9",
        ),
        ({"snapshot": {"allocatedStorage": 50}}, "has 50 GiB; set dbAllocatedStorage to 50, or"),
        (
            {"snapshot": {"allocatedStorage": 19}},
            "has 19 GiB; set dbAllocatedStorage to 19, or to 21 or more",
        ),
    ],
    ids=str,
)
def test_a_snapshot_that_does_not_fit_stops_before_anything_is_made(
    settings: dict[str, Any], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = dict(settings)
    monkeypatch.setattr(placeholder, "SNAPSHOT", {**SNAPSHOT, **changed.pop("snapshot", {})})
    registered: list[Registration] = []
    with pytest.raises(DeploymentError, match=f"The snapshot before-move {words}"):
        deployed.run(
            "dev",
            PlaceholderProvider(),
            settings={"dbSnapshotIdentifier": "before-move", **changed},
            on_resource=registered.append,
        )
    assert {one.type for one in registered} <= {"pulumi:pulumi:Stack"}
