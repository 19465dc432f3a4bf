"""What API Gateway keeps for an account and region: VPC links, and the role that logs."""

from typing import Any

from rehearsal.provider.apigateway_calls import (
    MISSING,
    arn,
    present,
    replace,
    replacements,
    update_tags,
)
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.resource_type import AutoName, Input, ResourceType, Values
from rehearsal.provider.shapes import found, given

_ACCOUNT_ID = "api-gateway-account"


def _link_outputs(cloud: Cloud, answer: Any, state: Values) -> Values:
    return {
        "arn": arn(cloud, f"/vpclinks/{answer['id']}"),
        "name": answer["name"],
        "targetArn": answer["targetArns"][0],
        **present({"description": answer.get("description"), "tags": answer.get("tags")}, state),
    }


def _create_link(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    names = {"name": "name", "description": "description", "tags": "tags"}
    answer = cloud.client("apigateway").create_vpc_link(
        targetArns=[inputs["targetArn"]], **given(inputs, names)
    )
    return answer["id"], _link_outputs(cloud, answer, inputs)


def _read_link(cloud: Cloud, link_id: str, state: Values) -> Values | None:
    answer = found(cloud.client("apigateway").get_vpc_link, MISSING, vpcLinkId=link_id)
    return None if answer is None else _link_outputs(cloud, answer, state)


def _update_link(cloud: Cloud, link_id: str, state: Values, inputs: Values) -> Values:
    client = cloud.client("apigateway")
    paths = {"name": "/name", "description": "/description"}
    operations = replacements(state, inputs, paths)
    if operations:
        client.update_vpc_link(vpcLinkId=link_id, patchOperations=operations)
    update_tags(cloud, arn(cloud, f"/vpclinks/{link_id}"), state, inputs)
    return _link_outputs(cloud, client.get_vpc_link(vpcLinkId=link_id), inputs)


def _delete_link(cloud: Cloud, link_id: str, _: Values) -> None:
    cloud.client("apigateway").delete_vpc_link(vpcLinkId=link_id)


def _put_account(cloud: Cloud, role_arn: str | None) -> Values:
    answer = cloud.client("apigateway").update_account(
        patchOperations=[replace("/cloudwatchRoleArn", role_arn or "")]
    )
    return _account_outputs(answer)


def _account_outputs(answer: Any) -> Values:
    return {
        "cloudwatchRoleArn": answer.get("cloudwatchRoleArn") or None,
        "apiKeyVersion": answer["apiKeyVersion"],
        "features": answer.get("features", []),
        "throttleSettings": [answer["throttleSettings"]],
    }


def _create_account(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    return _ACCOUNT_ID, _put_account(cloud, inputs.get("cloudwatchRoleArn"))


def _read_account(cloud: Cloud, _id: str, _state: Values) -> Values:
    """Read the region's settings; they exist whether or not a resource manages them."""
    return _account_outputs(cloud.client("apigateway").get_account())


def _delete_account(cloud: Cloud, _id: str, _state: Values) -> None:
    """Reset the logging role for the whole region, as the provider does since version 6."""
    _put_account(cloud, None)


def _check_account(inputs: Values) -> list[str]:
    role = inputs.get("cloudwatchRoleArn")
    if not role or role.startswith("arn:"):
        return []
    return [f"cloudwatchRoleArn is {role!r}; the provider allows an ARN"]


RESOURCE_TYPES = (
    ResourceType(
        token="aws:apigateway/vpcLink:VpcLink",
        inputs={
            "name": Input(),
            "targetArn": Input(required=True),
            "description": Input(),
            "tags": Input(),
        },
        auto_name=AutoName(max_length=255),
        create=_create_link,
        read=_read_link,
        update=_update_link,
        delete=_delete_link,
    ),
    ResourceType(
        token="aws:apigateway/account:Account",
        inputs={"cloudwatchRoleArn": Input()},
        check=_check_account,
        create=_create_account,
        read=_read_account,
        update=lambda cloud, _id, _state, inputs: _put_account(
            cloud, inputs.get("cloudwatchRoleArn")
        ),
        delete=_delete_account,
    ),
)
"""The rows of this module."""
