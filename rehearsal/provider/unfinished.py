"""What a creation has made when a later call of it fails: nothing of it may be forgotten."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from rehearsal.provider.resource_type import RefusedError, Values


class UnfinishedError(RefusedError):
    """A resource was made, or changed, but not wholly; the message is one line that says why.

    Attributes:
        id: its id.
        outputs: what the real provider keeps of it: what was planned, as if it had been done.
            Only a refresh finds out what AWS has. See State in
            terraform-plugin-sdk helper/schema/resource_data.go, which counts what was planned in
            unless the provider says otherwise.
    """

    def __init__(self, message: str, resource_id: str, outputs: Values) -> None:
        """Say what was not done, and of which resource."""
        super().__init__(message)
        self.id = resource_id
        self.outputs = outputs


@dataclass
class Making:
    """How far a creation came.

    Attributes:
        id: the resource's id; empty while AWS has no such resource.
        outputs: what is known of it beside its inputs.
    """

    id: str = ""
    outputs: dict[str, Any] = field(default_factory=dict)


_MAKING: ContextVar[Making | None] = ContextVar("making", default=None)


@contextmanager
def making() -> Iterator[Making]:
    """Take note, for the block, of what `made` says in this thread."""
    noted = Making()
    token = _MAKING.set(noted)
    try:
        yield noted
    finally:
        _MAKING.reset(token)


def made(resource_id: str, **outputs: Any) -> str:
    """Say that AWS has the resource from here on, whatever comes of the calls that follow.

    Args:
        resource_id: its id, which is returned.
        outputs: what its deletion needs to know beside its inputs.
    """
    noted = _MAKING.get()
    if noted is not None:
        noted.id = resource_id
        noted.outputs.update(outputs)
    return resource_id
