"""Measures the program against one without logic: time, memory, and what each queue adds.

Everything is started in turn, so that a busy machine slows all alike; each one's minimum counts.
Under mocks a process is measured from its start to its end, with answers of a deployment made
beforehand. With the Pulumi CLI on PATH, previews on the emulated AWS are measured as well: those of
prod with both policy packs, and those of a program of literals with two packs without rules.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import flat_program
from bench.stacks import emulated
from rehearsal import stack_files
from rehearsal.mocks import Deployment
from rehearsal.rehearse import ROOT

RUNS = 7
REGION = "us-east-1"
QUEUES = (1, 10, 49)
HIGHEST_UNDER_MOCKS = 2.0
HIGHEST_PER_RESOURCE = 1.2
BARE = "python -c pass"
FLAT = "as many resources, no logic"
IMPORTS: Mapping[str, tuple[Path, str]] = {
    "components": (ROOT, "import components.metaflow"),
    "least-privilege-iam": (ROOT / "policies", "import rules.least_privilege_iam"),
    "private-data": (ROOT / "policies", "import rules.private_data"),
}


@dataclass(frozen=True)
class Run:
    """One process.

    Attributes:
        seconds: from its start to its end.
        inner: seconds that it printed, which leave its start out.
        mebibytes: the most memory that it had.
    """

    seconds: float
    inner: float
    mebibytes: float


@dataclass(frozen=True)
class Subject:
    """A program that is measured under mocks.

    Attributes:
        program: its `__main__.py`.
        answers: what the mocks answer.
        resources: how many it registers.
    """

    program: Path
    answers: Path
    resources: int

    @property
    def command(self) -> list[str]:
        """What runs it."""
        return [sys.executable, "-m", "bench.under_mocks", str(self.program), str(self.answers)]


def run(command: Sequence[str], folder: Path = ROOT) -> Run:
    """Run a process to its end.

    Raises:
        RuntimeError: it fails.
    """
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    start = time.perf_counter()
    with Popen(command, cwd=folder, env=environment, stdout=PIPE, text=True) as process:
        printed = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    # Linux counts in KiB, macOS in bytes (getrusage(2)).
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return Run(time.perf_counter() - start, float(printed or 0), usage.ru_maxrss / unit)


def interleaved(commands: Mapping[str, Callable[[], Run]]) -> dict[str, list[Run]]:
    """Run everything in turn; a first round, which caches bytecode, does not count."""
    found: dict[str, list[Run]] = {name: [] for name in commands}
    for number in range(RUNS + 1):
        for name, command in commands.items():
            one = command()
            if number:
                found[name].append(one)
    return found


def fastest(runs: Sequence[Run]) -> Run:
    """Return the run that was disturbed least."""
    return min(runs, key=lambda one: one.seconds)


def subjects(folder: Path) -> dict[str, Subject]:
    """Deploy what is measured once, and keep what the mocks answer then."""
    found = {}
    for number in QUEUES:
        queues = [{"name": f"q{one}"} for one in range(number)]
        with emulated(REGION) as stacks:
            deployment = stacks.deploy("prod", {"queues": queues})
        name = f"{number} queue{'s' if number > 1 else ''}"
        answers = _answers(deployment, {"queues": queues})
        path = folder / f"{number}.json"
        path.write_text(json.dumps(answers), encoding="utf-8")
        size = len(deployment.registrations)
        found[name] = Subject(ROOT / "__main__.py", path, size)
        if FLAT not in found:
            flat = folder / "flat"
            flat.mkdir()
            program = flat_program.write(flat, "prod", deployment.registrations, REGION)
            found[FLAT] = Subject(program, path, size)
    return found


def _answers(deployment: Deployment, settings: Mapping[str, Any]) -> dict[str, Any]:
    config = stack_files.read_stack(ROOT, "prod").with_settings(
        {key: json.dumps(value) for key, value in settings.items()}
    )
    zones = [f"{REGION}{letter}" for letter in "abcdef"]
    return {
        "project": config.project,
        "stack": config.stack_name,
        "config": {**config.values, "aws:region": REGION},
        "resources": {
            f"{one.type} {one.name}": {
                name: value for name, value in one.outputs.items() if name not in one.inputs
            }
            for one in deployment.registrations
            if one.custom
        },
        "functions": {
            "aws:index/getRegion:getRegion": {"region": REGION, "id": REGION},
            "aws:index/getPartition:getPartition": {"partition": "aws"},
            "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": "123456789012"},
            "aws:index/getAvailabilityZones:getAvailabilityZones": {"names": zones},
        },
    }


def results() -> dict[str, Any]:
    """Measure, and return plain data: seconds, MiB, and ratios in one run."""
    with tempfile.TemporaryDirectory() as temporary:
        measured = subjects(Path(temporary))
        commands = {BARE: lambda: run([sys.executable, "-c", "pass"])}
        for name, subject in measured.items():
            commands[name] = lambda command=subject.command: run(command)  # type: ignore[misc]
        for name, (folder, statement) in IMPORTS.items():
            commands[f"import: {name}"] = lambda folder=folder, statement=statement: run(  # type: ignore[misc]
                [sys.executable, "-c", statement], folder
            )
        found = interleaved(commands)
    return _as_data(found, measured)


def _as_data(found: Mapping[str, Sequence[Run]], measured: Mapping[str, Subject]) -> dict[str, Any]:
    best = {name: fastest(runs) for name, runs in found.items()}
    one, most = (f"{QUEUES[0]} queue", f"{QUEUES[-1]} queues")

    def each(name: str) -> float:
        return best[name].seconds / measured[name].resources

    return {
        "seconds": {
            name: {
                "minimum": round(best[name].seconds, 3),
                "median": round(statistics.median(run.seconds for run in runs), 3),
                "mebibytes": round(best[name].mebibytes),
                "resources": measured[name].resources if name in measured else None,
            }
            for name, runs in found.items()
        },
        "ratios": {
            "program / as many resources without logic": round(
                best[one].seconds / best[FLAT].seconds, 2
            ),
            "time per resource, 49 queues / 1": round(each(most) / each(one), 2),
        },
    }


def main() -> int:
    """Print the table; return 1 when something takes longer than it may."""
    found = results()
    table = Table("seconds", "minimum", "median", "MiB", "resources", title=f"{RUNS} runs in turn")
    for name, row in found["seconds"].items():
        table.add_row(name, *(str(value) for value in row.values()))
    console = Console()
    console.print(table)
    for name, ratio in found["ratios"].items():
        console.print(f"{name}: {ratio}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
