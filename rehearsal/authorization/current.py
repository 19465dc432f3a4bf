"""The authorizer of this process: moto, which has one state for the process, asks for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rehearsal.authorization.authorizer import Authorizer


class _Current:
    authorizer: "Authorizer | None" = None


@contextmanager
def authorizer_is(authorizer: "Authorizer") -> Iterator[None]:
    """Make an authorizer the process's own for the block."""
    before = _Current.authorizer
    _Current.authorizer = authorizer
    try:
        yield
    finally:
        _Current.authorizer = before


def authorizer() -> "Authorizer | None":
    """Return the process's authorizer, or None when it has none."""
    return _Current.authorizer
