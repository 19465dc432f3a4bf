"""Measures how long `mfconfig` with a shown API key takes, compared with a bare interpreter.

Both are started in turn, so that a busy machine slows both alike; each one's minimum counts.
The package's bytecode is cached by the first run, as it is after an installation.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.figure import Figure, told
from mfconfig.contract import STACK_OUTPUTS

ROOT = Path(__file__).resolve().parent.parent
RUNS = 20
HIGHEST_RATIO = 3.0
ARN = "arn:aws:service:eu-west-1:123456789012:resource"
EXAMPLES = {
    "name": "example",
    "ARN": ARN,
    "list of ARNs": [ARN],
    "URL": "https://example.execute-api.eu-west-1.amazonaws.com/api/",
    "s3:// URI": "s3://example-bucket/metaflow",
    "text": "0123456789abcdefghij",
    "list of texts": ["subnet-1", "subnet-2"],
    "JSON object, as text": '{"metaflow-stack": "example"}',
}
"""A value of each kind of output."""


def seconds(command: Sequence[str], document: bytes) -> float:
    """Return how long a command takes with a document as its standard input."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    start = time.perf_counter()
    subprocess.run(
        command,
        input=document,
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return time.perf_counter() - start


def example_outputs() -> bytes:
    """Return a stack's outputs with every one that the contract has."""
    return json.dumps({output.name: EXAMPLES[output.kind] for output in STACK_OUTPUTS}).encode()


def results() -> dict[str, Any]:
    """Measure, and return plain data: seconds of each, the minimum."""
    document = example_outputs()
    bare_times, command_times = [], []
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "mfconfig", "--home", home]
        for _ in range(RUNS):
            bare_times.append(seconds([sys.executable, "-c", "pass"], b""))
            command_times.append(seconds(command, document))
    return {"python -c pass": round(min(bare_times), 4), "mfconfig": round(min(command_times), 4)}


def figures(found: Mapping[str, Any]) -> list[Figure]:
    """Return what is claimed."""
    ratio = found["mfconfig"] / found["python -c pass"]
    return [Figure("mfconfig / python -c pass", round(ratio, 2), HIGHEST_RATIO)]


def main() -> int:
    """Print the two times and their ratio; return 1 when the ratio is too high."""
    found = results()
    for name, seconds_taken in found.items():
        print(f"{name}: {seconds_taken * 1000:.1f} ms, minimum of {RUNS} interleaved runs")
    return told(figures(found))


if __name__ == "__main__":
    sys.exit(main())
