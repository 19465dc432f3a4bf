"""Executions that are stopped, fail or are left running: nothing of them goes on."""

import threading
from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from moto.stepfunctions.parser.asl.component.program.program import Program
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser

from rehearsal.emulator import emulated_aws
from rehearsal.provider import Cloud
from tests.rehearsal.emulator import state_machines
from tests.rehearsal.emulator.state_machines import REGION, of_states, result, threads_beyond, wait

LONG = 600
WAITING = of_states(Only=wait(LONG))
RETRIED = {
    "Type": "Task",
    "Resource": "arn:aws:states:::dynamodb:getItem",
    "Parameters": {"TableName": "nowhere", "Key": {"id": {"S": "7"}}},
    "Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": LONG, "MaxAttempts": 3}],
}
STOPPED_IN = {
    "a wait": (WAITING, "WaitStateEntered"),
    "a pause before a retry": (of_states(Only=RETRIED), "TaskFailed"),
    "branches": (
        of_states(Both={"Type": "Parallel", "Branches": [WAITING, WAITING]}),
        "WaitStateEntered",
    ),
    "iterations": (
        of_states(Each={"Type": "Map", "MaxConcurrency": 2, "Iterator": WAITING}),
        "WaitStateEntered",
    ),
}


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    with emulated_aws() as emulated:
        yield Cloud(emulated.endpoint, REGION)


def stop(cloud: Cloud, execution: str) -> dict[str, Any]:
    cloud.client("stepfunctions").stop_execution(executionArn=execution)
    return state_machines.describe(cloud, execution)


@pytest.mark.parametrize(("definition", "event"), STOPPED_IN.values(), ids=STOPPED_IN)
def test_a_stop_aborts_at_once(
    cloud: Cloud,
    request: pytest.FixtureRequest,
    capfd: pytest.CaptureFixture[str],
    definition: Any,
    event: str,
) -> None:
    name = f"stopped-{list(STOPPED_IN).index(request.node.callspec.id)}"
    machine, before = state_machines.put_machine(cloud, name, definition), threading.enumerate()
    execution = state_machines.start(cloud, machine, [1, 2, 3])
    state_machines.until_event(cloud, execution, event)
    assert state_machines.describe(cloud, execution)["status"] == "RUNNING"
    found = stop(cloud, execution)
    assert found["status"] == "ABORTED"
    assert found["stopDate"] >= found["startDate"]
    assert threads_beyond(before) == []
    assert state_machines.describe(cloud, execution)["status"] == "ABORTED"
    told = state_machines.history(cloud, execution)
    assert [one for one in told if one.startswith("Execution")] == [
        "ExecutionStarted",
        "ExecutionAborted",
    ]
    assert capfd.readouterr() == ("", "")


def test_a_stop_before_the_definition_is_read_aborts(
    cloud: Cloud, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = state_machines.put_machine(cloud, "hasty", WAITING)
    before, parse, stopped = threading.enumerate(), AmazonStateLanguageParser.parse, Event()

    def slow(definition: str) -> Any:
        stopped.wait()
        return parse(definition)

    monkeypatch.setattr(AmazonStateLanguageParser, "parse", staticmethod(slow))
    execution = state_machines.start(cloud, machine)
    assert stop(cloud, execution)["status"] == "ABORTED"
    stopped.set()
    assert threads_beyond(before) == []
    assert state_machines.describe(cloud, execution)["status"] == "ABORTED"
    assert capfd.readouterr() == ("", "")


def test_a_branch_that_cannot_start_fails_the_execution(
    cloud: Cloud, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    definition, _ = STOPPED_IN["branches"]
    machine = state_machines.put_machine(cloud, "stillborn", definition)
    before, evaluate = threading.enumerate(), Program.eval

    def evaluate_no_branch(program: Any, env: Any) -> None:
        if env.is_frame():
            raise RuntimeError("no room for a branch")
        evaluate(program, env)

    monkeypatch.setattr(Program, "eval", evaluate_no_branch)
    found = state_machines.ended(cloud, state_machines.start(cloud, machine))
    assert (found["status"], found["error"]) == ("FAILED", "States.Runtime")
    assert "no room for a branch" in found["cause"]
    assert threads_beyond(before) == []
    assert capfd.readouterr() == ("", "")


def test_an_execution_that_has_ended_is_not_aborted(cloud: Cloud) -> None:
    machine = state_machines.put_machine(cloud, "done", of_states(Only=result(1)))
    execution = state_machines.start(cloud, machine)
    ended = state_machines.ended(cloud, execution)
    assert stop(cloud, execution)["status"] == "SUCCEEDED"
    assert state_machines.describe(cloud, execution)["stopDate"] == ended["stopDate"]


def test_only_the_execution_that_is_meant_is_stopped(cloud: Cloud) -> None:
    definition = of_states(First=wait(3), Last=result("went on"))
    machine = state_machines.put_machine(cloud, "siblings", definition)
    stopped, other = (state_machines.start(cloud, machine) for _ in range(2))
    assert stop(cloud, stopped)["status"] == "ABORTED"
    assert state_machines.ended(cloud, other)["output"] == '"went on"'
    statuses = {
        status: [one["executionArn"] for one in listed(cloud, machine, status)]
        for status in ("ABORTED", "SUCCEEDED", "RUNNING")
    }
    assert statuses == {"ABORTED": [stopped], "SUCCEEDED": [other], "RUNNING": []}


def listed(cloud: Cloud, machine: str, status: str) -> list[Any]:
    answer = cloud.client("stepfunctions").list_executions(
        stateMachineArn=machine, statusFilter=status
    )
    return list(answer["executions"])


def test_a_failed_branch_ends_the_other(cloud: Cloud) -> None:
    failing = of_states(First={"Type": "Fail", "Error": "Broken", "Cause": "by hand"})
    parallel = {"Type": "Parallel", "Branches": [WAITING, failing]}
    machine = state_machines.put_machine(cloud, "broken", of_states(Both=parallel))
    before = threading.enumerate()
    found = state_machines.ended(cloud, state_machines.start(cloud, machine))
    assert (found["status"], found["error"], found["cause"]) == ("FAILED", "Broken", "by hand")
    assert threads_beyond(before) == []


def test_a_timeout_ends_what_waits(cloud: Cloud) -> None:
    machine = state_machines.put_machine(cloud, "late", {**WAITING, "TimeoutSeconds": 1})
    before = threading.enumerate()
    found = state_machines.ended(cloud, state_machines.start(cloud, machine))
    assert found["status"] == "TIMED_OUT"
    assert threads_beyond(before) == []
