"""Metaflow's flows on Step Functions of the deployed stack, by its commands, as the user role."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from rehearsal import metaflow_profile, mocks, schedules, stack_files
from rehearsal.authorization.authorizer import AssumeError
from rehearsal.jobs import JobRunner, RoleError, job_runner
from rehearsal.metaflow_profile import Profile
from rehearsal.provider import Provider
from rehearsal.rehearse import ROOT
from rehearsal.sandbox import Sandbox, sandbox
from rehearsal.stage import Stage
from rehearsal.stage import stage as rehearsal_stage
from tests.rehearsal import state_machines

pytestmark = pytest.mark.thorough

FLOWS = ROOT / "rehearsal" / "flows"
SECONDS = 240.0
"""A flow takes 20 on two idle cores; other tests run beside this one."""

BRANCH_FLOW = """
from metaflow import FlowSpec, Parameter, catch, current, retry, schedule, step

@schedule(cron="0 3 * * ? *")
class BranchFlow(FlowSpec):
    base = Parameter("base", default=20)

    @step
    def start(self):
        self.next(self.left, self.right)

    @retry(times=1, minutes_between_retries=0)
    @step
    def left(self):
        if current.retry_count == 0:
            raise RuntimeError("the first attempt fails")
        self.value = self.base + current.retry_count
        self.next(self.join)

    @catch(var="problem")
    @step
    def right(self):
        if self.base:
            raise RuntimeError("this is caught")
        self.next(self.join)

    @step
    def join(self, inputs):
        self.value, self.problem = inputs.left.value, str(inputs.right.problem.exception)
        self.next(self.end)

    @step
    def end(self):
        pass

if __name__ == "__main__":
    BranchFlow()
"""
SLEEPING_FLOW = """
import time
from metaflow import FlowSpec, step

class SleepingFlow(FlowSpec):
    @step
    def start(self):
        time.sleep(600)
        self.next(self.end)

    @step
    def end(self):
        pass

if __name__ == "__main__":
    SleepingFlow()
"""


class Deployed:
    """The deployed stack, and Metaflow in a user's hands."""

    def __init__(
        self, stage: Stage, place: Sandbox, profile: Profile, outputs: Mapping[str, Any]
    ) -> None:
        self.stage, self.place, self.profile, self.outputs = stage, place, profile, outputs
        self.client = stage.cloud.client("stepfunctions")

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        done = self.place.run([sys.executable, *command], self.profile.environment)
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    def step_functions(self, flow: Path, *arguments: str) -> str:
        done = self.run(str(flow), "--no-pylint", "step-functions", *arguments)
        return done.stdout + done.stderr

    def name(self, flow: str) -> str:
        """Return the name of a flow's state machine and rule."""
        return f"{self.profile.settings['METAFLOW_SFN_STATE_MACHINE_PREFIX']}_{flow}"

    def execution(self, flow: str) -> str:
        machine = self.stage.cloud.arn("states", f"stateMachine:{self.name(flow)}")
        [found] = self.client.list_executions(stateMachineArn=machine)["executions"]
        return str(found["executionArn"])

    def read_back(self, flow: str, execution: str) -> dict[str, Any]:
        """Wait for an execution's success; return its run as Metaflow's client sees it."""
        found = state_machines.ended(self.stage.cloud, execution, SECONDS)
        assert found["status"] == "SUCCEEDED", (found.get("error"), found.get("cause"))
        pathspec = f"{flow}/sfn-{found['name']}"
        done = self.run(str(FLOWS / "read_back.py"), pathspec)
        return dict(json.loads(done.stdout.splitlines()[-1]))

    def used(self, service: str) -> list[set[str]]:
        """Return what each role was used for that a service assumed."""
        ledger = self.stage.authorizer.ledger
        assumed = {
            one.resource
            for one in ledger.entries()
            if one.action == "sts:AssumeRole" and one.principal == f"{service}.amazonaws.com"
        }
        return [ledger.used(role) for role in assumed]


def as_ecs(stage: Stage, role: str, session: str, task: str) -> Mapping[str, Any]:
    try:
        return stage.authorizer.assume_as_service(role, "ecs-tasks", session, task)
    except AssumeError as error:
        raise RoleError(str(error)) from error


@pytest.fixture(scope="module")
def standing() -> Iterator[tuple[Deployed, JobRunner]]:
    config = stack_files.read_stack(ROOT, "dev")
    with ExitStack() as running:
        place = running.enter_context(sandbox())
        stage = running.enter_context(rehearsal_stage(config.region, None))
        deployment = mocks.deploy(
            mocks.program_at(ROOT / "__main__.py"),
            Provider(stage.cloud),
            project=config.project,
            stack_name=config.stack_name,
            config=config.values,
        )
        profile = metaflow_profile.write(place, stage.cloud, stage.authorizer, deployment)
        jobs = job_runner(
            place,
            stage.cloud.endpoint,
            config.region,
            assume=lambda *given: as_ecs(stage, *given),
        )
        runner = running.enter_context(jobs)
        yield Deployed(stage, place, profile, deployment.outputs), runner


@pytest.fixture(scope="module")
def deployed(standing: tuple[Deployed, JobRunner]) -> Deployed:
    return standing[0]


@pytest.fixture(scope="module")
def foreach(deployed: Deployed) -> str:
    flow = FLOWS / "foreach_flow.py"
    deployed.step_functions(flow, "create")
    deployed.step_functions(flow, "trigger")
    return deployed.execution("ForeachFlow")


@pytest.fixture(scope="module")
def scheduled(deployed: Deployed, foreach: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Fire a flow's schedule, while the other flow still runs."""
    flow = tmp_path_factory.mktemp("branch") / "branch_flow.py"
    flow.write_text(BRANCH_FLOW, encoding="utf-8")
    deployed.step_functions(flow, "create")
    stage = deployed.stage
    [execution] = schedules.fire(stage.cloud, stage.authorizer, deployed.name("BranchFlow"))
    assert execution != foreach
    return execution


def test_a_foreach_runs_to_its_end(deployed: Deployed, foreach: str, scheduled: str) -> None:
    found = deployed.read_back("ForeachFlow", foreach)
    assert found["pathspec"] == f"ForeachFlow/sfn-{foreach.rpartition(':')[2]}"
    assert (found["successful"], found["artifacts"]["total"]) == (True, "14")
    assert scheduled


def test_a_fired_schedule_runs_branches_a_retry_and_a_catch(
    deployed: Deployed, scheduled: str
) -> None:
    found = deployed.read_back("BranchFlow", scheduled)
    assert found["successful"]
    assert found["artifacts"]["value"] == "21"
    assert "this is caught" in found["artifacts"]["problem"]


def test_a_run_is_terminated_listed_and_its_flow_deleted(
    standing: tuple[Deployed, JobRunner], tmp_path: Path
) -> None:
    deployed, runner = standing
    flow = tmp_path / "sleeping_flow.py"
    flow.write_text(SLEEPING_FLOW, encoding="utf-8")
    deployed.step_functions(flow, "create")
    deployed.step_functions(flow, "trigger")
    execution = deployed.execution("SleepingFlow")
    state_machines.until_event(deployed.stage.cloud, execution, "TaskSubmitted")
    run_id = f"sfn-{execution.rpartition(':')[2]}"

    # The flow is deployed again under a run that goes on.
    machine = deployed.stage.cloud.arn("states", f"stateMachine:{deployed.name('SleepingFlow')}")
    before = deployed.client.describe_state_machine(stateMachineArn=machine)["definition"]
    deployed.step_functions(flow, "create", "--tag", "changed")
    after = deployed.client.describe_state_machine(stateMachineArn=machine)["definition"]
    assert "changed" in after
    assert "changed" not in before
    assert f"{run_id} " in deployed.step_functions(flow, "list-runs", "--running")

    assert "Run terminated" in deployed.step_functions(flow, "terminate", run_id)
    [line] = [
        one for one in deployed.step_functions(flow, "list-runs").splitlines() if run_id in one
    ]
    assert line.endswith("ABORTED")
    [job] = [one for one, _ in runner.jobs() if "SleepingFlow" in one.name]
    assert "--tag changed" not in " ".join(job.specification.command)
    until = time.monotonic() + 60
    while not job.ended:
        assert time.monotonic() < until, f"the job is {job.status}"
        time.sleep(0.05)
    assert (job.status, job.terminated) == ("FAILED", True)

    deployed.step_functions(flow, "delete")
    listed = deployed.client.list_state_machines()["stateMachines"]
    assert deployed.name("SleepingFlow") not in {one["name"] for one in listed}


def test_nobody_needs_more_or_other_rights_than_the_stack_gives(
    deployed: Deployed, foreach: str, scheduled: str
) -> None:
    for execution in (foreach, scheduled):
        state_machines.ended(deployed.stage.cloud, execution, SECONDS)
    ledger = deployed.stage.authorizer.ledger
    assert [str(one) for one in ledger.unexpected_denials()] == []
    assert ledger.faults == []
    assert deployed.used("events") == [{"states:StartExecution"}]
    [of_states] = deployed.used("states")
    assert of_states >= {"batch:SubmitJob", "batch:DescribeJobs", "dynamodb:GetItem"}
    user = ledger.used(deployed.outputs["userRoleArn"])
    assert user >= {"states:StartExecution", "states:CreateStateMachine", "events:PutTargets"}
