"""The README's table of the benchmarks, which is written and never typed."""

import re
from collections.abc import Iterable
from pathlib import Path

from bench.figure import Figure

_BEGIN, _END = "<!-- bench -->", "<!-- /bench -->"


def rendered(figures: Iterable[Figure]) -> str:
    """Return the table between its marks."""
    rows = [
        f"| {one.name} | {one.value:g} | {'' if one.at_most is None else f'{one.at_most:g}'} |"
        for one in figures
    ]
    return "\n".join([_BEGIN, "| figure | measured | at most |", "|---|---|---|", *rows, _END])


def write(readme: Path, figures: Iterable[Figure]) -> None:
    """Put the table into the README, in the place of the one that is there."""
    text = readme.read_text(encoding="utf-8")
    place = re.compile(f"{re.escape(_BEGIN)}.*?{re.escape(_END)}", re.DOTALL)
    table = rendered(figures)
    whole = readme.with_suffix(".new")
    whole.write_text(place.sub(lambda _: table, text), encoding="utf-8")
    whole.replace(readme)
