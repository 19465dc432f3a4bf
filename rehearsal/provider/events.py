"""EventBridge rules and their targets."""

import hashlib
import json
from typing import Any

from rehearsal.provider.changes import same_json, tag_changes, with_tags
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.import_ids import parts
from rehearsal.provider.plan_checks import arn, json_text, one_of, problems
from rehearsal.provider.resource_type import (
    AutoName,
    Input,
    RefusedError,
    ResourceType,
    Values,
)
from rehearsal.provider.shapes import found, given, reported, tag_list, tag_map
from rehearsal.provider.unfinished import made

_STATES = ("ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")

_PATTERN_LENGTH = 4096
"""Longest event pattern in characters, by the provider's validEventPatternValue."""

_INPUT_LENGTH = 8192
"""Longest constant input of a target in characters, by the provider's schema."""


def _check_rule(inputs: Values) -> list[str]:
    found_problems = problems(inputs, {"eventPattern": json_text, "state": one_of(_STATES)})
    if not inputs.get("eventPattern") and not inputs.get("scheduleExpression"):
        found_problems.append("one of eventPattern and scheduleExpression is required")
    length = len(inputs.get("eventPattern") or "")
    if length > _PATTERN_LENGTH:
        found_problems.append(
            f"eventPattern has {length} characters; the provider allows {_PATTERN_LENGTH}"
        )
    return found_problems


def _put_rule(cloud: Cloud, inputs: Values, tags: list[Any]) -> None:
    parameters = given(
        inputs,
        {
            "name": "Name",
            "eventPattern": "EventPattern",
            "scheduleExpression": "ScheduleExpression",
            "description": "Description",
            "state": "State",
        },
    )
    cloud.client("events").put_rule(**parameters, **({"Tags": tags} if tags else {}))


def _create_rule(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    _put_rule(cloud, inputs, tag_list(inputs.get("tags")))
    name = made(inputs["name"])
    return name, _read_rule(cloud, name, inputs) or {}


def _read_rule(cloud: Cloud, name: str, state: Values) -> Values | None:
    client = cloud.client("events")
    rule = found(client.describe_rule, "ResourceNotFoundException", Name=name)
    if rule is None:
        return None
    pattern, tags = rule.get("EventPattern"), client.list_tags_for_resource(ResourceARN=rule["Arn"])
    current = {
        "eventPattern": same_json(state.get("eventPattern"), json.loads(pattern))
        if pattern
        else None,
        "scheduleExpression": rule.get("ScheduleExpression"),
        "description": rule.get("Description"),
    }
    return {
        "arn": rule["Arn"],
        "name": name,
        "eventBusName": rule["EventBusName"],
        "state": rule["State"],
        **reported(state, current),
        **with_tags(state, tag_map(tags["Tags"])),
    }


def _update_rule(cloud: Cloud, name: str, state: Values, inputs: Values) -> Values:
    client = cloud.client("events")
    _put_rule(cloud, inputs, [])
    changed, removed = tag_changes(state.get("tags"), inputs.get("tags"))
    if removed:
        client.untag_resource(ResourceARN=state["arn"], TagKeys=removed)
    if changed:
        client.tag_resource(ResourceARN=state["arn"], Tags=tag_list(changed))
    return _read_rule(cloud, name, inputs) or {}


def _delete_rule(cloud: Cloud, name: str, _: Values) -> None:
    cloud.client("events").delete_rule(Name=name)


def _check_target(inputs: Values) -> list[str]:
    found_problems = problems(inputs, {"arn": arn, "roleArn": arn, "input": json_text})
    if inputs.get("input") is not None and inputs.get("inputPath") is not None:
        found_problems.append("input and inputPath exclude each other")
    if len(inputs.get("input") or "") > _INPUT_LENGTH:
        found_problems.append(
            f"input has {len(inputs['input'])} characters; the provider allows {_INPUT_LENGTH}"
        )
    return found_problems


def _target_id(inputs: Values) -> str:
    """Return the target's id; the provider makes `terraform-<26 characters>` by itself."""
    digits = hashlib.sha256(f"{inputs['rule']} {inputs['arn']}".encode()).hexdigest()[:26]
    return inputs.get("targetId") or f"terraform-{digits}"


def _put_target(cloud: Cloud, inputs: Values, target_id: str) -> None:
    names = {"arn": "Arn", "roleArn": "RoleArn", "input": "Input", "inputPath": "InputPath"}
    answer = cloud.client("events").put_targets(
        Rule=inputs["rule"], Targets=[{"Id": target_id, **given(inputs, names)}]
    )
    if answer["FailedEntryCount"]:
        raise RefusedError(f"EventBridge took no target: {answer['FailedEntries']}")


def _create_target(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    target_id = _target_id(inputs)
    _put_target(cloud, inputs, target_id)
    resource_id = made(f"{inputs['rule']}-{target_id}", targetId=target_id)
    outputs = _read_target(cloud, resource_id, {**inputs, "targetId": target_id})
    return resource_id, outputs or {}


def _read_target(cloud: Cloud, resource_id: str, state: Values) -> Values | None:
    place = state or parts(resource_id, "rule", "targetId")
    call = cloud.client("events").list_targets_by_rule
    answer = found(call, "ResourceNotFoundException", Rule=place["rule"])
    targets = answer["Targets"] if answer else ()
    target = next((target for target in targets if target["Id"] == place["targetId"]), None)
    if target is None:
        return None
    constant = target.get("Input")
    current = {
        "input": None if constant is None else same_json(state.get("input"), json.loads(constant)),
        "inputPath": target.get("InputPath"),
        "roleArn": target.get("RoleArn"),
    }
    return {
        "id": f"{place['rule']}-{target['Id']}",
        "rule": place["rule"],
        "targetId": target["Id"],
        "arn": target["Arn"],
        "eventBusName": "default",
        **reported(state, current),
    }


def _update_target(cloud: Cloud, resource_id: str, state: Values, inputs: Values) -> Values:
    _put_target(cloud, inputs, state["targetId"])
    return _read_target(cloud, resource_id, {**inputs, "targetId": state["targetId"]}) or {}


def _delete_target(cloud: Cloud, _: str, state: Values) -> None:
    cloud.client("events").remove_targets(Rule=state["rule"], Ids=[state["targetId"]])


RESOURCE_TYPES: tuple[ResourceType, ...] = (
    ResourceType(
        token="aws:cloudwatch/eventRule:EventRule",
        inputs={
            "name": Input(),
            "eventPattern": Input(),
            "scheduleExpression": Input(),
            "description": Input(),
            "state": Input(default="ENABLED"),
            "tags": Input(),
        },
        auto_name=AutoName(max_length=64),
        check=_check_rule,
        create=_create_rule,
        read=_read_rule,
        update=_update_rule,
        delete=_delete_rule,
    ),
    ResourceType(
        token="aws:cloudwatch/eventTarget:EventTarget",
        inputs={
            "rule": Input(required=True),
            "targetId": Input(),
            "arn": Input(required=True),
            "roleArn": Input(),
            "input": Input(),
            "inputPath": Input(),
        },
        check=_check_target,
        create=_create_target,
        read=_read_target,
        update=_update_target,
        delete=_delete_target,
    ),
)
"""The rows of this module."""
