"""State machines that are deleted while they are executed."""

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from rehearsal.emulator import emulated_aws
from rehearsal.provider import Cloud
from rehearsal.provider.cloud import ADMINISTRATOR
from tests.rehearsal.emulator import state_machines
from tests.rehearsal.emulator.state_machines import REGION, of_states, result, threads_beyond, wait

SHORT, LONG = 3, 600
AS_GIVEN = {"Type": "Wait", "SecondsPath": "$.seconds"}


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    with emulated_aws() as emulated:
        yield Cloud(emulated.endpoint, REGION)


def waiting(cloud: Cloud, machine: str, seconds: int) -> str:
    """Start an execution that waits for some seconds in its first state."""
    execution = state_machines.start(cloud, machine, {"seconds": seconds})
    state_machines.until_event(cloud, execution, "WaitStateEntered")
    return execution


def delete(cloud: Cloud, machine: str) -> None:
    cloud.client("stepfunctions").delete_state_machine(stateMachineArn=machine)


def status(cloud: Cloud, machine: str) -> str:
    """Return a state machine's status, or the code with which it is not described."""
    try:
        answer = cloud.client("stepfunctions").describe_state_machine(stateMachineArn=machine)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return str(answer["status"])


def until_gone(cloud: Cloud, machine: str) -> None:
    until = time.monotonic() + 10
    while status(cloud, machine) != "StateMachineDoesNotExist":
        assert time.monotonic() < until, status(cloud, machine)
        time.sleep(0.02)


def test_executions_fail_at_their_next_state_and_the_last_one_takes_the_machine_along(
    cloud: Cloud,
) -> None:
    definition = of_states(First=AS_GIVEN, Last=result("went on"))
    machine = state_machines.put_machine(cloud, "doomed", definition)
    before = threading.enumerate()
    later, soon = waiting(cloud, machine, LONG), waiting(cloud, machine, SHORT)
    delete(cloud, machine)
    assert status(cloud, machine) == "DELETING"
    assert state_machines.describe(cloud, soon)["status"] == "RUNNING"
    found = state_machines.ended(cloud, soon)
    assert (found["status"], found["error"], found["cause"]) == (
        "FAILED",
        "States.Runtime",
        "State machine doomed has been deleted.",
    )
    assert state_machines.history(cloud, soon)[-1] == "ExecutionFailed"
    assert "PassStateEntered" not in state_machines.history(cloud, soon)
    assert state_machines.describe(cloud, later)["status"] == "RUNNING"
    assert status(cloud, machine) == "DELETING"
    cloud.client("stepfunctions").stop_execution(executionArn=later)
    until_gone(cloud, machine)
    assert threads_beyond(before) == []


def test_an_execution_in_its_last_state_comes_to_its_end(cloud: Cloud) -> None:
    machine = state_machines.put_machine(cloud, "ending", of_states(Only=AS_GIVEN))
    later, soon = waiting(cloud, machine, LONG), waiting(cloud, machine, SHORT)
    delete(cloud, machine)
    assert state_machines.ended(cloud, soon)["status"] == "SUCCEEDED"
    cloud.client("stepfunctions").stop_execution(executionArn=later)
    until_gone(cloud, machine)


def test_a_branch_that_goes_on_ends_the_execution_uncaught(cloud: Cloud) -> None:
    branches = [of_states(A=AS_GIVEN, B=result(1)), of_states(C=wait(LONG))]
    parallel = {
        "Type": "Parallel",
        "Branches": branches,
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}],
    }
    definition = of_states(Both=parallel, Caught={"Type": "Succeed"})
    machine = state_machines.put_machine(cloud, "branched", definition)
    before = threading.enumerate()
    later, soon = waiting(cloud, machine, LONG), waiting(cloud, machine, SHORT)
    delete(cloud, machine)
    found = state_machines.ended(cloud, soon)
    assert (found["status"], found["error"]) == ("FAILED", "States.Runtime")
    cloud.client("stepfunctions").stop_execution(executionArn=later)
    until_gone(cloud, machine)
    assert threads_beyond(before) == []


def test_a_machine_that_nothing_executes_is_gone_at_once(cloud: Cloud) -> None:
    machine = state_machines.put_machine(cloud, "idle", of_states(Only=result(1)))
    assert state_machines.output(cloud, machine) == 1
    delete(cloud, machine)
    assert status(cloud, machine) == "StateMachineDoesNotExist"
    delete(cloud, machine)


def test_a_machine_that_is_being_deleted_is_neither_started_changed_nor_made_again(
    cloud: Cloud,
) -> None:
    definition = of_states(Only=AS_GIVEN)
    machine = state_machines.put_machine(cloud, "going", definition)
    running = waiting(cloud, machine, LONG)
    delete(cloud, machine)
    # The cloud's own clients know that AWS refuses some of it, and do not ask.
    states: Any = boto3.client(
        "stepfunctions",
        region_name=REGION,
        endpoint_url=cloud.endpoint,
        aws_access_key_id=ADMINISTRATOR,
        aws_secret_access_key=ADMINISTRATOR,
    )
    role = cloud.client("iam").get_role(RoleName="going")["Role"]["Arn"]
    made = {"name": "going", "definition": json.dumps(definition), "roleArn": role}
    for call, parameters in (
        (states.start_execution, {"stateMachineArn": machine}),
        (states.update_state_machine, {"stateMachineArn": machine, "roleArn": role}),
        (states.create_state_machine, made),
    ):
        with pytest.raises(states.exceptions.StateMachineDeleting) as refused:
            call(**parameters)
        assert machine in str(refused.value)
    states.stop_execution(executionArn=running)
    until_gone(cloud, machine)
    assert states.create_state_machine(**made)["stateMachineArn"] == machine
    assert status(cloud, machine) == "ACTIVE"
