"""API Gateway's HTTP APIs, their stages, and VPC links of version 2."""

from typing import Any

from rehearsal.provider.apigateway_calls import MISSING, arn
from rehearsal.provider.apigatewayv2_calls import told, update_tags
from rehearsal.provider.changes import with_tags
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.import_ids import parts
from rehearsal.provider.plan_checks import one_of, problems
from rehearsal.provider.resource_type import AutoName, Input, ResourceType, Values
from rehearsal.provider.shapes import found, given, pascal
from rehearsal.provider.unfinished import made

_API = {
    "name": "Name",
    "description": "Description",
    "disableExecuteApiEndpoint": "DisableExecuteApiEndpoint",
}
_STAGE = {
    "autoDeploy": "AutoDeploy",
    "accessLogSettings": "AccessLogSettings",
    "defaultRouteSettings": "DefaultRouteSettings",
    "description": "Description",
}
_LINK = {"name": "Name", "subnetIds": "SubnetIds", "securityGroupIds": "SecurityGroupIds"}


def _api_outputs(cloud: Cloud, answer: Any, state: Values) -> Values:
    api_id = answer["ApiId"]
    return {
        "arn": arn(cloud, f"/apis/{api_id}"),
        "executionArn": cloud.arn("execute-api", api_id),
        "apiEndpoint": cloud.addresses.http_api(api_id),
        "protocolType": answer["ProtocolType"],
        **told(answer, _API, state),
        **with_tags(state, answer.get("Tags") or {}),
    }


def _create_api(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    answer = cloud.client("apigatewayv2").create_api(
        **given(inputs, {**_API, "protocolType": "ProtocolType", "tags": "Tags"})
    )
    return answer["ApiId"], _api_outputs(cloud, answer, inputs)


def _read_api(cloud: Cloud, api_id: str, state: Values) -> Values | None:
    answer = found(cloud.client("apigatewayv2").get_api, MISSING, ApiId=api_id)
    return None if answer is None else _api_outputs(cloud, answer, state)


def _update_api(cloud: Cloud, api_id: str, state: Values, inputs: Values) -> Values:
    client = cloud.client("apigatewayv2")
    client.update_api(ApiId=api_id, **given(inputs, _API))
    update_tags(cloud, f"/apis/{api_id}", state, inputs)
    return _api_outputs(cloud, client.get_api(ApiId=api_id), inputs)


def _delete_api(cloud: Cloud, api_id: str, _: Values) -> None:
    found(cloud.client("apigatewayv2").delete_api, MISSING, ApiId=api_id)


def _check_api(inputs: Values) -> list[str]:
    return problems(inputs, {"protocolType": one_of(("HTTP", "WEBSOCKET"))})


def _stage_path(values: Values) -> str:
    return f"/apis/{values['apiId']}/stages/{values['name']}"


def _stage_outputs(cloud: Cloud, answer: Any, state: Values) -> Values:
    api_id, name = state["apiId"], answer["StageName"]
    url = f"{cloud.addresses.http_api(api_id)}/{'' if name == '$default' else name}"
    return {
        "apiId": api_id,
        "name": name,
        "arn": arn(cloud, _stage_path(state)),
        "executionArn": cloud.arn("execute-api", f"{api_id}/{name}"),
        "invokeUrl": url,
        "deploymentId": answer.get("DeploymentId", ""),
        **told(answer, _STAGE, state),
        **with_tags(state, answer.get("Tags") or {}),
    }


def _stage_place(values: Values) -> dict[str, str]:
    return {"ApiId": values["apiId"], "StageName": values["name"]}


def _stage_parameters(inputs: Values) -> dict[str, Any]:
    return {name: pascal(value) for name, value in given(inputs, _STAGE).items()}


def _create_stage(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    answer = cloud.client("apigatewayv2").create_stage(
        **_stage_place(inputs), **_stage_parameters(inputs), **given(inputs, {"tags": "Tags"})
    )
    return answer["StageName"], _stage_outputs(cloud, answer, inputs)


def _read_stage(cloud: Cloud, stage_id: str, state: Values) -> Values | None:
    place = state or parts(stage_id, "apiId", "name")
    answer = found(cloud.client("apigatewayv2").get_stage, MISSING, **_stage_place(place))
    if answer is None:
        return None
    return {"id": place["name"], **_stage_outputs(cloud, answer, place)}


def _update_stage(cloud: Cloud, _: str, state: Values, inputs: Values) -> Values:
    client, place = cloud.client("apigatewayv2"), _stage_place(inputs)
    # An access log is taken away by empty settings, as stage.go sends them.
    emptied: dict[str, Any] = {"AccessLogSettings": {}} if state.get("accessLogSettings") else {}
    client.update_stage(**place, **{**emptied, **_stage_parameters(inputs)})
    update_tags(cloud, _stage_path(inputs), state, inputs)
    return _stage_outputs(cloud, client.get_stage(**place), inputs)


def _delete_stage(cloud: Cloud, _: str, state: Values) -> None:
    found(cloud.client("apigatewayv2").delete_stage, MISSING, **_stage_place(state))


def _link_outputs(cloud: Cloud, answer: Any, state: Values) -> Values:
    return {
        "arn": arn(cloud, f"/vpclinks/{answer['VpcLinkId']}"),
        **told(answer, _LINK, state),
        **with_tags(state, answer.get("Tags") or {}),
    }


def _create_link(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    answer = cloud.client("apigatewayv2").create_vpc_link(
        **given(inputs, {**_LINK, "tags": "Tags"})
    )
    return made(answer["VpcLinkId"]), _link_outputs(cloud, answer, inputs)


def _read_link(cloud: Cloud, link_id: str, state: Values) -> Values | None:
    answer = found(cloud.client("apigatewayv2").get_vpc_link, MISSING, VpcLinkId=link_id)
    return None if answer is None else _link_outputs(cloud, answer, state)


def _update_link(cloud: Cloud, link_id: str, state: Values, inputs: Values) -> Values:
    client = cloud.client("apigatewayv2")
    client.update_vpc_link(VpcLinkId=link_id, Name=inputs["name"])
    update_tags(cloud, f"/vpclinks/{link_id}", state, inputs)
    return _link_outputs(cloud, client.get_vpc_link(VpcLinkId=link_id), inputs)


def _delete_link(cloud: Cloud, link_id: str, _: Values) -> None:
    found(cloud.client("apigatewayv2").delete_vpc_link, MISSING, VpcLinkId=link_id)


RESOURCE_TYPES = (
    ResourceType(
        token="aws:apigatewayv2/api:Api",
        inputs={
            "name": Input(),
            "protocolType": Input(required=True),
            "description": Input(),
            "disableExecuteApiEndpoint": Input(),
            "tags": Input(),
        },
        auto_name=AutoName(max_length=128),
        check=_check_api,
        create=_create_api,
        read=_read_api,
        update=_update_api,
        delete=_delete_api,
    ),
    ResourceType(
        token="aws:apigatewayv2/stage:Stage",
        inputs={
            "apiId": Input(required=True),
            "name": Input(),
            "autoDeploy": Input(default=False),
            "accessLogSettings": Input(),
            "defaultRouteSettings": Input(),
            "description": Input(),
            "tags": Input(),
        },
        auto_name=AutoName(max_length=128),
        create=_create_stage,
        read=_read_stage,
        update=_update_stage,
        delete=_delete_stage,
    ),
    ResourceType(
        token="aws:apigatewayv2/vpcLink:VpcLink",
        inputs={
            "name": Input(),
            "subnetIds": Input(required=True),
            "securityGroupIds": Input(required=True),
            "tags": Input(),
        },
        auto_name=AutoName(max_length=128),
        create=_create_link,
        read=_read_link,
        update=_update_link,
        delete=_delete_link,
    ),
)
"""The rows of this module."""
