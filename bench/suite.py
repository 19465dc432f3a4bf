"""Measures `make test`: how long it takes, and what takes longest."""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from rehearsal.rehearse import ROOT

SLOWEST = 20


def results() -> dict[str, Any]:
    """Run the tests, and return plain data: seconds of all, how many, and the slowest.

    Raises:
        subprocess.CalledProcessError: a test fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        environment = {**os.environ, "PYTEST_ADDOPTS": f"--junitxml={report}"}
        start = time.perf_counter()
        command = [shutil.which("make") or "make", "test"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        return read(report, time.perf_counter() - start)


def read(report: Path, seconds: float) -> dict[str, Any]:
    """Return what a report of pytest says, as `results` does.

    Args:
        report: what `--junitxml` wrote.
        seconds: how long all took.
    """
    # The file is this command's own.
    cases = list(ElementTree.parse(report).iter("testcase"))  # noqa: S314
    times = {
        f"{one.get('classname')}::{one.get('name')}": float(one.get("time", 0)) for one in cases
    }
    slowest = sorted(times, key=lambda name: -times[name])[:SLOWEST]
    return {
        "seconds": round(seconds),
        "tests": len(cases),
        "slowest": {name: round(times[name], 1) for name in slowest},
    }
