"""Measures the program against one without logic: time, memory, and what each queue adds.

Everything is started in turn, so that a busy machine slows all alike; each one's minimum counts. A
process is measured from its start to its end, under mocks whose answers a deployment made
beforehand. Bytecode is cached by a first round that does not count, as it is after an installation.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.table import Table

from bench.command import console, ends_in_one_line, parser
from bench.comparison import flat_program
from bench.figure import Figure, told
from bench.stacks import emulated
from rehearsal import stack_files
from rehearsal.mocks import Deployment
from rehearsal.rehearse import ROOT
from settings.queues import DEFAULT_TYPES

RUNS = 5
REGION = "us-east-1"
QUEUES = (1, 10, 49)
"""How many queues prod has; the settings refuse more."""

HIGHEST_RATIO = 2.0
"""The program under mocks, of one without logic."""

HIGHEST_GROWTH = 1.2
"""Time per resource with most queues, of that with one; of both, beyond the imports."""

BARE = "python -c pass"
FLAT = "as many resources, no logic"
IMPORTED = "the program's imports, no resource"
_IMPORTS = "import components.metaflow\nimport settings\n"
"""What the program imports."""

IMPORTS: Mapping[str, tuple[Path, str]] = {
    "import of the components": (ROOT, "import components.metaflow"),
    "import of least-privilege-iam": (ROOT / "policies", "import rules.least_privilege_iam"),
    "import of private-data": (ROOT / "policies", "import rules.private_data"),
}


@dataclass(frozen=True)
class Command:
    """A process that is measured.

    Attributes:
        line: the command.
        folder: its working folder.
        resources: how many resources it registers.
    """

    line: Sequence[str]
    folder: Path = ROOT
    resources: int = 0

    def run(self) -> tuple[float, str]:
        """Return how long it takes, seconds, and what it prints.

        Raises:
            subprocess.CalledProcessError: it fails.
        """
        start = time.perf_counter()
        done = subprocess.run(
            self.line, cwd=self.folder, check=True, stdout=subprocess.PIPE, text=True
        )
        return time.perf_counter() - start, done.stdout.strip()


def commands(folder: Path) -> dict[str, Command]:
    """Deploy what is measured once, keep what the mocks answer then, and return all commands.

    Args:
        folder: where programs and answers are written.
    """
    found = {BARE: Command([sys.executable, "-c", "pass"])}
    for number in QUEUES:
        queues = [{"name": f"q{one}"} for one in range(number)]
        with emulated(REGION) as stacks:
            deployment = stacks.deploy("prod", {"queues": queues})
        answers = folder / f"{number}.json"
        answers.write_text(json.dumps(_answers(deployment, queues)), encoding="utf-8")
        if FLAT not in found:
            flat = folder / "flat"
            flat.mkdir()
            program = flat_program.write(flat, "prod", deployment.registrations, REGION)
            found[FLAT] = _under_mocks(program, answers, deployment)
        if IMPORTED not in found:
            imports = folder / "imports.py"
            imports.write_text(_IMPORTS, encoding="utf-8")
            found[IMPORTED] = replace(_under_mocks(imports, answers, deployment), resources=0)
        found[_queues(number)] = _under_mocks(ROOT / "__main__.py", answers, deployment)
    for name, (place, statement) in IMPORTS.items():
        found[name] = Command([sys.executable, "-c", statement], place)
    return found


def _queues(number: int) -> str:
    return f"prod with {number} queues" if number > 1 else "prod with 1 queue"


def _under_mocks(program: Path, answers: Path, deployment: Deployment) -> Command:
    line = [sys.executable, "-m", "bench.comparison.under_mocks", str(program), str(answers)]
    return Command(line, resources=len(deployment.registrations))


def _answers(deployment: Deployment, queues: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what `bench.comparison.under_mocks` reads."""
    config = stack_files.read_stack(ROOT, "prod").with_settings({"queues": json.dumps(queues)})
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
            "aws:index/getRegion:getRegion": {"region": REGION},
            "aws:index/getPartition:getPartition": {"partition": "aws"},
            "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": "123456789012"},
            "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": {
                "instanceTypes": sorted({one for types in DEFAULT_TYPES.values() for one in types})
            },
            "aws:index/getAvailabilityZones:getAvailabilityZones": {
                "names": [f"{REGION}{letter}" for letter in "abcdef"],
                "zoneIds": [f"zone-az{number}" for number in range(1, 7)],
            },
        },
    }


def results() -> dict[str, Any]:
    """Measure, and return plain data: seconds, MiB and resources of each."""
    with tempfile.TemporaryDirectory() as temporary:
        measured = commands(Path(temporary))
        runs: dict[str, list[tuple[float, str]]] = {name: [] for name in measured}
        for number in range(RUNS + 1):
            for name, command in measured.items():
                one = command.run()
                runs[name] += [one] if number else []
    return {name: _row(measured[name], found) for name, found in runs.items()}


def figures(found: Mapping[str, Any]) -> list[Figure]:
    """Return what is claimed."""
    one, most = (found[_queues(number)] for number in (QUEUES[0], QUEUES[-1]))
    program = one["minimum"] / found[FLAT]["minimum"]
    imported = found[IMPORTED]["minimum"]
    growth = _each(most, imported) / _each(one, imported)
    return [
        Figure(f"under mocks: prod / {FLAT}", round(program, 2), HIGHEST_RATIO),
        Figure(
            "under mocks: time per resource beyond the imports, 49 queues / 1",
            round(growth, 2),
            HIGHEST_GROWTH,
        ),
    ]


def _row(command: Command, found: Sequence[tuple[float, str]]) -> dict[str, Any]:
    seconds = [one for one, _ in found]
    row = {"minimum": round(min(seconds), 3), "median": round(statistics.median(seconds), 3)}
    if not command.resources:
        return row
    mebibytes = max(int(printed) for _, printed in found)
    return {**row, "mebibytes": mebibytes, "resources": command.resources}


def _each(row: Mapping[str, Any], imported: float) -> float:
    """Return the seconds for each resource, without those of the imports.

    Imports take most of the time and do not grow with the resources; they would hide what does.
    """
    return float((row["minimum"] - imported) / row["resources"])


def times_table(found: Mapping[str, Any]) -> Table:
    """Show what was measured."""
    columns = ("minimum", "median", "mebibytes", "resources")
    table = Table("seconds", "minimum", "median", "MiB", "resources", title=f"{RUNS} runs in turn")
    for name, row in found.items():
        table.add_row(name, *(str(row.get(column, "")) for column in columns))
    return table


@ends_in_one_line
def main(arguments: Sequence[str]) -> int:
    """Print the table and the ratios; return 1 when something takes longer than it may."""
    parser("bench.program", __doc__).parse_args(arguments)
    found = results()
    console().print(times_table(found))
    return told(figures(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
