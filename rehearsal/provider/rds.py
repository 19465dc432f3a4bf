"""RDS instances. Subnet groups and parameter groups are in `rds_groups`."""

import base64
import hashlib
from typing import Any

from rehearsal.provider import rds_groups, rds_versions
from rehearsal.provider.changes import same_set, with_tags
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.plan_checks import problems
from rehearsal.provider.rds_parameters import (
    AFTER_RESTORE,
    CHECKS,
    CREATE_ONLY,
    IN_PLACE,
    REPORTED,
    RESTORED,
)
from rehearsal.provider.resource_type import (
    AutoName,
    Input,
    RefusedError,
    ResourceType,
    Values,
)
from rehearsal.provider.secretsmanager import new_password, set_current_value
from rehearsal.provider.shapes import found, given, reported, tag_list, tag_map
from rehearsal.provider.unfinished import made


def _check(inputs: Values) -> list[str]:
    found_problems = problems(inputs, CHECKS)
    for name in ("engine", "username", "allocatedStorage"):
        if not inputs.get(name) and not inputs.get("snapshotIdentifier"):
            found_problems.append(f"a database that is no copy of another demands {name}")
    return found_problems


def _create(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    if inputs.get("snapshotIdentifier"):
        _restore(cloud, inputs)
    else:
        stated = {"backupRetentionPeriod": 0, **inputs}
        cloud.client("rds").create_db_instance(
            **given(stated, {**IN_PLACE, **CREATE_ONLY}), Tags=tag_list(inputs.get("tags"))
        )
    made(inputs["identifier"])
    instance = _must_describe(cloud, inputs)
    if "MasterUserSecret" in instance:
        # The emulator's secret has the same user and password for every database.
        set_current_value(
            cloud,
            instance["MasterUserSecret"]["SecretArn"],
            {"username": instance["MasterUsername"], "password": new_password(cloud)},
        )
    resource_id = _resource_id(instance)
    return resource_id, _outputs(cloud, resource_id, instance, inputs)


def _restore(cloud: Cloud, inputs: Values) -> None:
    """Restore a snapshot, then change what the restoration does not take.

    PostgreSQL keeps the snapshot's user and databases (instance.go, and the API's reference of
    RestoreDBInstanceFromDBSnapshot).
    """
    client = cloud.client("rds")
    client.restore_db_instance_from_db_snapshot(
        DBSnapshotIdentifier=inputs["snapshotIdentifier"],
        **given(inputs, RESTORED),
        Tags=tag_list(inputs.get("tags")),
    )
    client.modify_db_instance(
        DBInstanceIdentifier=inputs["identifier"],
        ApplyImmediately=True,
        AllowMajorVersionUpgrade=inputs["allowMajorVersionUpgrade"],
        **given(inputs, AFTER_RESTORE),
    )


def _describe(cloud: Cloud, identifier: str) -> Any:
    call = cloud.client("rds").describe_db_instances
    missing = ("DBInstanceNotFound", "DBInstanceNotFoundFault")
    answer = found(call, *missing, DBInstanceIdentifier=identifier)
    return answer["DBInstances"][0] if answer else None


def _must_describe(cloud: Cloud, inputs: Values) -> Any:
    instance = _describe(cloud, inputs["identifier"])
    if instance is None:
        raise RefusedError(f"the database {inputs['identifier']} is gone")
    return instance


def _resource_id(instance: Any) -> str:
    """Return `db-` and 26 letters and digits; the emulator has the same for every database."""
    made = f"{instance['DBInstanceArn']} {instance['InstanceCreateTime'].isoformat()}"
    return f"db-{base64.b32encode(hashlib.sha256(made.encode()).digest()).decode()[:26]}"


def _outputs(cloud: Cloud, resource_id: str, instance: Any, stated: Values) -> Values:
    endpoint = instance["Endpoint"]
    secret = instance.get("MasterUserSecret")
    parameter_group = instance["DBParameterGroups"][0]["DBParameterGroupName"]
    group_ids = [group["VpcSecurityGroupId"] for group in instance["VpcSecurityGroups"]]
    exports = instance.get("EnabledCloudwatchLogsExports") or []
    version = instance["EngineVersion"]
    return {
        **reported(stated, {name: instance.get(key) for name, key in REPORTED.items()}),
        "maintenanceWindow": _same_window(stated, instance["PreferredMaintenanceWindow"]),
        "engineVersion": _same_version(stated, version),
        "engineVersionActual": rds_versions.resolved(version),
        "address": endpoint["Address"],
        "port": endpoint["Port"],
        "endpoint": f"{endpoint['Address']}:{endpoint['Port']}",
        "arn": instance["DBInstanceArn"],
        "resourceId": resource_id,
        "status": instance["DBInstanceStatus"],
        "parameterGroupName": parameter_group,
        "dbSubnetGroupName": instance.get("DBSubnetGroup", {}).get("DBSubnetGroupName", "default"),
        "vpcSecurityGroupIds": same_set(stated.get("vpcSecurityGroupIds"), group_ids),
        "masterUserSecrets": [_secret(secret)] if secret else [],
        **reported(stated, {"kmsKeyId": _key(cloud, instance)}),
        **reported(
            stated,
            {
                "enabledCloudwatchLogsExports": (
                    same_set(stated.get("enabledCloudwatchLogsExports"), exports) or None
                ),
                "manageMasterUserPassword": True if secret else None,
            },
        ),
        **with_tags(stated, tag_map(instance["TagList"])),
    }


def _same_version(stated: Values, current: str) -> str:
    """Return the given version when it is a prefix of the running one, else the running one.

    See compareActualEngineVersion in internal/service/rds/engine_version.go.
    """
    before = str(stated.get("engineVersion", ""))
    return before if f"{current}.".startswith(f"{before}.") else current


def _same_window(stated: Values, current: str) -> str:
    """Return the given window when it differs in case only, which the provider overlooks."""
    before = stated.get("maintenanceWindow") or ""
    return before if before.lower() == current.lower() else current


def _secret(secret: Any) -> dict[str, Any]:
    return {
        "secretArn": secret["SecretArn"],
        "secretStatus": secret["SecretStatus"],
        "kmsKeyId": secret["KmsKeyId"],
    }


def _key(cloud: Cloud, instance: Any) -> str | None:
    """Return the ARN of the storage's key: RDS's own of the account where none was given."""
    if not instance.get("StorageEncrypted"):
        return None
    key = str(instance.get("KmsKeyId", ""))
    if key.startswith("arn:"):
        return key
    answer = cloud.client("kms").describe_key(KeyId="alias/aws/rds")
    return str(answer["KeyMetadata"]["Arn"])


def _read(cloud: Cloud, resource_id: str, state: Values) -> Values | None:
    """Read an instance; to import it, its identifier stands for its id."""
    instance = _describe(cloud, state.get("identifier", resource_id))
    if instance is None:
        return None
    resource_id = state.get("resourceId") or _resource_id(instance)
    return {"id": resource_id, **_outputs(cloud, resource_id, instance, state)}


def _update(cloud: Cloud, resource_id: str, state: Values, inputs: Values) -> Values:
    """Change an instance at once; AWS waits for the maintenance window unless told not to."""
    parameters = _changes(state, inputs)
    if parameters:
        cloud.client("rds").modify_db_instance(
            DBInstanceIdentifier=state["identifier"],
            ApplyImmediately=inputs["applyImmediately"],
            AllowMajorVersionUpgrade=inputs["allowMajorVersionUpgrade"],
            **parameters,
        )
    _put_secret_key(cloud, state, inputs)
    # Not the state's ARN, which a new identifier changes.
    rds_groups.change_tags(cloud, _must_describe(cloud, inputs)["DBInstanceArn"], state, inputs)
    instance = _must_describe(cloud, inputs)
    return _outputs(cloud, resource_id, instance, inputs)


def _changes(state: Values, inputs: Values) -> dict[str, Any]:
    """Return the parameters of ModifyDBInstance: what differs, and what was computed stays."""
    changed = {name: inputs[name] for name in inputs if inputs[name] != state.get(name)}
    if "port" in changed:
        # The emulator drops DBPortNumber.
        raise RefusedError("the emulated RDS cannot change a port in place, though AWS can")
    parameters = given(
        changed,
        {
            **IN_PLACE,
            "identifier": "NewDBInstanceIdentifier",
            "manageMasterUserPassword": "ManageMasterUserPassword",
        },
    )
    before = set(state.get("enabledCloudwatchLogsExports") or ())
    after = set(inputs.get("enabledCloudwatchLogsExports") or ())
    if before != after:
        parameters["CloudwatchLogsExportConfiguration"] = {
            "EnableLogTypes": sorted(after - before),
            "DisableLogTypes": sorted(before - after),
        }
    if state.get("maxAllocatedStorage") and not inputs.get("maxAllocatedStorage"):
        # Autoscaling ends where the limit is the size, which is what the provider sends.
        parameters["MaxAllocatedStorage"] = inputs["allocatedStorage"]
    return parameters


def _put_secret_key(cloud: Cloud, state: Values, inputs: Values) -> None:
    """Move the master secret to another key, which the emulator's ModifyDBInstance does not."""
    key = inputs.get("masterUserSecretKmsKeyId")
    if key and key != state.get("masterUserSecretKmsKeyId") and state["masterUserSecrets"]:
        secret_arn = state["masterUserSecrets"][0]["secretArn"]
        cloud.client("secretsmanager").update_secret(SecretId=secret_arn, KmsKeyId=key)


def _delete(cloud: Cloud, _: str, state: Values) -> None:
    """Delete an instance by what the state says, as the provider does: not by the program."""
    client = cloud.client("rds")
    identifier = state["identifier"]
    # An imported instance has none of what the provider keeps in its state only.
    skips = state.get("skipFinalSnapshot", False)
    parameters: dict[str, Any] = {"SkipFinalSnapshot": skips}
    if not skips:
        if not state.get("finalSnapshotIdentifier"):
            raise RefusedError(
                "finalSnapshotIdentifier is required when skipFinalSnapshot is false"
            )
        parameters["FinalDBSnapshotIdentifier"] = state["finalSnapshotIdentifier"]
    instance = _describe(cloud, identifier)
    lifts = state.get("applyImmediately") and not state["deletionProtection"]
    if instance and instance["DeletionProtection"] and lifts:
        client.modify_db_instance(
            DBInstanceIdentifier=identifier, DeletionProtection=False, ApplyImmediately=True
        )
    client.delete_db_instance(
        DBInstanceIdentifier=identifier,
        DeleteAutomatedBackups=state.get("deleteAutomatedBackups", True),
        **parameters,
    )


def _grown_by_autoscaling(state: Values, inputs: Values) -> bool:
    size = inputs.get("allocatedStorage") or 0
    grown, most = (state.get("allocatedStorage") or 0), (inputs.get("maxAllocatedStorage") or 0)
    return bool(grown > size and most > size)


_INSTANCE = ResourceType(
    token="aws:rds/instance:Instance",
    inputs={
        **dict.fromkeys((*IN_PLACE, *CREATE_ONLY), Input()),
        "tags": Input(),
        "storageEncrypted": Input(default=False),
        "instanceClass": Input(required=True),
        "autoMinorVersionUpgrade": Input(default=True),
        "copyTagsToSnapshot": Input(default=False),
        "deletionProtection": Input(default=False),
        "monitoringInterval": Input(default=0),
        "performanceInsightsEnabled": Input(default=False),
        "publiclyAccessible": Input(default=False),
        "allowMajorVersionUpgrade": Input(default=False),
        "applyImmediately": Input(default=False),
        "deleteAutomatedBackups": Input(default=True),
        "finalSnapshotIdentifier": Input(),
        "skipFinalSnapshot": Input(default=False),
        "snapshotIdentifier": Input(),
    },
    auto_name=AutoName(property="identifier", max_length=63, lower=True),
    check=_check,
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    conditions={"grown by autoscaling": _grown_by_autoscaling},
)

RESOURCE_TYPES: tuple[ResourceType, ...] = (*rds_groups.RESOURCE_TYPES, _INSTANCE)
"""The rows of this module."""
