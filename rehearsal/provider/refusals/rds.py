"""Refusals of RDS: classes, versions, storage, monitoring, groups and names."""

from typing import TYPE_CHECKING, Any

from rehearsal.provider import rds_classes, rds_versions
from rehearsal.provider.refusals.refusal import Parameters, Refusal

if TYPE_CHECKING:
    from rehearsal.provider.cloud import Cloud

_POSTGRES = "postgres"

_STATIC_PARAMETERS = frozenset(
    {
        "autovacuum_max_workers",
        "huge_pages",
        "max_connections",
        "max_locks_per_transaction",
        "max_prepared_transactions",
        "max_replication_slots",
        "max_wal_senders",
        "max_worker_processes",
        "rds.extensions",
        "rds.force_ssl",
        "rds.logical_replication",
        "rds.rds_superuser_reserved_connections",
        "shared_buffers",
        "shared_preload_libraries",
        "track_activity_query_size",
        "wal_buffers",
    }
)
"""Parameters that take effect on a restart only. rds.force_ssl is one by AWS's error in
https://github.com/ministryofjustice/cloud-platform/issues/1197 (pending-reboot, which is always
accepted, reaches a new database at its creation); PostgreSQL's by the context `postmaster` in https://www.postgresql.org/docs/17/runtime-config.html."""

_LOG_EXPORTS = ("postgresql", "upgrade", "iam-db-auth-error")

_GP3_THRESHOLD = 400
"""GiB from which gp3 storage of PostgreSQL, MySQL and MariaDB takes IOPS and throughput."""

_RESERVED_USERS = ("admin", "rdsadmin")


def _current(cloud: "Cloud", parameters: Parameters) -> Any:
    """Return the instance that a call changes; nothing for a creation."""
    client = cloud.client("rds")
    if "DBSnapshotIdentifier" in parameters:
        snapshot = parameters["DBSnapshotIdentifier"]
        return client.describe_db_snapshots(DBSnapshotIdentifier=snapshot)["DBSnapshots"][0]
    if "Engine" in parameters:
        return {}
    identifier = parameters["DBInstanceIdentifier"]
    return client.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0]


def _engine(cloud: "Cloud", parameters: Parameters) -> str:
    return str(parameters.get("Engine") or _current(cloud, parameters)["Engine"])


def _class(cloud: "Cloud", parameters: Parameters) -> str | None:
    instance_class = parameters.get("DBInstanceClass")
    if instance_class is None or _engine(cloud, parameters) != _POSTGRES:
        return None
    current = _current(cloud, parameters).get("DBInstanceClass")
    return None if instance_class == current else rds_classes.problem(instance_class)


def _version(cloud: "Cloud", parameters: Parameters) -> str | None:
    version = parameters.get("EngineVersion")
    if version is None or _engine(cloud, parameters) != _POSTGRES:
        return None
    current = _current(cloud, parameters).get("EngineVersion")
    return None if version == current else rds_versions.problem(version)


def _upgrade_target(cloud: "Cloud", parameters: Parameters) -> str | None:
    version = parameters.get("EngineVersion")
    if version is None or _engine(cloud, parameters) != _POSTGRES or rds_versions.problem(version):
        return None
    return rds_versions.upgrade_problem(_current(cloud, parameters)["EngineVersion"], version)


def _major_upgrade(cloud: "Cloud", parameters: Parameters) -> str | None:
    version = parameters.get("EngineVersion")
    if version is None or _upgrade_target(cloud, parameters):
        return None
    current = _current(cloud, parameters)["EngineVersion"]
    before, after = rds_versions.major_of(current), rds_versions.major_of(version)
    if before == after or parameters.get("AllowMajorVersionUpgrade"):
        return None
    return (
        f"the upgrade from {current} to {version} changes the major version; "
        "it demands AllowMajorVersionUpgrade"
    )


def _storage(cloud: "Cloud", parameters: Parameters) -> str | None:
    current = _current(cloud, parameters)
    kind = parameters.get("StorageType", current.get("StorageType"))
    size = parameters.get("AllocatedStorage", current.get("AllocatedStorage", 0))
    asked = [name for name in ("Iops", "StorageThroughput") if parameters.get(name)]
    if kind != "gp3" or size >= _GP3_THRESHOLD or not asked:
        return None
    return (
        "You can't specify IOPS or storage throughput for engine "
        f"{_engine(cloud, parameters)} and a storage size less than {_GP3_THRESHOLD}; "
        f"{' and '.join(asked)} came with {size} GiB"
    )


def _growth(cloud: "Cloud", parameters: Parameters) -> str | None:
    """Refuse a growth of less than a tenth, and any shrinking."""
    size = parameters.get("AllocatedStorage")
    current = _current(cloud, parameters)
    before = current["AllocatedStorage"]
    if size is None or size == before or size * 10 >= before * 11:
        return None
    kind = parameters.get("StorageType", current.get("StorageType"))
    return (
        f"Invalid storage size for engine name {current['Engine']} and storage type {kind}: {size}"
    )


def _monitoring(cloud: "Cloud", parameters: Parameters) -> str | None:
    interval = parameters.get("MonitoringInterval")
    role = parameters.get("MonitoringRoleArn")
    if not interval or role or _current(cloud, parameters).get("MonitoringRoleArn"):
        return None
    return f"a MonitoringInterval of {interval} s demands a MonitoringRoleARN"


def _family(cloud: "Cloud", parameters: Parameters) -> str | None:
    """Compare the parameter group, given or kept, with the version, given or kept."""
    current = _current(cloud, parameters)
    kept = [group["DBParameterGroupName"] for group in current.get("DBParameterGroups", ())]
    name = parameters.get("DBParameterGroupName") or next(iter(kept), None)
    version = parameters.get("EngineVersion") or current.get("EngineVersion")
    touched = {"DBParameterGroupName", "EngineVersion"} & set(parameters)
    if not name or not version or not touched or name.startswith("default."):
        return None
    groups = cloud.client("rds").describe_db_parameter_groups(DBParameterGroupName=name)
    family = groups["DBParameterGroups"][0]["DBParameterGroupFamily"]
    wanted = f"{_engine(cloud, parameters)}{rds_versions.major_of(version)}"
    if _engine(cloud, parameters) != _POSTGRES or family == wanted:
        return None
    return f"the parameter group {name} is of the family {family}; {version} demands {wanted}"


def _log_exports(cloud: "Cloud", parameters: Parameters) -> str | None:
    change = parameters.get("CloudwatchLogsExportConfiguration") or {}
    asked = [
        *(parameters.get("EnableCloudwatchLogsExports") or ()),
        *(change.get("EnableLogTypes") or ()),
    ]
    unknown = sorted(set(asked) - set(_LOG_EXPORTS))
    if not unknown or _engine(cloud, parameters) != _POSTGRES:
        return None
    return f"postgres has no log {', '.join(unknown)} to export; it has {', '.join(_LOG_EXPORTS)}"


def _username(_: "Cloud", parameters: Parameters) -> str | None:
    name = parameters.get("MasterUsername")
    if parameters["Engine"] != _POSTGRES or name is None:
        return None
    if name.lower() in _RESERVED_USERS:
        return f"MasterUsername {name} cannot be used as it is a reserved word used by the engine"
    if name.lower().startswith("pg_"):
        return f"MasterUsername {name} cannot be used: role names starting with pg_ are reserved"
    return None


def _password(_: "Cloud", parameters: Parameters) -> str | None:
    if parameters.get("ManageMasterUserPassword") or parameters.get("MasterUserPassword"):
        return None
    return "a database demands MasterUserPassword or ManageMasterUserPassword"


def _zones(cloud: "Cloud", parameters: Parameters) -> str | None:
    answer = cloud.client("ec2").describe_subnets(SubnetIds=list(parameters["SubnetIds"]))
    zones = sorted({subnet["AvailabilityZone"] for subnet in answer["Subnets"]})
    if len(zones) > 1:
        return None
    return (
        "DBSubnetGroupDoesNotCoverEnoughAZs: the subnet group covers "
        f"{', '.join(zones)} only; RDS demands two availability zones"
    )


def _static_parameter(_: "Cloud", parameters: Parameters) -> str | None:
    for parameter in parameters["Parameters"]:
        static = parameter["ParameterName"].lower() in _STATIC_PARAMETERS
        if static and parameter["ApplyMethod"] == "immediate":
            return (
                "cannot use immediate apply method for static parameter "
                f"{parameter['ParameterName']}; pending-reboot is the way"
            )
    return None


def _instances(cloud: "Cloud") -> Any:
    return cloud.client("rds").describe_db_instances()["DBInstances"]


def _subnet_group_in_use(cloud: "Cloud", parameters: Parameters) -> str | None:
    name = parameters["DBSubnetGroupName"]
    for instance in _instances(cloud):
        if instance.get("DBSubnetGroup", {}).get("DBSubnetGroupName") == name:
            user = instance["DBInstanceIdentifier"]
            return f"InvalidDBSubnetGroupStateFault: the database {user} uses the group {name}"
    return None


def _parameter_group_in_use(cloud: "Cloud", parameters: Parameters) -> str | None:
    name = parameters["DBParameterGroupName"]
    for instance in _instances(cloud):
        if name in [group["DBParameterGroupName"] for group in instance["DBParameterGroups"]]:
            user = instance["DBInstanceIdentifier"]
            return f"InvalidDBParameterGroupState: the database {user} uses the group {name}"
    return None


def _row(source: str, problem: Any, *operations: str) -> Refusal:
    return Refusal(service="rds", operations=operations, source=source, problem=problem)


_API = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference"
_BOTH = ("CreateDBInstance", "ModifyDBInstance")
_RESTORE = "RestoreDBInstanceFromDBSnapshot"

REFUSALS: tuple[Refusal, ...] = (
    _row("https://github.com/ryanmurakami/trash-panda-buffet/issues/5", _class, *_BOTH, _RESTORE),
    _row(rds_versions.CALENDAR, _version, *_BOTH),
    _row(
        "https://github.com/terraform-aws-modules/terraform-aws-rds/issues/627",
        _upgrade_target,
        "ModifyDBInstance",
    ),
    _row(f"{_API}/API_ModifyDBInstance.html", _major_upgrade, "ModifyDBInstance"),
    _row("https://github.com/cloud-gov/terraform-provision/pull/1556", _storage, *_BOTH),
    _row(
        "https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1312",
        _growth,
        "ModifyDBInstance",
    ),
    _row(f"{_API}/API_CreateDBInstance.html", _monitoring, *_BOTH),
    _row(f"{_API}/API_CreateDBInstance.html", _family, *_BOTH, _RESTORE),
    _row(f"{_API}/API_CreateDBInstance.html", _log_exports, *_BOTH),
    _row("https://github.com/aws-cloudformation/cfn-lint/pull/4425", _username, "CreateDBInstance"),
    _row(f"{_API}/API_CreateDBInstance.html", _password, "CreateDBInstance"),
    _row(
        f"{_API}/API_CreateDBSubnetGroup.html",
        _zones,
        "CreateDBSubnetGroup",
        "ModifyDBSubnetGroup",
    ),
    _row(
        "https://github.com/ministryofjustice/cloud-platform/issues/1197",
        _static_parameter,
        "ModifyDBParameterGroup",
    ),
    _row(f"{_API}/API_DeleteDBSubnetGroup.html", _subnet_group_in_use, "DeleteDBSubnetGroup"),
    _row(
        f"{_API}/API_DeleteDBParameterGroup.html",
        _parameter_group_in_use,
        "DeleteDBParameterGroup",
    ),
)
