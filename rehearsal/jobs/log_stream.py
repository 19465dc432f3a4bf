"""What a job prints, in CloudWatch Logs."""

import threading
import time
from collections.abc import Iterable

from rehearsal.provider import Cloud
from rehearsal.provider.shapes import found

_EVENTS = 1000
"""Of one call; CloudWatch Logs takes 10000, and 1 MiB."""
_LONGEST = 256 * 1024 - 26
"""Bytes of an event (CloudWatch Logs API Reference, PutLogEvents); the driver cuts longer lines."""


class LogStream:
    """A log stream. One thread prints, another sends."""

    def __init__(self, cloud: Cloud, group: str, name: str) -> None:
        """Make the stream, and its group, where there is none, as Batch does."""
        self.name = name
        self._client = cloud.client("logs")
        self._group = group
        self._lock = threading.Lock()
        self._events: list[tuple[int, str]] = []
        already = "ResourceAlreadyExistsException"
        found(self._client.create_log_group, already, logGroupName=group)
        found(self._client.create_log_stream, already, logGroupName=group, logStreamName=name)

    def read(self, lines: Iterable[str]) -> None:
        """Take lines until there are no more; empty ones are dropped, as the driver does."""
        for line in lines:
            text = line.rstrip("\r\n")
            if text:
                with self._lock:
                    self._events.append((int(time.time() * 1000), text[:_LONGEST]))

    def send(self) -> None:
        """Put what was printed since the last time."""
        with self._lock:
            events, self._events = self._events, []
        for start in range(0, len(events), _EVENTS):
            self._client.put_log_events(
                logGroupName=self._group,
                logStreamName=self.name,
                logEvents=[
                    {"timestamp": milliseconds, "message": text}
                    for milliseconds, text in events[start : start + _EVENTS]
                ],
            )
