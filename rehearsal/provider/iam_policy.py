"""Customer managed IAM policies."""

from rehearsal.provider.changes import same_json, with_tags
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.iam_common import json_problems, name_problems, update_tags
from rehearsal.provider.resource_type import AutoName, Input, ResourceType, Values
from rehearsal.provider.shapes import found, given, reported, tag_list, tag_map
from rehearsal.provider.unfinished import made

_MOST_VERSIONS = 5


def _create_policy(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    names = {
        "name": "PolicyName",
        "path": "Path",
        "description": "Description",
        "policy": "PolicyDocument",
    }
    answer = cloud.client("iam").create_policy(
        **given(inputs, names), **({"Tags": tag_list(inputs["tags"])} if inputs.get("tags") else {})
    )
    arn = made(answer["Policy"]["Arn"])
    return arn, _policy_outputs(cloud, arn, inputs) or {}


def _policy_outputs(cloud: Cloud, arn: str, state: Values) -> Values | None:
    iam = cloud.client("iam")
    answer = found(iam.get_policy, "NoSuchEntity", PolicyArn=arn)
    if answer is None:
        return None
    policy = answer["Policy"]
    version = iam.get_policy_version(PolicyArn=arn, VersionId=policy["DefaultVersionId"])
    return {
        "arn": arn,
        "name": policy["PolicyName"],
        "path": policy["Path"],
        **reported(state, {"description": policy.get("Description") or None}),
        "policyId": policy["PolicyId"],
        "attachmentCount": policy["AttachmentCount"],
        "policy": same_json(state.get("policy"), version["PolicyVersion"]["Document"]),
        **with_tags(state, tag_map(iam.list_policy_tags(PolicyArn=arn)["Tags"])),
    }


def _update_policy(cloud: Cloud, arn: str, state: Values, inputs: Values) -> Values:
    """Make a new default version; the oldest goes when there are as many as IAM keeps."""
    iam = cloud.client("iam")
    if state["policy"] != inputs["policy"]:
        versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
        if len(versions) >= _MOST_VERSIONS:
            others = [version for version in versions if not version["IsDefaultVersion"]]
            oldest = min(others, key=lambda version: int(version["VersionId"].lstrip("v")))
            iam.delete_policy_version(PolicyArn=arn, VersionId=oldest["VersionId"])
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=inputs["policy"], SetAsDefault=True)
    update_tags(iam.tag_policy, iam.untag_policy, state, inputs, PolicyArn=arn)
    return _policy_outputs(cloud, arn, inputs) or {}


def _delete_policy(cloud: Cloud, arn: str, _: Values) -> None:
    iam = cloud.client("iam")
    for version in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
        if not version["IsDefaultVersion"]:
            iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
    iam.delete_policy(PolicyArn=arn)


def _check_policy(inputs: Values) -> list[str]:
    return json_problems(inputs, "policy") + name_problems(inputs, 128)


ROW = ResourceType(
    token="aws:iam/policy:Policy",
    inputs={
        "name": Input(),
        "path": Input(default="/"),
        "description": Input(),
        "policy": Input(required=True),
        "tags": Input(),
    },
    auto_name=AutoName(max_length=128),
    check=_check_policy,
    create=_create_policy,
    read=_policy_outputs,
    update=_update_policy,
    delete=_delete_policy,
)
"""The row of this module."""
