"""A rehearsal as a process, in an environment that would lead it to a real account."""

import os
import re
import select
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LIMIT_SECONDS = 600
_PYTHON = [sys.executable]
_PYTHON_ON_A_FULL_DISK = [
    sys.executable,
    "-c",
    "import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64)); "
    # Without -B Python would leave cut bytecode in the project, which no later run could read.
    "os.execv(sys.executable, [sys.executable, '-B', *sys.argv[1:]])",
]
"""No file can grow beyond 64 bytes: as good as a full disk."""

_LISTENING = "0A"


@dataclass
class Ended:
    """How a rehearsal ended, and what a test learned meanwhile.

    Attributes:
        code: its exit code.
        stdout: what it printed.
        stderr: what it printed as errors.
        started: when it started, in seconds of a clock that only grows.
        ended: when it ended.
        left: files in its folder for temporary ones.
        survivors: ids of processes that still have that folder in their environment.
        open_ports: ports of its own that still take connections.
        visits: connections to the user's endpoint or proxy.
        home_changes: files of the user's home folder that are new, gone or other.
        stopping_seconds: from the signal to the end, where there was one.
        seen: what the scenario wants to tell its tests.
    """

    code: int
    stdout: str
    stderr: str
    started: float
    ended: float
    left: list[str]
    survivors: list[int]
    open_ports: list[int]
    visits: list[str]
    home_changes: set[str]
    stopping_seconds: float | None
    seen: dict[str, Any] = field(default_factory=dict)


class Rehearsal:
    """One rehearsal that runs; use it in a `with` block, which ends it whatever happens."""

    def __init__(
        self, folder: Path, *arguments: str, full_disk: bool = False, engine: str = "mocks"
    ) -> None:
        """Start it with its own home and temporary folders under `folder`."""
        self.folder = folder
        self.temporary = folder / "tmp"
        self.home = folder / "home"
        self.temporary.mkdir()
        self._stack = ExitStack()
        self._traps = {name: self._trap() for name in ("endpoint", "proxy")}
        _write_home(self.home, self._url("endpoint"))
        self._home_before = _tree(self.home)
        self._ports: set[int] = set()
        self._signalled: float | None = None
        self._lines: list[str] = []
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [
                *(_PYTHON_ON_A_FULL_DISK if full_disk else _PYTHON),
                *("-m", "rehearsal", "--engine", engine),
                *arguments,
            ],
            cwd=ROOT,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _trap(self) -> socket.socket:
        return self._stack.enter_context(socket.create_server(("127.0.0.1", 0)))

    def _url(self, trap: str) -> str:
        return f"http://127.0.0.1:{self._traps[trap].getsockname()[1]}"

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "TMPDIR": str(self.temporary),
            "AWS_PROFILE": "production",
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "secret-of-the-user",
            "AWS_ENDPOINT_URL": self._url("endpoint"),
            "AWS_ENDPOINT_URL_S3": self._url("endpoint"),
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": self._url("endpoint"),
            "METAFLOW_HOME": str(self.home / ".metaflowconfig"),
            "METAFLOW_PROFILE": "production",
            "METAFLOW_SERVICE_URL": self._url("endpoint"),
            "HTTP_PROXY": self._url("proxy"),
            "HTTPS_PROXY": self._url("proxy"),
            "http_proxy": self._url("proxy"),
            "https_proxy": self._url("proxy"),
        }

    def __enter__(self) -> "Rehearsal":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(20)
            self.process.kill()
        self._stack.close()

    def wait_for_line(self, words: str) -> str:
        """Read what it prints up to a line with these words, and return that line."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.append(line)
            if words in line:
                return line
        raise AssertionError(f"no line with {words!r}: {self._lines} {self.process.communicate()}")

    def wait_for_listeners(self, count: int) -> None:
        """Wait until it listens on so many ports, and remember them."""
        end = time.monotonic() + LIMIT_SECONDS
        while len(self._ports) < count:
            assert self.process.poll() is None
            assert time.monotonic() < end
            select.select([], [], [], 0.02)
            self._ports = _listening(self.process.pid)

    def signal(self, number: int) -> None:
        """Send it a signal; the time until its end is measured from here."""
        self._ports |= _listening(self.process.pid)
        self._signalled = time.monotonic()
        self.process.send_signal(number)

    def end(self, **seen: Any) -> Ended:
        """Wait for its end and look around."""
        rest, errors = self.process.communicate(timeout=LIMIT_SECONDS)
        ended = time.monotonic()
        return Ended(
            code=self.process.returncode,
            stdout="".join(self._lines) + rest,
            stderr=errors,
            started=self.started,
            ended=ended,
            left=[path.name for path in self.temporary.iterdir()],
            survivors=with_text(str(self.temporary)),
            open_ports=[port for port in self._ports if _takes_connections(port)],
            visits=[name for name, trap in self._traps.items() if _visited(trap)],
            home_changes={str(path) for path, _ in _tree(self.home) ^ self._home_before},
            stopping_seconds=None if self._signalled is None else ended - self._signalled,
            seen=seen,
        )


def _write_home(home: Path, endpoint: str) -> None:
    """Write a home folder whose every file leads to an endpoint, as a real account's would."""
    settings = f"region = eu-west-1\nendpoint_url = {endpoint}\n"
    caught = home / "caught"
    files: Mapping[str, str] = {
        ".aws/config": "".join(
            f"[{section}]\n{settings}credential_process = /bin/sh -c 'touch {caught}'\n"
            for section in ("default", "profile production")
        ),
        ".aws/credentials": "[production]\naws_access_key_id = A\naws_secret_access_key = B\n",
        ".boto": "[Boto]\n",
        ".metaflowconfig/config.json": f'{{"METAFLOW_SERVICE_URL": "{endpoint}"}}\n',
        ".metaflowconfig/config_dev.json": f'{{"METAFLOW_SERVICE_URL": "{endpoint}"}}\n',
        ".metaflowconfig/config_production.json": f'{{"METAFLOW_SERVICE_URL": "{endpoint}"}}\n',
    }
    for name, text in files.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)


def _tree(folder: Path) -> set[tuple[Path, str]]:
    return {
        (path.relative_to(folder), path.read_text() if path.is_file() else "")
        for path in folder.rglob("*")
    }


def _visited(trap: socket.socket) -> bool:
    return bool(select.select([trap], [], [], 0)[0])


def _takes_connections(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def _listening(process_id: int) -> set[int]:
    """Return the TCP ports on which a process listens."""
    inodes = set()
    for link in Path(f"/proc/{process_id}/fd").iterdir():
        with suppress(OSError):
            inodes.update(re.findall(r"socket:\[(\d+)\]", str(link.readlink())))
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {
        int(row[1].rpartition(":")[2], 16)
        for row in rows
        if row[3] == _LISTENING and row[9] in inodes
    }


def with_text(text: str) -> list[int]:
    """Return the processes that have a text in their environment; ended ones have none."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if text.encode() in path.read_bytes():
                found.append(int(path.parent.name))
    return found
