"""Measures everything, and writes bench/results.json and the README's table of it.

    python -m bench [--only PART] [--scanners ENVIRONMENT] [--summary FILE] [--check]

A part that cannot be measured here, without a Pulumi CLI or the scanners, keeps its committed row.
What the rehearsals of the part `phases` used is what the part `iam` shows as used.

`--check` measures what needs no scanner and no Pulumi CLI, writes nothing, and compares with the
results that are committed: ratios, counts and estimates, never seconds. What is worse by more than
a quarter fails, and what the README claims in any case. What is timed counts as worse when it is in
each of three measurements, since other work of a machine slows some commands more than others.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from bench import (
    cost,
    critical_path,
    iam,
    mfconfig,
    phases,
    policies,
    preview,
    program,
    readme_table,
    suite,
)
from bench.command import HELD, NOT_HELD, console, ends_in_one_line, parser
from bench.errors import BenchError
from bench.figure import Figure
from rehearsal.rehearse import ROOT

RESULTS = ROOT / "bench" / "results.json"
WORSE = 1.25
"""Of the committed value; timings of one run differ by less."""

ATTEMPTS = 3
"""How often a part is measured before it counts as worse."""

Figures = Callable[[Mapping[str, Any]], list[Figure]]

FIGURES: Mapping[str, Figures] = {
    "critical_path": critical_path.figures,
    "cost": cost.figures,
    "iam": iam.figures,
    "program": program.figures,
    "mfconfig": mfconfig.figures,
    "preview": preview.figures,
    "policies": policies.figures,
    "phases": lambda _: [],
    "suite": lambda _: [],
}
"""What each part claims of its results, in the README's order."""

TIMED = frozenset({"program", "mfconfig"})
"""The parts of `--check` whose figures are of times."""


Part = Callable[[], dict[str, Any]]

_OF_THE_WHOLE = ("phases", "preview", "policies", "suite")
"""The parts that `--check` leaves out."""


def hindrances(chosen: argparse.Namespace) -> dict[str, str]:
    """Return why parts cannot be measured here, by their names."""
    found = {}
    if chosen.check:
        found |= {part: "--check leaves it out" for part in _OF_THE_WHOLE}
    elif not preview.available():
        found["preview"] = "no Pulumi CLI on PATH"
    if not chosen.check and not chosen.scanners:
        found["policies"] = "no --scanners"
    elif not chosen.check and not shutil.which("checkov", path=scanners_of(chosen)):
        found["policies"] = f"no Checkov in {chosen.scanners}"
    return found


def scanners_of(chosen: argparse.Namespace) -> Path:
    """Return the folder of the scanners' executables."""
    folder: Path = chosen.scanners.absolute() / "bin"
    return folder


def parts(chosen: argparse.Namespace, folder: Path) -> dict[str, Part]:
    """Return what measures each part, in the order in which one may need another's.

    Args:
        chosen: the command line.
        folder: where the rehearsals' summaries are written.
    """

    def permissions() -> dict[str, Any]:
        return iam.results([*chosen.summary, *sorted(folder.glob("*.json"))])

    return {
        "critical_path": critical_path.results,
        "cost": cost.results,
        "phases": lambda: phases.results(folder),
        "iam": permissions,
        "program": program.results,
        "mfconfig": mfconfig.results,
        "preview": preview.results,
        "policies": lambda: policies.results(scanners_of(chosen)),
        "suite": suite.results,
    }


def measured(chosen: argparse.Namespace) -> dict[str, Any]:
    """Run the parts that can be run, one after the other.

    Raises:
        BenchError: a part that is asked for cannot be run.
    """
    hindered = hindrances(chosen)
    for part in chosen.only or ():
        if part in hindered:
            raise BenchError(f"{part} cannot be measured: {hindered[part]}.")
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, part in parts(chosen, Path(folder)).items():
            if chosen.only and name not in chosen.only:
                continue
            if name in hindered:
                print(f"{name}: not measured, {hindered[name]}; the committed row stays.")
                continue
            print(f"{name} ...", flush=True)
            found[name] = checked(name, part) if chosen.check else part()
    return found


def checked(name: str, part: Part) -> dict[str, Any]:
    """Measure a part, again where it is timed and seems worse than what is committed."""
    before = all_figures(committed())
    found = part()
    for _ in range(ATTEMPTS - 1 if name in TIMED else 0):
        if not problems(FIGURES[name](found), before):
            break
        found = part()
    return found


def all_figures(found: Mapping[str, Any]) -> list[Figure]:
    """Return the figures of every part that was measured."""
    return [figure for part, results in found.items() for figure in FIGURES[part](results)]


def problems(now: Sequence[Figure], before: Sequence[Figure]) -> list[str]:
    """Return what does not hold, and what is much worse than before, a line for each."""
    committed = {figure.name: figure.value for figure in before}
    lines = [f"does not hold: {figure}" for figure in now if not figure.holds]
    for figure in now:
        value = committed.get(figure.name)
        if value is not None and figure.value > WORSE * value:
            lines.append(f"worse than the committed {value:g}: {figure}")
    return lines


def committed() -> dict[str, Any]:
    """Return the results that were written last; none before the first time."""
    if not RESULTS.exists():
        return {}
    return dict(json.loads(RESULTS.read_text(encoding="utf-8")))


def write(found: Mapping[str, Any]) -> None:
    """Write the results and the README's table; a part that was not measured stays as it was."""
    together = {**committed(), **found}
    ordered = {name: together[name] for name in FIGURES if name in together}
    whole = RESULTS.with_suffix(".new")
    whole.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")
    whole.replace(RESULTS)
    readme = ROOT / "README.md"
    readme_table.write(readme, "bench", readme_table.of_figures(all_figures(ordered)))
    if "cost" in ordered:
        readme_table.write(readme, "switches", readme_table.of_switches(ordered["cost"]))


def command_line() -> argparse.ArgumentParser:
    """Return the command's options."""
    form = parser("bench", __doc__)
    form.add_argument(
        "--scanners", type=Path, metavar="ENVIRONMENT", help="with Checkov and cfn-lint"
    )
    form.add_argument(
        "--summary",
        type=Path,
        metavar="FILE",
        action="append",
        default=[],
        help="of a rehearsal, which tells what permissions were used; may be repeated",
    )
    form.add_argument(
        "--only", metavar="PART", action="append", choices=list(FIGURES), help="may be repeated"
    )
    form.add_argument("--check", action="store_true", help="compare, and write nothing")
    return form


@ends_in_one_line
def main(arguments: Sequence[str]) -> int:
    """Measure; return 1 when something does not hold, 2 for what cannot be measured."""
    chosen = command_line().parse_args(arguments)
    found = measured(chosen)
    now = all_figures(found)
    before = all_figures(committed()) if chosen.check else []
    lines = problems(now, before)
    if not chosen.check:
        write(found)
    console().print(figures_table(now))
    for line in lines:
        print(line, file=sys.stderr)
    return NOT_HELD if lines else HELD


def figures_table(figures: Sequence[Figure]) -> Table:
    """Show what was measured, and what it may be at most."""
    table = Table("figure", "measured", "at most", title="Benchmarks")
    for figure in figures:
        limit = "" if figure.at_most is None else f"{figure.at_most:g}"
        table.add_row(figure.name, f"{figure.value:g}", limit)
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
