"""Policy packs as processes, started as Pulumi's language host for Python starts them."""

import json
import queue
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import IO

from rehearsal import interrupts
from rehearsal.policies import crashes
from rehearsal.sandbox import Sandbox

_NO_ENGINE = "127.0.0.1:1"
"""The engine's address, which every pack is given; the Python SDK does not connect to it."""

_HOST = Path(__file__).with_name("host_patches.py")
_START_SECONDS = 120


class PackError(Exception):
    """A policy pack did not start, failed or stopped; the message ends with its last lines."""


@dataclass(frozen=True)
class Operation:
    """What a pack is told about the preview or the update that it judges.

    Attributes:
        project: name of the project.
        stack: name of the stack.
        config: the stack's configuration by full keys.
        dry_run: whether it is a preview.
    """

    project: str
    stack: str
    config: Mapping[str, str]
    dry_run: bool

    @property
    def environment(self) -> dict[str, str]:
        """Variables of the pack's process (sdk/go/common/resource/plugin/analyzer_plugin.go)."""
        return {
            "PULUMI_PROJECT": self.project,
            "PULUMI_STACK": self.stack,
            "PULUMI_DRY_RUN": "true" if self.dry_run else "false",
            "PULUMI_CONFIG": json.dumps(dict(self.config)),
        }


class PackProcess:
    """One pack that was started; it says its port once it can be asked."""

    def __init__(self, shown: str, process: Popen[str], errors: IO[str]) -> None:
        """Listen to a process that prints its errors to a file."""
        self._shown = shown
        self._process = process
        self._errors = errors
        self._first_line: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def port(self) -> int:
        """Wait for the port that the pack prints, and return it.

        Raises:
            PackError: it ended before that, printed something else, or takes too long.
        """
        try:
            line = self._first_line.get(timeout=_START_SECONDS)
        except queue.Empty:
            raise self.error(f"did not say its port within {_START_SECONDS} s") from None
        if not line:
            raise self._ended(self._process.wait())
        if not line.strip().isdigit():
            raise self.error(
                f"printed {line.strip()!r} where its port was expected; a pack prints nothing "
                "before it constructs its PolicyPack"
            )
        return int(line)

    def error(self, words: str) -> PackError:
        """Return what is to be said about a pack that did not do what it should."""
        return PackError(crashes.told(f"the policy pack {self._shown} {words}", self._printed()))

    def _ended(self, code: int) -> PackError:
        """Return what is to be said about a pack that ended before it said its port."""
        crash = crashes.found(self._printed()) if code else None
        if crash is None:
            return self.error(
                f"ended with {code} before it could be asked; its __main__.py must construct a "
                "PolicyPack"
            )
        first = f"the policy pack {self._shown} ended with {code}: {crash.words}"
        return PackError("\n".join([first, *(f"  {line}" for line in crash.lines)]))

    def _printed(self) -> str:
        self._errors.seek(0)
        return self._errors.read()

    def _listen(self) -> None:
        """Read all that the pack prints, so that it never waits for a reader."""
        assert self._process.stdout is not None  # noqa: S101 the sandbox gives a pipe
        with self._process.stdout as lines:
            self._first_line.put(lines.readline())
            for _ in lines:
                pass


@contextmanager
def started(
    sandbox: Sandbox, folder: Path, shown: str, operation: Operation
) -> Iterator[PackProcess]:
    """Start a pack in its own folder, without waiting for it; end it after the block.

    Args:
        sandbox: whose environment it gets, so that it reads nothing of the user's.
        folder: the pack's folder.
        shown: how messages name the pack.
        operation: what it judges.
    """
    environment = operation.environment
    if sys.dont_write_bytecode:
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
    # The host's own folder must not be searched for modules: a pack's have the same names.
    command = [sys.executable, "-u", "-P", str(_HOST), _NO_ENGINE, "."]
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors,
        sandbox.started(command, environment, errors=errors, folder=folder) as process,
        # Whatever waits for an answer of the pack would wait on.
        interrupts.calling(process.kill),
    ):
        yield PackProcess(shown, process, errors)
