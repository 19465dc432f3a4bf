"""The OpenAPI document of an emulated REST API, as API Gateway exports it.

Form: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
"""

import json
from typing import Any

_INTEGRATION_KEYS = (
    "httpMethod",
    "uri",
    "connectionType",
    "connectionId",
    "integrationTarget",
    "requestParameters",
    "timeoutInMillis",
)
_PLACES = {"path": "path", "querystring": "query", "header": "header"}


def openapi_document(api: Any) -> str:
    """Return the JSON text of a REST API with all of API Gateway's extensions.

    Args:
        api: moto's `RestAPI`.
    """
    document: dict[str, Any] = {
        "openapi": "3.0.1",
        "info": {"title": api.name},
        "servers": [
            {
                "x-amazon-apigateway-endpoint-configuration": {
                    "disableExecuteApiEndpoint": api.disableExecuteApiEndpoint
                }
            }
        ],
        "paths": {
            resource.get_path(): {
                _verb(name): _operation(method)
                for name, method in resource.resource_methods.items()
            }
            for resource in api.resources.values()
        },
    }
    if api.policy:
        document["x-amazon-apigateway-policy"] = json.loads(api.policy)
    return json.dumps(document)


def _verb(method: str) -> str:
    return "x-amazon-apigateway-any-method" if method == "ANY" else method.lower()


def _operation(method: Any) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "parameters": [
            _parameter(name, required)
            for name, required in (method.request_parameters or {}).items()
        ]
    }
    if method.authorization_type != "NONE":
        operation["x-amazon-apigateway-auth"] = {"type": method.authorization_type}
    if method.api_key_required:
        operation["security"] = [{"api_key": []}]
    if method.method_integration:
        operation["x-amazon-apigateway-integration"] = _integration(method.method_integration)
    return operation


def _parameter(name: str, required: bool) -> dict[str, Any]:
    """Return `method.request.path.proxy` as OpenAPI has it."""
    place, key = name.removeprefix("method.request.").split(".", 1)
    return {"name": key, "in": _PLACES[place], "required": required, "schema": {"type": "string"}}


def _integration(integration: Any) -> dict[str, Any]:
    values = integration.to_json()
    exported = {key: values[key] for key in _INTEGRATION_KEYS if values.get(key) is not None}
    return {"type": values["type"].lower(), **exported}
