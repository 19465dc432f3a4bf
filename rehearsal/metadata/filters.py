"""Filters and cursor pagination of the lists (service 2.5.1; Metaflow's client uses neither).

Grammar: metaflow-service services/data/filter_grammar.py, and `_validate_run_filters` and
`_validate_task_filters` in services/metadata_service/api/run.py and task.py.
"""

import json
import operator
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from typing import Any

from rehearsal.metadata.store import Row
from rehearsal.metadata.values import RefusedError

Query = Sequence[tuple[str, str]]

DEFAULT_LIMIT, LARGEST_LIMIT = 50, 500
STATUSES = ("running", "completed", "failed")
TIMES = ("ts_epoch", "last_heartbeat_ts")
NUMBERS = (*TIMES, "run_number", "task_id")
JSON_FIELDS = ("tags", "system_tags")
RUN_FIELDS = (
    *("flow_id", "run_number", "run_id", "user_name", "ts_epoch", "last_heartbeat_ts"),
    *("tags", "system_tags", "user", "status"),
)
TASK_FIELDS = ("task_id", "task_name", "user_name", "ts_epoch", "last_heartbeat_ts")

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}
PATTERNS = {"co": "%{}%", "sw": "{}%", "ew": "%{}", "li": "{}"}
OPERATORS = (*COMPARISONS, *PATTERNS, "is")


def is_like(stored: str, pattern: str, flags: re.RegexFlag = re.NOFLAG) -> bool:
    """SQL's LIKE: `%` stands for any characters, `_` for one."""
    parts = {"%": ".*", "_": "."}
    expression = "".join(parts.get(character, re.escape(character)) for character in pattern)
    return re.fullmatch(expression, stored, flags | re.DOTALL) is not None


def _field_and_operator(key: str) -> tuple[str, str]:
    field, _, name = key.partition(":")
    return field, name or "eq"


def conditions(query: Query, fields: Sequence[str]) -> list[tuple[str, str, list[str]]]:
    """Return the (field, operator, values) of a query on these fields; other fields are ignored.

    Raises RefusedError (400) for an unknown operator or status, or a time that is no integer.
    """
    found = []
    for key, value in query:
        field, name = _field_and_operator(key)
        if field not in fields:
            continue
        if name not in OPERATORS:
            raise RefusedError(400, f"unsupported operator '{name}' for field '{field}'")
        values = value.split(",")
        for one in values:
            _check_value(field, one)
        found.append((field, name, values))
    return found


def _check_value(field: str, value: str) -> None:
    if value == "null":
        return
    if field == "status" and value not in STATUSES:
        raise RefusedError(400, f"unsupported status filter: {value}")
    if field in TIMES and not re.fullmatch(r"\s*[+-]?\d+\s*", value):
        reason = f"invalid {field}: expected integer epoch milliseconds, got '{value}'"
        raise RefusedError(400, reason)


def predicate(field: str, name: str, value: str) -> Callable[[Any], bool]:
    """Return the test of a stored value that one value of a condition stands for.

    Raises ValueError, a 500 of the service, where PostgreSQL has no such comparison.
    """
    if value == "null":
        return lambda stored: stored is None
    if name == "is":
        raise ValueError("the operator 'is' takes null only")
    if name in COMPARISONS:
        return _comparison(field, name, value)
    if field in NUMBERS or field in JSON_FIELDS:
        raise ValueError(f"the operator '{name}' does not exist for {field}")
    pattern = PATTERNS[name].format(value)
    return lambda stored: stored is not None and is_like(stored, pattern, re.IGNORECASE)


def _comparison(field: str, name: str, value: str) -> Callable[[Any], bool]:
    if field in JSON_FIELDS and name not in ("eq", "ne"):
        raise RefusedError(501, f"this double does not order {field}: use eq, ne or _tags")
    convert = int if field in NUMBERS else json.loads if field in JSON_FIELDS else str
    compare, wanted = COMPARISONS[name], convert(value)
    return lambda stored: stored is not None and compare(stored, wanted)


def has_tags(row: Row, name: str, tags: list[str]) -> bool:
    """Whether `row` carries any or all (the default) of `tags`, user or system, or their like."""
    if name in ("likeany", "likeall"):
        written = json.dumps(row["tags"]) + json.dumps(row["system_tags"])
        found = [is_like(written, f"%{tag}%") for tag in tags]
    else:
        stored = [row["tags"], row["system_tags"]]
        carried = [tag for some in stored for tag in (some if isinstance(some, list) else [some])]
        found = [tag in carried for tag in tags]
    return any(found) if name in ("any", "likeany") else all(found)


def matching(rows: list[Row], query: Query, fields: Sequence[str]) -> list[Row]:
    """Return the rows for which every condition holds; `_tags` only where `tags` is a field."""
    for field, name, values in conditions(query, fields):
        tests = [predicate(field, name, value) for value in values]
        rows = [row for row in rows if any(test(row[field]) for test in tests)]
    for key, value in query if "tags" in fields else ():
        if _field_and_operator(key)[0] == "_tags":
            rows = [row for row in rows if has_tags(row, key.partition(":")[2], value.split(","))]
    return rows


def asks_for_tags(query: Query) -> bool:
    """Whether the query filters by tags."""
    return any(_field_and_operator(key)[0] == "_tags" for key, _ in query)


def is_paged(query: Query) -> bool:
    """Whether the query asks for a page."""
    return any(key in ("_limit", "_cursor") for key, _ in query)


def page(rows: list[Row], query: Query, keys: Sequence[str]) -> tuple[list[Row], dict[str, str]]:
    """One page of `rows`, newest first by `keys`, and the headers X-Limit and X-Next-Cursor.

    A cursor is base64 of JSON with the keys of the last row of the page before. Raises RefusedError
    (400) for a bad cursor and ValueError, a 500 of the service, for a limit that is no integer.
    """
    asked = dict(reversed(query))  # the first of several values counts
    limit = min(int(asked.get("_limit") or DEFAULT_LIMIT), LARGEST_LIMIT)
    if limit < 0:
        raise ValueError(f"LIMIT must not be negative, found {limit}")

    def position(row: Row) -> tuple[Any, ...]:
        return tuple(row[key] for key in keys)

    rows = sorted(rows, key=position, reverse=True)
    if asked.get("_cursor"):
        before = _decode_cursor(asked["_cursor"], keys)
        rows = [row for row in rows if position(row) < before]
    headers = {"X-Limit": str(limit)}
    if 0 < limit < len(rows):
        last = {key: rows[limit - 1][key] for key in keys}
        headers["X-Next-Cursor"] = b64encode(json.dumps(last).encode()).decode()
    return rows[:limit], headers


def _decode_cursor(cursor: str, keys: Sequence[str]) -> tuple[Any, ...]:
    try:
        decoded = json.loads(b64decode(cursor))
        return tuple(
            str(decoded[key]) if key in ("flow_id", "name") else int(decoded[key]) for key in keys
        )
    except (ValueError, KeyError):
        raise RefusedError(400, "Invalid cursor") from None
