"""The settings of the metadata database."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from settings.database_classes import least_version, problem_of_database_class
from settings.database_times import (
    overlap,
    problem_of_backup_window,
    problem_of_maintenance_window,
)
from settings.parts import Conflicts, Rule, SettingsModel, allowed, rejecting

_SNAPSHOT_NAME = r"(rds:)?[A-Za-z](-?[A-Za-z0-9]){0,254}"
_SNAPSHOT_ARN = rf"arn:aws(-[a-z]+)*:rds:[a-z0-9-]+:\d{{12}}:snapshot:{_SNAPSHOT_NAME}"


class MetadataDatabaseSettings(SettingsModel):
    """The PostgreSQL database of the metadata service."""

    db_engine_version: Annotated[
        str,
        Field(pattern=r"^1[4-8](\.[1-9]\d?)?$"),
        allowed("14, 15, 16, 17 or 18, alone or with a minor version, such as 17.9"),
    ] = "17"
    """Version of PostgreSQL; it can only rise. RDS chooses the minor one where none is given."""

    db_instance_class: Annotated[
        str,
        rejecting(problem_of_database_class),
        allowed("an instance class of RDS for PostgreSQL"),
    ] = "db.t4g.micro"
    """Instance class of the database."""

    db_allocated_storage: Annotated[int, Field(ge=20, le=59_578), allowed("20 to 59578")] = 20
    """Storage of the database at first, in GiB; it can only grow, by a tenth or more at a time."""

    db_max_allocated_storage: Annotated[
        int, Field(ge=22, le=65_536), allowed("at least 1.1 times dbAllocatedStorage, to 65536")
    ] = 100
    """Storage up to which RDS grows the database by itself, in GiB."""

    db_multi_az: Annotated[bool, allowed("true or false")] = False
    """Whether a standby in a second zone takes over when the first fails."""

    db_backup_retention_days: Annotated[int, Field(ge=1, le=35), allowed("1 to 35")] = 7
    """Days for which automated backups are kept."""

    db_final_snapshot: Annotated[bool, allowed("true or false")] = False
    """Whether a last snapshot is taken when the database is deleted."""

    db_apply_immediately: Annotated[bool, allowed("true or false")] = True
    """Whether changes of the database happen at once or in its maintenance window."""

    db_password_rotation_days: Annotated[int, Field(ge=1, le=30), allowed("1 to 30")] = 30
    """Days after which the database password is rotated."""

    db_maintenance_window: Annotated[
        str,
        rejecting(problem_of_maintenance_window),
        allowed("days and times of 30 minutes to a day, in UTC, such as sun:04:00-sun:05:00"),
    ] = ""
    """When RDS maintains the database each week; empty means that RDS chooses."""

    db_backup_window: Annotated[
        str,
        rejecting(problem_of_backup_window),
        allowed("times of 30 minutes or more, in UTC, such as 02:00-03:00"),
    ] = ""
    """When RDS backs the database up each day; empty means that RDS chooses."""

    db_snapshot_identifier: Annotated[
        str,
        Field(pattern=rf"^({_SNAPSHOT_NAME}|{_SNAPSHOT_ARN})?$"),
        allowed("the name or the ARN of a snapshot of an RDS instance"),
    ] = ""
    """Snapshot that the database is made of; counts when the database is made, never later."""

    db_name: Annotated[
        str,
        Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}$"),
        allowed("up to 63 letters, digits and _, not beginning with a digit"),
    ] = "metaflow"
    """Name of the database within the instance that the service uses."""


def _windows(settings: MetadataDatabaseSettings) -> Conflicts:
    backup, maintenance = settings.db_backup_window, settings.db_maintenance_window
    if backup and maintenance and overlap(backup, maintenance):
        yield (
            "dbBackupWindow",
            f"{backup}, which meets dbMaintenanceWindow {maintenance}",
            "times outside the maintenance window",
        )


def _storage(settings: MetadataDatabaseSettings) -> Conflicts:
    least = -(-settings.db_allocated_storage * 11 // 10)
    if settings.db_max_allocated_storage < least:
        yield (
            "dbMaxAllocatedStorage",
            str(settings.db_max_allocated_storage),
            f"at least {least}, 1.1 times dbAllocatedStorage",
        )


def _class_of_version(settings: MetadataDatabaseSettings) -> Conflicts:
    instance_class, version = settings.db_instance_class, settings.db_engine_version
    least = least_version(instance_class, version)
    if least:
        yield (
            "dbInstanceClass",
            f"{instance_class} with dbEngineVersion {version}",
            f"an older family, or this one with {least} or a later version",
        )


RULES: Sequence[Rule] = (
    Rule(_class_of_version, frozenset({"db_instance_class", "db_engine_version"})),
    Rule(_storage, frozenset({"db_allocated_storage", "db_max_allocated_storage"})),
    Rule(_windows, frozenset({"db_backup_window", "db_maintenance_window"})),
)
