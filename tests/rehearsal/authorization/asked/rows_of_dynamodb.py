"""Requests to Amazon DynamoDB and what they ask."""

from typing import Any

from tests.rehearsal.authorization.asked.asking import ACCOUNT, Row, StoredLook

_TABLE = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/t"
_KEYED = StoredLook(partition_keys={_TABLE: "pathspec"})
_FINE = "DynamoDB Developer Guide, Using IAM policy conditions for fine-grained access control"
_KEY: dict[str, Any] = {"TableName": "t", "Key": {"pathspec": {"S": "F/1"}}}
_LEADING: dict[str, str | tuple[str, ...]] = {"dynamodb:LeadingKeys": ("F/1",)}
_AT_KEY = {**_LEADING, "dynamodb:Attributes": ("pathspec",)}


def _item(name: str, case: str, parameters: dict[str, Any], **context: Any) -> Row:
    keys = {f"dynamodb:{key}": value for key, value in context.items()}
    return Row(
        "dynamodb",
        name,
        case,
        parameters,
        [(f"dynamodb:{name}", _TABLE, {**_LEADING, **keys})],
        _FINE,
        _KEYED,
    )


ROWS = [
    _item("GetItem", "", _KEY, Attributes=("pathspec",)),
    _item("GetItem", "by-arn", {**_KEY, "TableName": _TABLE}, Attributes=("pathspec",)),
    _item(
        "GetItem",
        "projection",
        {
            **_KEY,
            "ProjectionExpression": "#a.inner, list[0].x, plain",
            "ExpressionAttributeNames": {"#a": "parent"},
            "ReturnConsumedCapacity": "NONE",
        },
        Attributes=("list", "parent", "pathspec", "plain"),
        ReturnConsumedCapacity="NONE",
    ),
    _item(
        "PutItem",
        "",
        {"TableName": "t", "Item": {"pathspec": {"S": "F/1"}, "ttl": {"N": "9"}}},
        Attributes=("pathspec", "ttl"),
    ),
    _item(
        "UpdateItem",
        "",
        {
            **_KEY,
            "UpdateExpression": "SET parents = list_append(if_not_exists(old, :none), :new)",
            "ConditionExpression": "attribute_exists(ttl) AND size (big) > :n",
            "ReturnValues": "ALL_NEW",
        },
        Attributes=("big", "old", "parents", "pathspec", "ttl"),
        ReturnValues="ALL_NEW",
    ),
    Row(
        "dynamodb",
        "GetItem",
        "binary-key",
        {"TableName": "t", "Key": {"pathspec": {"B": b"\x00\xff"}}},
        [
            (
                "dynamodb:GetItem",
                _TABLE,
                {"dynamodb:LeadingKeys": ("AP8=",), "dynamodb:Attributes": ("pathspec",)},
            )
        ],
        _FINE,
        _KEYED,
    ),
    _item("DeleteItem", "", _KEY, Attributes=("pathspec",)),
    Row(
        "dynamodb",
        "GetItem",
        "table-that-is-not-there",
        _KEY,
        [("dynamodb:GetItem", _TABLE, {"dynamodb:Attributes": ("pathspec",)})],
        _FINE,
    ),
    Row(
        "dynamodb",
        "Scan",
        "",
        {"TableName": "t", "FilterExpression": "ttl > :n", "Select": "COUNT"},
        [
            (
                "dynamodb:Scan",
                _TABLE,
                {"dynamodb:Attributes": ("ttl",), "dynamodb:Select": "COUNT"},
            )
        ],
        f"{_FINE}: a scan has no leading keys",
        _KEYED,
    ),
    *(
        Row("dynamodb", name, "", {"TableName": "t"}, [(f"dynamodb:{name}", _TABLE, {})], _FINE)
        for name in ("DescribeTable", "DescribeTimeToLive")
    ),
]
