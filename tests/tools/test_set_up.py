"""The set-up as make runs it, in a copy of the project; `venv` and `pip` are stand-ins."""

import ast
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "set_up.py"

# Both write down what they were asked for; where a pipe of their name waits, they wait for it.
STAND_IN = """
import os, pathlib, sys
root = pathlib.Path(os.environ["COPY"])
name = pathlib.Path(__file__).parent.name
with (root / "asked").open("a") as asked:
    asked.write(" ".join([name, *sys.argv[1:]]) + "\\n")
if name == "venv":
    python = pathlib.Path(sys.argv[1]) / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to("/bin/false")
if (root / f"hold-{name}").exists():
    print("holding", flush=True)
    (root / f"hold-{name}").open().read()
if name == "venv":
    python.unlink()
    python.symlink_to(sys.executable)
sys.exit((root / f"broken-{name}").exists())
"""


class Copy:
    """A copy of the project in which the set-up runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = Path(sys.executable)
        self.processes: list[subprocess.Popen[str]] = []
        (folder / "tools").mkdir()
        (folder / "requirements").mkdir()
        shutil.copy(SCRIPT, folder / "tools" / "set_up.py")
        (folder / "pyproject.toml").write_text("[project]\n")
        for name in ("rehearsal", "tests"):
            (folder / "requirements" / f"{name}.txt").write_text(f"{name}==1\n")
        for name in ("venv", "pip"):
            (folder / "stand-ins" / name).mkdir(parents=True)
            (folder / "stand-ins" / name / "__init__.py").touch()
            (folder / "stand-ins" / name / "__main__.py").write_text(STAND_IN)

    def start(self, requirements: str = "rehearsal", *options: str) -> subprocess.Popen[str]:
        script = self.folder / "tools" / "set_up.py"
        process = subprocess.Popen(
            [str(self.python), str(script), ".venv", f"requirements/{requirements}.txt", *options],
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(self.folder / "stand-ins"),
                "COPY": str(self.folder),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    def end(self) -> None:
        """End whatever still runs, as after a test that failed."""
        for process in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()

    def run(self, requirements: str = "rehearsal", *options: str) -> tuple[int, str, str]:
        process = self.start(requirements, *options)
        output, errors = process.communicate(timeout=30)
        return process.returncode, output, errors

    def hold(self, name: str) -> Path:
        """Have a stand-in wait until something opens the returned pipe for writing."""
        pipe = self.folder / f"hold-{name}"
        os.mkfifo(pipe)
        return pipe

    def asked(self) -> list[str]:
        """Return what was asked since the last time."""
        path = self.folder / "asked"
        lines = path.read_text().splitlines() if path.exists() else []
        path.write_text("")
        return [line.replace(str(self.folder), "ROOT") for line in lines]


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Copy]:
    copied = Copy(tmp_path)
    yield copied
    copied.end()


def lines_until(process: subprocess.Popen[str], wanted: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if wanted in line:
            return
    raise AssertionError(f"no line with {wanted!r}")


PIP = "pip install --quiet --disable-pip-version-check"


def test_makes_an_environment_from_the_pins_with_their_hashes_and_then_does_nothing(
    copy: Copy,
) -> None:
    code, output, errors = copy.run()
    assert (code, errors) == (0, "")
    assert output == "Setting up .venv from rehearsal.txt (once) ...\n"
    assert copy.asked() == [
        "venv ROOT/.venv",
        f"{PIP} --require-hashes -r ROOT/requirements/rehearsal.txt",
        f"{PIP} --no-deps --no-build-isolation -e ROOT",
    ]
    assert copy.run() == (0, "", "")
    assert copy.asked() == []


def test_tools_of_others_have_an_environment_without_the_project(copy: Copy) -> None:
    assert copy.run("rehearsal", "--without-project")[0] == 0
    assert [line.split()[0] for line in copy.asked()] == ["venv", "pip"]
    assert copy.run("rehearsal", "--without-project") == (0, "", "")
    assert copy.asked() == []


def test_changed_pins_are_installed_into_the_same_environment(copy: Copy) -> None:
    copy.run()
    copy.asked()
    (copy.folder / "requirements" / "rehearsal.txt").write_text("rehearsal==2\n")
    assert copy.run()[0] == 0
    assert [line.split()[0] for line in copy.asked()] == ["pip", "pip"]
    assert copy.run("tests")[0] == 0
    assert [line.split()[0] for line in copy.asked()] == ["pip", "pip"]
    assert copy.run() == (0, "", "")


@pytest.mark.parametrize("interrupted", ["venv", "pip"])
def test_an_interrupted_set_up_says_so_in_a_line_and_is_done_again(
    copy: Copy, interrupted: str
) -> None:
    pipe = copy.hold(interrupted)
    process = copy.start()
    lines_until(process, "holding")
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    own = [line for line in errors.splitlines() if line.startswith("set-up:")]
    assert own == ["set-up: interrupted; the next make does it again"]
    assert "set_up.py" not in errors
    pipe.unlink()
    copy.asked()
    assert copy.run()[0] == 0
    made_anew = ["venv"] if interrupted == "venv" else []
    assert [line.split()[0] for line in copy.asked()] == [*made_anew, "pip", "pip"]


def test_an_interrupted_set_up_makes_the_other_pins_doubtful_too(copy: Copy) -> None:
    copy.run("rehearsal")
    (copy.folder / "broken-pip").touch()
    code, _, errors = copy.run("tests")
    assert code == 1
    assert re.fullmatch(r"set-up: setting up \.venv failed: .*; see the lines above\n", errors)
    (copy.folder / "broken-pip").unlink()
    copy.asked()
    assert copy.run("rehearsal")[0] == 0
    assert len(copy.asked()) == 2


def test_two_at_once_install_once(copy: Copy) -> None:
    pipe = copy.hold("pip")
    first = copy.start()
    lines_until(first, "holding")
    second = copy.start()
    lines_until(second, "Waiting for another set-up to end")
    assert second.poll() is None
    with pipe.open("w"):
        pipe.unlink()
    for process in (first, second):
        _, errors = process.communicate(timeout=30)
        assert (process.returncode, errors) == (0, "")
    assert len(copy.asked()) == 3


def test_an_environment_without_a_working_python_is_made_anew(copy: Copy) -> None:
    copy.run()
    copy.asked()
    python = copy.folder / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python")
    (copy.folder / ".venv" / "left-over").touch()
    (copy.folder / "requirements" / "rehearsal.txt").write_text("rehearsal==2\n")
    assert copy.run()[0] == 0
    assert [line.split()[0] for line in copy.asked()] == ["venv", "pip", "pip"]
    assert not (copy.folder / ".venv" / "left-over").exists()


def test_missing_pins_are_a_line(copy: Copy) -> None:
    code, _, errors = copy.run("nothing")
    assert code == 1
    assert errors.count("\n") == 1
    assert "nothing.txt" in errors


def test_a_python_that_is_too_old_is_a_line_and_nothing_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = importlib.util.spec_from_file_location("set_up", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    set_up = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(set_up)
    monkeypatch.setattr(set_up, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "version_info", (3, 10, 14))
    assert set_up.main([".venv", "requirements/rehearsal.txt"]) == 1
    wanted = "set-up: Python 3.10 is too old; 3.11 or newer is needed: make PYTHON=python3.11\n"
    assert capsys.readouterr().err == wanted
    assert list(tmp_path.iterdir()) == []


def test_the_script_is_of_the_syntax_of_pythons_that_are_too_old() -> None:
    """It has to start there, or it could not say so."""
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 7))
