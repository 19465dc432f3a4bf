"""API Gateway's REST APIs: the API itself, its policy, and its resources."""

import json
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
from rehearsal.provider.import_ids import parts
from rehearsal.provider.resource_type import AutoName, Input, ResourceType, Values
from rehearsal.provider.shapes import found, given


def _api_outputs(cloud: Cloud, answer: Any, state: Values) -> Values:
    api_id = answer["id"]
    return {
        "arn": arn(cloud, f"/restapis/{api_id}"),
        "executionArn": cloud.arn("execute-api", api_id),
        "rootResourceId": answer["rootResourceId"],
        "createdDate": answer["createdDate"].isoformat(),
        "name": answer["name"],
        "endpointConfiguration": {"types": answer["endpointConfiguration"]["types"][0]},
        "disableExecuteApiEndpoint": answer["disableExecuteApiEndpoint"],
        **present({"description": answer.get("description"), "tags": answer.get("tags")}, state),
    }


def _create_api(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    parameters = given(
        inputs,
        {
            "name": "name",
            "description": "description",
            "disableExecuteApiEndpoint": "disableExecuteApiEndpoint",
            "tags": "tags",
        },
    )
    if inputs.get("endpointConfiguration"):
        parameters["endpointConfiguration"] = {"types": [inputs["endpointConfiguration"]["types"]]}
    answer = cloud.client("apigateway").create_rest_api(**parameters)
    return answer["id"], _api_outputs(cloud, answer, inputs)


def _read_api(cloud: Cloud, api_id: str, state: Values) -> Values | None:
    answer = found(cloud.client("apigateway").get_rest_api, MISSING, restApiId=api_id)
    return None if answer is None else _api_outputs(cloud, answer, state)


def _update_api(cloud: Cloud, api_id: str, state: Values, inputs: Values) -> Values:
    client = cloud.client("apigateway")
    paths = {
        "name": "/name",
        "description": "/description",
        "disableExecuteApiEndpoint": "/disableExecuteApiEndpoint",
    }
    operations = replacements(state, {**state, "description": None, **inputs}, paths)
    before, after = state["endpointConfiguration"], inputs.get("endpointConfiguration")
    if after and after["types"] != before["types"]:
        path = f"/endpointConfiguration/types/{before['types']}"
        operations.append(replace(path, after["types"]))
    if operations:
        client.update_rest_api(restApiId=api_id, patchOperations=operations)
    update_tags(cloud, arn(cloud, f"/restapis/{api_id}"), state, inputs)
    return _api_outputs(cloud, client.get_rest_api(restApiId=api_id), inputs)


def _delete_api(cloud: Cloud, api_id: str, _: Values) -> None:
    cloud.client("apigateway").delete_rest_api(restApiId=api_id)


def _check_api(inputs: Values) -> list[str]:
    types = (inputs.get("endpointConfiguration") or {}).get("types", "REGIONAL")
    if types in ("EDGE", "REGIONAL", "PRIVATE"):
        return []
    return [
        f"endpointConfiguration.types is {types!r}; the provider allows EDGE, REGIONAL, PRIVATE"
    ]


def _put_policy(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    cloud.client("apigateway").update_rest_api(
        restApiId=inputs["restApiId"], patchOperations=[replace("/policy", inputs["policy"])]
    )
    return inputs["restApiId"], {}


def _read_policy(cloud: Cloud, api_id: str, _: Values) -> Values | None:
    answer = found(cloud.client("apigateway").get_rest_api, MISSING, restApiId=api_id)
    if not answer or not answer.get("policy"):
        return None
    return {"restApiId": api_id, "policy": answer["policy"]}


def _delete_policy(cloud: Cloud, api_id: str, _: Values) -> None:
    found(
        cloud.client("apigateway").update_rest_api,
        MISSING,
        restApiId=api_id,
        patchOperations=[replace("/policy", "")],
    )


def _check_policy(inputs: Values) -> list[str]:
    try:
        json.loads(inputs["policy"])
    except ValueError as error:
        return [f"the policy is not valid JSON: {error}"]
    return []


def _resource_outputs(answer: Any) -> Values:
    return {name: answer[name] for name in ("path", "pathPart", "parentId")}


def _create_resource(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    answer = cloud.client("apigateway").create_resource(
        restApiId=inputs["restApi"], parentId=inputs["parentId"], pathPart=inputs["pathPart"]
    )
    return answer["id"], _resource_outputs(answer)


def _read_resource(cloud: Cloud, resource_id: str, state: Values) -> Values | None:
    place = {"id": resource_id, **state} if state else parts(resource_id, "restApi", "id")
    call = cloud.client("apigateway").get_resource
    answer = found(call, MISSING, restApiId=place["restApi"], resourceId=place["id"])
    if answer is None:
        return None
    return {"id": place["id"], "restApi": place["restApi"], **_resource_outputs(answer)}


def _update_resource(cloud: Cloud, resource_id: str, state: Values, inputs: Values) -> Values:
    answer = cloud.client("apigateway").update_resource(
        restApiId=inputs["restApi"],
        resourceId=resource_id,
        patchOperations=replacements(
            state, inputs, {"pathPart": "/pathPart", "parentId": "/parentId"}
        ),
    )
    return _resource_outputs(answer)


def _delete_resource(cloud: Cloud, resource_id: str, state: Values) -> None:
    call = cloud.client("apigateway").delete_resource
    found(call, MISSING, restApiId=state["restApi"], resourceId=resource_id)


RESOURCE_TYPES = (
    ResourceType(
        token="aws:apigateway/restApi:RestApi",
        inputs={
            "name": Input(),
            "description": Input(),
            "endpointConfiguration": Input(),
            "disableExecuteApiEndpoint": Input(),
            "tags": Input(),
        },
        auto_name=AutoName(max_length=255),
        check=_check_api,
        create=_create_api,
        read=_read_api,
        update=_update_api,
        delete=_delete_api,
    ),
    ResourceType(
        token="aws:apigateway/restApiPolicy:RestApiPolicy",
        inputs={"restApiId": Input(required=True), "policy": Input(required=True)},
        check=_check_policy,
        create=_put_policy,
        read=_read_policy,
        update=lambda cloud, _id, _state, inputs: _put_policy(cloud, inputs)[1],
        delete=_delete_policy,
    ),
    ResourceType(
        token="aws:apigateway/resource:Resource",
        inputs={
            "restApi": Input(required=True),
            "parentId": Input(required=True),
            "pathPart": Input(required=True),
        },
        create=_create_resource,
        read=_read_resource,
        update=_update_resource,
        delete=_delete_resource,
    ),
)
"""The rows of this module."""
