"""Runs a flow with a profile, as a user would, and reads the run back."""

import json
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from rehearsal import executions
from rehearsal.executions import ExecutionError
from rehearsal.metaflow_profile import Profile
from rehearsal.provider import Cloud
from rehearsal.report import FlowRun
from rehearsal.sandbox import Sandbox, failure

_READ_BACK = Path(__file__).with_name("flows") / "read_back.py"


class Mode(StrEnum):
    """Where the steps of a flow run."""

    LOCAL = "local"
    BATCH = "batch"
    STEP_FUNCTIONS = "step-functions"


class FlowError(Exception):
    """A flow failed or could not be read back; the message ends with its last lines."""


@dataclass(frozen=True)
class FlowRunner:
    """Whoever runs flows.

    Attributes:
        sandbox: where their processes run.
        profile: the written profile, used as it is.
        cloud: the emulated AWS, in which executions are waited for.
    """

    sandbox: Sandbox
    profile: Profile
    cloud: Cloud

    def run(self, flow: Path, mode: Mode) -> FlowRun:
        """Run a flow and read its run back.

        Args:
            flow: the flow's file.
            mode: where its steps run; their metadata and artifacts are in the stack's in any case.

        Raises:
            FlowError: the flow failed, or its run cannot be read back.
        """
        started = time.monotonic()
        pathspec = _STARTING[mode](self, flow)
        seconds = round(time.monotonic() - started, 1)
        return self._read_back(flow, mode, pathspec, seconds)

    def command(self, flow: Path, *arguments: str) -> str:
        """Run one command of a flow and return what it printed.

        Raises:
            FlowError: the command failed.
        """
        done = self.sandbox.run(
            [sys.executable, str(flow), "--no-pylint", *arguments], self.profile.environment
        )
        output = done.stdout + done.stderr
        if done.returncode != 0:
            raise FlowError(failure(f"{flow.name} {_ending(done.returncode)}", output))
        return output

    def _read_back(self, flow: Path, mode: Mode, pathspec: str, seconds: float) -> FlowRun:
        command = [sys.executable, str(_READ_BACK), pathspec]
        done = self.sandbox.run(command, self.profile.environment)
        if done.returncode != 0:
            output = done.stdout + done.stderr
            raise FlowError(failure(f"run {pathspec} cannot be read back", output))
        found = json.loads(done.stdout.splitlines()[-1])
        return FlowRun(
            name=flow.stem,
            mode=mode,
            pathspec=found["pathspec"],
            successful=found["successful"],
            seconds=seconds,
            artifacts=found["artifacts"],
        )


def _local(runner: FlowRunner, flow: Path) -> str:
    return _run(runner, flow)


def _batch(runner: FlowRunner, flow: Path) -> str:
    return _run(runner, flow, "--with", "batch")


def _run(runner: FlowRunner, flow: Path, *arguments: str) -> str:
    # Metaflow writes flow_name and run_id to it (metaflow/cli_components/run_cmds.py).
    run_file = runner.sandbox.folder / f"{flow.stem}.run.json"
    run_file.unlink(missing_ok=True)
    output = runner.command(flow, "run", "--runner-attribute-file", str(run_file), *arguments)
    if not run_file.is_file():
        raise FlowError(
            failure(f"{flow.name} ran no flow; --flow takes a file that runs a FlowSpec", output)
        )
    run = json.loads(run_file.read_text(encoding="utf-8"))
    return f"{run['flow_name']}/{run['run_id']}"


def _step_functions(runner: FlowRunner, flow: Path) -> str:
    """Deploy a flow and trigger it once, and wait for the execution's end."""
    # Metaflow writes the pathspec, Flow/sfn-<name of the execution>, to it
    # (metaflow/plugins/aws/step_functions/step_functions_cli.py).
    file = runner.sandbox.folder / f"{flow.stem}.triggered.json"
    runner.command(flow, "step-functions", "create")
    runner.command(flow, "step-functions", "trigger", "--deployer-attribute-file", str(file))
    pathspec = str(json.loads(file.read_text(encoding="utf-8"))["pathspec"])
    try:
        executions.await_success(runner.cloud, pathspec.rpartition("/sfn-")[2])
    except ExecutionError as error:
        raise FlowError(f"{flow.name} failed on Step Functions: {error}") from error
    return pathspec


def _ending(code: int) -> str:
    """Say how a process ended; a negative code is the number of a signal."""
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"failed with {code}"


_STARTING: Mapping[Mode, Callable[[FlowRunner, Path], str]] = {
    Mode.LOCAL: _local,
    Mode.BATCH: _batch,
    Mode.STEP_FUNCTIONS: _step_functions,
}
"""What runs a flow in each mode and returns `Flow/run`."""
