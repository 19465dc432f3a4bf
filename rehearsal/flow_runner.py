"""Runs a flow with a profile, as a user would, and reads the run back."""

import json
import signal
import sys
import time
from pathlib import Path

from rehearsal.metaflow_profile import Profile
from rehearsal.report import FlowRun
from rehearsal.sandbox import Sandbox, failure

_READ_BACK = Path(__file__).with_name("flows") / "read_back.py"


class FlowError(Exception):
    """A flow failed or could not be read back; the message ends with its last lines."""


def run_local(sandbox: Sandbox, profile: Profile, flow: Path) -> FlowRun:
    """Run a flow locally: its steps here, its metadata and artifacts in the deployed stack.

    Args:
        sandbox: where it runs.
        profile: the written profile, used as it is.
        flow: the flow's file.

    Raises:
        FlowError: the flow failed, or its run cannot be read back.
    """
    # Metaflow writes flow_name and run_id to it (metaflow/cli_components/run_cmds.py).
    run_file = sandbox.folder / f"{flow.stem}.run.json"
    command = [sys.executable, str(flow), "--no-pylint", "run"]
    started = time.monotonic()
    done = sandbox.run([*command, "--runner-attribute-file", str(run_file)], profile.environment)
    seconds = round(time.monotonic() - started, 1)
    output = done.stdout + done.stderr
    if done.returncode != 0:
        raise FlowError(failure(f"{flow.name} {_ending(done.returncode)}", output))
    if not run_file.is_file():
        raise FlowError(
            failure(f"{flow.name} ran no flow; --flow takes a file that runs a FlowSpec", output)
        )
    run = json.loads(run_file.read_text(encoding="utf-8"))
    return _read_back(sandbox, profile, flow, f"{run['flow_name']}/{run['run_id']}", seconds)


def _read_back(
    sandbox: Sandbox, profile: Profile, flow: Path, pathspec: str, seconds: float
) -> FlowRun:
    done = sandbox.run([sys.executable, str(_READ_BACK), pathspec], profile.environment)
    if done.returncode != 0:
        output = done.stdout + done.stderr
        raise FlowError(failure(f"run {pathspec} cannot be read back", output))
    found = json.loads(done.stdout.splitlines()[-1])
    return FlowRun(
        name=flow.stem,
        mode="local",
        pathspec=found["pathspec"],
        successful=found["successful"],
        seconds=seconds,
        artifacts=found["artifacts"],
    )


def _ending(code: int) -> str:
    """Say how a process ended; a negative code is the number of a signal."""
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"failed with {code}"
