"""What every command of the bench has in common: its options' form, its console, its errors."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

from rich.console import Console

from bench.comparison.scanners import ScannerError
from bench.errors import BenchError
from rehearsal.engine.cli import EngineError
from rehearsal.mocks import DeploymentError
from rehearsal.policies.processes import PackError
from rehearsal.stack_files import StackFileError

HELD, NOT_HELD, MISTAKE, INTERRUPTED = 0, 1, 2, 130
"""Exit codes: everything held, something did not, a user's mistake, Ctrl-C."""

_ERRORS = (BenchError, DeploymentError, EngineError, PackError, ScannerError, StackFileError)

Main = Callable[[Sequence[str]], int]


def parser(module: str, description: str | None) -> argparse.ArgumentParser:
    """Return a command line without options of its own.

    Args:
        module: what follows `python -m`.
        description: what the command does.
    """
    return argparse.ArgumentParser(
        prog=f"python -m {module}",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


class _Console(Console):
    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def console() -> Console:
    """Return a console that shows names as they are, whatever brackets they have."""
    return _Console(markup=False, emoji=False, highlight=False)


def ends_in_one_line(main: Main) -> Main:
    """Have a command say in one line whatever ends it early, and return an exit code."""

    @wraps(main)
    def guarded(arguments: Sequence[str]) -> int:
        return _run(main, arguments)

    return guarded


def _run(main: Main, arguments: Sequence[str]) -> int:
    try:
        status = main(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return _ended("interrupted; nothing more was written", INTERRUPTED)
    except BrokenPipeError:
        _discard_output()
        return HELD
    except _ERRORS as error:
        return _ended(str(error), MISTAKE)
    except subprocess.CalledProcessError as error:
        command = " ".join(map(str, error.cmd))
        return _ended(f"{command} ended with {error.returncode}; see what it says.", MISTAKE)
    except OSError as error:
        if error.filename is None:
            _discard_output()
        return _ended(f"{error.filename or 'the output'}: {error.strerror or error}.", MISTAKE)
    return status


def _discard_output() -> None:
    """Have what could not be printed thrown away, or Python fails once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _ended(message: str, status: int) -> int:
    print(" ".join(message.split()), file=sys.stderr)
    return status


def write_json(path: Path, document: Any) -> None:
    """Write a document.

    Raises:
        BenchError: the file cannot be written.
    """
    try:
        path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise BenchError(f"{path}: {error.strerror}; name another file.") from error
