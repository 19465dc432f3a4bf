"""Reads the values of JSON that somebody else wrote, and names the place of one that is missing."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from migration.holdings import UserError


def document(path: str) -> Mapping[str, Any]:
    """Return the object in a JSON file.

    Raises:
        UserError: it cannot be read, or is no JSON object.
    """
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise UserError(f"{path} is no JSON; give the command's output as it is") from None
    if not isinstance(found, dict):
        raise UserError(f"{path} is no JSON object; give the command's output as it is")
    return found


def text(values: Any, key: str, place: str) -> str:
    """Return a text that is not empty.

    Raises:
        UserError: it is missing, or no text.
    """
    found = values.get(key) if isinstance(values, Mapping) else None
    if not isinstance(found, str) or not found:
        raise UserError(f"{place} has no {key}")
    return found


def number(values: Any, key: str, place: str) -> int:
    """Return a whole number.

    Raises:
        UserError: it is missing, or none.
    """
    found = values.get(key) if isinstance(values, Mapping) else None
    if not isinstance(found, int) or isinstance(found, bool):
        raise UserError(f"{place} has no {key}")
    return found


def objects(values: Any, key: str) -> list[Mapping[str, Any]]:
    """Return the objects in a list; none where there is no such list."""
    found = values.get(key) if isinstance(values, Mapping) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def texts(values: Any, key: str) -> tuple[str, ...]:
    """Return the texts in a list; none where there is no such list."""
    found = values.get(key) if isinstance(values, Mapping) else None
    return tuple(one for one in found if isinstance(one, str)) if isinstance(found, list) else ()
