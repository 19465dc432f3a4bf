"""Flows on Step Functions: changed, listed, terminated, deleted, and started by a schedule."""

import json
from collections.abc import Mapping

from rehearsal import executions, schedules
from rehearsal.executions import ExecutionError
from rehearsal.exercises.exercise import FLOWS, WAITING_FLOW, Exercise, Hands, expect, until
from rehearsal.flow_runner import FlowError
from rehearsal.provider import Cloud
from rehearsal.schedules import ScheduleError
from rehearsal.stage import Stage

_TERMINATED_SECONDS = 30.0
_DISTRIBUTED = "--use-distributed-map"
_FOREACH_FLOW = FLOWS / "foreach_flow.py"
_WAITING_MAP_FLOW = FLOWS / "waiting_map_flow.py"
_BRANCH_FLOW = FLOWS / "branch_flow.py"


def _life(hands: Hands) -> None:
    """Deploy a flow, trigger it, deploy it anew under the run; terminate the run, delete it."""
    runner, flow = hands.runner, WAITING_FLOW
    history = _with_history(hands)
    runner.step_functions(flow, "create", *history)
    run = runner.trigger(flow, "--until", hands.new_signal()).rpartition("/")[2]
    until("the start of a job", lambda: _runs(hands, run) and hands.running_job())
    runner.step_functions(flow, "create", "--tag", "changed", *history)
    listed = runner.step_functions(flow, "list-runs", "--running")
    expect(run in listed, f"`list-runs --running` does not tell of {run}: {listed}")
    runner.step_functions(flow, "terminate", run)
    until("the end of the job", lambda: not hands.running_job(), _TERMINATED_SECONDS)
    found = executions.status(hands.stands.cloud, run.removeprefix("sfn-"))
    expect(found == "ABORTED", f"{run} is {found} after `terminate`")
    runner.step_functions(flow, "delete")
    left = hands.stands.cloud.client("stepfunctions").list_state_machines()["stateMachines"]
    names = [one["name"] for one in left]
    expect(not any("WaitingFlow" in one for one in names), f"`delete` left {names}")


def _runs(hands: Hands, run: str) -> bool:
    """Tell that an execution runs; raise a FlowError where it has ended."""
    found = executions.status(hands.stands.cloud, run.removeprefix("sfn-"))
    expect(found == "RUNNING", f"{run} is {found} before its first job")
    return True


def _with_history(hands: Hands) -> tuple[str, ...]:
    """Return the option that keeps the history of executions, where the stack has a log group."""
    wanted = "METAFLOW_SFN_EXECUTION_LOG_GROUP_ARN" in hands.runner.profile.settings
    return ("--log-execution-history",) if wanted else ()


def _schedule(hands: Hands) -> None:
    """Deploy a flow with a schedule, let the schedule's time come, and delete the flow."""
    runner, cloud = hands.runner, hands.stands.cloud
    runner.step_functions(_BRANCH_FLOW, "create")
    name = f"{runner.profile.settings['METAFLOW_SFN_STATE_MACHINE_PREFIX']}_BranchFlow"
    run = runner.scheduled(_BRANCH_FLOW, lambda: _fired(hands.stands, name))
    expect(run.artifacts["value"] == "21", f"the run left {json.dumps(dict(run.artifacts))}")
    runner.step_functions(_BRANCH_FLOW, "delete")
    rules = [one["Name"] for one in cloud.client("events").list_rules()["Rules"]]
    expect(name not in rules, f"`delete` left the rule {name}")


def _fired(stands: Stage, rule: str) -> str:
    try:
        [execution] = schedules.fire(stands.cloud, stands.authorizer, rule)
        name = execution.rpartition(":")[2]
        executions.await_success(stands.cloud, name)
    except (ScheduleError, ExecutionError) as error:
        raise FlowError(f"{_BRANCH_FLOW.name} failed as scheduled: {error}") from error
    return f"BranchFlow/sfn-{name}"


def _with_maps(_: Cloud) -> Mapping[str, str]:
    return {"distributedMap": "true", "compressStateMachines": "true"}


def _map(hands: Hands) -> None:
    """Run a foreach as a distributed map, whose results go through S3."""
    runner = hands.runner
    runner.step_functions(_FOREACH_FLOW, "create", _DISTRIBUTED)
    run = runner.scheduled(_FOREACH_FLOW, lambda: _triggered(hands))
    expect(run.artifacts["total"] == "14", f"the run left {json.dumps(dict(run.artifacts))}")


def _triggered(hands: Hands) -> str:
    pathspec = hands.runner.trigger(_FOREACH_FLOW)
    try:
        executions.await_success(hands.stands.cloud, pathspec.rpartition("/sfn-")[2])
    except ExecutionError as error:
        raise FlowError(f"{_FOREACH_FLOW.name} failed as a distributed map: {error}") from error
    return pathspec


def _ended_map(hands: Hands) -> None:
    """Terminate a run while an item of its distributed map runs; the item's job ends, too."""
    runner = hands.runner
    runner.step_functions(_WAITING_MAP_FLOW, "create", _DISTRIBUTED)
    run = runner.trigger(_WAITING_MAP_FLOW, "--until", hands.new_signal()).rpartition("/")[2]
    until("the start of an item", lambda: _runs(hands, run) and _item(hands))
    runner.step_functions(_WAITING_MAP_FLOW, "terminate", run)
    until("the end of the item", lambda: not _item(hands), _TERMINATED_SECONDS)


def _item(hands: Hands) -> bool:
    """Tell whether a job of the step `wait` runs; Metaflow names jobs after their steps."""
    job = hands.running_job()
    if job is None:
        return False
    [found] = hands.stands.cloud.client("batch").describe_jobs(jobs=[job])["jobs"]
    return "-wait-" in found["jobName"]


EXERCISES = (
    Exercise("deploy, change, terminate and delete on Step Functions", _life),
    Exercise("run branch_flow by its schedule", _schedule),
    Exercise("run a distributed map", _map, _with_maps),
    Exercise("terminate a distributed map", _ended_map, _with_maps),
)
