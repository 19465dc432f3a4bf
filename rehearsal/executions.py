"""Executions of the emulated Step Functions, as whoever watches them sees them."""

import json
import time
from contextlib import suppress
from typing import Any

from rehearsal.jobs.specification import LOG_GROUP
from rehearsal.provider import Cloud
from rehearsal.provider.shapes import found
from rehearsal.sandbox import failure

_LIMIT_SECONDS = 300
_LOOK_SECONDS = 0.2
_LONGEST_CAUSE = 600


class ExecutionError(Exception):
    """An execution did not succeed; the message says how it ended."""


def await_success(cloud: Cloud, name: str) -> None:
    """Wait for the end of an execution.

    Args:
        cloud: the emulated AWS, as its administrator sees it.
        name: the execution's name.

    Raises:
        ExecutionError: there is none of that name, or it did not succeed in time.
    """
    arn = _arn(cloud, name)
    end = time.monotonic() + _LIMIT_SECONDS
    execution = _described(cloud, arn)
    while execution["status"] == "RUNNING" and time.monotonic() < end:
        time.sleep(_LOOK_SECONDS)
        execution = _described(cloud, arn)
    if execution["status"] == "RUNNING":
        raise ExecutionError(f"the execution {name} still runs after {_LIMIT_SECONDS} s")
    if execution["status"] != "SUCCEEDED":
        how = f"the execution {name} {execution['status']}"
        raise ExecutionError(f"{how}: {_reason(cloud, execution)}")


def status(cloud: Cloud, name: str) -> str:
    """Return the status of an execution.

    Raises:
        ExecutionError: there is none of that name.
    """
    return str(_described(cloud, _arn(cloud, name))["status"])


def _reason(cloud: Cloud, execution: dict[str, Any]) -> str:
    """Say why an execution failed: its failed job with what that printed, or the cause as it is."""
    error, cause = str(execution.get("error", "")), str(execution.get("cause", ""))
    with suppress(ValueError, KeyError, TypeError):
        # The cause of a job is its description (AWS Step Functions Developer Guide, "Run AWS Batch
        # workloads with Step Functions").
        job = json.loads(cause)
        stream = job["Attempts"][-1]["Container"]["LogStreamName"]
        return failure(f"{error}: the job {job['JobName']} failed", _printed(cloud, stream))
    return " ".join(f"{error} {cause}".split())[:_LONGEST_CAUSE]


def _printed(cloud: Cloud, stream: str) -> str:
    """Return the last page of what a job printed."""
    events = found(
        cloud.client("logs").get_log_events,
        "ResourceNotFoundException",
        logGroupName=LOG_GROUP,
        logStreamName=stream,
    )
    return "\n".join(one["message"] for one in events["events"]) if events else ""


def _described(cloud: Cloud, arn: str) -> dict[str, Any]:
    return dict(cloud.client("stepfunctions").describe_execution(executionArn=arn))


def _arn(cloud: Cloud, name: str) -> str:
    states = cloud.client("stepfunctions")
    for machine in states.list_state_machines()["stateMachines"]:
        for one in states.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]:
            if one["name"] == name:
                return str(one["executionArn"])
    raise ExecutionError(f"there is no execution {name}")
