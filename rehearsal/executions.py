"""Executions of the emulated Step Functions, as whoever watches them sees them."""

import time
from typing import Any

from rehearsal.provider import Cloud

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
    found = _described(cloud, arn)
    while found["status"] == "RUNNING" and time.monotonic() < end:
        time.sleep(_LOOK_SECONDS)
        found = _described(cloud, arn)
    if found["status"] == "RUNNING":
        raise ExecutionError(f"the execution {name} still runs after {_LIMIT_SECONDS} s")
    if found["status"] != "SUCCEEDED":
        words = " ".join(f"{found.get('error', '')} {found.get('cause', '')}".split())
        raise ExecutionError(f"the execution {name} {found['status']}: {words[:_LONGEST_CAUSE]}")


def status(cloud: Cloud, name: str) -> str:
    """Return the status of an execution.

    Raises:
        ExecutionError: there is none of that name.
    """
    return str(_described(cloud, _arn(cloud, name))["status"])


def _described(cloud: Cloud, arn: str) -> dict[str, Any]:
    return dict(cloud.client("stepfunctions").describe_execution(executionArn=arn))


def _arn(cloud: Cloud, name: str) -> str:
    states = cloud.client("stepfunctions")
    for machine in states.list_state_machines()["stateMachines"]:
        for one in states.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]:
            if one["name"] == name:
                return str(one["executionArn"])
    raise ExecutionError(f"there is no execution {name}")
