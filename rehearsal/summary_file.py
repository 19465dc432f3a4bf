"""Writes the summary where its user wants it: into a file, a device, a pipe."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

_STANDARD_STREAMS = (1, 2)


def try_out(path: Path) -> None:
    """Find out whether a summary could be written, without changing anything.

    Raises:
        OSError: it could not.
    """
    if not _in_place(path):
        with _temporary_of(path) as temporary:
            temporary.touch()
    elif not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def write(path: Path, text: str) -> None:
    """Write a summary: a file whole or not at all, anything else straight into what is there.

    Raises:
        OSError: it cannot be written.
    """
    if _in_place(path):
        with _opened(path) as stream:
            stream.write(text)
        return
    with _temporary_of(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path.resolve())


def _in_place(path: Path) -> bool:
    """Say whether something is there that a file must not replace."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return False
    return not stat.S_ISREG(found.st_mode) or _stream_of(found) is not None


def _opened(path: Path) -> IO[str]:
    # Opened anew, a file that standard output is sent to would lose what was printed.
    stream = _stream_of(path.stat())
    if stream is None:
        return path.open("w", encoding="utf-8")
    return os.fdopen(os.dup(stream), "w", encoding="utf-8")


def _stream_of(found: os.stat_result) -> int | None:
    """Return the standard stream that leads to a file."""
    for number in _STANDARD_STREAMS:
        with suppress(OSError):
            if os.path.samestat(os.fstat(number), found):
                return number
    return None


@contextmanager
def _temporary_of(path: Path) -> Iterator[Path]:
    """Yield a path beside the file, where links lead; nothing is left there."""
    target = path.resolve()
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)
