"""What puts a REST API on the air: deployments and stages."""

from typing import Any

from rehearsal.provider.apigateway_calls import (
    MISSING,
    Operation,
    arn,
    present,
    replace,
    replacements,
    update_tags,
)
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.import_ids import parts
from rehearsal.provider.resource_type import Input, ResourceType, Values
from rehearsal.provider.shapes import found, given
from rehearsal.provider.unfinished import made


def _deployment_outputs(answer: Any, state: Values) -> Values:
    return {
        "createdDate": answer["createdDate"].isoformat(),
        **present({"description": answer.get("description")}, state),
    }


def _create_deployment(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    names = {"restApi": "restApiId", "description": "description", "variables": "variables"}
    answer = cloud.client("apigateway").create_deployment(**given(inputs, names))
    return answer["id"], _deployment_outputs(answer, inputs)


def _read_deployment(cloud: Cloud, deployment_id: str, state: Values) -> Values | None:
    place = {"id": deployment_id, **state} if state else parts(deployment_id, "restApi", "id")
    call = cloud.client("apigateway").get_deployment
    answer = found(call, MISSING, restApiId=place["restApi"], deploymentId=place["id"])
    if answer is None:
        return None
    return {
        "id": place["id"],
        "restApi": place["restApi"],
        **_deployment_outputs(answer, state),
    }


def _update_deployment(cloud: Cloud, deployment_id: str, state: Values, inputs: Values) -> Values:
    answer = cloud.client("apigateway").update_deployment(
        restApiId=inputs["restApi"],
        deploymentId=deployment_id,
        patchOperations=replacements(state, inputs, {"description": "/description"}),
    )
    return _deployment_outputs(answer, inputs)


def _delete_deployment(cloud: Cloud, deployment_id: str, state: Values) -> None:
    call = cloud.client("apigateway").delete_deployment
    found(call, MISSING, restApiId=state["restApi"], deploymentId=deployment_id)


def _stage_arn(cloud: Cloud, values: Values) -> str:
    return arn(cloud, f"/restapis/{values['restApi']}/stages/{values['stageName']}")


def _address(values: Values) -> dict[str, str]:
    return {"restApiId": values["restApi"], "stageName": values["stageName"]}


def _stage_outputs(cloud: Cloud, answer: Any, state: Values) -> Values:
    api_id, stage_name = state["restApi"], state["stageName"]
    return {
        "restApi": api_id,
        "stageName": stage_name,
        "arn": _stage_arn(cloud, state),
        "executionArn": cloud.arn("execute-api", f"{api_id}/{stage_name}"),
        "invokeUrl": cloud.addresses.stage(api_id, stage_name),
        "deployment": answer["deploymentId"],
        "xrayTracingEnabled": answer.get("tracingEnabled", False),
        **present(
            {
                "accessLogSettings": answer.get("accessLogSettings"),
                "description": answer.get("description"),
                "tags": answer.get("tags"),
            },
            state,
        ),
    }


def _access_log_operations(inputs: Values) -> list[Operation]:
    """Return the operations that set the access log; a trailing `:*` goes, as stage.go says."""
    settings = inputs.get("accessLogSettings")
    if not settings:
        return [{"op": "remove", "path": "/accessLogSettings"}]
    destination = settings["destinationArn"].removesuffix(":*")
    return [
        replace("/accessLogSettings/destinationArn", destination),
        replace("/accessLogSettings/format", settings["format"]),
    ]


def _create_stage(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    """Create a stage, then set its access log in a second call, as the provider does."""
    client = cloud.client("apigateway")
    names = {
        "deployment": "deploymentId",
        "description": "description",
        "xrayTracingEnabled": "tracingEnabled",
        "tags": "tags",
    }
    answer = client.create_stage(**_address(inputs), **given(inputs, names))
    stage_id = made(_stage_id(inputs))
    if inputs.get("accessLogSettings"):
        answer = client.update_stage(
            **_address(inputs), patchOperations=_access_log_operations(inputs)
        )
    return stage_id, _stage_outputs(cloud, answer, inputs)


def _stage_id(place: Values) -> str:
    return f"ags-{place['restApi']}-{place['stageName']}"


def _read_stage(cloud: Cloud, resource_id: str, state: Values) -> Values | None:
    place = state or parts(resource_id, "restApi", "stageName")
    answer = found(cloud.client("apigateway").get_stage, MISSING, **_address(place))
    if answer is None:
        return None
    return {"id": _stage_id(place), **_stage_outputs(cloud, answer, place)}


def _update_stage(cloud: Cloud, _: str, state: Values, inputs: Values) -> Values:
    client = cloud.client("apigateway")
    paths = {
        "deployment": "/deploymentId",
        "description": "/description",
        "xrayTracingEnabled": "/tracingEnabled",
    }
    operations = replacements(state, inputs, paths)
    if inputs.get("accessLogSettings") != state.get("accessLogSettings"):
        operations += _access_log_operations(inputs)
    if operations:
        client.update_stage(**_address(inputs), patchOperations=operations)
    update_tags(cloud, _stage_arn(cloud, inputs), state, inputs)
    return _stage_outputs(cloud, client.get_stage(**_address(inputs)), inputs)


def _delete_stage(cloud: Cloud, _: str, state: Values) -> None:
    found(cloud.client("apigateway").delete_stage, MISSING, **_address(state))


RESOURCE_TYPES = (
    ResourceType(
        token="aws:apigateway/deployment:Deployment",
        inputs={
            "restApi": Input(required=True),
            "description": Input(),
            "triggers": Input(),
            "variables": Input(),
        },
        create=_create_deployment,
        read=_read_deployment,
        update=_update_deployment,
        delete=_delete_deployment,
    ),
    ResourceType(
        token="aws:apigateway/stage:Stage",
        inputs={
            "restApi": Input(required=True),
            "stageName": Input(required=True),
            "deployment": Input(required=True),
            "accessLogSettings": Input(),
            "description": Input(),
            "xrayTracingEnabled": Input(),
            "tags": Input(),
        },
        create=_create_stage,
        read=_read_stage,
        update=_update_stage,
        delete=_delete_stage,
    ),
)
"""The rows of this module."""
