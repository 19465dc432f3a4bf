"""What PostgreSQL makes of a JSON value that the metadata service hands to it."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

LONGEST_NAME = 255  # characters; every short text column of the service is a varchar(255)
SMALLEST_ATTEMPT, LARGEST_ATTEMPT = -(2**15), 2**15 - 1
QUOTED_IN_ARRAYS = set('{}",\\ \t\n\r\v\f')


class RefusedError(Exception):
    """A request that the service answers with an error.

    `status` is the HTTP status, `body` the JSON value of the answer.
    """

    def __init__(self, status: int, body: object) -> None:
        """Keep status and body for the answer."""
        super().__init__(f"{status}: {body}")
        self.status = status
        self.body = body


def database_error(status: int, code: str, message: str) -> RefusedError:
    """Return an error of PostgreSQL in the shape of the service: a string that holds JSON.

    `code` is PostgreSQL's error code (metaflow-service services/data/db_utils.py).
    """
    reason = {
        "pgerror": f"ERROR:  {message}\n",
        "pgcode": code,
        "diag": {"message_primary": message, "severity": "ERROR"},
    }
    return RefusedError(status, json.dumps({"err_msg": reason}))


def driver_error(message: str) -> RefusedError:
    """Return an error (500) of the service's own on the way to PostgreSQL, in the same shape."""
    return RefusedError(500, json.dumps({"err_msg": message}))


def text(value: Any) -> str | None:
    """`value` as a text column stores it; lists become PostgreSQL array text.

    Raises RefusedError (500) for objects, mixed lists, NUL characters and lone surrogates.
    """
    if value is None:
        return None
    if isinstance(value, list):
        return array_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return format(Decimal(str(value)), "f")
    if not isinstance(value, str):
        raise database_error(500, "42883", "a text column cannot hold an object")
    if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise driver_error("a text cannot contain NUL or half of a surrogate pair")
    return value


def array_text(items: list[Any]) -> str:
    """Return `items` as PostgreSQL writes an array, e.g. `{x,"y z"}`.

    Raises RefusedError (500) for values of several types.
    """
    kinds = {float if type(item) is int else type(item) for item in items if item is not None}
    if len(kinds) > 1:
        raise database_error(500, "22P02", "an array holds values of one type only")
    return "{" + ",".join(_array_item(item) for item in items) + "}"


def _array_item(item: Any) -> str:
    if item is None:
        return "NULL"
    if isinstance(item, bool):
        return "t" if item else "f"
    stored = str(text(item))
    if not isinstance(item, str):
        return stored
    if stored and stored.upper() != "NULL" and not QUOTED_IN_ARRAYS & set(stored):
        return stored
    return '"' + stored.replace("\\", "\\\\").replace('"', '\\"') + '"'


def name(value: Any) -> str | None:
    """`value` as a varchar(255) column stores it; RefusedError (500) when it is longer."""
    stored = text(value)
    if stored is not None and len(stored) > LONGEST_NAME:
        message = f"value too long for type character varying({LONGEST_NAME})"
        raise database_error(500, "22001", message)
    return stored


def attempt(value: Any) -> int:
    """`value` as an attempt number (smallint); RefusedError (500) when it is none."""
    try:
        number = int(str(value))
    except ValueError:
        message = f'invalid input syntax for type smallint: "{value}"'
        raise database_error(500, "22P02", message) from None
    if not SMALLEST_ATTEMPT <= number <= LARGEST_ATTEMPT:
        raise database_error(500, "22003", f'value "{value}" is out of range for type smallint')
    return number


def identifier(value: str, bits: int) -> int:
    """Return a numeric path segment as an integer of `bits` bits; RefusedError (500) if none."""
    try:
        number = int(value)
    except ValueError:
        message = f'invalid input syntax for type integer: "{value}"'
        raise database_error(500, "22P02", message) from None
    if number >= 2 ** (bits - 1):
        raise database_error(500, "22003", f'value "{value}" is out of range for type integer')
    return number


def json_text(value: Any) -> str:
    """`value` as a jsonb column stores it; RefusedError (500) for NUL characters."""
    stored = json.dumps(value)
    if "\\u0000" in stored:
        raise database_error(500, "22P05", "unsupported Unicode escape sequence")
    return stored


CONVERTERS: dict[str, Callable[[Any], object]] = {
    **dict.fromkeys(("flow_id", "run_id", "step_name", "task_name", "user_name"), name),
    **dict.fromkeys(("field_name", "type", "name", "location", "ds_type"), name),
    **dict.fromkeys(("sha", "content_type"), name),
    **dict.fromkeys(("tags", "system_tags"), json_text),
    "value": text,
    "attempt_id": attempt,
}
