"""Shows what a rehearsal is doing: a spinner on a terminal, plain lines elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.status import Status


class Phase:
    """One phase while it runs."""

    def __init__(self, name: str, status: Status | None) -> None:
        """Stand for a phase; `status` is the spinner, where there is one."""
        self.result = ""
        self._name = name
        self._status = status

    def at(self, text: str) -> None:
        """Show where the phase is; on a terminal only."""
        if self._status is not None:
            self._status.update(f"{self._name}: {text}")


class Progress:
    """Announces phases and keeps how long each took."""

    def __init__(self, console: Console) -> None:
        """Write to a console."""
        self.console = console
        self.seconds: dict[str, float] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[Phase]:
        """Announce a phase, and its result when it ends well."""
        started = time.monotonic()
        if self.console.is_terminal:
            with self.console.status(name) as status:
                phase = Phase(name, status)
                yield phase
        else:
            self._print(f"{name} ...")
            phase = Phase(name, None)
            yield phase
        self.seconds[name] = round(time.monotonic() - started, 1)
        words = f": {phase.result}" if phase.result else ""
        self._print(f"{name}{words} ({self.seconds[name]} s)")

    def _print(self, line: str) -> None:
        self.console.print(line, highlight=False, markup=False, soft_wrap=True)
