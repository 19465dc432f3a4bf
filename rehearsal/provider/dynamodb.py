"""DynamoDB tables."""

from typing import Any

from rehearsal.provider.changes import as_given, tag_changes, with_tags
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.plan_checks import one_of, problems
from rehearsal.provider.resource_type import (
    AutoName,
    Input,
    ResourceType,
    Values,
)
from rehearsal.provider.shapes import found, tag_list, tag_map
from rehearsal.provider.unfinished import made


def _check_table(inputs: Values) -> list[str]:
    found_problems = problems(inputs, {"billingMode": one_of(("PROVISIONED", "PAY_PER_REQUEST"))})
    named = {attribute["name"] for attribute in inputs.get("attributes") or ()}
    key = inputs["hashKey"]
    if key not in named:
        found_problems.append(f"all indexes must match a defined attribute; hashKey {key} has none")
    for name in sorted(named - {key}):
        found_problems.append(f"all attributes must be indexed; {name} is no key of the table")
    if inputs["billingMode"] == "PROVISIONED":
        found_problems.append(
            "billingMode PROVISIONED demands readCapacity and writeCapacity of at least 1; "
            "PAY_PER_REQUEST takes none"
        )
    ttl = inputs.get("ttl") or {}
    if ttl.get("enabled") and not ttl.get("attributeName"):
        found_problems.append("ttl.enabled demands ttl.attributeName")
    return found_problems


def _encryption(inputs: Values) -> dict[str, Any]:
    """Return `SSESpecification`; disabled means the key that AWS owns."""
    wanted = inputs.get("serverSideEncryption") or {}
    if not wanted.get("enabled"):
        return {"Enabled": False}
    key = {"KMSMasterKeyId": wanted["kmsKeyArn"]} if wanted.get("kmsKeyArn") else {}
    return {"Enabled": True, "SSEType": "KMS", **key}


def _create_table(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    name = inputs["name"]
    encryption = _encryption(inputs)
    cloud.client("dynamodb").create_table(
        TableName=name,
        AttributeDefinitions=[
            {"AttributeName": attribute["name"], "AttributeType": attribute["type"]}
            for attribute in inputs["attributes"]
        ],
        KeySchema=[{"AttributeName": inputs["hashKey"], "KeyType": "HASH"}],
        BillingMode=inputs["billingMode"],
        DeletionProtectionEnabled=inputs["deletionProtectionEnabled"],
        Tags=tag_list(inputs.get("tags")),
        **({"SSESpecification": encryption} if encryption["Enabled"] else {}),
    )
    made(name)
    _put_ttl(cloud, name, {}, inputs)
    _put_recovery(cloud, name, {}, inputs)
    return name, _table_outputs(cloud, name, inputs)


def _put_ttl(cloud: Cloud, name: str, state: Values, inputs: Values) -> None:
    before, after = state.get("ttl") or {}, inputs.get("ttl") or {}
    attribute = after.get("attributeName") or before.get("attributeName")
    switched = bool(before.get("enabled")) != bool(after.get("enabled"))
    if switched or (after.get("enabled") and attribute != before.get("attributeName")):
        cloud.client("dynamodb").update_time_to_live(
            TableName=name,
            TimeToLiveSpecification={
                "Enabled": bool(after.get("enabled")),
                "AttributeName": attribute,
            },
        )


def _put_recovery(cloud: Cloud, name: str, state: Values, inputs: Values) -> None:
    before, after = state.get("pointInTimeRecovery") or {}, inputs.get("pointInTimeRecovery") or {}
    if after == before or not (before.get("enabled") or after.get("enabled")):
        return
    specification: dict[str, Any] = {"PointInTimeRecoveryEnabled": bool(after.get("enabled"))}
    if after.get("recoveryPeriodInDays"):
        specification["RecoveryPeriodInDays"] = after["recoveryPeriodInDays"]
    cloud.client("dynamodb").update_continuous_backups(
        TableName=name, PointInTimeRecoverySpecification=specification
    )


def _read_table(cloud: Cloud, name: str, state: Values) -> Values | None:
    call = cloud.client("dynamodb").describe_table
    missing = found(call, "ResourceNotFoundException", TableName=name) is None
    return None if missing else _table_outputs(cloud, name, state)


def _table_outputs(cloud: Cloud, name: str, given: Values) -> Values:
    client = cloud.client("dynamodb")
    table = client.describe_table(TableName=name)["Table"]
    ttl = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    backups = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    recovery = backups["PointInTimeRecoveryDescription"]
    encryption = table.get("SSEDescription", {})
    tags = client.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"]
    answered: dict[str, dict[str, Any]] = {
        "serverSideEncryption": {
            "enabled": encryption.get("Status") == "ENABLED",
            "kmsKeyArn": encryption.get("KMSMasterKeyArn"),
        },
        "pointInTimeRecovery": {
            "enabled": recovery["PointInTimeRecoveryStatus"] == "ENABLED",
            "recoveryPeriodInDays": recovery.get("RecoveryPeriodInDays"),
        },
        "ttl": {
            "enabled": ttl["TimeToLiveStatus"] == "ENABLED",
            "attributeName": ttl.get(
                "AttributeName", (given.get("ttl") or {}).get("attributeName")
            ),
        },
    }
    if not given:
        # Of an imported table everything is told that AWS has.
        given = {
            block: {name: 0 for name, one in values.items() if one}
            for block, values in answered.items()
        }
    return {
        "arn": table["TableArn"],
        "name": name,
        "hashKey": next(
            one["AttributeName"] for one in table["KeySchema"] if one["KeyType"] == "HASH"
        ),
        "attributes": [
            {"name": one["AttributeName"], "type": one["AttributeType"]}
            for one in table["AttributeDefinitions"]
        ],
        "billingMode": table["BillingModeSummary"]["BillingMode"],
        "deletionProtectionEnabled": table["DeletionProtectionEnabled"],
        **{
            block: as_given(given.get(block, {"enabled": 0}), answered[block]) for block in answered
        },
        **with_tags(given, tag_map(tags)),
    }


def _update_table(cloud: Cloud, name: str, state: Values, inputs: Values) -> Values:
    client = cloud.client("dynamodb")
    parameters: dict[str, Any] = {}
    if inputs["billingMode"] != state["billingMode"]:
        parameters["BillingMode"] = inputs["billingMode"]
    if inputs["deletionProtectionEnabled"] != state["deletionProtectionEnabled"]:
        parameters["DeletionProtectionEnabled"] = inputs["deletionProtectionEnabled"]
    wanted = inputs.get("serverSideEncryption", {"enabled": False})
    if parameters:
        client.update_table(TableName=name, **parameters)
    if as_given(wanted, state["serverSideEncryption"]) != wanted:
        client.update_table(TableName=name, SSESpecification=_encryption(inputs))
    _put_ttl(cloud, name, state, inputs)
    _put_recovery(cloud, name, state, inputs)
    changed, removed = tag_changes(state.get("tags"), inputs.get("tags"))
    if removed:
        client.untag_resource(ResourceArn=state["arn"], TagKeys=removed)
    if changed:
        client.tag_resource(ResourceArn=state["arn"], Tags=tag_list(changed))
    return _table_outputs(cloud, name, inputs)


def _delete_table(cloud: Cloud, name: str, _: Values) -> None:
    cloud.client("dynamodb").delete_table(TableName=name)


RESOURCE_TYPES: tuple[ResourceType, ...] = (
    ResourceType(
        token="aws:dynamodb/table:Table",
        inputs={
            "name": Input(),
            "hashKey": Input(required=True),
            "attributes": Input(required=True),
            "billingMode": Input(default="PROVISIONED"),
            "ttl": Input(),
            "serverSideEncryption": Input(),
            "pointInTimeRecovery": Input(),
            "deletionProtectionEnabled": Input(default=False),
            "tags": Input(),
        },
        auto_name=AutoName(max_length=255),
        check=_check_table,
        create=_create_table,
        read=_read_table,
        update=_update_table,
        delete=_delete_table,
    ),
)
"""The rows of this module."""
