"""What RDS refuses although the emulator takes it."""

from typing import Any

import pytest

from rehearsal.provider import RefusedError, rds_versions
from tests.rehearsal.provider import databases
from tests.rehearsal.provider.databases import INSTANCE

MONITORING_ROLE = "arn:aws:iam::123456789012:role/monitoring"


@pytest.mark.parametrize("version", ["14", "15", "16", "17", "18", "16.9", "16.13", "17.7"])
def test_versions_that_rds_offers(version: str) -> None:
    assert rds_versions.problem(version) is None


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("16.1", r"Cannot find version 16.1 for postgres; RDS offers PostgreSQL 16 from 16.9 on"),
        ("16.8", r"RDS offers PostgreSQL 16 from 16.9 on"),
        ("17.4", r"RDS offers PostgreSQL 17 from 17.5 on"),
        ("13", r"PostgreSQL 13 is past RDS standard support"),
        ("12.22", r"PostgreSQL 12.22 is past RDS standard support"),
        ("11", r"paid Extended Support only, as builds named 11.<minor>-rds.<date>"),
        ("10.23", r"RDS offers the majors 14, 15, 16, 17, 18"),
        ("9.6", r"Cannot find version 9.6 for postgres"),
        ("19", r"Cannot find version 19 for postgres"),
        ("17.x", r"RDS offers PostgreSQL 17 from 17.5 on"),
        ("latest", r"Cannot find version latest for postgres"),
    ],
)
def test_versions_that_rds_offers_no_longer(rig: Any, version: str, words: str) -> None:
    with pytest.raises(RefusedError, match=f"AWS refuses CreateDBInstance: .*{words}.*calendar"):
        rig.create(INSTANCE, "db", **{**BARE, "engineVersion": version})


BARE: dict[str, Any] = {
    "engine": "postgres",
    "instanceClass": "db.t4g.micro",
    "allocatedStorage": 20,
    "username": "metaflow",
    "manageMasterUserPassword": True,
}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"instanceClass": "db.t4g.48xlarge"},
            r"Invalid DB Instance class: db\.t4g\.48xlarge; .* has micro, .*, 2xlarge \(http",
        ),
        ({"instanceClass": "db.m7i.micro"}, r"db\.m7i has large, .*, 24xlarge, 48xlarge \(http"),
        ({"instanceClass": "db.x2idn.large"}, "db.x2idn has 16xlarge, 24xlarge, 32xlarge"),
        ({"instanceClass": "db.t2.micro"}, "for postgres, no family is named t2"),
        ({"instanceClass": "cache.t4g.micro"}, "Invalid DB Instance class: cache.t4g.micro"),
        ({"username": "admin"}, "admin cannot be used as it is a reserved word"),
        ({"username": "rdsadmin"}, "rdsadmin cannot be used as it is a reserved word"),
        ({"username": "pg_metaflow"}, "role names starting with pg_ are reserved"),
        ({"manageMasterUserPassword": None}, "demands MasterUserPassword or ManageMaster"),
        (
            {"storageType": "gp3", "iops": 3000},
            "a storage size less than 400; Iops came with 20 GiB",
        ),
        (
            {"storageType": "gp3", "storageThroughput": 125, "allocatedStorage": 399},
            "StorageThroughput came with 399 GiB",
        ),
        ({"monitoringInterval": 60}, "a MonitoringInterval of 60 s demands a MonitoringRoleARN"),
        (
            {"enabledCloudwatchLogsExports": ["postgresql", "slowquery"]},
            "no log slowquery to export; it has postgresql, upgrade, iam-db-auth-error",
        ),
    ],
)
def test_a_creation_is_refused(rig: Any, change: dict[str, Any], words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        rig.create(INSTANCE, "db", **{**BARE, **change})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"instanceClass": "db.m7g.24xlarge"}, "Invalid DB Instance class: db.m7g.24xlarge"),
        ({"iops": 3000}, "a storage size less than 400; Iops came with 20 GiB"),
        (
            {"allocatedStorage": 21},
            "Invalid storage size for engine name postgres and storage type gp3: 21",
        ),
        ({"monitoringInterval": 60}, "demands a MonitoringRoleARN"),
        ({"enabledCloudwatchLogsExports": ["audit"]}, "postgres has no log audit to export"),
        ({"engineVersion": "18"}, "from 17 to 18 changes the major version; it demands AllowMajor"),
        ({"engineVersion": "16.1"}, "Cannot find version 16.1 for postgres"),
        (
            {"engineVersion": "16", "allowMajorVersionUpgrade": True},
            "Cannot upgrade postgres from 17.7 to 16.11",
        ),
        (
            {"engineVersion": "18", "allowMajorVersionUpgrade": True},
            "of the family postgres17; 18 demands postgres18",
        ),
    ],
)
def test_a_change_is_refused(rig: Any, change: dict[str, Any], words: str) -> None:
    given = databases.inputs(rig)
    created = rig.create(INSTANCE, "db", **given)
    changed = {**given, "identifier": created.outputs["identifier"], **change}
    with pytest.raises(RefusedError, match=words):
        rig.update(INSTANCE, "db", created, **changed)
    assert rig.read(INSTANCE, created) == created.outputs


@pytest.mark.parametrize(
    ("current", "wanted", "words"),
    [
        ("16.13", "17", "Cannot upgrade postgres from 16.13 to 17.7"),
        ("16.13", "17.8", "Cannot upgrade postgres from 16.13 to 17.8"),
        ("16.13", "17.9", None),
        ("16.13", "18.3", None),
        ("16", "17", None),
        ("14.18", "17", None),
        ("17.9", "17", "Cannot upgrade postgres from 17.9 to 17.7"),
        ("17.9", "17.10", None),
        ("17.9", "16.13", "Cannot upgrade postgres from 17.9 to 16.13"),
        ("11.22-rds.20241121", "14", None),
    ],
)
def test_a_version_goes_to_one_that_is_no_older(
    current: str, wanted: str, words: str | None
) -> None:
    assert rds_versions.upgrade_problem(current, wanted) == words


def test_where_a_major_version_fails_the_full_one_upgrades(rig: Any) -> None:
    """RDS's default of 17 is older than 16.13 (terraform-aws-modules/terraform-aws-rds#627)."""
    old = rig.create(databases.PARAMETERS, "old", family="postgres16")
    new = rig.create(databases.PARAMETERS, "new", family="postgres17")
    given = databases.inputs(rig, engineVersion="16.13", parameterGroupName=old.id)
    given |= {"allowMajorVersionUpgrade": True, "applyImmediately": True}
    created = rig.create(INSTANCE, "db", **given)
    changed = {**given, "identifier": created.outputs["identifier"], "parameterGroupName": new.id}
    with pytest.raises(RefusedError, match=r"Cannot upgrade postgres from 16\.13 to 17\.7"):
        rig.update(INSTANCE, "db", created, **{**changed, "engineVersion": "17"})
    assert rig.read(INSTANCE, created) == created.outputs
    updated = rig.update(INSTANCE, "db", created, **{**changed, "engineVersion": "17.9"})
    assert updated.outputs["engineVersionActual"] == "17.9"


def test_what_is_sound_is_not_refused(rig: Any) -> None:
    given = databases.inputs(rig)
    created = rig.create(INSTANCE, "db", **given)
    group = rig.create(databases.PARAMETERS, "new", family="postgres18")
    changed = {
        **given,
        "identifier": created.outputs["identifier"],
        "instanceClass": "db.x2iedn.24xlarge",
        "allocatedStorage": 400,
        "maxAllocatedStorage": 1000,
        "iops": 12000,
        "monitoringInterval": 60,
        "monitoringRoleArn": MONITORING_ROLE,
        "engineVersion": "18",
        "parameterGroupName": group.id,
        "allowMajorVersionUpgrade": True,
        "enabledCloudwatchLogsExports": ["iam-db-auth-error"],
    }
    outputs = rig.update(INSTANCE, "db", created, **changed).outputs
    assert (outputs["engineVersion"], outputs["iops"]) == ("18", 12000)


def test_a_parameter_group_must_fit_the_version(rig: Any) -> None:
    other = rig.create(databases.PARAMETERS, "old", family="postgres16")
    with pytest.raises(RefusedError, match="is of the family postgres16; 17 demands postgres17"):
        rig.create(INSTANCE, "db", **databases.inputs(rig, parameterGroupName=other.id))
