"""Runs a flow with a profile, as a user would, and reads the run back."""

import json
import sys
import time
from pathlib import Path

from rehearsal.metaflow_profile import Profile
from rehearsal.report import FlowRun
from rehearsal.sandbox import Sandbox

_LAST_LINES = 15
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
    run_id_file = sandbox.folder / f"{flow.stem}.run-id"
    started = time.monotonic()
    done = sandbox.run(
        [sys.executable, str(flow), "--no-pylint", "run", "--run-id-file", str(run_id_file)],
        profile.environment,
    )
    if done.returncode != 0:
        raise FlowError(_failure(f"{flow.name} failed", done.stdout + done.stderr))
    seconds = round(time.monotonic() - started, 1)
    run_id = run_id_file.read_text(encoding="utf-8").strip()
    return _read_back(sandbox, profile, flow, run_id, seconds)


def _read_back(
    sandbox: Sandbox, profile: Profile, flow: Path, run_id: str, seconds: float
) -> FlowRun:
    done = sandbox.run([sys.executable, str(_READ_BACK), run_id], profile.environment)
    if done.returncode != 0:
        output = done.stdout + done.stderr
        raise FlowError(_failure(f"run {run_id} cannot be read back", output))
    found = json.loads(done.stdout.splitlines()[-1])
    return FlowRun(
        name=flow.stem,
        mode="local",
        pathspec=found["pathspec"],
        successful=found["successful"],
        seconds=seconds,
        artifacts=found["artifacts"],
    )


def _failure(what: str, output: str) -> str:
    lines = [line for line in output.splitlines() if line.strip()]
    return "\n".join([f"{what}; its last lines:", *(f"  {line}" for line in lines[-_LAST_LINES:])])
