"""What every test runs with."""

import os
import signal

import pytest

# An output in a text raises then, instead of deploying a sentence about outputs.
os.environ["PULUMI_ERROR_OUTPUT_STRING"] = "1"

# moto would read its list of machine images again for every test, which takes a tenth of a second.
os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"

# `nohup` and a shell's background jobs have signals ignored, and so would every process that a test
# starts and signals. What has a handler here is ignored no longer there; here it changes nothing.
for _number in (signal.SIGINT, signal.SIGHUP):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, lambda _signal, _frame: None)

# Two cores are not busy with two of these: tests wait for processes, and for ports to be freed.
_WORKERS_BESIDE_THE_CORES = 1

_LONGEST_FIRST = (
    "rehearsal/test_rehearsal.py",
    "rehearsal/test_minimality.py",
    "rehearsal/test_isolation.py",
    "rehearsal/test_secrets_at_rest.py",
    "policies/test_mutants.py",
)
"""Files that take long; begun last, one of them would keep one core busy after all others."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    ranks = {f"tests/{name}": rank for rank, name in enumerate(_LONGEST_FIRST)}
    items.sort(key=lambda one: ranks.get(one.nodeid.partition("::")[0], len(ranks)))


def pytest_xdist_auto_num_workers() -> int:
    """Say how many workers `-n auto` means."""
    return len(os.sched_getaffinity(0)) + _WORKERS_BESIDE_THE_CORES
