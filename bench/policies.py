"""Measures both policy packs on the prod stack against Checkov on an equivalent template.

All are started in turn, so that a busy machine slows all alike; each one's minimum counts. The
packs' time is that of the engine's part: it starts both at once, configures them, asks about every
resource and about the stack, and ends them. The deployment itself is recorded beforehand. The
packages' bytecode is cached by a first run that does not count, as it is after an installation.
Then faults are planted, one at a time, and everybody is asked again.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Column, Table

from bench.cloudformation import template
from bench.planted import FAULTS, planted
from bench.scanners import CFN_LINT, CHECKOV, Findings
from rehearsal import mocks, stack_files
from rehearsal.mocks import Deployment
from rehearsal.policies.check import checking
from rehearsal.policies.packs import LocalPack
from rehearsal.policies.processes import Operation
from rehearsal.provider import Provider
from rehearsal.rehearse import ROOT
from rehearsal.sandbox import Sandbox
from rehearsal.stage import stage

RUNS = 7
HIGHEST_RATIO = 0.25
PACKS_NAME = "both packs"
PACKS = [
    LocalPack(
        folder=ROOT / "policies" / name,
        config=ROOT / "policies" / name / "config" / "prod.json",
    )
    for name in ("least-privilege-iam", "private-data")
]
CONFIG = stack_files.read_stack(ROOT, "prod")
# In a dry run violations are only collected.
OPERATION = Operation(CONFIG.project, CONFIG.stack_name, CONFIG.values, dry_run=True)
AS_IT_IS = "prod as it is"


@dataclass(frozen=True)
class Bench:
    """Where the measured commands run.

    Attributes:
        sandbox: their environment.
        tools: folder of the scanners' executables.
    """

    sandbox: Sandbox
    tools: Path

    def judge(self, deployment: Deployment) -> Findings:
        """Have both packs judge a deployment, as the engine does."""
        with checking(self.sandbox, PACKS, OPERATION) as check:
            for state in deployment.states.values():
                check.resource(state.goal)
            check.stack(deployment.states)
        return {(one.policy, one.urn) for one in check.violations}

    def seconds(self, deployment: Deployment, path: Path) -> dict[str, list[float]]:
        """Measure the packs and the scanners in turn.

        Args:
            deployment: what the packs judge.
            path: the equivalent template.
        """
        measured: dict[str, list[float]] = {}

        def measure(name: str, start: float) -> None:
            measured.setdefault(name, []).append(time.perf_counter() - start)

        for _ in range(RUNS + 1):
            start = time.perf_counter()
            self.judge(deployment)
            measure(PACKS_NAME, start)
            for scanner in (CHECKOV, CFN_LINT):
                start = time.perf_counter()
                scanner.run(self.tools, self.sandbox, [path])
                measure(scanner.name, start)
        return {name: times[1:] for name, times in measured.items()}


def deployed() -> Deployment:
    """Deploy prod on the emulated AWS."""
    with stage(CONFIG.region, None) as stands:
        return mocks.deploy(
            mocks.program_at(ROOT / "__main__.py"),
            Provider(stands.cloud),
            project=CONFIG.project,
            stack_name=CONFIG.stack_name,
            config=CONFIG.values,
        )


def written(folder: Path, deployments: Mapping[str, Deployment]) -> dict[str, Path]:
    """Write each deployment's template, and return the paths."""
    paths = {}
    for number, (name, deployment) in enumerate(deployments.items()):
        paths[name] = folder / f"{number}.template.json"
        text = json.dumps(template(deployment.registrations), indent=2)
        paths[name].write_text(text, encoding="utf-8")
    return paths


def times_table(measured: Mapping[str, list[float]]) -> Table:
    """Show how long each took."""
    table = Table("seconds", "minimum", "median", title=f"prod, {RUNS} interleaved runs")
    for name, times in measured.items():
        table.add_row(name, f"{min(times):.2f}", f"{statistics.median(times):.2f}")
    return table


def findings_table(found: Mapping[str, Mapping[str, Findings]]) -> Table:
    """Show how much each finds in prod, and by which rules it finds each fault."""
    columns = (Column(name, overflow="fold") for name in found)
    table = Table("findings", *columns, show_lines=True)
    table.add_row(AS_IT_IS, *(str(len(one[AS_IT_IS])) for one in found.values()))
    for fault in FAULTS:
        cells = ("\n".join(sorted(rules_that_find(one, fault.name))) for one in found.values())
        table.add_row(fault.name, *(cell or "nothing" for cell in cells))
    finders = (
        [fault for fault in FAULTS if rules_that_find(one, fault.name)] for one in found.values()
    )
    table.add_row("faults found", *(f"{len(one)} of {len(FAULTS)}" for one in finders))
    return table


def rules_that_find(found: Mapping[str, Findings], fault: str) -> set[str]:
    """Return the rules that report what they do not report without the fault."""
    return {rule for rule, _ in found[fault] - found[AS_IT_IS]}


def problems(ratio: float, found: Mapping[str, Mapping[str, Findings]]) -> list[str]:
    """Return what does not hold of what the README claims, a line for each."""
    packs, errors = found[PACKS_NAME], found[CFN_LINT.name][AS_IT_IS]
    missed = [fault.name for fault in FAULTS if not rules_that_find(packs, fault.name)]
    return [
        *(["The packs take too long."] if ratio > HIGHEST_RATIO else []),
        *(f"The packs do not find: {name}." for name in missed),
        *(f"The packs find in prod: {rule} at {urn}." for rule, urn in sorted(packs[AS_IT_IS])),
        *(
            f"The template is wrong: {rule} at {at}."
            for rule, at in sorted(errors)
            if rule[0] == "E"
        ),
    ]


def main(arguments: list[str]) -> int:
    """Print the tables; return 1 when something is not as the README claims."""
    parser = argparse.ArgumentParser(prog="python -m bench.policies", description=__doc__)
    parser.add_argument(
        "environment", type=Path, help="virtual environment of Checkov and cfn-lint"
    )
    tools = parser.parse_args(arguments).environment.absolute() / "bin"
    sys.dont_write_bytecode = False  # the packs do as this process does
    deployment = deployed()
    deployments = {
        AS_IT_IS: deployment,
        **{fault.name: planted(deployment, fault) for fault in FAULTS},
    }
    console = Console()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "sandbox").mkdir()
        bench = Bench(Sandbox(folder / "sandbox"), tools)
        templates = written(folder, deployments)
        measured = bench.seconds(deployment, templates[AS_IT_IS])
        found = {PACKS_NAME: {name: bench.judge(one) for name, one in deployments.items()}}
        for scanner in (CHECKOV, CFN_LINT):
            found[scanner.name] = scanner.findings(tools, bench.sandbox, templates)
    ratio = min(measured[PACKS_NAME]) / min(measured[CHECKOV.name])
    console.print(times_table(measured))
    print(f"packs / Checkov: {ratio:.2f} (at most {HIGHEST_RATIO}; of the minima)")
    console.print(findings_table(found))
    broken = problems(ratio, found)
    for line in broken:
        print(line)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
