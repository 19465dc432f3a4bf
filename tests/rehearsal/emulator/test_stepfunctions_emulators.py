"""Executions in an emulator of their own: without an authorizer, and left running at its end."""

import threading
from pathlib import Path

from rehearsal.emulator import emulated_aws
from rehearsal.provider import Cloud
from rehearsal.sandbox import Sandbox
from tests.rehearsal.emulator import state_machines
from tests.rehearsal.emulator.state_machines import REGION, of_states, wait
from tests.rehearsal.jobs.small_batch import small_batch

LIST_TABLES = {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:dynamodb:listTables"}
LEFT = {
    "waits": wait(600),
    "branches": {"Type": "Parallel", "Branches": [of_states(Only=wait(600))] * 2},
    "tasks that wait to be tried again": {
        **LIST_TABLES,
        "Parameters": {"Limit": "many"},
        "Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 600}],
    },
}


def test_without_an_authorizer_the_role_is_assumed_unasked() -> None:
    with emulated_aws() as emulated:
        cloud = Cloud(emulated.endpoint, REGION)
        machine = state_machines.put_machine(cloud, "unasked", of_states(Only=LIST_TABLES))
        assert state_machines.output(cloud, machine) == {"TableNames": []}


def test_the_emulators_end_ends_its_executions() -> None:
    before = threading.enumerate()
    with emulated_aws() as emulated:
        cloud = Cloud(emulated.endpoint, REGION)
        for number, state in enumerate(LEFT.values()):
            machine = state_machines.put_machine(cloud, f"left-{number}", of_states(Only=state))
            execution = state_machines.start(cloud, machine)
            state_machines.until_event(cloud, execution, "ExecutionStarted")
            state_machines.start(cloud, machine)
        # What is being deleted runs as well.
        cloud.client("stepfunctions").delete_state_machine(stateMachineArn=machine)
    assert [one.name for one in threading.enumerate() if one not in before] == []


def test_the_runners_end_ends_the_executions_that_wait_for_its_jobs(tmp_path: Path) -> None:
    before = threading.enumerate()
    with small_batch(Sandbox(tmp_path)) as batch:
        job = batch.submit(["sleep", "300"])
        task = {
            "Type": "Task",
            "Resource": "arn:aws:states:::batch:submitJob.sync",
            "Parameters": {
                "JobName": "waited-for",
                "JobQueue": batch.queue,
                "JobDefinition": batch.job(job)["jobDefinition"],
            },
        }
        machine = state_machines.put_machine(batch.cloud, "waiting", of_states(Only=task))
        execution = state_machines.start(batch.cloud, machine)
        state_machines.until_event(batch.cloud, execution, "TaskSubmitted")
    assert [one.name for one in threading.enumerate() if one not in before] == []
