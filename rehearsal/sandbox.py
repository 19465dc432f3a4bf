"""The folder and the environment of a rehearsal: nothing of the user's is read, nothing is left."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from rehearsal.interrupts import uninterrupted

_INHERITED = ("PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT", "LD_LIBRARY_PATH")
"""What a process needs of the user's environment; everything else could lead to a real account."""

_DANGEROUS_PREFIXES = ("AWS_", "METAFLOW_", "PULUMI_", "MOTO_", "BOTO_")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
_LAST_LINES = 15
_LOOK_SECONDS = 0.5
"""How often a process is looked at that may have died and left children with its pipes."""


class Sandbox:
    """A temporary folder, with the environment for processes that must not leave it."""

    def __init__(self, folder: Path) -> None:
        """Use an existing empty folder."""
        self.folder = folder
        self.home = folder / "home"
        self.metaflow_home = folder / "metaflowconfig"
        self.work = folder / "work"
        for path in (self.home, self.work):
            path.mkdir()

    def environment(self, extra: Mapping[str, str]) -> dict[str, str]:
        """Return the environment of a child process: the inherited few, and what is given."""
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        return {
            **inherited,
            "HOME": str(self.home),
            "TMPDIR": str(self.folder),
            "USER": "rehearsal",
            "PYTHONUNBUFFERED": "1",
            "NO_PROXY": "*",
            **_without_aws(),
            **extra,
        }

    def run(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        text: str = "",
        folder: Path | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a process to its end; it and its children die with the rehearsal.

        Args:
            command: the program and its arguments.
            environment: additions to the sandbox's environment.
            text: what is piped into it.
            folder: its working folder; the sandbox's own by default.
        """
        with self.started(command, environment, folder=folder, errors=subprocess.PIPE) as process:
            output, errors = communicate(process, text)
        return subprocess.CompletedProcess(list(command), process.returncode, output, errors)

    @contextmanager
    def started(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        errors: int | IO[str],
        folder: Path | None = None,
    ) -> Iterator[subprocess.Popen[str]]:
        """Start a process, with pipes to it and from it; end it and its children after the block.

        Args:
            command: the program and its arguments.
            environment: additions to the sandbox's environment.
            errors: where it prints errors.
            folder: its working folder; the sandbox's own by default.
        """
        process: subprocess.Popen[str] | None = None
        try:
            with uninterrupted():
                process = subprocess.Popen(
                    list(command),
                    env=self.environment(environment),
                    cwd=folder or self.work,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    text=True,
                    errors="replace",
                    start_new_session=True,
                )
            yield process
        finally:
            if process is not None:
                _kill_session(process)


def failure(what: str, output: str) -> str:
    """Say what failed, with the last lines that it printed."""
    lines = [line for line in output.splitlines() if line.strip()]
    if not lines:
        return f"{what}; it printed nothing"
    return "\n".join([f"{what}; its last lines:", *(f"  {line}" for line in lines[-_LAST_LINES:])])


def communicate(process: subprocess.Popen[str], text: str = "") -> tuple[str, str]:
    """Return what a process prints until it ends, also when children of its outlive it.

    Args:
        process: one with pipes to it and from it.
        text: what is piped into it.
    """
    given: str | None = text
    while True:
        try:
            return process.communicate(given, timeout=_LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            given = None
            if process.poll() is not None:
                _kill_session(process)


def _kill_session(process: subprocess.Popen[str]) -> None:
    """End a process and all of its children that stayed in its session.

    The Pulumi CLI gives its plugins groups of their own.
    """
    with uninterrupted():
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        for number in _processes():
            with suppress(ProcessLookupError, PermissionError):
                if os.getsid(number) == process.pid:
                    os.kill(number, signal.SIGKILL)
        process.wait()


def _processes() -> list[int]:
    """Return the numbers of all processes, whoever's."""
    if Path("/proc/self").exists():
        return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    listed = subprocess.run(["ps", "-A", "-o", "pid="], capture_output=True, text=True, check=True)  # noqa: S607
    return [int(number) for number in listed.stdout.split()]


def _without_aws() -> dict[str, str]:
    """Return variables that keep an AWS client from the user's files and the machine's role."""
    return {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def isolate() -> None:
    """Take everything out of this process's environment that could lead to a real account."""
    for name in list(os.environ):
        if name.startswith(_DANGEROUS_PREFIXES) or name.lower() in _PROXIES:
            del os.environ[name]
    os.environ.update(_without_aws(), NO_PROXY="*")


@contextmanager
def sandbox() -> Iterator[Sandbox]:
    """Make a sandbox and remove it, however the rehearsal ends."""
    folder: Path | None = None
    try:
        with uninterrupted():
            folder = Path(tempfile.mkdtemp(prefix="metaflow-rehearsal-"))
        yield Sandbox(folder)
    finally:
        if folder is not None:
            with uninterrupted():
                shutil.rmtree(folder, ignore_errors=True)
