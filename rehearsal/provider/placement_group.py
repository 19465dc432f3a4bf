"""EC2 placement groups."""

from rehearsal.provider.cloud import Cloud
from rehearsal.provider.ec2_calls import first, put_tags, tag_outputs, tag_specifications
from rehearsal.provider.plan_checks import one_of, problems
from rehearsal.provider.resource_type import AutoName, Input, ResourceType, Values
from rehearsal.provider.shapes import found
from rehearsal.provider.unfinished import made

_UNKNOWN = "InvalidPlacementGroup.Unknown"


def _check(inputs: Values) -> list[str]:
    return problems(inputs, {"strategy": one_of(("cluster", "partition", "spread"))})


def _create(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    cloud.client("ec2").create_placement_group(
        GroupName=inputs["name"],
        Strategy=inputs["strategy"],
        **tag_specifications(inputs, "placement-group"),
    )
    name = made(inputs["name"])
    return name, _read(cloud, name, inputs) or {}


def _read(cloud: Cloud, name: str, _: Values) -> Values | None:
    call = cloud.client("ec2").describe_placement_groups
    group = first(call, "PlacementGroups", _UNKNOWN, GroupNames=[name])
    if group is None:
        return None
    return {
        "arn": group["GroupArn"],
        "name": group["GroupName"],
        "placementGroupId": group["GroupId"],
        "strategy": group["Strategy"],
        **tag_outputs(group["Tags"]),
    }


def _update(cloud: Cloud, name: str, state: Values, inputs: Values) -> Values:
    put_tags(cloud, state["placementGroupId"], state.get("tags"), inputs.get("tags"))
    return _read(cloud, name, inputs) or {}


def _delete(cloud: Cloud, name: str, _: Values) -> None:
    found(cloud.client("ec2").delete_placement_group, _UNKNOWN, GroupName=name)


RESOURCE_TYPES = (
    ResourceType(
        token="aws:ec2/placementGroup:PlacementGroup",
        inputs={"name": Input(), "strategy": Input(required=True), "tags": Input()},
        auto_name=AutoName(max_length=255),
        check=_check,
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
    ),
)
"""The rows of this module."""
