"""Measures everything, and writes bench/results.json and the README's tables of it.

    python -m bench [--only PART] [--scanners ENVIRONMENT] [--summary FILE] [--check]

A part that cannot be measured here, without a Pulumi CLI or the scanners, keeps its committed rows;
each part is written as soon as it is measured. The plain rehearsals of the part `phases`
tell the part `iam` what they used; `make rehearse-all` uses the rest of what is granted.

`--check` writes nothing, and compares with the results that are committed: ratios, counts and
estimates, never seconds. Without `--only` it leaves out what needs the Pulumi CLI or the scanners.
What is timed fails when it is worse by more than a quarter in each of three measurements, since
other work of a machine slows some commands more than others; what is counted, when it is not the
same; and what the README claims, in any case.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.table import Table

from bench import cost, critical_path, iam, mfconfig, phases, policies, preview, program, suite
from bench.command import HELD, NOT_HELD, console, ends_in_one_line, parser
from bench.comparing import COUNTED, FIGURES, all_figures, broken, figures_of, worse
from bench.errors import BenchError
from bench.figure import Figure
from bench.results_file import committed, write

ATTEMPTS = 3
"""How often what is timed is measured before it counts as worse."""

Part = Callable[[], dict[str, Any]]

_WITHOUT_FIGURES = ("phases", "suite")
_OF_OTHER_TOOLS = ("preview", "policies")


def hindrances(chosen: argparse.Namespace) -> dict[str, str]:
    """Return why parts cannot be measured here, by their names."""
    found = {}
    if not preview.available():
        found["preview"] = "no Pulumi CLI on PATH"
    if not chosen.scanners:
        found["policies"] = "no --scanners"
    elif not shutil.which("checkov", path=scanners_of(chosen)):
        found["policies"] = f"no Checkov in {chosen.scanners}"
    if chosen.check:
        found |= {part: "it has no figure to compare" for part in _WITHOUT_FIGURES}
    if chosen.check and not chosen.only:
        found |= {part: "--check leaves it out" for part in _OF_OTHER_TOOLS}
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


@contextmanager
def runnable(chosen: argparse.Namespace) -> Iterator[dict[str, Part]]:
    """Yield the parts that are asked for and can be run.

    Raises:
        BenchError: a part that is asked for cannot be run.
    """
    hindered = hindrances(chosen)
    for part in chosen.only or ():
        if part in hindered:
            raise BenchError(f"{part} cannot be measured: {hindered[part]}.")
    for part in hindered if not chosen.only else ():
        print(f"{part}: not measured, {hindered[part]}; the committed rows stay.")
    with tempfile.TemporaryDirectory() as folder:
        every = parts(chosen, Path(folder))
        wanted = chosen.only or [name for name in every if name not in hindered]
        yield {name: part for name, part in every.items() if name in wanted}


def checked(name: str, part: Part, before: Mapping[str, Any]) -> tuple[list[Figure], list[str]]:
    """Measure a part, again where it is timed and seems worse than what is committed.

    Args:
        name: of the part.
        part: measures it.
        before: its committed results; empty before the first time.

    Returns:
        The figures, and what is wrong with them.

    Raises:
        LayoutError: the committed results are not as this version writes them.
    """
    earlier = figures_of(name, before) if before else []
    for _ in range(1 if name in COUNTED else ATTEMPTS):
        figures = FIGURES[name](part())
        lines = [*broken(figures), *worse(name, figures, earlier)]
        if not lines:
            break
    return figures, lines


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
        help="of a plain rehearsal, which tells what permissions it used; may be repeated",
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
    before = committed()  # an unreadable file is told before anything is measured
    figures, lines = [], []
    with runnable(chosen) as wanted:
        for name, part in wanted.items():
            print(f"{name} ...", flush=True)
            if chosen.check:
                now, wrong = checked(name, part, before.get(name, {}))
                lines += wrong
            else:
                write(name, part())
                now = all_figures({name: committed()[name]})
                lines += broken(now)
            figures += now
    console().print(figures_table(figures))
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
