"""Security groups, and the default group of a VPC."""

from typing import Any

from rehearsal.provider.cloud import Cloud
from rehearsal.provider.ec2_calls import (
    filters,
    first,
    put_tags,
    tag_outputs,
    tag_specifications,
)
from rehearsal.provider.resource_type import (
    AutoName,
    Input,
    RefusedError,
    ResourceType,
    Values,
)
from rehearsal.provider.shapes import found, given
from rehearsal.provider.unfinished import made

_LONGEST_TEXT = 255
_NO_GROUP, _NO_GROUP_ID = "InvalidGroup.NotFound", "InvalidGroupId.NotFound"


def _group(cloud: Cloud, group_id: str) -> Any:
    call = cloud.client("ec2").describe_security_groups
    return first(call, "SecurityGroups", _NO_GROUP, _NO_GROUP_ID, GroupIds=[group_id])


def _check_group(inputs: Values) -> list[str]:
    problems = []
    if inputs["name"].startswith("sg-"):
        problems.append(f"name is {inputs['name']!r}; the provider takes none that starts with sg-")
    for name in ("name", "description"):
        if len(inputs[name]) > _LONGEST_TEXT:
            problems.append(
                f"{name} has {len(inputs[name])} characters; the provider takes {_LONGEST_TEXT}"
            )
    return problems


def _create_group(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    names = {"name": "GroupName", "description": "Description", "vpcId": "VpcId"}
    group_id = cloud.client("ec2").create_security_group(
        **given(inputs, names), **tag_specifications(inputs, "security-group")
    )["GroupId"]
    made(group_id)
    _revoke_all(cloud, group_id)
    return group_id, _read_group(cloud, group_id, inputs) or {}


def _revoke_all(cloud: Cloud, group_id: str) -> None:
    """Remove every rule; a new group has AWS's rule that lets everything out."""
    client = cloud.client("ec2")
    rules = client.describe_security_group_rules(Filters=filters({"group-id": group_id}))
    for revoke, is_egress in (
        (client.revoke_security_group_egress, True),
        (client.revoke_security_group_ingress, False),
    ):
        ids = [
            rule["SecurityGroupRuleId"]
            for rule in rules["SecurityGroupRules"]
            if rule["IsEgress"] == is_egress
        ]
        if ids:
            revoke(GroupId=group_id, SecurityGroupRuleIds=ids)


def _read_group(cloud: Cloud, group_id: str, _: Values) -> Values | None:
    group = _group(cloud, group_id)
    if group is None:
        return None
    return {
        "arn": cloud.arn("ec2", f"security-group/{group_id}"),
        "name": group["GroupName"],
        "description": group["Description"],
        "vpcId": group["VpcId"],
        "ownerId": group["OwnerId"],
        "ingress": _rules(group_id, group["IpPermissions"]),
        "egress": _rules(group_id, group["IpPermissionsEgress"]),
        **tag_outputs(group["Tags"]),
    }


def _rules(group_id: str, permissions: Any) -> list[dict[str, Any]]:
    """Return a group's rules as its outputs `ingress` and `egress` list them."""
    listed = []
    for permission in permissions:
        groups = {pair["GroupId"] for pair in permission["UserIdGroupPairs"]}
        listed.append(
            {
                "protocol": permission["IpProtocol"],
                "fromPort": permission.get("FromPort", 0),
                "toPort": permission.get("ToPort", 0),
                "cidrBlocks": [item["CidrIp"] for item in permission["IpRanges"]],
                "ipv6CidrBlocks": [item["CidrIpv6"] for item in permission["Ipv6Ranges"]],
                "prefixListIds": [item["PrefixListId"] for item in permission["PrefixListIds"]],
                "securityGroups": sorted(groups - {group_id}),
                "self": group_id in groups,
            }
        )
    return listed


def _update_group(cloud: Cloud, group_id: str, state: Values, inputs: Values) -> Values:
    put_tags(cloud, group_id, state.get("tags"), inputs.get("tags"))
    return _read_group(cloud, group_id, inputs) or {}


def _delete_group(cloud: Cloud, group_id: str, _: Values) -> None:
    call = cloud.client("ec2").delete_security_group
    found(call, _NO_GROUP, _NO_GROUP_ID, GroupId=group_id)


def _adopt_default_group(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    """Take over a VPC's default group: all of its rules go, and its tags become the given ones."""
    group = first(
        cloud.client("ec2").describe_security_groups,
        "SecurityGroups",
        Filters=filters({"vpc-id": inputs["vpcId"], "group-name": "default"}),
    )
    if group is None:
        raise RefusedError(f"the VPC {inputs['vpcId']} has no default security group to adopt.")
    made(group["GroupId"])
    _revoke_all(cloud, group["GroupId"])
    before = tag_outputs(group["Tags"])["tags"]
    put_tags(cloud, group["GroupId"], before, inputs.get("tags"))
    return group["GroupId"], _read_group(cloud, group["GroupId"], inputs) or {}


def _forget_default_group(_cloud: Cloud, _group_id: str, _: Values) -> None:
    """Drop the group from the state only; AWS deletes it with its VPC."""


RESOURCE_TYPES = (
    ResourceType(
        token="aws:ec2/securityGroup:SecurityGroup",
        inputs={
            "vpcId": Input(required=True),
            "description": Input(default="Managed by Pulumi"),
            "name": Input(),
            "tags": Input(),
        },
        check=_check_group,
        auto_name=AutoName(max_length=_LONGEST_TEXT),
        create=_create_group,
        read=_read_group,
        update=_update_group,
        delete=_delete_group,
    ),
    ResourceType(
        token="aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        inputs={"vpcId": Input(required=True), "tags": Input()},
        create=_adopt_default_group,
        read=_read_group,
        update=_update_group,
        delete=_forget_default_group,
    ),
)
"""The rows of this module."""
