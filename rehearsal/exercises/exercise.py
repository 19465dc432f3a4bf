"""An exercise, and what it works with."""

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.flow_runner import FlowError, FlowRunner
from rehearsal.mocks import Deployment
from rehearsal.provider import Cloud
from rehearsal.stage import Stage

FLOWS = Path(__file__).resolve().parent.parent / "flows"
WAITING_FLOW = FLOWS / "waiting_flow.py"

_LIMIT_SECONDS = 120.0
_LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class Hands:
    """What an exercise works with.

    Attributes:
        runner: runs flows and their commands as the user role.
        stands: the emulated AWS, for what AWS does by itself and for looking at results.
        deployment: the deployed stack.
    """

    runner: FlowRunner
    stands: Stage
    deployment: Deployment

    def new_signal(self) -> str:
        """Return the URL of an object that is not there, for which a flow can wait."""
        return f"{self.runner.profile.settings['METAFLOW_DATATOOLS_S3ROOT']}/signal-{uuid.uuid4()}"

    def running_job(self) -> str | None:
        """Return the identifier of a job that runs on the stack's first queue; None without one."""
        batch = self.stands.cloud.client("batch")
        queue = self.deployment.outputs["jobQueueArn"]
        found = batch.list_jobs(jobQueue=queue, jobStatus="RUNNING")["jobSummaryList"]
        return found[0]["jobId"] if found else None

    def give(self, signal: str) -> None:
        """Let the flow go on that waits for a signal."""
        bucket, _, key = signal.removeprefix("s3://").partition("/")
        self.stands.cloud.client("s3").put_object(Bucket=bucket, Key=key, Body=b"go on")


@dataclass(frozen=True)
class Exercise:
    """One thing that users do.

    Attributes:
        name: what it is, as the progress shows it.
        do: does it; raises FlowError where it does not work.
        prepare: makes what must stand before the stack is deployed, and returns the settings that
            tell the stack of it; None where nothing must.
    """

    name: str
    do: Callable[[Hands], None]
    prepare: Callable[[Cloud], Mapping[str, str]] | None = None


def until(what: str, condition: Callable[[], Any], seconds: float = _LIMIT_SECONDS) -> Any:
    """Wait until a condition holds, and return what it returned.

    Args:
        what: what is waited for, for the message.
        condition: holds when it returns something true.
        seconds: for how long.

    Raises:
        FlowError: it does not hold in time.
    """
    end = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > end:
            raise FlowError(f"{what} did not happen within {seconds:.0f} s")
        time.sleep(_LOOK_SECONDS)
    return found


def expect(holds: object, problem: str) -> None:
    """Raise a FlowError that tells a problem, unless something holds."""
    if not holds:
        raise FlowError(problem)
