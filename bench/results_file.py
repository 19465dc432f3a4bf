"""Reads and writes bench/results.json, and the README's tables of it."""

import json
import platform
import shutil
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from bench import readme_table
from bench.comparing import FIGURES, all_figures, reading
from bench.errors import BenchError
from rehearsal.rehearse import ROOT

RESULTS = ROOT / "bench" / "results.json"
MEASURED = "measured"
"""Key of what says when, and with what, each part was measured."""

_TABLES: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], str]]] = {
    "switches": ("cost", readme_table.of_switches),
    "expected": ("critical_path", readme_table.of_expected_times),
    "findings": ("policies", readme_table.of_findings),
}
"""The README's tables beside that of the figures: the part, and what makes the table of it."""


def committed() -> dict[str, Any]:
    """Return the results that were written last; none before the first time.

    Raises:
        BenchError: the file is no JSON object.
    """
    if not RESULTS.exists():
        return {}
    try:
        found = json.loads(RESULTS.read_text(encoding="utf-8"))
    except ValueError as error:
        raise _unreadable(str(error)) from error
    if not isinstance(found, dict):
        raise _unreadable(f"it is a {type(found).__name__}")
    return found


def _unreadable(why: str) -> BenchError:
    return BenchError(
        f"bench/results.json is no JSON object ({why}); take the committed file, or delete it and "
        "measure everything with `make bench`."
    )


def write(part: str, found: Mapping[str, Any]) -> None:
    """Write the results of one part, and the README's tables; the other parts stay as they were.

    Raises:
        BenchError: the file is no JSON object, or another part is not as this version writes it;
            in the latter case this part is written, and no table.
    """
    together = {**committed(), part: found}
    measured = {**together.get(MEASURED, {}), part: stamp()}
    ordered = {
        MEASURED: {name: measured[name] for name in FIGURES if name in measured},
        **{name: together[name] for name in FIGURES if name in together},
    }
    whole = RESULTS.with_suffix(".new")
    whole.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")
    whole.replace(RESULTS)
    readme = ROOT / "README.md"
    for mark, table in tables(ordered).items():
        readme_table.write(readme, mark, table)


def tables(found: Mapping[str, Any]) -> dict[str, str]:
    """Return the README's tables, by their marks, of what was measured.

    Raises:
        LayoutError: the results of a part are not as this version writes them.
    """
    made = {"bench": readme_table.of_figures(all_figures(found))}
    for mark, (part, of) in _TABLES.items():
        if part in found:
            with reading(part):
                made[mark] = of(found[part])
    return made


def stamp() -> dict[str, str]:
    """Return the day, in UTC, the commit, and the Python that measures."""
    return {
        "day": datetime.now(UTC).date().isoformat(),
        "commit": _commit() or "unknown",
        "python": platform.python_version(),
    }


def _commit() -> str:
    """Return the commit, `-dirty` behind it where files are changed; empty without git."""
    git = shutil.which("git")
    if git is None:
        return ""
    command = [git, "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    return done.stdout.strip()
