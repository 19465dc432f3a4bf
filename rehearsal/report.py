"""The rehearsal's summary: a file for programs, a table for people."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from rehearsal import policies, summary_file
from rehearsal.iam_report import IamReport
from rehearsal.policies import Judged, PolicyCheck, Title, Violation
from rehearsal.registrations import Registration
from rehearsal.wiring import Hop

MASK = "[secret]"
"""Pulumi's own placeholder, so that `mfconfig` takes a summary's outputs for what they are."""


@dataclass(frozen=True, kw_only=True)
class FlowRun:
    """One run of a flow.

    Attributes:
        name: the flow's file, without its ending.
        mode: where its steps ran: `local`, `batch` or `step-functions`.
        pathspec: `Flow/run`, as the metadata service has it.
        successful: whether the run ended well, by the metadata service.
        seconds: how long it took.
        artifacts: artifacts of its last step that were read back, by name.
    """

    name: str
    mode: str
    pathspec: str
    successful: bool
    seconds: float
    artifacts: Mapping[str, str]

    @classmethod
    def failed(cls, name: str, mode: str) -> "FlowRun":
        """Stand for a run that ended with an error or cannot be read back."""
        return cls(name=name, mode=mode, pathspec="", successful=False, seconds=0.0, artifacts={})


@dataclass
class Report:
    """What a rehearsal did and found."""

    engine: str
    stack: str
    registrations: list[Registration] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    secret_outputs: frozenset[str] = frozenset()
    profile: str = ""
    flows: list[FlowRun] = field(default_factory=list)
    wiring: list[Hop] = field(default_factory=list)
    packs: list[Title] = field(default_factory=list)
    judged: list[Judged] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    iam: IamReport | None = None
    taken_away: list[Mapping[str, str | None]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    _shown: int = field(default=0, init=False)

    def take(self, check: PolicyCheck) -> None:
        """Keep what policy packs said of an operation; the last operation's word counts."""
        self.packs = [pack.title for pack in check.packs]
        self.judged = check.judged
        self.violations = list(check.violations)

    def as_json(self) -> dict[str, Any]:
        """Return the summary; secrets are masked."""
        return {
            "engine": self.engine,
            "stack": self.stack,
            "resources": [{"urn": one.urn, "type": one.type} for one in self.registrations],
            "outputs": {
                name: MASK if name in self.secret_outputs else value
                for name, value in sorted(self.outputs.items())
            },
            "profile": self.profile,
            "flows": [
                {
                    "name": run.name,
                    "mode": run.mode,
                    "pathspec": run.pathspec,
                    "successful": run.successful,
                    "seconds": run.seconds,
                }
                for run in self.flows
            ],
            "wiring": [hop.as_json() for hop in self.wiring],
            "policies": [one.as_json() for one in self.judged],
            "violations": [one.as_json() for one in self.violations],
            "iam": {**self.iam.as_json(), "taken_away": self.taken_away} if self.iam else None,
            "problems": self.problems,
            "seconds": self.seconds,
        }

    def write(self, path: Path) -> None:
        """Write the summary to a file, whole or not at all, or into what else is there.

        Raises:
            OSError: the file cannot be written.
        """
        summary_file.write(path, json.dumps(self.as_json(), indent=2) + "\n")

    def show(self, console: Console) -> None:
        """Print what the policy packs found, the result as a table, and what did not hold."""
        policies.show(console, self.packs, self.violations)
        resources = [one for one in self.registrations if one.custom]
        open_hops = [hop for hop in self.wiring if hop.expected]
        closed_hops = [hop for hop in self.wiring if not hop.expected]
        table = Table(title=f"Rehearsal of {self.stack}", title_justify="left", show_header=False)
        table.add_row(
            "resources", f"{len(resources)} of {len({one.type for one in resources})} types"
        )
        table.add_row(
            "wiring",
            f"{sum(hop.holds for hop in open_hops)} of {len(open_hops)} connections open, "
            f"{sum(hop.holds for hop in closed_hops)} of {len(closed_hops)} others closed",
        )
        for run in self.flows:
            result = "successful" if run.successful else "failed"
            table.add_row(f"flow, {run.mode}", f"{run.pathspec} {result} in {run.seconds} s")
        if self.iam:
            words = "" if self.taken_away else "; make rehearse-all needs each of them"
            table.add_row("permissions", f"{self.iam.summary}{words}")
        table.add_row("time", f"{sum(self.seconds.values()):.0f} s")
        console.print(table)
        self.show_problems(console)

    def show_failure(self, console: Console) -> None:
        """Print why a rehearsal could not go on: violations, and what did not hold."""
        if self.violations:
            policies.show(console, self.packs, self.violations)
        self.show_problems(console)

    def show_problems(self, console: Console) -> None:
        """Print what did not hold and was not printed yet."""
        for problem in self.problems[self._shown :]:
            words = f"[red]not held:[/red] {escape(problem)}"
            console.print(words, highlight=False, soft_wrap=True)
        self._shown = len(self.problems)
