"""Ends what policy packs leave behind in sessions of their own (Linux only: by /proc)."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rehearsal.interrupts import uninterrupted

_OF_A_PACK = b"PULUMI_DRY_RUN="
"""No other process of a rehearsal has this variable."""

_LOOKS = 100
_BETWEEN_SECONDS = 0.02


@contextmanager
def ended(folder: Path) -> Iterator[None]:
    """After the block, end all processes of packs whose folder for temporary files is this one."""
    try:
        yield
    finally:
        with uninterrupted():
            _end(folder)


def _end(folder: Path) -> None:
    for _ in range(_LOOKS):
        processes = _of_packs(folder)
        for number in processes:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        if not processes:
            return
        # An ended process is seen until the kernel has taken it apart.
        time.sleep(_BETWEEN_SECONDS)


def _of_packs(folder: Path) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            variables = path.read_bytes().split(b"\0")
            if f"TMPDIR={folder}".encode() in variables and any(
                one.startswith(_OF_A_PACK) for one in variables
            ):
                found.append(int(path.parent.name))
    return found
