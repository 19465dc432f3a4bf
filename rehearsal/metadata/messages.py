"""A request to the metadata double and its answer, free of any HTTP machinery."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


class FrameworkError(Exception):
    """A fault that the service does not catch: its web framework answers 500 in plain text."""


@dataclass(frozen=True)
class Request:
    """A request: the named segments of its path (decoded), its query and its body."""

    path: Mapping[str, str]
    query: Sequence[tuple[str, str]] = ()
    body: bytes = b""

    def json(self) -> Any:
        """Return the body; ValueError when it is not JSON."""
        return json.loads(self.body.decode())

    def json_object(self) -> dict[str, Any]:
        """Return the body as a JSON object; TypeError when it is something else."""
        body = self.json()
        if not isinstance(body, dict):
            raise TypeError(f"the body must be a JSON object, found {type(body).__name__}")
        return body

    def segments(self, *names: str) -> dict[str, str]:
        """Only these segments of the path."""
        return {name: self.path[name] for name in names}

    def parameter(self, name: str) -> str | None:
        """Return the first value of a query parameter, or None."""
        return next((value for key, value in self.query if key == name), None)


@dataclass(frozen=True)
class Answer:
    """An answer: `body` is a JSON value, unless `text` is set, which goes out as it is."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None
    content_type: str = "text/plain; charset=utf-8"
