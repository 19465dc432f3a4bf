"""What the ECS types have in common: tags."""

from typing import Any

from rehearsal.provider.changes import tag_changes
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.resource_type import Values
from rehearsal.provider.shapes import tag_list


def api_tags(inputs: Values) -> dict[str, Any]:
    """Return the `tags` parameter of a creating call, or nothing."""
    return {"tags": _pairs(inputs["tags"])} if inputs.get("tags") else {}


def _pairs(tags: dict[str, str]) -> list[Any]:
    return tag_list(tags, "key", "value")


def update_tags(cloud: Cloud, arn: str, state: Values, inputs: Values) -> None:
    """Bring a resource's tags to the inputs'."""
    ecs = cloud.client("ecs")
    changed, removed = tag_changes(state.get("tags"), inputs.get("tags"))
    if removed:
        ecs.untag_resource(resourceArn=arn, tagKeys=removed)
    if changed:
        ecs.tag_resource(resourceArn=arn, tags=_pairs(changed))
