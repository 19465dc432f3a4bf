"""An update that is killed: what was in flight is named, and the next update goes on from there."""

import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.engine import Engine
from rehearsal.engine.cli import UNASKED
from tests.engine.live_stack import Live, changes, live, write_program

pytestmark = pytest.mark.cli

GROUPS = 40
PROGRAM = f"""
import pulumi_aws as aws

for number in range({GROUPS}):
    aws.cloudwatch.LogGroup(f"group-{{number:02}}")
"""
CHOSEN = sorted(random.Random(6).sample(range(1, GROUPS - 5), 20))  # noqa: S311 no secret
FEW = (CHOSEN[4], CHOSEN[15])
DONE = '"resOutputsEvent":{"metadata":{"op":"create"'
LIMIT_SECONDS = 60.0


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    program: Path = write_program(tmp_path_factory.mktemp("groups"), PROGRAM)
    with live(program=program) as stands:
        yield stands


def kill_after(engine: Engine, done: int) -> bool:
    """Kill an update and its plugins once it did some operations; False where it ended before."""
    limit = time.monotonic() + LIMIT_SECONDS
    with engine.started("up", *UNASKED) as (process, log):
        while process.poll() is None and time.monotonic() < limit:
            if log.exists() and log.read_text(encoding="utf-8").count(DONE) >= done:
                process.send_signal(signal.SIGKILL)
                return True
            time.sleep(0.005)
    return False


@pytest.mark.parametrize(
    "done",
    [
        pytest.param(one, marks=() if one in FEW else pytest.mark.thorough, id=f"{one}-done")
        for one in CHOSEN
    ],
)
def test_a_killed_update_is_taken_up_and_leaves_only_what_it_names(stack: Live, done: int) -> None:
    """What AWS made of a creation in flight nobody knows; it is created anew beside it."""
    engine, before = stack.engine, set(stack.left())
    assert kill_after(engine, done)
    engine.cancel()
    in_flight = {one.urn.rpartition("::")[2] for one in engine.interrupted()}
    kept = len(engine.registrations())
    after = engine.up()
    assert {one.name for one in after.changes} == {"create"}
    assert len(after.changes) + kept == GROUPS + 1
    engine.refresh(forget_in_flight=True)
    assert engine.interrupted() == ()
    assert changes(engine.up()) == {}
    engine.destroy()
    left = set(stack.left()) - before
    assert [one for one in left if not any(f" {name}-" in one for name in in_flight)] == []
