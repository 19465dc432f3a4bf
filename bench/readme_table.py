"""The README's tables of the benchmarks, which are written and never typed."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.figure import Figure
from bench.pricing.switches import in_words


def of_figures(figures: Iterable[Figure]) -> str:
    """Return the table of what was measured, and of what it may be."""
    rows = [
        (one.name, f"{one.value:g}", "" if one.at_most is None else f"{one.at_most:g}")
        for one in figures
    ]
    return _table(("figure", "measured", "at most"), rows)


def of_switches(cost: Mapping[str, Any]) -> str:
    """Return the table of what each setting would change, of the results of `bench.cost`."""
    rows = [
        (stack, f"`{in_words(one['settings'])}`", f"{one['difference']:+.2f}", f"{one['usd']:.2f}")
        for stack, bill in cost["stacks"].items()
        for one in bill["switches"]
    ]
    return _table(("stack", "with these settings", "USD a month more", "USD a month"), rows)


def of_expected_times(critical_path: Mapping[str, Any]) -> str:
    """Return the table of how long a stack may take, of the results of `bench.critical_path`."""
    rows = [
        (graph, what, *(f"{one[what][name] / 60:.0f}" for name in ("typical", "p50", "p90")))
        for graph, one in critical_path.items()
        for what in ("deploy", "destroy")
        if what == "destroy" or not one["problems"]
    ]
    return _table(("minutes of the longest chain", "", "typical", "P50", "P90"), rows)


def of_findings(policies: Mapping[str, Any]) -> str:
    """Return the table of who finds which fault, of the results of `bench.policies`."""
    faults = dict.fromkeys(fault for one in policies.values() for fault in one["finds"])
    rows = [
        (fault, *(", ".join(one["finds"][fault]) or "nothing" for one in policies.values()))
        for fault in faults
    ]
    return _table(("fault planted in prod", *policies), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines).replace("| --- ", "|---")


def write(readme: Path, mark: str, table: str) -> None:
    """Put a table into the README, in the place of the one that is there.

    Args:
        readme: the file.
        mark: of the comments around the table.
        table: the new one.
    """
    begin, end = f"<!-- {mark} -->", f"<!-- /{mark} -->"
    text = readme.read_text(encoding="utf-8")
    place = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    whole = readme.with_suffix(".new")
    whole.write_text(place.sub(lambda _: f"{begin}\n{table}\n{end}", text), encoding="utf-8")
    whole.replace(readme)
