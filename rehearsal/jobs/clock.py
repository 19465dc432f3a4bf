"""The clock of the emulated Batch, which can be moved on instead of waited for."""

import time
from collections.abc import Callable


class Clock:
    """Real time plus what it was moved on by."""

    def __init__(self, moved: Callable[[], None]) -> None:
        """Start at the real time.

        Args:
            moved: called after each move; decides everything that is due by then.
        """
        self._moved = moved
        self._ahead = 0.0

    def now(self) -> float:
        """Return the time, seconds since 1970."""
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Move the clock on, and have Batch decide what is due then.

        Raises:
            ValueError: the seconds are negative.
        """
        if seconds < 0:
            raise ValueError(f"{seconds} seconds: the clock moves forward only; give 0 or more.")
        self._ahead += seconds
        self._moved()
