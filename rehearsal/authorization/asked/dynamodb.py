"""What requests to Amazon DynamoDB ask."""

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.authorization.asked.context import Context, given
from rehearsal.authorization.asked.look import Look
from rehearsal.authorization.asked.mapping import Operation
from rehearsal.authorization.asked.request import Request
from rehearsal.authorization.question import Question

_EXPRESSIONS = (
    "ProjectionExpression",
    "UpdateExpression",
    "ConditionExpression",
    "FilterExpression",
)
_BY_NAME = ("Key", "Item", "AttributeUpdates", "Expected", "ScanFilter")
_OWN_KEYS = {
    "dynamodb:ReturnConsumedCapacity": "ReturnConsumedCapacity",
    "dynamodb:ReturnValues": "ReturnValues",
    "dynamodb:Select": "Select",
}
_ATTRIBUTE = re.compile(r"(?<![\w.:#])#?[A-Za-z_]\w*(?!\s*\(|\w)")
"""A name at the beginning of a path; no value (`:v`), no nested name, no function."""

_WORDS = {"SET", "REMOVE", "ADD", "DELETE", "AND", "OR", "NOT", "BETWEEN", "IN"}
"""Words of the expressions; DynamoDB reserves them, so that no attribute is named so plainly."""


def _on_table(request: Request, _look: Look) -> Iterator[Question]:
    yield Question(f"dynamodb:{request.operation}", _table(request))


def _on_items(request: Request, look: Look) -> Iterator[Question]:
    """Ask for a table, with the keys and the attributes that the parameters name.

    Amazon DynamoDB Developer Guide, "Using IAM policy conditions for fine-grained access control":
    dynamodb:LeadingKeys are the values of the partition key, dynamodb:Attributes the top-level
    attributes that the request names.
    """
    context: Context = given(_OWN_KEYS, request.parameters)
    attributes = _attributes(request.parameters)
    if attributes:
        context["dynamodb:Attributes"] = attributes
    item = request.parameters.get("Key") or request.parameters.get("Item") or {}
    leading = item.get(look.partition_key(_table(request)) or "")
    if leading:
        context["dynamodb:LeadingKeys"] = (_value(leading),)
    yield Question(f"dynamodb:{request.operation}", _table(request), context)


def _table(request: Request) -> str:
    return request.arn_of("dynamodb", "table/", request["TableName"])


def _attributes(parameters: Mapping[str, Any]) -> tuple[str, ...]:
    names = list(parameters.get("AttributesToGet") or ())
    for parameter in _BY_NAME:
        names += parameters.get(parameter) or ()
    aliases = parameters.get("ExpressionAttributeNames") or {}
    for parameter in _EXPRESSIONS:
        found = _ATTRIBUTE.findall(parameters.get(parameter) or "")
        names += [aliases.get(name, name) for name in found if name.upper() not in _WORDS]
    return tuple(sorted(set(names)))


def _value(value: Mapping[str, Any]) -> str:
    """Return a partition key's value as text: a string, a number, or bytes in Base64."""
    inner = next(iter(value.values()))
    return base64.b64encode(inner).decode() if isinstance(inner, bytes) else str(inner)


OPERATIONS: Mapping[str, Operation] = {
    "GetItem": _on_items,
    "PutItem": _on_items,
    "UpdateItem": _on_items,
    "DeleteItem": _on_items,
    "Scan": _on_items,
    "DescribeTable": _on_table,
    "DescribeTimeToLive": _on_table,
}
