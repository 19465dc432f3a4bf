"""What is left when a rehearsal ends, however it ends: nothing."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.emulator import emulated_aws
from rehearsal.interrupts import interruptible, uninterrupted
from rehearsal.jobs import RoleError, job_runner
from rehearsal.provider import Cloud
from rehearsal.sandbox import Sandbox
from tests.deployed import ROOT
from tests.rehearsal.jobs.small_batch import FAMILY, alive, needs, small_batch

ESCAPED = ["sh", "-c", "setsid sleep 60 & echo $! $$; sleep 60"]
REHEARSAL = """
import sys, time
from rehearsal.interrupts import interruptible
from rehearsal.sandbox import isolate, sandbox
from tests.rehearsal.jobs.small_batch import ESCAPED, FAMILY, small_batch
isolate()
with interruptible(), sandbox() as place, small_batch(place) as batch:
    numbers = [batch.processes(batch.submit(one)) for one in (FAMILY, ESCAPED)]
    print(place.folder, *numbers[0], *numbers[1], flush=True)
    time.sleep(60)
"""


def test_the_end_kills_what_runs_and_removes_what_is_left(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with suppress(ZeroDivisionError), small_batch(Sandbox(tmp_path)) as batch:
        jobs = [batch.submit(one) for one in (FAMILY, ESCAPED)]
        waiting = batch.submit(["true"], container={"resourceRequirements": needs(1, 10**6)})
        numbers = [one for job in jobs for one in batch.processes(job)]
        assert sorted(alive(numbers)) == sorted(numbers)
        batch.wait(waiting, "RUNNABLE")
        start = time.monotonic()
        _ = 1 / 0
    assert time.monotonic() - start < 10
    assert alive(numbers) == []
    assert not (tmp_path / "jobs").exists()
    left = {one for one in set(threading.enumerate()) - before if one.is_alive()}
    assert [one.name for one in left if "job" in one.name] == []


def test_an_interrupt_leaves_nothing() -> None:
    script = REHEARSAL.replace("ESCAPED, FAMILY", "FAMILY").replace(
        "isolate()\n", f"isolate()\nESCAPED = {ESCAPED!r}\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        folder, *numbers = process.stdout.readline().decode().split()
        assert len(alive(int(one) for one in numbers)) == 4
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert b"KeyboardInterrupt" in errors
    assert alive(int(one) for one in numbers) == []
    assert not Path(folder).exists()


def test_an_interrupt_reaches_the_main_thread_while_another_starts_a_process() -> None:
    inside, done = threading.Event(), threading.Event()

    def start() -> None:
        with uninterrupted():
            inside.set()
            done.wait(5)

    thread = threading.Thread(target=start)
    with interruptible():
        thread.start()
        inside.wait(5)
        with pytest.raises(KeyboardInterrupt):
            _interrupt_and_wait()
        done.set()
        thread.join()


def _interrupt_and_wait() -> None:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(2)


def test_a_role_that_cannot_be_assumed_fails_the_job_before_it_starts(tmp_path: Path) -> None:
    asked = []

    def assume(*given: str) -> Mapping[str, Any]:
        asked.append(given)
        raise RoleError("it trusts somebody else")

    with small_batch(Sandbox(tmp_path), assume) as batch:
        role = batch.role_arn
        job = batch.wait(batch.submit(["true"], container={"jobRoleArn": role}))
        assert (job["status"], job["statusReason"]) == ("FAILED", "Task failed to start")
        expected = f"ECS was unable to assume the role '{role}': it trusts somebody else"
        assert job["container"]["reason"] == expected
        assert "exitCode" not in job["container"]
        task = job["container"]["taskArn"]
        assert asked == [(role, task.rpartition("/")[2], task)]
        assert task.startswith("arn:aws:ecs:eu-west-1:123456789012:task/")


def test_without_a_runner_no_job_is_taken(tmp_path: Path) -> None:
    with emulated_aws() as emulated:
        client = Cloud(emulated.endpoint, "eu-west-1").client("batch")
        with pytest.raises(ClientError, match="This rehearsal runs no jobs"):
            client.describe_jobs(jobs=["any"])
        with (
            job_runner(Sandbox(tmp_path), emulated.endpoint, "eu-west-1"),
            pytest.raises(RuntimeError, match="one at a time"),
            job_runner(Sandbox(_new(tmp_path / "second")), emulated.endpoint, "eu-west-1"),
        ):
            pass


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder
