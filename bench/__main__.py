"""Measures everything, and writes bench/results.json and the README's table of it.

    python -m bench [--only PART] [--scanners ENVIRONMENT] [--summary FILE] [--check]

`--check` measures what needs no scanner and no Pulumi CLI, writes nothing, and compares with the
results that are committed: ratios, counts and estimates, never seconds. What is worse by more than
a quarter fails, and what the README claims in any case. What is timed counts as worse when it is in
each of three measurements, since other work of a machine slows some commands more than others.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
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


def measured(chosen: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Run the parts that can be run, one after the other."""
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "critical_path": critical_path.results,
        "cost": cost.results,
        "iam": lambda: iam.results(chosen.summary),
        "program": program.results,
        "mfconfig": mfconfig.results,
    }
    if not chosen.check:
        parts |= {"phases": phases.results, "suite": suite.results}
    if not chosen.check and preview.available():
        parts["preview"] = preview.results
    if not chosen.check and chosen.scanners:
        parts["policies"] = lambda: policies.results(chosen.scanners.absolute() / "bin")
    found = {}
    for name, part in parts.items():
        if chosen.only and name not in chosen.only:
            continue
        console.print(f"{name} ...")
        found[name] = checked(name, part) if chosen.check else part()
    return found


def checked(name: str, part: Callable[[], dict[str, Any]]) -> dict[str, Any]:
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
    readme_table.write(ROOT / "README.md", all_figures(ordered))


def main(arguments: Sequence[str]) -> int:
    """Measure; return 1 when something does not hold."""
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--scanners", type=Path, metavar="ENVIRONMENT", help="with Checkov and cfn-lint"
    )
    parser.add_argument(
        "--summary",
        type=Path,
        metavar="FILE",
        action="append",
        default=[],
        help="of a rehearsal, which tells what permissions were used; may be repeated",
    )
    parser.add_argument(
        "--only", metavar="PART", action="append", choices=list(FIGURES), help="may be repeated"
    )
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    chosen = parser.parse_args(arguments)
    console = Console()
    found = measured(chosen, console)
    now = all_figures(found)
    before = all_figures(committed()) if chosen.check else []
    table = Table("figure", "measured", "at most", title="Benchmarks")
    for figure in now:
        limit = "" if figure.at_most is None else f"{figure.at_most:g}"
        table.add_row(figure.name, f"{figure.value:g}", limit)
    console.print(table)
    lines = problems(now, before)
    for line in lines:
        print(line, file=sys.stderr)
    if not chosen.check:
        write(found)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
