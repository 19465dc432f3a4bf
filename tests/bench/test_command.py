"""Whatever ends a command of the bench early is one line, and no traceback."""

import errno
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench import critical_path, iam, mfconfig, preview, program
from bench.command import Main, ends_in_one_line
from bench.errors import BenchError
from rehearsal.mocks import DeploymentError
from tests.deployed import ROOT

COMMANDS = ("critical_path", "cost", "iam", "mfconfig", "policies", "preview", "program")


def failing(error: BaseException) -> Main:
    @ends_in_one_line
    def main(_arguments: Sequence[str]) -> int:
        raise error

    return main


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (KeyboardInterrupt(), 130, "interrupted; nothing more was written"),
        (BenchError("a\nb"), 2, "a b"),
        (DeploymentError("the setting dbMultiAz is no boolean"), 2, "the setting dbMultiAz"),
        (OSError(errno.EACCES, "Permission denied", "a.json"), 2, "a.json: Permission denied."),
        (subprocess.CalledProcessError(3, ["make", "test"]), 2, "make test ended with 3"),
    ],
    ids=["interrupted", "mistake", "deployment", "file", "command"],
)
def test_every_end_is_one_line(
    error: BaseException, status: int, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert failing(error)([]) == status
    (printed,) = capsys.readouterr().err.splitlines()
    assert printed.startswith(line)


def test_an_error_of_the_program_is_shown_whole() -> None:
    with pytest.raises(ZeroDivisionError):
        failing(ZeroDivisionError())([])


@pytest.mark.parametrize("module", [critical_path, iam, mfconfig, preview, program])
def test_no_command_takes_options_that_it_has_not(
    module: object, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        module.main(["--nothing"])  # type: ignore[attr-defined]
    assert "unrecognized arguments: --nothing" in capsys.readouterr().err


def printing(output: int) -> tuple[int, str]:
    """Have a command print all it can to a file descriptor; return its status and errors."""
    graph = str(critical_path.OTHERS[0])
    command = [sys.executable, "-m", "bench.critical_path", "--graph", graph]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=output, stderr=subprocess.PIPE, text=True
    ) as one:
        os.close(output)
        _, errors = one.communicate()
    return one.returncode, errors


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    assert printing(writing) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_is_one_line() -> None:
    status, errors = printing(os.open("/dev/full", os.O_WRONLY))
    assert status == 2
    assert errors == "the output: No space left on device.\n"
