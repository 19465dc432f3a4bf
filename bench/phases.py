"""Measures plain rehearsals, phase by phase: without what `make rehearse-all` adds to them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.stacks import STACKS
from rehearsal.rehearse import ROOT


def results(folder: Path) -> dict[str, Any]:
    """Rehearse every stack, and return plain data: the engines, and the seconds of each phase.

    Args:
        folder: where the summaries are written; they tell which permissions a plain rehearsal used.

    Raises:
        subprocess.CalledProcessError: a rehearsal fails.
    """
    return {stack: _rehearsed(stack, folder / f"{stack}.json") for stack in STACKS}


def _rehearsed(stack: str, summary: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "rehearsal", "--stack", stack, "--json", str(summary)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    found = json.loads(summary.read_text(encoding="utf-8"))
    return {
        "engine": found["engine"],
        "seconds": {name: round(seconds, 1) for name, seconds in found["seconds"].items()},
    }
