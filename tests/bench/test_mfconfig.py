"""`mfconfig` is measured against an interpreter that nothing slows, and imports little itself."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench import mfconfig
from mfconfig.contract import STACK_OUTPUTS

SHOWN = "print(*sorted({'argparse', 'locale', 'pathlib', 're', 'typing'} & sys.modules.keys()))"


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> str:
    return mfconfig.bare_interpreter(tmp_path_factory.mktemp("bare") / "environment")


def imported(python: str, program: str, home: Path) -> list[str]:
    """Return which modules that take long a program has imported."""
    done = subprocess.run(
        [python, "-c", f"import sys\n{program}\n{SHOWN}"],
        input=mfconfig.example_outputs(),
        env={"HOME": str(home), "PYTHONPATH": str(mfconfig.ROOT)},
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().splitlines()[-1].split()


def test_the_bare_interpreter_imports_nothing_of_an_installation(
    python: str, tmp_path: Path
) -> None:
    assert imported(python, "pass", tmp_path) == []
    assert python != sys.executable


def test_without_options_only_what_is_needed_is_imported(python: str, tmp_path: Path) -> None:
    program = "from mfconfig.command import main\nassert main([]) == 0"
    assert imported(python, program, tmp_path) == ["re"]
    assert (tmp_path / ".metaflowconfig" / "config_example.json").exists()


def test_the_document_has_every_output_and_a_key_that_is_shown() -> None:
    outputs = json.loads(mfconfig.example_outputs())
    assert outputs.keys() == {one.name for one in STACK_OUTPUTS}
    assert all(outputs.values())
    assert outputs["apiKey"] == "0123456789abcdefghij"


def test_what_is_measured_is_the_command_as_users_run_it(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []

    def run(command: Sequence[str], home: Path, document: bytes) -> tuple[float, str]:
        assert home.is_dir()
        assert document == mfconfig.example_outputs()
        ran.append([str(home / "environment"), *command])
        own = "mfconfig" in " ".join(command)
        # The first run of each writes bytecode; it must not count.
        return (0.001 if len(ran) <= 2 else (0.4 if own else 0.2) + len(ran) / 1000), "11.26"

    monkeypatch.setattr(mfconfig, "bare_interpreter", str)
    monkeypatch.setattr(mfconfig, "run", run)
    found = mfconfig.results()
    python = ran[0][0]
    measured = [[python, python, "-c", "pass"], [python, python, "-m", "mfconfig"]]
    assert ran[: 2 * (mfconfig.RUNS + 1)] == measured * (mfconfig.RUNS + 1)
    assert mfconfig.RUNS >= 5
    bare, own = (command[3] for command in ran[2 * (mfconfig.RUNS + 1) :])
    assert bare == mfconfig._MEMORY
    assert own.startswith("from mfconfig.command import main\nmain([])\n")
    assert own.endswith(mfconfig._MEMORY)
    assert found == {
        mfconfig.BARE: {"minimum": 0.203, "mebibytes": 11.3},
        mfconfig.MFCONFIG: {"minimum": 0.404, "mebibytes": 11.3},
    }


def test_a_run_sees_nothing_of_the_user(
    python: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("METAFLOW_HOME", "/somewhere")
    program = "import json, os, sys; print('first'); print(json.dumps([*os.environ, os.getcwd()]))"
    _, line = mfconfig.run([python, "-c", program], tmp_path, b"")
    *names, folder = json.loads(line)
    assert {*names} - {"LC_CTYPE", "__CF_USER_TEXT_ENCODING"} == {"HOME", "PATH", "PYTHONPATH"}
    assert Path(folder).samefile(tmp_path)
    with pytest.raises(subprocess.CalledProcessError):
        mfconfig.run([python, "-c", "raise SystemExit(1)"], tmp_path, b"")


def test_more_than_three_times_a_bare_interpreter_is_too_slow() -> None:
    def of(seconds: float) -> list[tuple[float, float | None]]:
        bare = {"minimum": 0.01, "mebibytes": 8.0}
        own = {"minimum": seconds, "mebibytes": 12.0}
        figures = mfconfig.figures({mfconfig.BARE: bare, mfconfig.MFCONFIG: own})
        assert [one.holds for one in figures] == [seconds <= 0.03, True]
        return [(one.value, one.at_most) for one in figures]

    assert of(0.03) == [(3.0, 3), (1.5, None)]
    assert of(0.031) == [(3.1, 3), (1.5, None)]
