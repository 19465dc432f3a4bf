"""IAM roles and their policies; the rows of all IAM types."""

import re

from rehearsal.provider import iam_instance_profile, iam_policy
from rehearsal.provider.changes import same_json, with_tags
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.iam_common import created_at, json_problems, name_problems, update_tags
from rehearsal.provider.import_ids import parts
from rehearsal.provider.resource_type import AutoName, Input, ResourceType, Values
from rehearsal.provider.shapes import found, given, tag_list, tag_map
from rehearsal.provider.unfinished import made

_SESSION_SECONDS = range(3600, 43201)
_DESCRIPTION_CHARACTERS = 1000


def _create_role(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    names = {
        "name": "RoleName",
        "assumeRolePolicy": "AssumeRolePolicyDocument",
        "description": "Description",
        "path": "Path",
        "maxSessionDuration": "MaxSessionDuration",
        "permissionsBoundary": "PermissionsBoundary",
    }
    cloud.client("iam").create_role(
        **given(inputs, names), **({"Tags": tag_list(inputs["tags"])} if inputs.get("tags") else {})
    )
    name = made(inputs["name"])
    return name, _role_outputs(cloud, name, inputs) or {}


def _role_outputs(cloud: Cloud, name: str, state: Values) -> Values | None:
    answer = found(cloud.client("iam").get_role, "NoSuchEntity", RoleName=name)
    if answer is None:
        return None
    role = answer["Role"]
    boundary = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    stated = "permissionsBoundary" in state
    return {
        "arn": role["Arn"],
        "name": name,
        "path": role["Path"],
        "uniqueId": role["RoleId"],
        "createDate": created_at(role["CreateDate"]),
        "assumeRolePolicy": same_json(
            state.get("assumeRolePolicy"), role["AssumeRolePolicyDocument"]
        ),
        "maxSessionDuration": role["MaxSessionDuration"],
        **({"description": role["Description"]} if role.get("Description") else {}),
        **({"permissionsBoundary": boundary or ""} if boundary or stated else {}),
        **with_tags(state, tag_map(role.get("Tags"))),
    }


def _update_role(cloud: Cloud, name: str, state: Values, inputs: Values) -> Values:
    iam = cloud.client("iam")
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=inputs["assumeRolePolicy"])
    iam.update_role(
        RoleName=name,
        Description=inputs.get("description") or "",
        MaxSessionDuration=inputs["maxSessionDuration"],
    )
    if inputs.get("permissionsBoundary"):
        iam.put_role_permissions_boundary(
            RoleName=name, PermissionsBoundary=inputs["permissionsBoundary"]
        )
    elif state.get("permissionsBoundary"):
        iam.delete_role_permissions_boundary(RoleName=name)
    update_tags(iam.tag_role, iam.untag_role, state, inputs, RoleName=name)
    return _role_outputs(cloud, name, inputs) or {}


def _delete_role(cloud: Cloud, name: str, state: Values) -> None:
    """Delete a role; it leaves its instance profiles, but its policies only when forced."""
    iam = cloud.client("iam")
    for profile in iam.list_instance_profiles_for_role(RoleName=name)["InstanceProfiles"]:
        iam.remove_role_from_instance_profile(
            InstanceProfileName=profile["InstanceProfileName"], RoleName=name
        )
    if state.get("forceDetachPolicies"):
        for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
            iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
        for inline in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            iam.delete_role_policy(RoleName=name, PolicyName=inline)
    iam.delete_role(RoleName=name)


def _check_role(inputs: Values) -> list[str]:
    problems = json_problems(inputs, "assumeRolePolicy") + name_problems(inputs, 64)
    if inputs["maxSessionDuration"] not in _SESSION_SECONDS:
        problems.append(
            f"maxSessionDuration is {inputs['maxSessionDuration']}; 3600 to 43200 are allowed"
        )
    description = inputs.get("description") or ""
    if len(description) > _DESCRIPTION_CHARACTERS or re.search("[\u2018\u201c]", description):
        problems.append("description has over 1000 characters or a curly opening quote")
    return problems


def _put_role_policy(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    cloud.client("iam").put_role_policy(
        RoleName=inputs["role"], PolicyName=inputs["name"], PolicyDocument=inputs["policy"]
    )
    return f"{inputs['role']}:{inputs['name']}", {}


def _read_role_policy(cloud: Cloud, resource_id: str, state: Values) -> Values | None:
    named = state or parts(resource_id, "role", "name", separator=":")
    answer = found(
        cloud.client("iam").get_role_policy,
        "NoSuchEntity",
        RoleName=named["role"],
        PolicyName=named["name"],
    )
    if answer is None:
        return None
    return {
        "role": named["role"],
        "name": named["name"],
        "policy": same_json(state.get("policy"), answer["PolicyDocument"]),
    }


def _delete_role_policy(cloud: Cloud, _: str, state: Values) -> None:
    cloud.client("iam").delete_role_policy(RoleName=state["role"], PolicyName=state["name"])


def _check_role_policy(inputs: Values) -> list[str]:
    return json_problems(inputs, "policy") + name_problems(inputs, 128)


def _attach(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    cloud.client("iam").attach_role_policy(RoleName=inputs["role"], PolicyArn=inputs["policyArn"])
    return f"{inputs['role']}/{inputs['policyArn']}", {}


def _read_attachment(cloud: Cloud, resource_id: str, state: Values) -> Values | None:
    pair = state or parts(resource_id, "role", "policyArn")
    answer = found(
        cloud.client("iam").list_attached_role_policies, "NoSuchEntity", RoleName=pair["role"]
    )
    attached = {policy["PolicyArn"] for policy in (answer or {}).get("AttachedPolicies", ())}
    if pair["policyArn"] not in attached:
        return None
    return {"role": pair["role"], "policyArn": pair["policyArn"]}


def _detach(cloud: Cloud, _: str, state: Values) -> None:
    cloud.client("iam").detach_role_policy(RoleName=state["role"], PolicyArn=state["policyArn"])


def _check_attachment(inputs: Values) -> list[str]:
    if re.fullmatch(r"arn:[\w-]+:iam::(aws|\d{12}):policy/.+", inputs["policyArn"]):
        return []
    return [f"policyArn is {inputs['policyArn']!r}; the ARN of a managed policy is needed"]


RESOURCE_TYPES: tuple[ResourceType, ...] = (
    ResourceType(
        token="aws:iam/role:Role",
        inputs={
            "name": Input(),
            "path": Input(default="/"),
            "assumeRolePolicy": Input(required=True),
            "description": Input(),
            "maxSessionDuration": Input(default=3600),
            "permissionsBoundary": Input(),
            "forceDetachPolicies": Input(default=False),
            "tags": Input(),
        },
        auto_name=AutoName(max_length=64),
        check=_check_role,
        create=_create_role,
        read=_role_outputs,
        update=_update_role,
        delete=_delete_role,
    ),
    ResourceType(
        token="aws:iam/rolePolicy:RolePolicy",
        inputs={
            "name": Input(),
            "role": Input(required=True),
            "policy": Input(required=True),
        },
        auto_name=AutoName(max_length=128),
        check=_check_role_policy,
        create=_put_role_policy,
        read=_read_role_policy,
        update=lambda cloud, _id, _state, inputs: _put_role_policy(cloud, inputs)[1],
        delete=_delete_role_policy,
    ),
    ResourceType(
        token="aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        inputs={"role": Input(required=True), "policyArn": Input(required=True)},
        check=_check_attachment,
        create=_attach,
        read=_read_attachment,
        delete=_detach,
    ),
    iam_policy.ROW,
    iam_instance_profile.ROW,
)
"""The rows of this module."""
