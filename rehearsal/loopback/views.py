"""Short-lived views of what AWS has, so that a request need not look everything up again."""

import threading
from collections.abc import Callable, Hashable
from typing import Any

SECONDS = 1.0
"""How long a view is good for."""


class Views:
    """Remembers what looking something up gave, for a second; failures are never remembered."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Start empty.

        Args:
            clock: seconds that only grow, such as `time.monotonic`.
        """
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: dict[Hashable, tuple[float, Any]] = {}

    def of(self, key: Hashable, look_up: Callable[[], Any], *, again: bool = False) -> Any:
        """Return what a look-up gives, or gave less than a second ago.

        Args:
            key: names the look-up.
            look_up: asks AWS; what it raises is passed on.
            again: ask AWS whatever is remembered.
        """
        now = self._clock()
        with self._lock:
            until, value = self._seen.get(key, (now, None))
        if until > now and not again:
            return value
        value = look_up()
        with self._lock:
            self._seen[key] = (now + SECONDS, value)
        return value
