"""Reads and atomically writes the files of a Metaflow home.

It works with `os` alone: importing pathlib would take a third of a bare interpreter's start.
"""
# ruff: noqa: PTH100, PTH103, PTH105, PTH108, PTH111, PTH118, PTH120, PTH123

import contextlib
import errno
import os
import signal
import stat
from collections.abc import Iterator, Mapping
from types import FrameType

from mfconfig.errors import UserError

_OWNER_ONLY_FILE = 0o600
_OWNER_ONLY_FOLDER = 0o700
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
# A FIFO in the file's place must not block the command for ever.
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC

_ADVICE: Mapping[int, str] = {
    errno.ENOSPC: "free some space",
    errno.EDQUOT: "free some of your quota",
}
_DEFAULT_ADVICE = "make it writable for you, or name another folder with --home"


def metaflow_home(option: str | None) -> str:
    """Return the absolute path of the Metaflow home: the option, $METAFLOW_HOME or the default.

    The variable and the default are those of Metaflow (`metaflow/metaflow_config_funcs.py`).
    """
    named = option or os.environ.get("METAFLOW_HOME") or default_home()
    return os.path.abspath(os.path.expanduser(named))


def default_home() -> str:
    """Return the folder in which Metaflow looks without $METAFLOW_HOME."""
    return os.path.expanduser("~/.metaflowconfig")


def profile_path(home: str, profile: str) -> str:
    """Return the path of a profile, as `metaflow/metaflow_config_funcs.py` builds it."""
    return os.path.join(home, f"config_{profile}.json")


def home_of(path: str) -> str:
    """Return the Metaflow home that a profile is in."""
    return os.path.dirname(path)


def read_input(path: str) -> bytes:
    """Return the content of a file that the user named.

    Raises:
        UserError: it cannot be read.
    """
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from None


def read_profile(path: str) -> bytes | None:
    """Return the content of an existing profile; None when there is none.

    Raises:
        UserError: a symbolic link or something else than a regular file is in its place, or it
            cannot be read.
    """
    try:
        descriptor = os.open(path, _READ)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise UserError(
                f"{path} is a symbolic link, which is not followed; remove it"
            ) from None
        raise UserError(f"cannot read {path}: {error.strerror}; {_DEFAULT_ADVICE}") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise UserError(f"{path} is not a regular file; remove it")
    with open(descriptor, "rb") as file:
        return file.read()


def write_profile(path: str, content: str) -> None:
    """Write a profile that only its owner can read, and an empty `local` one unless there is one.

    Metaflow refuses a profile without a file; the empty one is how a user runs without AWS.

    Raises:
        UserError: the folder or the file cannot be written; an existing file is unchanged.
    """
    home = home_of(path)
    local = profile_path(home, "local")
    try:
        os.makedirs(home, mode=_OWNER_ONLY_FOLDER, exist_ok=True)
        if not os.path.lexists(local):
            write_atomically(local, b"{}\n")
        write_atomically(path, content.encode())
    except OSError as error:
        advice = _ADVICE.get(error.errno or 0, _DEFAULT_ADVICE)
        raise UserError(f"cannot write {path}: {error.strerror}; {advice}") from None


def write_atomically(path: str, content: bytes) -> None:
    """Replace a file at once, readable by its owner only; on any failure the old one stays.

    Raises:
        OSError: the new content could not be written.
    """
    folder = os.path.dirname(path)
    temporary = os.path.join(folder, f".mfconfig-{os.getpid()}-{os.urandom(8).hex()}")
    with _termination_raises():
        try:
            _write_durably(temporary, content)
            os.replace(temporary, path)
        except FileExistsError:
            # What has the temporary file's name is somebody else's.
            raise
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
    # The new file is in place; a file system that cannot sync folders is no reason to fail.
    with contextlib.suppress(OSError):
        _sync_folder(folder)


def _write_durably(path: str, content: bytes) -> None:
    descriptor = os.open(path, _CREATE, _OWNER_ONLY_FILE)
    try:
        remaining = memoryview(content)
        while remaining:
            remaining = remaining[os.write(descriptor, remaining) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _termination_raises() -> Iterator[None]:
    """Let SIGTERM and SIGHUP unwind the stack, so that the temporary file is removed."""
    replaced = []
    try:
        for number in (signal.SIGTERM, signal.SIGHUP):
            # Python sets handlers in the main thread only; an ignored signal stays ignored.
            with contextlib.suppress(ValueError):
                if signal.getsignal(number) is signal.SIG_DFL:
                    signal.signal(number, _exit_on_signal)
                    replaced.append(number)
        yield
    finally:
        for number in replaced:
            signal.signal(number, signal.SIG_DFL)


def _exit_on_signal(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
