"""What the emulator's EC2 lacks: placement groups, of which moto 5.2.5 knows nothing."""

from functools import cache
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses import EC2Response
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE
from moto.moto_api._internal import mock_random

_KEPT = "placement_groups"
_PREFIX = "pg"


@cache
def apply() -> None:
    """Give moto's EC2 the calls that make, list and delete placement groups."""
    EC2_PREFIX_TO_RESOURCE[_PREFIX] = "placement-group"
    for function in (create_placement_group, describe_placement_groups, delete_placement_group):
        setattr(EC2Response, function.__name__, function)


def _groups(response: Any) -> dict[str, dict[str, Any]]:
    """Return the groups of the request's account and region by name."""
    groups: dict[str, dict[str, Any]] = vars(response.ec2_backend).setdefault(_KEPT, {})
    return groups


def create_placement_group(response: Any) -> ActionResult:
    """Make a group, unless there is one of its name."""
    name, groups = response._get_param("GroupName"), _groups(response)
    if name in groups:
        raise EC2ClientError(
            "InvalidPlacementGroup.Duplicate", f"The Placement Group '{name}' already exists."
        )
    identifier = f"{_PREFIX}-{mock_random.get_random_hex(17)}"
    backend = response.ec2_backend
    arn = f"ec2:{backend.region_name}:{backend.account_id}:placement-group/{name}"
    groups[name] = {
        "GroupName": name,
        "GroupId": identifier,
        "GroupArn": f"arn:{backend.partition}:{arn}",
        "State": "available",
        "Strategy": response._get_param("Strategy"),
    }
    tags = response._parse_tag_specification("placement-group").get("placement-group", {})
    backend.create_tags([identifier], tags)
    return ActionResult({"PlacementGroup": _described(response, groups[name])})


def describe_placement_groups(response: Any) -> ActionResult:
    """List groups; a name that is not there is an error, as on AWS."""
    groups = _groups(response)
    names = response._get_param("GroupNames", []) or list(groups)
    for name in names:
        if name not in groups:
            raise _unknown(name)
    found = [_described(response, groups[name]) for name in names]
    return ActionResult({"PlacementGroups": found})


def delete_placement_group(response: Any) -> ActionResult:
    """Delete a group."""
    name, groups = response._get_param("GroupName"), _groups(response)
    if name not in groups:
        raise _unknown(name)
    del groups[name]
    return ActionResult({"Return": True})


def _described(response: Any, group: dict[str, Any]) -> dict[str, Any]:
    tags = response.ec2_backend.describe_tags(filters={"resource-id": [group["GroupId"]]})
    return {**group, "Tags": [{"Key": one["key"], "Value": one["value"]} for one in tags]}


def _unknown(name: str) -> EC2ClientError:
    return EC2ClientError(
        "InvalidPlacementGroup.Unknown", f"The Placement Group '{name}' is unknown."
    )
