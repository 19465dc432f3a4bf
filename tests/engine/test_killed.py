"""Commands that are killed: what was in flight is named, and the next command goes on."""

import json
import random
import signal
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from rehearsal.engine import Engine, Operation
from rehearsal.engine.cli import UNASKED
from rehearsal.provider.registry import RESOURCE_TYPES
from rehearsal.sandbox import communicate
from tests.engine import in_flight
from tests.engine.live_stack import Live, changes, live

pytestmark = pytest.mark.cli

CREATIONS = 88
CHOSEN = sorted(random.Random(6).sample(range(1, CREATIONS), 20))  # noqa: S311 no secret
FEW = (CHOSEN[4], CHOSEN[15])
LIMIT_SECONDS = 120.0
REMADE = {
    "aws:apigateway/deployment:Deployment": "no import tells its triggers",
    "aws:ecs/taskDefinition:TaskDefinition": "moto tells its containers with defaults of its own",
}
"""Types of which an import cannot tell an input that replaces them, each with the reason.

Beside them whatever Pulumi names itself: the program does not give the name that an import finds.
"""


def kill_after(engine: Engine, command: str, operation: str, done: int) -> bool:
    """Kill a command and its plugins once it did some operations; False where it ended before."""
    mark = f'"resOutputsEvent":{{"metadata":{{"op":"{operation}"'
    limit = time.monotonic() + LIMIT_SECONDS
    with engine.started(command, *UNASKED) as (process, log):
        while process.poll() is None and time.monotonic() < limit:
            if log.exists() and log.read_text(encoding="utf-8").count(mark) >= done:
                process.send_signal(signal.SIGKILL)
                return True
            time.sleep(0.01)
    return False


@dataclass(frozen=True)
class Life:
    """What came of a stack whose creation, change and destruction were killed.

    Attributes:
        named: what the state says was in flight, when its creation was killed.
        taken_in: of these, what AWS had after all: ids by URN.
        remade: types of what was taken in and made anew, but for those with automatic names.
        unsettled: what a second update and a refresh would still change.
        unsettled_change: the same, after a change was killed.
        left: what is left in AWS after all was destroyed.
    """

    named: tuple[Operation, ...]
    taken_in: dict[str, str]
    remade: set[str]
    unsettled: list[object]
    unsettled_change: list[object]
    left: list[str]


def take_in(stack: Live, folder: Path) -> dict[str, str]:
    """Import the creations in flight that AWS has after all, and clear the others.

    That is what Pulumi asks its users for. `pulumi refresh --import-pending-creates` would do it at
    once, but Pulumi 3.272 forgets what is named there: nothing in its pkg/engine takes it in.

    Returns:
        The ids of what was imported, by URN.
    """
    known = {
        name
        for one in stack.engine.registrations()
        for name in (one.id, str(one.outputs.get("arn", "")))
    }
    pending = stack.engine.export()["deployment"].get("pending_operations") or []
    creations = [
        one["resource"]
        for one in pending
        if one["type"] == "creating" and one["resource"]["type"].startswith("aws:")
    ]
    found = {
        one["urn"]: in_flight.found(stack.cloud, one["type"], one["inputs"], known)
        for one in creations
    }
    there = {urn: import_id for urn, import_id in found.items() if import_id}
    if there:
        file = folder / "import.json"
        file.write_text(
            json.dumps(import_file([one for one in creations if one["urn"] in there], there))
        )
        run(stack.engine, "import", f"--file={file}", "--protect=false", "--generate-code=false")
    stack.engine.refresh(forget_in_flight=True)
    return there


def import_file(resources: list[Mapping[str, Any]], ids: Mapping[str, str]) -> dict[str, Any]:
    """Return what `pulumi preview --import-file` writes, with the ids filled in."""
    parents = {one["parent"] for one in resources}
    names = {parent: f"parent-{number}" for number, parent in enumerate(sorted(parents))}
    return {
        "nameTable": {name: parent for parent, name in names.items()},
        "resources": [
            {
                "type": one["type"],
                "name": one["urn"].rpartition("::")[2],
                "id": ids[one["urn"]],
                "parent": names[one["parent"]],
                "version": version("pulumi-aws"),
            }
            for one in resources
        ],
    }


def run(engine: Engine, command: str, *options: str) -> None:
    """Run a command to its end, which must be a good one."""
    with engine.started(command, *UNASKED, *options) as (process, _):
        output = communicate(process)[0]
    assert process.returncode == 0, output


def ids(engine: Engine) -> dict[str, str]:
    return {one.urn: one.id for one in engine.registrations()}


def unsettled(engine: Engine) -> list[object]:
    return [*changes(engine.up()), *changes(engine.refresh()), *engine.interrupted()]


def life(stack: Live, folder: Path, done: int) -> Life:
    """Kill a stack's creation, go on; kill a change, go on; kill its destruction, go on."""
    engine = stack.engine
    engine.configure({"tags": None})
    assert kill_after(engine, "up", "create", done)
    engine.cancel()
    named = engine.interrupted()
    taken_in = take_in(stack, folder)
    before = ids(engine)
    engine.up()
    after = ids(engine)
    remade = {one.type for one in named if before.get(one.urn, "") not in ("", after[one.urn])}
    remade = {token for token in remade if RESOURCE_TYPES[token].auto_name is None}
    left_to_do = unsettled(engine)

    engine.configure({"tags": {"Team": "data"}})
    assert kill_after(engine, "up", "update", done // 4)
    engine.cancel()
    engine.refresh()
    engine.up()
    after_change = unsettled(engine)

    assert kill_after(engine, "destroy", "delete", done // 2)
    engine.cancel()
    engine.refresh()
    engine.destroy()
    return Life(named, taken_in, remade, left_to_do, after_change, stack.left())


@pytest.fixture(scope="module")
def stack() -> Iterator[Live]:
    with live() as stands:
        yield stands


@pytest.fixture(scope="module")
def named() -> list[str]:
    """Collect what was in flight at each moment that is run."""
    return []


@pytest.mark.parametrize(
    "done",
    [
        pytest.param(one, marks=() if one in FEW else pytest.mark.thorough, id=f"{one}-done")
        for one in CHOSEN
    ],
)
def test_what_was_killed_goes_on_and_leaves_nothing(
    stack: Live, tmp_path: Path, named: list[str], done: int
) -> None:
    seen = life(stack, tmp_path, done)
    named += [one.urn for one in seen.named]
    assert {one.name for one in seen.named} <= {"creating"}
    assert set(seen.taken_in) <= {one.urn for one in seen.named}
    assert seen.remade <= set(REMADE)
    assert seen.unsettled == []
    assert seen.unsettled_change == []
    assert seen.left == []


def test_something_was_in_flight_when_it_was_killed(named: list[str]) -> None:
    """Else the moments above would show nothing; they are run before, in this order."""
    assert named
