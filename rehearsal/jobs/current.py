"""The runner of this process: moto, which has one state for the process, asks for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rehearsal.jobs.runner import JobRunner


class _Current:
    runner: "JobRunner | None" = None


@contextmanager
def runner_is(runner: "JobRunner") -> Iterator[None]:
    """Make a runner the process's own for the block.

    Raises:
        RuntimeError: there is another.
    """
    if _Current.runner is not None:
        raise RuntimeError("A job runner is at work already; a process has one at a time.")
    _Current.runner = runner
    try:
        yield
    finally:
        _Current.runner = None


def runner() -> "JobRunner | None":
    """Return the process's runner, or None when it has none."""
    return _Current.runner
