"""Runs a flow with a profile, as a user would, and reads the run back."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from rehearsal import executions
from rehearsal.executions import ExecutionError
from rehearsal.metaflow_profile import Profile
from rehearsal.provider import Cloud
from rehearsal.report import FlowRun
from rehearsal.sandbox import Sandbox, communicate, failure

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
        runs: every run that was read back, and every one that failed; filled in.
    """

    sandbox: Sandbox
    profile: Profile
    cloud: Cloud
    runs: list[FlowRun] = field(default_factory=list)

    def run(self, flow: Path, mode: Mode) -> FlowRun:
        """Run a flow and read its run back.

        Args:
            flow: the flow's file.
            mode: where its steps run; their metadata and artifacts are in the stack's in any case.

        Raises:
            FlowError: the flow failed, or its run cannot be read back.
        """
        return self._timed(flow, mode, lambda: _STARTING[mode](self, flow))

    def resume(self, flow: Path) -> FlowRun:
        """Resume the last run of a flow, and read the new run back.

        Raises:
            FlowError: the flow failed, or its run cannot be read back.
        """
        return self._timed(flow, Mode.LOCAL, lambda: self.started_run(flow, "resume"))

    def scheduled(self, flow: Path, wait: Callable[[], str]) -> FlowRun:
        """Wait for a run of a flow that something else started, and read it back.

        Args:
            flow: the flow's file.
            wait: waits for the run's end and returns `Flow/run`.

        Raises:
            FlowError: the flow failed, or its run cannot be read back.
        """
        return self._timed(flow, Mode.STEP_FUNCTIONS, wait)

    def command(self, flow: Path, *arguments: str) -> str:
        """Run one command of a flow and return what it printed.

        Raises:
            FlowError: the command failed.
        """
        with self.under_way(flow, *arguments) as process:
            return process.ended()

    @contextmanager
    def under_way(self, flow: Path, *arguments: str) -> Iterator["UnderWay"]:
        """Start one command of a flow; end it after the block, if it still runs."""
        command = [sys.executable, str(flow), "--no-pylint", *arguments]
        environment = self.profile.environment
        with self.sandbox.started(command, environment, errors=subprocess.STDOUT) as process:
            yield UnderWay(flow, process)

    def step_functions(self, flow: Path, *arguments: str) -> str:
        """Run one of a flow's commands for Step Functions and return what it printed.

        Raises:
            FlowError: the command failed.
        """
        return self.command(flow, "step-functions", *arguments)

    def trigger(self, flow: Path, *arguments: str) -> str:
        """Start an execution of a deployed flow and return `Flow/run`.

        Raises:
            FlowError: the command failed.
        """
        # Metaflow writes the pathspec, Flow/sfn-<name of the execution>, to it
        # (metaflow/plugins/aws/step_functions/step_functions_cli.py).
        file = self.sandbox.folder / f"{flow.stem}.triggered.json"
        self.step_functions(flow, "trigger", "--deployer-attribute-file", str(file), *arguments)
        return str(json.loads(file.read_text(encoding="utf-8"))["pathspec"])

    def started_run(self, flow: Path, *command: str) -> str:
        """Run a flow by `run` or `resume` and return `Flow/run`.

        Raises:
            FlowError: the flow failed, or there was none.
        """
        # Metaflow writes flow_name and run_id to it (metaflow/cli_components/run_cmds.py).
        run_file = self.sandbox.folder / f"{flow.stem}.run.json"
        run_file.unlink(missing_ok=True)
        first, *rest = command
        output = self.command(flow, first, "--runner-attribute-file", str(run_file), *rest)
        if not run_file.is_file():
            raise FlowError(
                failure(
                    f"{flow.name} ran no flow; --flow takes a file that runs a FlowSpec", output
                )
            )
        run = json.loads(run_file.read_text(encoding="utf-8"))
        return f"{run['flow_name']}/{run['run_id']}"

    def _timed(self, flow: Path, mode: Mode, start: Callable[[], str]) -> FlowRun:
        """Run a flow, read it back, and keep how it went."""
        started = time.monotonic()
        try:
            pathspec = start()
            seconds = round(time.monotonic() - started, 1)
            run = self._read_back(flow, mode, pathspec, seconds)
        except FlowError:
            self.runs.append(FlowRun.failed(flow.stem, mode))
            raise
        self.runs.append(run)
        if not run.successful:
            raise FlowError(f"{run.pathspec} was not successful")
        return run

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


@dataclass(frozen=True)
class UnderWay:
    """A command of a flow that runs."""

    flow: Path
    process: subprocess.Popen[str]

    def going_on(self) -> bool:
        """Tell that it still runs.

        Raises:
            FlowError: it has ended.
        """
        if self.process.poll() is not None:
            raise FlowError(f"{self.flow.name} ended too early: {self.ended()}")
        return True

    def ended(self) -> str:
        """Wait for its end and return what it printed.

        Raises:
            FlowError: it failed.
        """
        output, code = communicate(self.process)[0], self.process.returncode
        if code != 0:
            raise FlowError(failure(f"{self.flow.name} {_ending(code)}", output))
        return output


def _local(runner: FlowRunner, flow: Path) -> str:
    return runner.started_run(flow, "run")


def _batch(runner: FlowRunner, flow: Path) -> str:
    return runner.started_run(flow, "run", "--with", "batch")


def _step_functions(runner: FlowRunner, flow: Path) -> str:
    """Deploy a flow and trigger it once, and wait for the execution's end."""
    runner.step_functions(flow, "create")
    pathspec = runner.trigger(flow)
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
