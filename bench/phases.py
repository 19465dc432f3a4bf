"""Measures a whole rehearsal of dev, phase by phase."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from rehearsal.rehearse import ROOT


def results() -> dict[str, Any]:
    """Rehearse, and return plain data: the engine, and the seconds of each phase.

    Raises:
        subprocess.CalledProcessError: the rehearsal fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        summary = Path(folder) / "summary.json"
        command = [sys.executable, "-m", "rehearsal", "--json", str(summary)]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        found = json.loads(summary.read_text(encoding="utf-8"))
    return {
        "engine": found["engine"],
        "seconds": {name: round(seconds, 1) for name, seconds in found["seconds"].items()},
    }
