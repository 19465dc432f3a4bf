"""The form of a mapping: from a request to what it asks."""

from collections.abc import Callable, Iterable

from rehearsal.authorization.asked.look import Look
from rehearsal.authorization.asked.request import Request
from rehearsal.authorization.question import Question

Operation = Callable[[Request, Look], Iterable[Question]]
"""Tells what one operation asks; the keys that all requests have are added afterwards."""


def one(action: str) -> Operation:
    """Ask for an action for which AWS has no resource type."""
    return lambda _request, _look: [Question(action, "*")]


def nothing(_request: Request, _look: Look) -> Iterable[Question]:
    """Ask nothing."""
    return ()
