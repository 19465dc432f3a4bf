"""The SDK's schema, asked for the first time by several threads."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
EIGHT_THREADS = """
from concurrent.futures import ThreadPoolExecutor
from rehearsal.provider import sdk_schema

token = "aws:batch/jobQueue:JobQueue"
with ThreadPoolExecutor(8) as threads:
    print({len(types) for types in threads.map(sdk_schema.input_types, [token] * 8)})
"""


def test_the_first_question_may_come_from_several_threads_at_once():
    """Only a new process has not loaded the SDK's lazy modules yet."""
    done = subprocess.run(
        [sys.executable, "-c", EIGHT_THREADS], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "{9}", done.stderr
