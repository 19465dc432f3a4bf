"""KMS keys and their aliases."""

import json
from typing import Any

from rehearsal.provider.changes import same_json, tag_changes, with_tags
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.plan_checks import between, json_text, matching, problems
from rehearsal.provider.resource_type import ResourceType, Values, in_place, replaces, state_only
from rehearsal.provider.shapes import found, tag_list

_SOURCE = "internal/service/kms"

_AWS_ROTATION_PERIOD = 365
"""Days between rotations when none is given, by AWS's EnableKeyRotation."""


def _check_key(inputs: Values) -> list[str]:
    found_problems = problems(
        inputs,
        {
            "deletionWindowInDays": between(7, 30),
            "rotationPeriodInDays": between(90, 2560),
            "policy": json_text,
        },
    )
    if inputs.get("rotationPeriodInDays") is not None and not inputs["enableKeyRotation"]:
        found_problems.append("rotationPeriodInDays needs enableKeyRotation")
    return found_problems


def _create_key(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    client = cloud.client("kms")
    parameters: dict[str, Any] = {"Tags": tag_list(inputs.get("tags"), "TagKey", "TagValue")}
    for name, parameter in (("description", "Description"), ("policy", "Policy")):
        if inputs.get(name):
            parameters[parameter] = inputs[name]
    key_id = client.create_key(**parameters)["KeyMetadata"]["KeyId"]
    if inputs["enableKeyRotation"]:
        _enable_rotation(cloud, key_id, inputs)
    return key_id, _key_outputs(cloud, key_id, inputs)


def _enable_rotation(cloud: Cloud, key_id: str, inputs: Values) -> None:
    period = inputs.get("rotationPeriodInDays")
    cloud.client("kms").enable_key_rotation(
        KeyId=key_id, **({} if period is None else {"RotationPeriodInDays": period})
    )


def _key_outputs(cloud: Cloud, key_id: str, given: Values) -> Values:
    client = cloud.client("kms")
    metadata = client.describe_key(KeyId=key_id)["KeyMetadata"]
    policy = client.get_key_policy(KeyId=key_id, PolicyName="default")["Policy"]
    rotates = client.get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"]
    tags = client.list_resource_tags(KeyId=key_id)["Tags"]
    outputs = {
        "arn": metadata["Arn"],
        "keyId": key_id,
        "description": metadata["Description"],
        "isEnabled": metadata["Enabled"],
        "enableKeyRotation": rotates,
        "policy": same_json(given.get("policy"), json.loads(policy)),
        **with_tags(given, {tag["TagKey"]: tag["TagValue"] for tag in tags}),
    }
    if rotates:
        # The emulator does not report the period.
        outputs["rotationPeriodInDays"] = given.get("rotationPeriodInDays", _AWS_ROTATION_PERIOD)
    return outputs


def _read_key(cloud: Cloud, key_id: str, state: Values) -> Values | None:
    answer = found(cloud.client("kms").describe_key, "NotFoundException", KeyId=key_id)
    if answer is None or answer["KeyMetadata"]["KeyState"] == "PendingDeletion":
        return None
    return _key_outputs(cloud, key_id, state)


def _update_key(cloud: Cloud, key_id: str, state: Values, inputs: Values) -> Values:
    client = cloud.client("kms")
    if inputs.get("description") != state.get("description"):
        client.update_key_description(KeyId=key_id, Description=inputs.get("description", ""))
    if inputs.get("policy") not in (None, state.get("policy")):
        client.put_key_policy(KeyId=key_id, PolicyName="default", Policy=inputs["policy"])
    if inputs["enableKeyRotation"]:
        _enable_rotation(cloud, key_id, inputs)
    else:
        client.disable_key_rotation(KeyId=key_id)
    changed, removed = tag_changes(state.get("tags"), inputs.get("tags"))
    if removed:
        client.untag_resource(KeyId=key_id, TagKeys=removed)
    if changed:
        client.tag_resource(KeyId=key_id, Tags=tag_list(changed, "TagKey", "TagValue"))
    return _key_outputs(cloud, key_id, inputs)


def _delete_key(cloud: Cloud, key_id: str, state: Values) -> None:
    """Schedule a key's deletion, after the state's window or AWS's 30 days."""
    cloud.client("kms").schedule_key_deletion(
        KeyId=key_id, PendingWindowInDays=state.get("deletionWindowInDays", 30)
    )


def _check_alias(inputs: Values) -> list[str]:
    return problems(
        inputs,
        {"name": matching(r"alias/[a-zA-Z0-9/_-]+", "`alias/` and letters, digits, /, _ or -")},
    )


def _create_alias(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    cloud.client("kms").create_alias(AliasName=inputs["name"], TargetKeyId=inputs["targetKeyId"])
    return inputs["name"], _alias_outputs(cloud, inputs["name"], inputs) or {}


def _alias_outputs(cloud: Cloud, name: str, given: Values) -> Values | None:
    """Return an alias's outputs; a key's id and its ARN are the same target to the provider."""
    pages = cloud.client("kms").get_paginator("list_aliases").paginate()
    aliases = (alias for page in pages for alias in page["Aliases"])
    alias = next((alias for alias in aliases if alias["AliasName"] == name), None)
    if alias is None:
        return None
    key_id = alias["TargetKeyId"]
    key_arn = cloud.arn("kms", f"key/{key_id}")
    target = given["targetKeyId"] if given["targetKeyId"] in (key_id, key_arn) else key_id
    return {"arn": alias["AliasArn"], "targetKeyId": target, "targetKeyArn": key_arn}


def _update_alias(cloud: Cloud, name: str, _: Values, inputs: Values) -> Values:
    cloud.client("kms").update_alias(AliasName=name, TargetKeyId=inputs["targetKeyId"])
    return _alias_outputs(cloud, name, inputs) or {}


def _delete_alias(cloud: Cloud, name: str, _: Values) -> None:
    cloud.client("kms").delete_alias(AliasName=name)


RESOURCE_TYPES: tuple[ResourceType, ...] = (
    ResourceType(
        token="aws:kms/key:Key",
        source=f"{_SOURCE}/key.go",
        inputs={
            "description": in_place(),
            "policy": in_place(),
            "enableKeyRotation": in_place(default=False),
            "rotationPeriodInDays": in_place(),
            "deletionWindowInDays": state_only(),
            "tags": in_place(),
        },
        check=_check_key,
        create=_create_key,
        read=_read_key,
        update=_update_key,
        delete=_delete_key,
    ),
    ResourceType(
        token="aws:kms/alias:Alias",
        source=f"{_SOURCE}/alias.go",
        # The provider would name it by itself, but without the `alias/` that AWS demands.
        inputs={"name": replaces(required=True), "targetKeyId": in_place(required=True)},
        check=_check_alias,
        create=_create_alias,
        read=_alias_outputs,
        update=_update_alias,
        delete=_delete_alias,
    ),
)
"""The rows of this module."""
