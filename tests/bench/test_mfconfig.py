"""`mfconfig` is measured against an interpreter that nothing slows, and imports little itself."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench import mfconfig

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
