"""Measures both policy packs on the prod stack against Checkov on an equivalent template.

All are started in turn, so that a busy machine slows all alike; each one's minimum counts. The
packs' time is that of the rehearsal's engine: it starts both at once, configures them, asks about
every resource and about the stack, and ends them. The Pulumi CLI loads them one after the other;
`bench.preview` measures that. The deployment itself is recorded beforehand. The
packages' bytecode is cached by a first run that does not count, as it is after an installation.
Then faults are planted, one at a time, and everybody is asked again.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from rich.table import Column, Table

from bench.command import console, ends_in_one_line, parser
from bench.comparison.cloudformation import template
from bench.comparison.planted import FAULTS, planted
from bench.comparison.scanners import CFN_LINT, CHECKOV, Findings
from bench.figure import Figure, told
from bench.stacks import emulated
from rehearsal import stack_files
from rehearsal.mocks import Deployment
from rehearsal.policies.check import checking
from rehearsal.policies.packs import LocalPack
from rehearsal.policies.processes import Operation
from rehearsal.rehearse import ROOT
from rehearsal.sandbox import Sandbox

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
STEPS = ("start", "every resource", "the whole stack")


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
        return self.judge_in_steps(deployment)[0]

    def judge_in_steps(self, deployment: Deployment) -> tuple[Findings, dict[str, float]]:
        """Have both packs judge a deployment; return what they find, and the seconds of each step.

        The steps are those of `STEPS`, of which the first ends when both packs are configured, and
        the third with the answer about the whole stack, before the packs are ended.
        """
        times = [time.perf_counter()]
        with checking(self.sandbox, PACKS, OPERATION) as check:
            times.append(time.perf_counter())
            for state in deployment.states.values():
                check.resource(state.goal)
            times.append(time.perf_counter())
            check.stack(deployment.states)
            times.append(time.perf_counter())
        taken = (later - earlier for earlier, later in pairwise(times))
        return {(one.policy, one.urn) for one in check.violations}, dict(
            zip(STEPS, taken, strict=True)
        )

    def steps(self, deployment: Deployment) -> dict[str, float]:
        """Return the least seconds of each step, and of a resource, of several runs."""
        runs = [self.judge_in_steps(deployment)[1] for _ in range(RUNS)]
        least = {step: min(run[step] for run in runs) for step in STEPS}
        each = {"each resource": least["every resource"] / len(deployment.states)}
        return {step: round(seconds, 5) for step, seconds in {**least, **each}.items()}

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


def written(folder: Path, deployments: Mapping[str, Deployment]) -> dict[str, Path]:
    """Write each deployment's template, and return the paths."""
    paths = {}
    for number, (name, deployment) in enumerate(deployments.items()):
        paths[name] = folder / f"{number}.template.json"
        text = json.dumps(template(deployment.registrations), indent=2)
        paths[name].write_text(text, encoding="utf-8")
    return paths


def results(tools: Path) -> dict[str, Any]:
    """Measure, and return plain data: seconds of each, and what each finds.

    Args:
        tools: folder of the scanners' executables.
    """
    sys.dont_write_bytecode = False  # the packs do as this process does
    with emulated(CONFIG.region) as stacks:
        deployment = stacks.deploy(CONFIG.stack_name)
    deployments = {
        AS_IT_IS: deployment,
        **{fault.name: planted(deployment, fault) for fault in FAULTS},
    }
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "sandbox").mkdir()
        bench = Bench(Sandbox(folder / "sandbox"), tools)
        templates = written(folder, deployments)
        measured = bench.seconds(deployment, templates[AS_IT_IS])
        steps = {PACKS_NAME: {"steps": bench.steps(deployment)}}
        found = {PACKS_NAME: {name: bench.judge(one) for name, one in deployments.items()}}
        for scanner in (CHECKOV, CFN_LINT):
            found[scanner.name] = scanner.findings(tools, bench.sandbox, templates)
    return {
        name: {
            "minimum": round(min(times), 3),
            "median": round(statistics.median(times), 3),
            **steps.get(name, {}),
            AS_IT_IS: sorted(map(list, found[name][AS_IT_IS])),
            "finds": {
                fault.name: sorted(rules_that_find(found[name], fault.name)) for fault in FAULTS
            },
        }
        for name, times in measured.items()
    }


def rules_that_find(found: Mapping[str, Findings], fault: str) -> set[str]:
    """Return the rules that report what they do not report without the fault."""
    return {rule for rule, _ in found[fault] - found[AS_IT_IS]}


def figures(found: Mapping[str, Any]) -> list[Figure]:
    """Return what is claimed."""
    packs, template_errors = found[PACKS_NAME], found[CFN_LINT.name][AS_IT_IS]
    ratio = packs["minimum"] / checkov_seconds(found)
    missed = [fault for fault in FAULTS if fault.policy not in packs["finds"].get(fault.name, ())]
    return [
        Figure(
            "both packs over prod, in the rehearsal's engine / Checkov over the template",
            round(ratio, 2),
            HIGHEST_RATIO,
        ),
        Figure(f"planted faults of {len(FAULTS)} that both packs miss", len(missed), 0),
        Figure("violations that both packs find in prod", len(packs[AS_IT_IS]), 0),
        Figure(
            "errors that cfn-lint finds in the equivalent template",
            sum(rule.startswith("E") for rule, _ in template_errors),
            0,
        ),
    ]


def checkov_seconds(found: Mapping[str, Any]) -> float:
    """Return the least time that Checkov took over the template, s."""
    seconds: float = found[CHECKOV.name]["minimum"]
    return seconds


def times_table(found: Mapping[str, Any]) -> Table:
    """Show how long each took."""
    table = Table("seconds", "minimum", "median", title=f"prod, {RUNS} interleaved runs")
    for name, one in found.items():
        table.add_row(name, f"{one['minimum']:.2f}", f"{one['median']:.2f}")
        for step, seconds in one.get("steps", {}).items():
            table.add_row(f"{name}: {step}", f"{seconds:.4f}", "")
    return table


def findings_table(found: Mapping[str, Any]) -> Table:
    """Show how much each finds in prod, and by which rules it finds each fault."""
    columns = (Column(name, overflow="fold") for name in found)
    table = Table("findings", *columns, show_lines=True)
    table.add_row(AS_IT_IS, *(str(len(one[AS_IT_IS])) for one in found.values()))
    for fault in FAULTS:
        cells = ("\n".join(one["finds"][fault.name]) for one in found.values())
        table.add_row(fault.name, *(cell or "nothing" for cell in cells))
    totals = (sum(map(bool, one["finds"].values())) for one in found.values())
    table.add_row("faults found", *(f"{number} of {len(FAULTS)}" for number in totals))
    return table


@ends_in_one_line
def main(arguments: Sequence[str]) -> int:
    """Print the tables; return 1 when something is not as the README claims."""
    options = parser("bench.policies", __doc__)
    options.add_argument(
        "environment", type=Path, help="virtual environment of Checkov and cfn-lint"
    )
    found = results(options.parse_args(arguments).environment.absolute() / "bin")
    console().print(times_table(found), findings_table(found))
    return told(figures(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
