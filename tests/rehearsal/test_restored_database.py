"""A database that is made of another one's snapshot."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.mocks import Deployment, DeploymentError
from rehearsal.provider import RefusedError
from rehearsal.stage import Stage, stage
from tests.deployed import only
from tests.rehearsal.standing import deployed

INSTANCE = "aws:rds/instance:Instance"
OTHERS: dict[str, Any] = {
    "DBInstanceIdentifier": "others",
    "DBName": "metaflow",
    "MasterUsername": "master",
    "MasterUserPassword": "not-a-secret-of-ours",
    "Engine": "postgres",
    "EngineVersion": "16.9",
    "DBInstanceClass": "db.t3.small",
    "AllocatedStorage": 20,
    "StorageType": "gp2",
}
"""A database as Outerbounds' CloudFormation template makes it: not encrypted."""

SETTINGS = {"dbSnapshotIdentifier": "encrypted", "dbEngineVersion": "16"}


@pytest.fixture(scope="module")
def stands() -> Iterator[Stage]:
    with stage("us-east-1", None) as found:
        client = found.cloud.client("rds")
        client.create_db_instance(**OTHERS)
        client.create_db_snapshot(DBInstanceIdentifier="others", DBSnapshotIdentifier="plain")
        client.copy_db_snapshot(
            SourceDBSnapshotIdentifier="plain",
            TargetDBSnapshotIdentifier="encrypted",
            KmsKeyId="alias/aws/rds",
        )
        newer = {**OTHERS, "DBInstanceIdentifier": "newer", "EngineVersion": "16.13"}
        client.create_db_instance(**newer, KmsKeyId="alias/aws/rds", StorageEncrypted=True)
        client.create_db_snapshot(DBInstanceIdentifier="newer", DBSnapshotIdentifier="newer")
        yield found


@pytest.fixture(scope="module")
def deployment(stands: Stage) -> Deployment:
    return deployed(stands, "dev", settings=SETTINGS)


def described(stands: Stage, identifier: str) -> Any:
    client = stands.cloud.client("rds")
    return client.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0]


def test_the_database_is_the_snapshots_encrypted_and_on_graviton(
    stands: Stage, deployment: Deployment
) -> None:
    instance = described(stands, only(deployment, INSTANCE).outputs["identifier"])
    assert (instance["MasterUsername"], instance["DBName"]) == ("master", "metaflow")
    assert instance["EngineVersion"].startswith("16")
    assert instance["StorageEncrypted"] is True
    assert instance["DBInstanceClass"] == "db.t4g.micro"
    assert instance["StorageType"] == "gp3"
    assert instance["BackupRetentionPeriod"] == 7


def test_the_service_opens_it_with_the_password_that_rds_keeps(
    stands: Stage, deployment: Deployment
) -> None:
    [task] = deployment.of_type("aws:ecs/taskDefinition:TaskDefinition")
    [container, _] = json.loads(task.inputs["containerDefinitions"])
    environment = {one["name"]: one["value"] for one in container["environment"]}
    secrets = stands.cloud.client("secretsmanager")
    found = secrets.get_secret_value(SecretId=deployment.outputs["databaseSecretArn"])
    assert environment["MF_METADATA_DB_USER"] == "master"
    assert json.loads(found["SecretString"])["username"] == "master"
    assert [one["valueFrom"] for one in container["secrets"]] == [
        f"{deployment.outputs['databaseSecretArn']}:password::"
    ]


def test_the_database_it_came_from_is_as_it_was(stands: Stage, deployment: Deployment) -> None:
    assert deployment.outputs
    others = described(stands, "others")
    assert others["DBInstanceStatus"] == "available"
    assert others["DBInstanceClass"] == "db.t3.small"


def test_a_snapshot_newer_than_rds_default_stays_at_its_version(stands: Stage) -> None:
    settings = {"dbSnapshotIdentifier": "newer", "dbEngineVersion": "16.13"}
    made = deployed(stands, "dev", name="newer", settings=settings)
    outputs = only(made, INSTANCE).outputs
    assert described(stands, outputs["identifier"])["EngineVersion"] == "16.13"
    assert outputs["engineVersion"] == "16.13"


def test_aws_would_refuse_the_older_default_and_leave_a_database_behind(stands: Stage) -> None:
    """Why the preview asks: RDS restores first, and is asked for the version then."""
    client = stands.cloud.client("rds")
    client.restore_db_instance_from_db_snapshot(
        DBSnapshotIdentifier="newer",
        DBInstanceIdentifier="half-made",
        DBInstanceClass="db.t3.small",
    )
    with pytest.raises(RefusedError, match=r"Cannot upgrade postgres from 16\.13 to 16\.11"):
        client.modify_db_instance(DBInstanceIdentifier="half-made", EngineVersion="16")
    assert described(stands, "half-made")["DBInstanceStatus"] == "available"


def test_aws_would_restore_into_no_class_that_it_has_not(stands: Stage) -> None:
    with pytest.raises(RefusedError, match=r"Invalid DB Instance class: db\.t4g\.4xlarge"):
        stands.cloud.client("rds").restore_db_instance_from_db_snapshot(
            DBSnapshotIdentifier="newer",
            DBInstanceIdentifier="refused",
            DBInstanceClass="db.t4g.4xlarge",
        )


@pytest.mark.parametrize(
    ("snapshot", "words"),
    [
        ("plain", "The snapshot plain is not encrypted; copy it with `aws rds copy-db-snapshot"),
        ("missing", "getSnapshot: no RDS snapshot missing"),
        (
            "newer",
            "The snapshot newer is of PostgreSQL 16.13, and RDS would make 16.11 of "
            "dbEngineVersion 16; set dbEngineVersion to 16.13",
        ),
    ],
)
def test_another_snapshot_is_refused(stands: Stage, snapshot: str, words: str) -> None:
    settings = {**SETTINGS, "dbSnapshotIdentifier": snapshot}
    with pytest.raises(DeploymentError, match=words):
        deployed(stands, "dev", name="refused", settings=settings)
