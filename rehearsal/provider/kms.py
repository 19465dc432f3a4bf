"""KMS keys."""

import json
from typing import Any

from rehearsal.provider.changes import same_json, tag_changes, with_tags
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.plan_checks import between, json_text, problems
from rehearsal.provider.resource_type import Input, ResourceType, Values
from rehearsal.provider.shapes import found, tag_list
from rehearsal.provider.unfinished import made

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
    key_id = made(client.create_key(**parameters)["KeyMetadata"]["KeyId"])
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


RESOURCE_TYPES: tuple[ResourceType, ...] = (
    ResourceType(
        token="aws:kms/key:Key",
        inputs={
            "description": Input(),
            "policy": Input(),
            "enableKeyRotation": Input(default=False),
            "rotationPeriodInDays": Input(),
            "deletionWindowInDays": Input(),
            "tags": Input(),
        },
        check=_check_key,
        create=_create_key,
        read=_read_key,
        update=_update_key,
        delete=_delete_key,
    ),
)
"""The rows of this module."""
