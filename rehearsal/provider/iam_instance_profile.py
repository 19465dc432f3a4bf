"""IAM instance profiles."""

from rehearsal.provider.changes import with_tags
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.iam_common import created_at, update_tags
from rehearsal.provider.resource_type import AutoName, Input, ResourceType, Values
from rehearsal.provider.shapes import found, tag_list, tag_map
from rehearsal.provider.unfinished import made


def _create_profile(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    iam, name = cloud.client("iam"), inputs["name"]
    iam.create_instance_profile(
        InstanceProfileName=name, Path=inputs["path"], Tags=tag_list(inputs.get("tags"))
    )
    made(name)
    if inputs.get("role"):
        iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=inputs["role"])
    return name, _profile_outputs(cloud, name, inputs) or {}


def _profile_outputs(cloud: Cloud, name: str, state: Values) -> Values | None:
    call = cloud.client("iam").get_instance_profile
    answer = found(call, "NoSuchEntity", InstanceProfileName=name)
    if answer is None:
        return None
    profile = answer["InstanceProfile"]
    roles = [role["RoleName"] for role in profile["Roles"]]
    return {
        "arn": profile["Arn"],
        "name": name,
        "path": profile["Path"],
        "uniqueId": profile["InstanceProfileId"],
        "createDate": created_at(profile["CreateDate"]),
        **({"role": roles[0]} if roles else {"role": ""} if state.get("role") else {}),
        **with_tags(state, tag_map(profile.get("Tags"))),
    }


def _update_profile(cloud: Cloud, name: str, state: Values, inputs: Values) -> Values:
    iam = cloud.client("iam")
    if state.get("role") != inputs.get("role"):
        if state.get("role"):
            iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=state["role"])
        if inputs.get("role"):
            iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=inputs["role"])
    update_tags(
        iam.tag_instance_profile,
        iam.untag_instance_profile,
        state,
        inputs,
        InstanceProfileName=name,
    )
    return _profile_outputs(cloud, name, inputs) or {}


def _delete_profile(cloud: Cloud, name: str, _: Values) -> None:
    iam = cloud.client("iam")
    profile = iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]
    for role in profile["Roles"]:
        iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role["RoleName"])
    iam.delete_instance_profile(InstanceProfileName=name)


ROW = ResourceType(
    token="aws:iam/instanceProfile:InstanceProfile",
    inputs={
        "name": Input(),
        "path": Input(default="/"),
        "role": Input(),
        "tags": Input(),
    },
    auto_name=AutoName(max_length=128),
    create=_create_profile,
    read=_profile_outputs,
    update=_update_profile,
    delete=_delete_profile,
)
"""The row of this module."""
