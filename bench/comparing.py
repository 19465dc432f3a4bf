"""Compares what is measured now with what is committed in bench/results.json."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from bench import (
    cost,
    critical_path,
    iam,
    mfconfig,
    policies,
    preview,
    program,
)
from bench.errors import BenchError
from bench.figure import Figure

WORSE = 1.25
"""Of the committed value; timings of one run differ by less."""

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

COUNTED = frozenset({"critical_path", "cost", "iam"})
"""The parts of which nothing is timed: the same program has the same figures."""


class LayoutError(BenchError):
    """Results are not as this version writes them; the message is one line."""


@contextmanager
def reading(part: str) -> Iterator[None]:
    """Say in one line, where the block cannot read a part's results, which part it is.

    Args:
        part: whose results the block reads.

    Raises:
        LayoutError: they are not as this version writes them.
    """
    try:
        yield
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise LayoutError(
            f"bench/results.json: the part {part} is in another layout than this version writes "
            f"({type(error).__name__}: {error}); measure it again with "
            f"`python -m bench --only {part}`, or take it out of the file."
        ) from error


def figures_of(part: str, found: Mapping[str, Any]) -> list[Figure]:
    """Return the figures of one part's committed results.

    Raises:
        LayoutError: the results are not as this version writes them.
    """
    with reading(part):
        return FIGURES[part](found)


def all_figures(found: Mapping[str, Any]) -> list[Figure]:
    """Return the figures of every part that was measured, then those of two parts together.

    Raises:
        LayoutError: the results of a part are not as this version writes them.
    """
    of_parts = [
        figure for part in FIGURES if part in found for figure in figures_of(part, found[part])
    ]
    return [*of_parts, *_of_two_parts(found)]


def _of_two_parts(found: Mapping[str, Any]) -> list[Figure]:
    """Return what needs the results of two parts; nothing is claimed, as they are of two runs."""
    if not {"preview", "policies"} <= set(found):
        return []
    with reading("preview"):
        added = preview.added_by_packs(found["preview"])
    if added is None:
        return []
    with reading("policies"):
        ratio = added / policies.checkov_seconds(found["policies"])
    name = "what both packs add to pulumi preview of prod / Checkov over the template"
    return [Figure(name, round(ratio, 2))]


def broken(now: Sequence[Figure]) -> list[str]:
    """Return what does not hold, a line for each."""
    return [f"does not hold: {figure}" for figure in now if not figure.holds]


def worse(part: str, now: Sequence[Figure], before: Sequence[Figure]) -> list[str]:
    """Return what is not as it was committed, a line for each.

    What is timed may be a quarter worse. What is counted is the same, since the README tells it;
    what is better there is no fault, but it is not what the README says either.

    Args:
        part: which part the figures are of.
        now: what was measured.
        before: what is committed.
    """
    committed = {figure.name: figure.value for figure in before}
    lines = []
    for figure in now:
        value = committed.pop(figure.name, None)
        if value is None:
            lines.append(f"not committed: {figure}; run `make bench`")
        elif figure.value > WORSE * value:
            lines.append(f"worse than the committed {value:g}: {figure}")
        elif part in COUNTED and figure.value != value:
            lines.append(f"not the committed {value:g}: {figure}; run `make bench`")
    return [*lines, *(f"no longer measured: {name}; run `make bench`" for name in committed)]
