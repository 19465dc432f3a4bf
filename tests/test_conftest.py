"""What the tests do about the surroundings in which they are started."""

import subprocess
import sys

from tests.deployed import ROOT

CHILD = (
    "import signal; print(signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGHUP).value)"
)
STARTED_BY_NOHUP = f"""
import os, signal, subprocess, sys
ignored = (signal.SIGINT, signal.SIGHUP)
for number in ignored:
    signal.signal(number, signal.SIG_IGN)
import tests.conftest
for number in ignored:
    os.kill(os.getpid(), number)
subprocess.run([sys.executable, "-c", {CHILD!r}], check=True)
"""


def test_children_take_signals_that_the_tests_themselves_were_told_to_ignore() -> None:
    taken = subprocess.run(
        [sys.executable, "-c", STARTED_BY_NOHUP],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert taken.stdout == "<built-in function default_int_handler> 0\n"
