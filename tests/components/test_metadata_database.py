"""The metadata database: every input of the instance, in both stacks, and what stands around it."""

from typing import Any

import pytest

from tests import deployed
from tests.deployed import OTHER_VALUES

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
