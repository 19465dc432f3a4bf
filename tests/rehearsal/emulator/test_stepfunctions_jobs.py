"""States that run a Batch job and wait for its end: what comes of the job, and of a stop."""

import itertools
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal import executions
from rehearsal.executions import ExecutionError
from rehearsal.jobs import JobRunner, job_runner
from rehearsal.sandbox import Sandbox
from rehearsal.stage import Stage
from rehearsal.stage import stage as rehearsal_stage
from tests.rehearsal.emulator import state_machines
from tests.rehearsal.emulator.state_machines import ACCOUNT, REGION, allow, of_states
from tests.rehearsal.jobs.small_batch import SmallBatch, alive, shell

OWN = {"team": "own"}
MAY = [
    allow("batch:SubmitJob"),
    allow("batch:TagResource"),
    allow("batch:DescribeJobs"),
    {**allow("batch:TerminateJob"), "Condition": {"StringEquals": {"aws:ResourceTag/team": "own"}}},
]
SLEEP = shell("echo $$; exec sleep 300")


class Bench:
    """A stage with a queue."""

    def __init__(self, stage: Stage, batch: SmallBatch) -> None:
        self.stage, self.batch, self.cloud = stage, batch, stage.cloud

    def task(self, command: list[str], tags: dict[str, str]) -> dict[str, Any]:
        """Return a state that runs a command as a job."""
        definition = self.batch.client.register_job_definition(
            jobDefinitionName="of-state-machines",
            type="container",
            containerProperties={
                "image": "python:3.11",
                "command": ["true"],
                "resourceRequirements": [
                    {"type": "VCPU", "value": "1"},
                    {"type": "MEMORY", "value": "512"},
                ],
            },
        )["jobDefinitionArn"]
        return {
            "Type": "Task",
            "Resource": "arn:aws:states:::batch:submitJob.sync",
            "Parameters": {
                "JobName": "job",
                "JobDefinition": definition,
                "JobQueue": self.batch.queue,
                "Parameters": {"metaflow.run_id.$": "$$.Execution.Name"},
                "ContainerOverrides": {
                    "Command": command,
                    "Environment": [{"Name": "GIVEN", "Value.$": "$.given"}],
                },
                "RetryStrategy": {"Attempts": 1},
                "Tags": tags,
            },
        }

    def start(self, name: str, definition: Any) -> str:
        machine = state_machines.put_machine(self.cloud, name, definition, *MAY)
        return state_machines.start(self.cloud, machine, {"given": "from the input"})

    def running_job(self) -> str:
        """Wait for a job that runs; return its id."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            for job, summary in self.batch.runner.jobs():
                if summary["status"] == "RUNNING":
                    return job.id
            time.sleep(0.05)
        raise AssertionError("no job runs")

    def used(self, name: str) -> set[str]:
        return self.stage.authorizer.ledger.used(f"arn:aws:iam::{ACCOUNT}:role/{name}")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    sandbox = Sandbox(tmp_path_factory.mktemp("jobs"))
    with (
        rehearsal_stage(REGION, None) as stage,
        job_runner(sandbox, stage.cloud.endpoint, REGION) as runner,
    ):
        yield Bench(stage, SmallBatch(stage.cloud, runner, sandbox))


def test_the_state_ends_with_the_job_and_passes_it_on(bench: Bench) -> None:
    definition = of_states(Only=bench.task(shell("echo $GIVEN $MANAGED_BY_AWS"), OWN))
    found = state_machines.ended(bench.cloud, bench.start("succeeds", definition))
    assert found["status"] == "SUCCEEDED", found
    job = json.loads(found["output"])
    assert (job["Status"], job["JobName"]) == ("SUCCEEDED", "job")
    assert job["Parameters"] == {"metaflow.run_id": found["name"]}
    assert bench.batch.log(bench.batch.job(job["JobId"])) == [
        "from the input STARTED_BY_STEP_FUNCTIONS"
    ]
    assert bench.used("succeeds") == {"batch:SubmitJob", "batch:TagResource", "batch:DescribeJobs"}


def test_a_job_is_looked_at_a_few_times_a_second_at_most(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner, looks = bench.batch.runner, []

    def describe(identifiers: list[str]) -> list[dict[str, Any]]:
        looks.append(time.monotonic())
        return JobRunner.describe(runner, identifiers)

    monkeypatch.setattr(runner, "describe", describe)
    execution = bench.start("watched", of_states(Only=bench.task(shell("sleep 1.5"), OWN)))
    assert state_machines.ended(bench.cloud, execution)["status"] == "SUCCEEDED"
    pauses = [later - earlier for earlier, later in itertools.pairwise(looks)]
    assert len(pauses) >= 2
    assert min(pauses) > 0.2


def test_a_failed_job_fails_the_state_with_the_jobs_description(bench: Bench) -> None:
    definition = of_states(Only=bench.task(shell("exit 3"), OWN))
    found = state_machines.ended(bench.cloud, bench.start("fails", definition))
    assert (found["status"], found["error"]) == ("FAILED", "States.TaskFailed")
    job = json.loads(found["cause"])
    assert (job["Status"], job["Container"]["ExitCode"]) == ("FAILED", 3)


def test_whoever_waits_reads_what_the_failed_job_printed(bench: Bench) -> None:
    definition = of_states(Only=bench.task(shell("echo the job says why; exit 3"), OWN))
    name = bench.start("fails-aloud", definition).rpartition(":")[2]
    with pytest.raises(ExecutionError) as raised:
        executions.await_success(bench.cloud, name)
    assert str(raised.value) == (
        f"the execution {name} FAILED: States.TaskFailed: the job job failed; its last lines:\n"
        "  the job says why"
    )


def test_a_failure_of_something_else_than_a_job_is_told_by_its_cause(bench: Bench) -> None:
    definition = of_states(Only={"Type": "Fail", "Error": "Own", "Cause": "no job\nat all"})
    name = bench.start("fails-alone", definition).rpartition(":")[2]
    with pytest.raises(ExecutionError, match=rf"^the execution {name} FAILED: Own no job at all$"):
        executions.await_success(bench.cloud, name)


def test_a_stop_terminates_the_job_as_the_role(bench: Bench) -> None:
    execution = bench.start("stopped", of_states(Only=bench.task(SLEEP, OWN)))
    job = bench.running_job()
    processes = bench.batch.processes(job)
    assert alive(processes) == processes
    bench.cloud.client("stepfunctions").stop_execution(executionArn=execution)
    assert state_machines.describe(bench.cloud, execution)["status"] == "ABORTED"
    ended = bench.batch.wait(job)
    assert (ended["status"], ended["isTerminated"]) == ("FAILED", True)
    assert alive(processes) == []
    assert "batch:TerminateJob" in bench.used("stopped")
    state_machines.until_event(bench.cloud, execution, "ExecutionAborted")
    told = state_machines.history(bench.cloud, execution)
    assert told[-2:] == ["TaskStateAborted", "ExecutionAborted"]
    assert "TaskSucceeded" not in told


def test_a_job_that_the_role_may_not_terminate_outlives_the_stop(bench: Bench) -> None:
    execution = bench.start("powerless", of_states(Only=bench.task(SLEEP, {"team": "other"})))
    job = bench.running_job()
    with bench.stage.authorizer.ledger.expecting_denials() as denials:
        bench.cloud.client("stepfunctions").stop_execution(executionArn=execution)
        until = time.monotonic() + 60
        while not denials:
            assert time.monotonic() < until, "nothing was denied"
            time.sleep(0.05)
    assert {one.action for one in denials} == {"batch:TerminateJob"}
    assert state_machines.describe(bench.cloud, execution)["status"] == "ABORTED"
    state_machines.until_event(bench.cloud, execution, "ExecutionAborted")
    told = state_machines.history(bench.cloud, execution)
    assert told[-2:] == ["TaskStateAborted", "ExecutionAborted"]
    assert bench.batch.job(job)["status"] == "RUNNING"
    bench.batch.client.terminate_job(jobId=job, reason="test")
    bench.batch.wait(job)


def test_a_branch_that_fails_terminates_the_job_of_another(bench: Bench) -> None:
    seen = bench.batch.sandbox.folder / "job"
    sleeping = shell(f"echo $AWS_BATCH_JOB_ID > {seen}; exec sleep 300")
    failing = shell(f"until test -s {seen}; do sleep 0.1; done; exit 3")
    branches = [of_states(Only=bench.task(command, OWN)) for command in (sleeping, failing)]
    both = {"Type": "Parallel", "Branches": branches}
    found = state_machines.ended(bench.cloud, bench.start("branches", of_states(Both=both)))
    assert (found["status"], found["error"]) == ("FAILED", "States.TaskFailed")
    assert json.loads(found["cause"])["Container"]["ExitCode"] == 3
    job = bench.batch.wait(seen.read_text(encoding="utf-8").strip())
    assert job["isTerminated"]
