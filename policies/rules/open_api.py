"""Reading which operations of an OpenAPI document anybody may call."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from rules.reading import elements, mapping

# OPTIONS is left out: browsers ask with it, before they send credentials.
_METHODS = ("get", "put", "post", "delete", "head", "patch", "x-amazon-apigateway-any-method")


def open_operations(document: Any) -> Iterator[str]:
    """Return the operations that ask for neither key nor authorizer, such as `GET /items`.

    Args:
        document: OpenAPI 2 or 3 with API Gateway's extensions, as JSON; nothing is read from
            other values, YAML among them.
    """
    try:
        found = mapping(json.loads(document))
    except (TypeError, ValueError, RecursionError):
        return
    for path, item in mapping(found.get("paths")).items():
        for method in _METHODS:
            operation = mapping(item).get(method)
            if operation is not None and _is_open(mapping(operation), found.get("security")):
                name = "ANY" if method.startswith("x-") else method.upper()
                yield f"{name} {path}"


def _is_open(operation: Mapping[str, Any], for_all: Any) -> bool:
    # API Gateway Developer Guide, "x-amazon-apigateway-auth object".
    if mapping(operation.get("x-amazon-apigateway-auth")).get("type", "NONE") != "NONE":
        return False
    return not any(mapping(one) for one in elements(operation.get("security", for_all)))
