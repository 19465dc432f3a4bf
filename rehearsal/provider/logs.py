"""CloudWatch Logs groups."""

from typing import Any

from rehearsal.provider.changes import tag_changes, with_tags
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.plan_checks import arn, one_of, problems
from rehearsal.provider.resource_type import (
    AutoName,
    Input,
    RefusedError,
    ResourceType,
    Values,
)
from rehearsal.provider.shapes import reported
from rehearsal.provider.unfinished import made

_NEVER = 0
"""The provider's `retentionInDays` for records that are kept for ever."""

# fmt: off
_RETENTION = (
    0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
)
# fmt: on


def _check(inputs: Values) -> list[str]:
    return problems(inputs, {"retentionInDays": one_of(_RETENTION), "kmsKeyId": arn})


def _create(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    name = inputs["name"]
    parameters: dict[str, Any] = {"logGroupName": name}
    if inputs.get("kmsKeyId"):
        parameters["kmsKeyId"] = inputs["kmsKeyId"]
    if inputs.get("tags"):
        parameters["tags"] = dict(inputs["tags"])
    cloud.client("logs").create_log_group(**parameters)
    made(name)
    _put_retention(cloud, name, _NEVER, inputs["retentionInDays"])
    return name, _read(cloud, name, inputs) or {}


def _put_retention(cloud: Cloud, name: str, before: int, after: int) -> None:
    client = cloud.client("logs")
    if after == before:
        return
    if after == _NEVER:
        client.delete_retention_policy(logGroupName=name)
    else:
        client.put_retention_policy(logGroupName=name, retentionInDays=after)


def _read(cloud: Cloud, name: str, given: Values) -> Values | None:
    client = cloud.client("logs")
    pages = client.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name)
    groups = (group for page in pages for group in page["logGroups"])
    group = next((group for group in groups if group["logGroupName"] == name), None)
    if group is None:
        return None
    arn_of_group = group["arn"].removesuffix(":*")
    tags = client.list_tags_for_resource(resourceArn=arn_of_group)["tags"]
    return {
        "arn": arn_of_group,
        "name": name,
        "logGroupClass": "STANDARD",
        "retentionInDays": group.get("retentionInDays", _NEVER),
        **reported(given, {"kmsKeyId": group.get("kmsKeyId")}),
        **with_tags(given, tags),
    }


def _update(cloud: Cloud, name: str, state: Values, inputs: Values) -> Values:
    client = cloud.client("logs")
    if inputs.get("kmsKeyId") != state.get("kmsKeyId"):
        # The emulator has neither AssociateKmsKey nor DisassociateKmsKey.
        raise RefusedError(
            "the emulated CloudWatch Logs cannot change a group's key in place, though AWS can"
        )
    _put_retention(cloud, name, state["retentionInDays"], inputs["retentionInDays"])
    changed, removed = tag_changes(state.get("tags"), inputs.get("tags"))
    if removed:
        client.untag_resource(resourceArn=state["arn"], tagKeys=removed)
    if changed:
        client.tag_resource(resourceArn=state["arn"], tags=changed)
    return _read(cloud, name, inputs) or {}


def _delete(cloud: Cloud, name: str, state: Values) -> None:
    if not state.get("skipDestroy"):
        cloud.client("logs").delete_log_group(logGroupName=name)


RESOURCE_TYPES: tuple[ResourceType, ...] = (
    ResourceType(
        token="aws:cloudwatch/logGroup:LogGroup",
        inputs={
            "name": Input(),
            "retentionInDays": Input(default=_NEVER),
            "kmsKeyId": Input(),
            "skipDestroy": Input(default=False),
            "tags": Input(),
        },
        auto_name=AutoName(max_length=512),
        check=_check,
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
    ),
)
"""The rows of this module."""
