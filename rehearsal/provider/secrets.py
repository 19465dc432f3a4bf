"""Secrets of Secrets Manager and their values."""

from typing import Any

from rehearsal.provider.changes import tag_changes, with_tags
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.import_ids import parts
from rehearsal.provider.resource_type import AutoName, Input, ResourceType, Values
from rehearsal.provider.shapes import found, given, tag_list, tag_map
from rehearsal.provider.unfinished import made

_MISSING = "ResourceNotFoundException"
_WINDOW = range(7, 31)
"""Days for which a deleted secret can be had back."""


def _create(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    answer = cloud.client("secretsmanager").create_secret(
        Name=inputs["name"],
        **given(inputs, {"description": "Description", "kmsKeyId": "KmsKeyId"}),
        Tags=tag_list(inputs.get("tags")),
    )
    arn = made(answer["ARN"])
    return arn, _read(cloud, arn, inputs) or {}


def _read(cloud: Cloud, arn: str, state: Values) -> Values | None:
    secret = found(cloud.client("secretsmanager").describe_secret, _MISSING, SecretId=arn)
    if secret is None or secret.get("DeletedDate"):
        return None
    current = {"description": secret.get("Description"), "kmsKeyId": secret.get("KmsKeyId")}
    return {
        "arn": secret["ARN"],
        "name": secret["Name"],
        **{name: value for name, value in current.items() if value or state.get(name)},
        **with_tags(state, tag_map(secret.get("Tags"))),
    }


def _update(cloud: Cloud, arn: str, state: Values, inputs: Values) -> Values:
    client = cloud.client("secretsmanager")
    named = {"description": "Description", "kmsKeyId": "KmsKeyId"}
    client.update_secret(SecretId=arn, **given(inputs, named))
    changed, removed = tag_changes(state.get("tags"), inputs.get("tags"))
    if removed:
        client.untag_resource(SecretId=arn, TagKeys=removed)
    if changed:
        client.tag_resource(SecretId=arn, Tags=tag_list(changed))
    return _read(cloud, arn, inputs) or {}


def _delete(cloud: Cloud, arn: str, state: Values) -> None:
    days = state.get("recoveryWindowInDays", 30)
    how: dict[str, Any] = {"RecoveryWindowInDays": days} if days else {}
    found(
        cloud.client("secretsmanager").delete_secret,
        _MISSING,
        SecretId=arn,
        **(how or {"ForceDeleteWithoutRecovery": True}),
    )


def _check(inputs: Values) -> list[str]:
    days = inputs["recoveryWindowInDays"]
    if days == 0 or days in _WINDOW:
        return []
    return [f"recoveryWindowInDays is {days}; the provider allows 0, and 7 to 30"]


def _create_version(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    answer = cloud.client("secretsmanager").put_secret_value(
        SecretId=inputs["secretId"], SecretString=inputs["secretString"]
    )
    version_id = f"{inputs['secretId']}|{answer['VersionId']}"
    return version_id, _read_version(cloud, version_id, inputs) or {}


def _read_version(cloud: Cloud, resource_id: str, state: Values) -> Values | None:
    place = parts(resource_id, "secretId", "versionId", separator="|")
    answer = found(
        cloud.client("secretsmanager").get_secret_value,
        _MISSING,
        SecretId=place["secretId"],
        VersionId=place["versionId"],
    )
    if answer is None:
        return None
    return {
        "secretId": state.get("secretId", place["secretId"]),
        "versionId": answer["VersionId"],
        "arn": answer["ARN"],
        "secretArn": answer["ARN"],
        "secretString": answer["SecretString"],
        "versionStages": answer["VersionStages"],
        "hasSecretStringWo": False,
    }


def _delete_version(_cloud: Cloud, _resource_id: str, _state: Values) -> None:
    """Leave the current version, which Secrets Manager does not let go, as secret_version.go."""


RESOURCE_TYPES: tuple[ResourceType, ...] = (
    ResourceType(
        token="aws:secretsmanager/secret:Secret",
        inputs={
            "name": Input(),
            "description": Input(),
            "kmsKeyId": Input(),
            "recoveryWindowInDays": Input(default=30),
            "forceOverwriteReplicaSecret": Input(default=False),
            "tags": Input(),
        },
        auto_name=AutoName(max_length=512),
        check=_check,
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
    ),
    ResourceType(
        token="aws:secretsmanager/secretVersion:SecretVersion",
        inputs={"secretId": Input(required=True), "secretString": Input(required=True)},
        secret_outputs=frozenset({"secretString"}),
        create=_create_version,
        read=_read_version,
        delete=_delete_version,
    ),
)
"""The rows of this module."""
