"""The sandbox: what its processes see, that they end, and that signals lose nothing."""

import os
import select
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal import sandbox
from rehearsal.interrupts import calling, foremost, interruptible, uninterrupted
from rehearsal.sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = {
    "AWS_PROFILE": "production",
    "AWS_ACCESS_KEY_ID": "AKIAREAL",
    "AWS_ENDPOINT_URL": "http://real.example.org",
    "AWS_ENDPOINT_URL_S3": "http://real.example.org",
    "AWS_CONFIG_FILE": "/home/somebody/.aws/config",
    "METAFLOW_HOME": "/home/somebody/.metaflowconfig",
    "METAFLOW_PROFILE": "production",
    "PULUMI_ACCESS_TOKEN": "pul-real",
    "MOTO_ACCOUNT_ID": "999999999999",
    "BOTO_CONFIG": "/home/somebody/.boto",
    "HTTPS_PROXY": "http://real.example.org",
    "http_proxy": "http://real.example.org",
    "PYTHONPATH": "/home/somebody",
    "HOME": "/home/somebody",
}
ENVIRONMENT = "import json, os; print(json.dumps(dict(os.environ)))"


@pytest.fixture
def place(tmp_path: Path) -> Sandbox:
    return Sandbox(tmp_path)


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("hostile")
def test_processes_see_nothing_of_the_users_environment(place: Sandbox) -> None:
    done = place.run([sys.executable, "-c", ENVIRONMENT], {"GIVEN": "yes"})
    for value in HOSTILE.values():
        assert value not in done.stdout
    assert '"GIVEN": "yes"' in done.stdout
    assert f'"HOME": "{place.home}"' in done.stdout
    assert f'"TMPDIR": "{place.folder}"' in done.stdout
    assert '"AWS_EC2_METADATA_DISABLED": "true"' in done.stdout


@pytest.mark.usefixtures("hostile")
def test_this_process_is_rid_of_everything_that_leads_to_a_real_account() -> None:
    script = f"from rehearsal.sandbox import isolate; isolate(); {ENVIRONMENT}"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name, value in HOSTILE.items():
        assert name in ("PYTHONPATH", "HOME") or value not in done.stdout
    assert '"AWS_CONFIG_FILE": "/dev/null"' in done.stdout
    assert '"AWS_SHARED_CREDENTIALS_FILE": "/dev/null"' in done.stdout


def test_a_process_is_given_text_and_gives_back_what_it_prints(place: Sandbox) -> None:
    script = "import sys; print(sys.stdin.read() * 100000); print('why', file=sys.stderr); exit(3)"
    done = place.run([sys.executable, "-c", script], {}, text="ä€\n")
    assert (done.returncode, done.stderr) == (3, "why\n")
    assert done.stdout == "ä€\n" * 100000 + "\n"


def test_output_that_is_no_text_is_no_error(place: Sandbox) -> None:
    script = "import sys; sys.stdout.buffer.write(b'a\\xffb')"
    assert place.run([sys.executable, "-c", script], {}).stdout == "a\ufffdb"


def test_children_that_outlive_their_process_are_ended(place: Sandbox) -> None:
    """As after the death of a flow: its steps run on, and hold its pipes open."""
    script = """
        import os, signal, subprocess, sys
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        print(child.pid, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    done = place.run([sys.executable, "-c", textwrap.dedent(script)], {})
    assert done.returncode == -signal.SIGKILL
    assert ends(int(done.stdout))


def test_children_with_a_group_of_their_own_are_ended_too(place: Sandbox) -> None:
    """As the plugins of the Pulumi CLI."""
    script = """
        import subprocess, sys
        command = [sys.executable, "-c", "import time; time.sleep(600)"]
        child = subprocess.Popen(command, process_group=0, stdout=subprocess.DEVNULL)
        print(child.pid)
    """
    done = place.run([sys.executable, "-c", textwrap.dedent(script)], {})
    assert ends(int(done.stdout))


def ends(process_id: int) -> bool:
    """Wait until a process that is no child of this one has ended."""
    try:
        process = os.pidfd_open(process_id)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([process], [], [], 10)[0])
    finally:
        os.close(process)


def test_an_interrupt_ends_the_process_and_its_children(place: Sandbox) -> None:
    pipe = place.folder / "pids"
    os.mkfifo(pipe)
    script = f"""
        import os, subprocess, sys, time
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        open({str(pipe)!r}, "w").write(f"{{os.getpid()}} {{child.pid}}")
        time.sleep(600)
    """
    found: list[int] = []

    def signalled() -> None:
        found.extend(map(int, pipe.read_text().split()))
        os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=signalled)
    thread.start()
    with interruptible(), pytest.raises(KeyboardInterrupt):
        place.run([sys.executable, "-c", textwrap.dedent(script)], {})
    thread.join()
    assert len(found) == 2
    assert all(ends(process_id) for process_id in found)


def test_the_folder_is_removed_however_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted() -> None:
        with sandbox.sandbox() as place:
            (place.work / "left").write_text("something")
            assert [place.folder] == list(tmp_path.iterdir())
            raise KeyboardInterrupt

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []
    with sandbox.sandbox() as place:
        assert place.folder.stat().st_mode & 0o777 == 0o700
    assert list(tmp_path.iterdir()) == []


def test_a_second_interrupt_does_not_stop_the_removal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    remove = shutil.rmtree

    def impatient(*arguments: Any, **options: Any) -> None:
        signal.raise_signal(signal.SIGINT)
        remove(*arguments, **options)

    monkeypatch.setattr(shutil, "rmtree", impatient)
    with pytest.raises(KeyboardInterrupt), interruptible(), sandbox.sandbox():
        signal.raise_signal(signal.SIGINT)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_every_ending_signal_interrupts_and_the_handlers_come_back(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt), interruptible():
        signal.raise_signal(number)
    assert signal.getsignal(number) is before


@pytest.fixture
def ignored_hangup() -> Iterator[None]:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("ignored_hangup")
def test_a_signal_that_the_caller_ignores_stays_ignored() -> None:
    with interruptible():
        signal.raise_signal(signal.SIGHUP)


def test_a_signal_first_ends_what_threads_wait_for() -> None:
    ended: list[str] = []

    def work() -> None:
        with calling(lambda: ended.append("past")):
            pass
        with calling(lambda: ended.append("outer")), calling(lambda: ended.append("inner")):
            with uninterrupted():
                signal.raise_signal(signal.SIGINT)
                assert ended == []
            ended.append("never")

    with interruptible(), pytest.raises(KeyboardInterrupt):
        work()
    assert ended == ["outer", "inner"]


def test_an_interrupt_is_not_lost_to_what_fails_after_it_and_is_over_with_its_block() -> None:
    def unwound() -> None:
        with foremost():
            try:
                signal.raise_signal(signal.SIGINT)
            finally:
                raise ValueError("what was waited for is gone")

    with pytest.raises(KeyboardInterrupt), interruptible():
        unwound()
    with interruptible(), pytest.raises(ValueError, match="a failure"), foremost():
        raise ValueError("a failure")


def test_a_signal_waits_for_the_end_of_what_may_not_be_interrupted() -> None:
    steps = []

    def work() -> None:
        with uninterrupted():
            with uninterrupted():
                signal.raise_signal(signal.SIGTERM)
                steps.append("inner")
            steps.append("outer")
        steps.append("never")

    with interruptible(), pytest.raises(KeyboardInterrupt):
        work()
    assert steps == ["inner", "outer"]
    with uninterrupted():
        pass
