"""Measures `mfconfig` with a shown API key, time and memory, against a bare interpreter.

Both are started in turn, so that a busy machine slows both alike; each one's minimum counts. They
run in an environment made for it, with no package in it: what an editable install has every
interpreter import at its start would count for both and flatter the ratio. The package's bytecode
is cached by a first run that does not count, as it is after an installation.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.command import ends_in_one_line, parser
from bench.figure import Figure, told
from mfconfig.contract import STACK_OUTPUTS

ROOT = Path(__file__).resolve().parent.parent
RUNS = 20
HIGHEST_RATIO = 3.0
BARE = "python -c pass"
MFCONFIG = "mfconfig"
ARN = "arn:aws:service:eu-west-1:123456789012:resource"
_PROGRAMS = {BARE: "", MFCONFIG: "from mfconfig.command import main\nmain([])\n"}
_MEMORY = "from bench.peak_memory import mebibytes\nprint(mebibytes())"
EXAMPLES = {
    "name": "example",
    "ARN": ARN,
    "list of ARNs": [ARN],
    "URL": "https://example.execute-api.eu-west-1.amazonaws.com/api/",
    "s3:// URI": "s3://example-bucket/metaflow",
    "text": "0123456789abcdefghij",
    "list of texts": ["subnet-1", "subnet-2"],
    "JSON object, as text": '{"metaflow-stack": "example"}',
}
"""A value of each kind of output."""


def run(command: Sequence[str], home: Path, document: bytes) -> tuple[float, str]:
    """Return how long a command takes, seconds, and the last line that it prints.

    Args:
        command: its words.
        home: the user's home folder.
        document: its standard input.
    """
    environment = {"HOME": str(home), "PATH": os.defpath, "PYTHONPATH": str(ROOT)}
    start = time.perf_counter()
    done = subprocess.run(
        command, input=document, cwd=home, env=environment, check=True, stdout=subprocess.PIPE
    )
    taken = time.perf_counter() - start
    return taken, done.stdout.decode().strip().rpartition("\n")[2]


def bare_interpreter(folder: Path) -> str:
    """Make an environment without any package, and return its interpreter."""
    venv.create(folder, symlinks=True, with_pip=False)
    return str(folder / "bin" / "python")


def example_outputs() -> bytes:
    """Return a stack's outputs with every one that the contract has."""
    return json.dumps({output.name: EXAMPLES[output.kind] for output in STACK_OUTPUTS}).encode()


def results() -> dict[str, Any]:
    """Measure, and return plain data: seconds of each, the minimum, and MiB."""
    document = example_outputs()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        python = bare_interpreter(home / "environment")
        commands = {BARE: [python, "-c", "pass"], MFCONFIG: [python, "-m", "mfconfig"]}
        taken: dict[str, list[float]] = {name: [] for name in commands}
        for number in range(RUNS + 1):
            for name, command in commands.items():
                one, _ = run(command, home, document)
                taken[name] += [one] if number else []
        memory = {
            name: float(run([python, "-c", program + _MEMORY], home, document)[1])
            for name, program in _PROGRAMS.items()
        }
    return {
        name: {"minimum": round(min(times), 4), "mebibytes": round(memory[name], 1)}
        for name, times in taken.items()
    }


def figures(found: Mapping[str, Any]) -> list[Figure]:
    """Return what is claimed."""
    own, bare = found[MFCONFIG], found[BARE]
    return [
        Figure(
            f"{MFCONFIG} / {BARE}: time", round(own["minimum"] / bare["minimum"], 2), HIGHEST_RATIO
        ),
        Figure(f"{MFCONFIG} / {BARE}: memory", round(own["mebibytes"] / bare["mebibytes"], 2)),
    ]


@ends_in_one_line
def main(arguments: Sequence[str]) -> int:
    """Print what each takes, and the ratios; return 1 when one is too high."""
    parser("bench.mfconfig", __doc__).parse_args(arguments)
    found = results()
    for name, row in found.items():
        milliseconds = row["minimum"] * 1000
        print(f"{name}: {milliseconds:.1f} ms, the least of {RUNS}; {row['mebibytes']} MiB")
    return told(figures(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
