"""The functions that ask about databases: snapshots, instances and versions."""

from collections.abc import Mapping
from types import MappingProxyType

from rehearsal.provider import rds_versions
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.resource_type import InvokeFunction, RefusedError, Values, taught
from rehearsal.provider.shapes import found, tag_map


def _snapshot(cloud: Cloud, arguments: Values) -> Values:
    """Answer aws.rds.getSnapshot; source: internal/service/rds/snapshot_data_source.go."""
    given = taught("getSnapshot", arguments, "dbSnapshotIdentifier", "includeShared")
    name = str(given["dbSnapshotIdentifier"])
    call = cloud.client("rds").describe_db_snapshots
    answer = found(call, "DBSnapshotNotFound", "DBSnapshotNotFoundFault", DBSnapshotIdentifier=name)
    if not answer or not answer["DBSnapshots"]:
        raise RefusedError(f"getSnapshot: no RDS snapshot {name}")
    snapshot = answer["DBSnapshots"][0]
    return {
        **given,
        "id": snapshot["DBSnapshotIdentifier"],
        "allocatedStorage": snapshot["AllocatedStorage"],
        "dbSnapshotArn": snapshot["DBSnapshotArn"],
        "encrypted": snapshot["Encrypted"],
        "engine": snapshot["Engine"],
        "engineVersion": rds_versions.resolved(snapshot["EngineVersion"]),
    }


def _instances(cloud: Cloud, arguments: Values) -> Values:
    """Answer aws.rds.getInstances; source: internal/service/rds/instances_data_source.go."""
    given = taught("getInstances", arguments, "tags")
    wanted = (arguments.get("tags") or {}).items()
    pages = cloud.client("rds").get_paginator("describe_db_instances").paginate()
    every = [instance for page in pages for instance in page["DBInstances"]]
    having = [one for one in every if wanted <= tag_map(one["TagList"]).items()]
    return {
        **given,
        "id": cloud.region,
        "instanceArns": [one["DBInstanceArn"] for one in having],
        "instanceIdentifiers": [one["DBInstanceIdentifier"] for one in having],
    }


def _engine_version(_: Cloud, arguments: Values) -> Values:
    """Answer aws.rds.getEngineVersion for the default of a major version of PostgreSQL.

    Source: internal/service/rds/engine_version_data_source.go.
    """
    given = taught("getEngineVersion", arguments, "defaultOnly", "engine", "version")
    major = str(given.get("version"))
    if given.get("engine") != "postgres" or not given.get("defaultOnly") or not major.isdigit():
        raise RefusedError(
            "getEngineVersion: only defaults of PostgreSQL's major versions were taught"
        )
    if int(major) not in rds_versions.POSTGRES:
        raise RefusedError("getEngineVersion: no RDS engine versions found")
    version = rds_versions.resolved(major)
    return {**given, "id": version, "version": version, "versionActual": version}


INVOKES: Mapping[str, InvokeFunction] = MappingProxyType(
    {
        "aws:rds/getEngineVersion:getEngineVersion": _engine_version,
        "aws:rds/getInstances:getInstances": _instances,
        "aws:rds/getSnapshot:getSnapshot": _snapshot,
    }
)
