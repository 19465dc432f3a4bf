"""Who may call API Gateway's stages, and how often: API keys and usage plans."""

from collections.abc import Iterable
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
from rehearsal.provider.resource_type import AutoName, Input, ResourceType, Values
from rehearsal.provider.shapes import found, given

_PERIODS = ("DAY", "WEEK", "MONTH")


def _key_outputs(cloud: Cloud, answer: Any, state: Values) -> Values:
    return {
        "arn": arn(cloud, f"/apikeys/{answer['id']}"),
        "value": answer["value"],
        "name": answer["name"],
        "enabled": answer["enabled"],
        "createdDate": answer["createdDate"].isoformat(),
        "lastUpdatedDate": answer["lastUpdatedDate"].isoformat(),
        **present({"description": answer.get("description"), "tags": answer.get("tags")}, state),
    }


def _create_key(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    names = {"name": "name", "description": "description", "enabled": "enabled", "tags": "tags"}
    answer = cloud.client("apigateway").create_api_key(**given(inputs, names))
    return answer["id"], _key_outputs(cloud, answer, inputs)


def _read_key(cloud: Cloud, key_id: str, state: Values) -> Values | None:
    call = cloud.client("apigateway").get_api_key
    answer = found(call, MISSING, apiKey=key_id, includeValue=True)
    return None if answer is None else _key_outputs(cloud, answer, state)


def _update_key(cloud: Cloud, key_id: str, state: Values, inputs: Values) -> Values:
    client = cloud.client("apigateway")
    paths = {"name": "/name", "description": "/description", "enabled": "/enabled"}
    operations = replacements(state, inputs, paths)
    if operations:
        client.update_api_key(apiKey=key_id, patchOperations=operations)
    update_tags(cloud, arn(cloud, f"/apikeys/{key_id}"), state, inputs)
    return _key_outputs(cloud, client.get_api_key(apiKey=key_id, includeValue=True), inputs)


def _delete_key(cloud: Cloud, key_id: str, _: Values) -> None:
    found(cloud.client("apigateway").delete_api_key, MISSING, apiKey=key_id)


def _stages(values: Values) -> list[str]:
    """Return a plan's stages as `api:stage`, sorted: the provider keeps them as a set."""
    return sorted(f"{one['apiId']}:{one['stage']}" for one in values.get("apiStages") or ())


def _plan_outputs(cloud: Cloud, answer: Any, state: Values) -> Values:
    stages = _stages(answer)
    return {
        "arn": arn(cloud, f"/usageplans/{answer['id']}"),
        "name": answer["name"],
        **present(
            {
                "description": answer.get("description"),
                "apiStages": state.get("apiStages")
                if stages == _stages(state)
                else [dict(zip(("apiId", "stage"), one.split(":"), strict=True)) for one in stages],
                "throttleSettings": answer.get("throttle"),
                "quotaSettings": answer.get("quota"),
                "tags": answer.get("tags"),
            },
            state,
        ),
    }


def _create_plan(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    names = {
        "name": "name",
        "description": "description",
        "apiStages": "apiStages",
        "throttleSettings": "throttle",
        "quotaSettings": "quota",
        "tags": "tags",
    }
    answer = cloud.client("apigateway").create_usage_plan(**given(inputs, names))
    return answer["id"], _plan_outputs(cloud, answer, inputs)


def _read_plan(cloud: Cloud, plan_id: str, state: Values) -> Values | None:
    answer = found(cloud.client("apigateway").get_usage_plan, MISSING, usagePlanId=plan_id)
    return None if answer is None else _plan_outputs(cloud, answer, state)


def _stage_operations(state: Values, inputs: Values) -> Iterable[Operation]:
    """Remove all stages and add all again when one changed, as usage_plan.go does."""
    before, after = _stages(state), _stages(inputs)
    if before != after:
        yield from ({"op": "remove", "path": "/apiStages", "value": one} for one in before)
        yield from ({"op": "add", "path": "/apiStages", "value": one} for one in after)


def _limit_operations(path: str, before: Any, after: Any) -> Iterable[Operation]:
    if before and not after:
        yield {"op": "remove", "path": path}
    elif before != after:
        yield from (replace(f"{path}/{name}", value) for name, value in after.items())


def _update_plan(cloud: Cloud, plan_id: str, state: Values, inputs: Values) -> Values:
    client = cloud.client("apigateway")
    operations = [
        *replacements(state, inputs, {"name": "/name", "description": "/description"}),
        *_stage_operations(state, inputs),
        *_limit_operations(
            "/throttle", state.get("throttleSettings"), inputs.get("throttleSettings")
        ),
        *_limit_operations("/quota", state.get("quotaSettings"), inputs.get("quotaSettings")),
    ]
    if operations:
        client.update_usage_plan(usagePlanId=plan_id, patchOperations=operations)
    update_tags(cloud, arn(cloud, f"/usageplans/{plan_id}"), state, inputs)
    return _plan_outputs(cloud, client.get_usage_plan(usagePlanId=plan_id), inputs)


def _delete_plan(cloud: Cloud, plan_id: str, state: Values) -> None:
    """Take the stages out of the plan, as the state has them, then delete it."""
    client = cloud.client("apigateway")
    operations = list(_stage_operations(state, {}))
    if operations:
        client.update_usage_plan(usagePlanId=plan_id, patchOperations=operations)
    client.delete_usage_plan(usagePlanId=plan_id)


def _check_plan(inputs: Values) -> list[str]:
    problems = []
    throttle = inputs.get("throttleSettings")
    if throttle is not None and not {"burstLimit", "rateLimit"} & set(throttle):
        problems.append("throttleSettings is empty; the provider demands burstLimit or rateLimit")
    period = (inputs.get("quotaSettings") or {}).get("period", "DAY")
    if period not in _PERIODS:
        problems.append(
            f"quotaSettings.period is {period!r}; the provider allows {', '.join(_PERIODS)}"
        )
    return problems


def _create_plan_key(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    answer = cloud.client("apigateway").create_usage_plan_key(
        usagePlanId=inputs["usagePlanId"], keyId=inputs["keyId"], keyType=inputs["keyType"]
    )
    return answer["id"], {"name": answer["name"], "value": answer["value"]}


def _read_plan_key(cloud: Cloud, resource_id: str, state: Values) -> Values | None:
    pair = state or parts(resource_id, "usagePlanId", "keyId")
    place = {name: pair[name] for name in ("usagePlanId", "keyId")}
    answer = found(cloud.client("apigateway").get_usage_plan_key, MISSING, **place)
    if answer is None:
        return None
    return {
        "id": answer["id"],
        **place,
        "keyType": answer["type"],
        "name": answer["name"],
        "value": answer["value"],
    }


def _delete_plan_key(cloud: Cloud, key_id: str, state: Values) -> None:
    call = cloud.client("apigateway").delete_usage_plan_key
    found(call, MISSING, usagePlanId=state["usagePlanId"], keyId=key_id)


RESOURCE_TYPES = (
    ResourceType(
        token="aws:apigateway/apiKey:ApiKey",
        inputs={
            "name": Input(),
            "description": Input(default="Managed by Pulumi"),
            "enabled": Input(default=True),
            "tags": Input(),
        },
        auto_name=AutoName(max_length=255),
        secret_outputs=frozenset({"value"}),
        create=_create_key,
        read=_read_key,
        update=_update_key,
        delete=_delete_key,
    ),
    ResourceType(
        token="aws:apigateway/usagePlan:UsagePlan",
        inputs={
            "name": Input(),
            "description": Input(),
            "apiStages": Input(),
            "throttleSettings": Input(),
            "quotaSettings": Input(),
            "tags": Input(),
        },
        auto_name=AutoName(max_length=255),
        check=_check_plan,
        create=_create_plan,
        read=_read_plan,
        update=_update_plan,
        delete=_delete_plan,
    ),
    ResourceType(
        token="aws:apigateway/usagePlanKey:UsagePlanKey",
        inputs={
            "keyId": Input(required=True),
            "keyType": Input(required=True),
            "usagePlanId": Input(required=True),
        },
        create=_create_plan_key,
        read=_read_plan_key,
        delete=_delete_plan_key,
    ),
)
"""The rows of this module."""
