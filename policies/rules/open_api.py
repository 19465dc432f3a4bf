"""Reading which operations of an OpenAPI document anybody may call."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import yaml

from rules.reading import elements, mapping

# OPTIONS is left out: browsers ask with it, before they send credentials.
_METHODS = ("get", "put", "post", "delete", "head", "patch", "x-amazon-apigateway-any-method")


def open_operations(document: Any, *, api_keys_suffice: bool) -> Iterator[str]:
    """Return the operations that anybody may call, such as `GET /items`.

    Args:
        document: OpenAPI 2 or 3 with API Gateway's extensions, as JSON or YAML; nothing is read
            from other values.
        api_keys_suffice: whether an operation may ask for an API key alone.
    """
    found = mapping(_parsed(document)) if isinstance(document, str) else {}
    ignored = set() if api_keys_suffice else _api_keys(found)
    for path, item in mapping(found.get("paths")).items():
        for method in _METHODS:
            operation = mapping(item).get(method)
            if operation is not None and _is_open(
                mapping(operation), found.get("security"), ignored
            ):
                name = "ANY" if method.startswith("x-") else method.upper()
                yield f"{name} {path}"


@lru_cache(maxsize=16)
def _parsed(text: str) -> Any:
    for read in (json.loads, yaml.safe_load):
        try:
            return read(text)
        except (ValueError, RecursionError, yaml.YAMLError):
            continue
    return None


def _api_keys(document: Mapping[str, Any]) -> set[str]:
    """Return the names of the security schemes that are API keys, and no authorizers."""
    schemes = {
        **mapping(document.get("securityDefinitions")),
        **mapping(mapping(document.get("components")).get("securitySchemes")),
    }
    return {
        name
        for name, scheme in schemes.items()
        if mapping(scheme).get("type") == "apiKey"
        # API Gateway Developer Guide, "x-amazon-apigateway-authtype property".
        and "x-amazon-apigateway-authtype" not in mapping(scheme)
        and "x-amazon-apigateway-authorizer" not in mapping(scheme)
    }


def _is_open(operation: Mapping[str, Any], for_all: Any, ignored: set[str]) -> bool:
    # API Gateway Developer Guide, "x-amazon-apigateway-auth object".
    if mapping(operation.get("x-amazon-apigateway-auth")).get("type", "NONE") != "NONE":
        return False
    required = elements(operation.get("security", for_all))
    return not any(set(mapping(one)) - ignored for one in required)
