"""State machines of a few states, and roles that they run as."""

import itertools
import json
import threading
import time
from collections.abc import Iterable
from typing import Any

from rehearsal.provider import Cloud

REGION = "us-east-1"
ACCOUNT = "123456789012"


def allow(action: str, resource: str = "*") -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def put_role(
    cloud: Cloud, name: str, service: str, source_arn: str, statements: Iterable[Any]
) -> str:
    """Make a role that a service can assume for one resource, or change it; return its ARN."""
    iam = cloud.client("iam")
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": f"{service}.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {
                    "ArnLike": {"aws:SourceArn": source_arn},
                    "StringEquals": {"aws:SourceAccount": ACCOUNT},
                },
            }
        ],
    }
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    if document["Statement"]:
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=json.dumps(document))
    return str(arn)


def machine_arn(name: str) -> str:
    return f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{name}"


def put_machine(
    cloud: Cloud, name: str, definition: Any, *statements: Any, source_arn: str | None = None
) -> str:
    """Make a state machine with a role of its own; return its ARN."""
    role = put_role(cloud, name, "states", source_arn or machine_arn(name), statements)
    answer = cloud.client("stepfunctions").create_state_machine(
        name=name, definition=json.dumps(definition), roleArn=role
    )
    return str(answer["stateMachineArn"])


def of_states(**states: Any) -> dict[str, Any]:
    """Return a definition; each state goes on to the next, and the first is where it starts."""
    names = list(states)
    following = dict(itertools.pairwise(names))
    return {
        "StartAt": names[0],
        "States": {
            name: state
            if state["Type"] in ("Fail", "Succeed")
            else {**state, **({"Next": following[name]} if name in following else {"End": True})}
            for name, state in states.items()
        },
    }


def wait(seconds: int) -> dict[str, Any]:
    return {"Type": "Wait", "Seconds": seconds}


def result(value: Any) -> dict[str, Any]:
    return {"Type": "Pass", "Result": value}


def start(cloud: Cloud, machine: str, given: Any = None) -> str:
    answer = cloud.client("stepfunctions").start_execution(
        stateMachineArn=machine, input=json.dumps({} if given is None else given)
    )
    return str(answer["executionArn"])


def describe(cloud: Cloud, execution: str) -> dict[str, Any]:
    return dict(cloud.client("stepfunctions").describe_execution(executionArn=execution))


def ended(cloud: Cloud, execution: str, seconds: float = 60.0) -> dict[str, Any]:
    """Wait for an execution's end; return what DescribeExecution says then."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = describe(cloud, execution)
        if found["status"] != "RUNNING":
            return found
        time.sleep(0.05)
    raise AssertionError(
        f"{execution} still runs after {seconds} seconds: {history(cloud, execution)}"
    )


def output(cloud: Cloud, machine: str, given: Any = None) -> Any:
    """Run a state machine to its end; return its output."""
    found = ended(cloud, start(cloud, machine, given))
    assert found["status"] == "SUCCEEDED", (found.get("error"), found.get("cause"))
    return json.loads(found["output"])


def history(cloud: Cloud, execution: str) -> list[str]:
    """Return the types of an execution's events."""
    answer = cloud.client("stepfunctions").get_execution_history(executionArn=execution)
    return [one["type"] for one in answer["events"]]


def until_event(cloud: Cloud, execution: str, event: str, seconds: float = 60.0) -> None:
    """Wait until an execution has had an event of a type."""
    until = time.monotonic() + seconds
    while event not in history(cloud, execution):
        assert time.monotonic() < until, history(cloud, execution)
        time.sleep(0.02)


def threads_beyond(before: Iterable[threading.Thread], seconds: float = 10.0) -> list[str]:
    """Return the threads that were not there before and do not end soon."""
    known, until = set(before), time.monotonic() + seconds
    while left := [one.name for one in threading.enumerate() if one not in known]:
        if time.monotonic() > until:
            return left
        time.sleep(0.02)
    return []
