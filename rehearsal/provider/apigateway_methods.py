"""API Gateway's methods, and the integrations that answer them."""

from typing import Any

from rehearsal.provider.apigateway_calls import MISSING, map_changes, present, replacements
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.import_ids import parts
from rehearsal.provider.resource_type import Input, ResourceType, Values
from rehearsal.provider.shapes import found, given

_METHODS = ("ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
_ALLOWED = {
    "httpMethod": _METHODS,
    "type": ("HTTP", "AWS", "MOCK", "HTTP_PROXY", "AWS_PROXY"),
    "connectionType": ("INTERNET", "VPC_LINK"),
    "passthroughBehavior": ("WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"),
}
"""Values that the provider's validators take (method.go, integration.go)."""
_TIMEOUTS = range(50, 300_001)
"""Milliseconds that the provider takes for a buffered response (integration.go)."""


def _unlisted(inputs: Values) -> list[str]:
    return [
        f"{name} is {inputs[name]!r}; the provider allows {', '.join(allowed)}"
        for name, allowed in _ALLOWED.items()
        if inputs.get(name) is not None and inputs[name] not in allowed
    ]


def _address(values: Values) -> dict[str, str]:
    """Return what names a method, and its integration, in calls."""
    names = {"restApi": "restApiId", "resourceId": "resourceId", "httpMethod": "httpMethod"}
    return {parameter: values[name] for name, parameter in names.items()}


def _place(resource_id: str, state: Values) -> Values:
    """Return what names a method: by the state, or by the id that it is imported by."""
    return state or parts(resource_id, "restApi", "resourceId", "httpMethod")


def _physical_id(prefix: str, values: Values) -> str:
    return "-".join((prefix, values["restApi"], values["resourceId"], values["httpMethod"]))


def _named(prefix: str, place: Values) -> dict[str, str]:
    names = {name: place[name] for name in ("restApi", "resourceId", "httpMethod")}
    return {"id": _physical_id(prefix, place), **names}


def _method_outputs(answer: Any, state: Values) -> Values:
    return {
        "authorization": answer["authorizationType"],
        "apiKeyRequired": answer["apiKeyRequired"],
        **present({"requestParameters": answer.get("requestParameters")}, state),
    }


def _create_method(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    answer = cloud.client("apigateway").put_method(
        **_address(inputs),
        authorizationType=inputs["authorization"],
        apiKeyRequired=inputs["apiKeyRequired"],
        **given(inputs, {"requestParameters": "requestParameters"}),
    )
    return _physical_id("agm", inputs), _method_outputs(answer, inputs)


def _read_method(cloud: Cloud, resource_id: str, state: Values) -> Values | None:
    place = _place(resource_id, state)
    answer = found(cloud.client("apigateway").get_method, MISSING, **_address(place))
    if answer is None:
        return None
    return {**_named("agm", place), **_method_outputs(answer, state)}


def _update_method(cloud: Cloud, _: str, state: Values, inputs: Values) -> Values:
    paths = {"authorization": "/authorizationType", "apiKeyRequired": "/apiKeyRequired"}
    operations = [
        *replacements(state, inputs, paths),
        *map_changes(
            "/requestParameters", state.get("requestParameters"), inputs.get("requestParameters")
        ),
    ]
    answer = cloud.client("apigateway").update_method(
        **_address(inputs), patchOperations=operations
    )
    return _method_outputs(answer, inputs)


def _delete_method(cloud: Cloud, _: str, state: Values) -> None:
    found(cloud.client("apigateway").delete_method, MISSING, **_address(state))


def _integration_outputs(answer: Any, state: Values) -> Values:
    return {
        "passthroughBehavior": answer.get("passthroughBehavior") or "WHEN_NO_MATCH",
        "timeoutMilliseconds": answer["timeoutInMillis"],
        "connectionType": answer["connectionType"],
        "cacheNamespace": answer.get("cacheNamespace") or state["resourceId"],
        "type": answer["type"],
        **present(
            {
                "uri": answer.get("uri"),
                "integrationHttpMethod": answer.get("httpMethod"),
                "connectionId": answer.get("connectionId"),
                "integrationTarget": answer.get("integrationTarget"),
                "requestParameters": answer.get("requestParameters"),
            },
            state,
        ),
    }


def _create_integration(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    names = {
        "type": "type",
        "integrationHttpMethod": "integrationHttpMethod",
        "uri": "uri",
        "connectionType": "connectionType",
        "connectionId": "connectionId",
        "integrationTarget": "integrationTarget",
        "requestParameters": "requestParameters",
        "timeoutMilliseconds": "timeoutInMillis",
        "passthroughBehavior": "passthroughBehavior",
    }
    answer = cloud.client("apigateway").put_integration(**_address(inputs), **given(inputs, names))
    return _physical_id("agi", inputs), _integration_outputs(answer, inputs)


def _read_integration(cloud: Cloud, resource_id: str, state: Values) -> Values | None:
    place = _place(resource_id, state)
    answer = found(cloud.client("apigateway").get_integration, MISSING, **_address(place))
    if answer is None or "type" not in answer:
        return None
    return {**_named("agi", place), **_integration_outputs(answer, {**place, **state})}


def _update_integration(cloud: Cloud, _: str, state: Values, inputs: Values) -> Values:
    paths = {
        "uri": "/uri",
        "connectionType": "/connectionType",
        "connectionId": "/connectionId",
        "integrationTarget": "/integrationTarget",
        "timeoutMilliseconds": "/timeoutInMillis",
    }
    operations = [
        *replacements(state, inputs, paths),
        *map_changes(
            "/requestParameters", state.get("requestParameters"), inputs.get("requestParameters")
        ),
    ]
    answer = cloud.client("apigateway").update_integration(
        **_address(inputs), patchOperations=operations
    )
    return _integration_outputs(answer, inputs)


def _delete_integration(cloud: Cloud, _: str, state: Values) -> None:
    found(cloud.client("apigateway").delete_integration, MISSING, **_address(state))


def _check_integration(inputs: Values) -> list[str]:
    timeout = inputs["timeoutMilliseconds"]
    if timeout in _TIMEOUTS:
        return _unlisted(inputs)
    outside = f"timeoutMilliseconds is {timeout}; the provider allows 50 to 300000"
    return [*_unlisted(inputs), outside]


RESOURCE_TYPES = (
    ResourceType(
        token="aws:apigateway/method:Method",
        inputs={
            "restApi": Input(required=True),
            "resourceId": Input(required=True),
            "httpMethod": Input(required=True),
            "authorization": Input(required=True),
            "apiKeyRequired": Input(default=False),
            "requestParameters": Input(),
        },
        check=_unlisted,
        create=_create_method,
        read=_read_method,
        update=_update_method,
        delete=_delete_method,
    ),
    ResourceType(
        token="aws:apigateway/integration:Integration",
        inputs={
            "restApi": Input(required=True),
            "resourceId": Input(required=True),
            "httpMethod": Input(required=True),
            "type": Input(required=True),
            "integrationHttpMethod": Input(),
            "connectionType": Input(default="INTERNET"),
            "connectionId": Input(),
            "integrationTarget": Input(),
            "uri": Input(),
            "requestParameters": Input(),
            "timeoutMilliseconds": Input(default=29_000),
            "passthroughBehavior": Input(),
        },
        check=_check_integration,
        create=_create_integration,
        read=_read_integration,
        update=_update_integration,
        delete=_delete_integration,
    ),
)
"""The rows of this module."""
