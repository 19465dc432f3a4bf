"""What the IAM types have in common: names, documents, dates and tags."""

import json
import re
from datetime import datetime
from typing import Any

from rehearsal.provider.changes import tag_changes
from rehearsal.provider.resource_type import Values
from rehearsal.provider.shapes import tag_list

_NAME = re.compile(r"[\w+=,.@-]+", re.ASCII)


def created_at(moment: datetime) -> str:
    """Return a moment as the provider writes it, in UTC."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def json_problems(inputs: Values, name: str) -> list[str]:
    """List why an input is no JSON document."""
    try:
        json.loads(inputs[name])
    except ValueError as error:
        return [f"{name} is not valid JSON: {error}"]
    return []


def name_problems(inputs: Values, longest: int) -> list[str]:
    """List what the provider refuses in a name of at most so many characters."""
    name = inputs["name"]
    if _NAME.fullmatch(name) and len(name) <= longest:
        return []
    return [f"name is {name!r}; 1 to {longest} characters of A-Z a-z 0-9 _+=,.@- are allowed"]


def update_tags(tag: Any, untag: Any, state: Values, inputs: Values, **thing: str) -> None:
    """Bring a thing's tags from the state's to the inputs' with its two calls."""
    changed, removed = tag_changes(state.get("tags"), inputs.get("tags"))
    if removed:
        untag(TagKeys=removed, **thing)
    if changed:
        tag(Tags=tag_list(changed), **thing)
