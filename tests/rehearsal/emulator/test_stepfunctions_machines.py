"""State machines that are created again, changed or deleted, and the names of executions."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from rehearsal.emulator import emulated_aws
from rehearsal.provider import Cloud
from rehearsal.provider.cloud import ADMINISTRATOR
from tests.rehearsal.emulator import state_machines
from tests.rehearsal.emulator.state_machines import REGION, of_states, result, wait


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    with emulated_aws() as emulated:
        yield Cloud(emulated.endpoint, REGION)


def create(cloud: Cloud, client: Any, name: str, definition: Any, **more: Any) -> str:
    role = cloud.client("iam").get_role(RoleName=name)["Role"]["Arn"]
    answer = client.create_state_machine(
        name=name, roleArn=role, definition=json.dumps(definition), **more
    )
    return str(answer["stateMachineArn"])


def test_the_same_is_created_twice_as_one(cloud: Cloud) -> None:
    definition = of_states(Only=result(1))
    machine = state_machines.put_machine(cloud, "twice", definition)
    # Metaflow gives the level at each creation.
    logging = {"level": "OFF"}
    client = cloud.client("stepfunctions")
    assert create(cloud, client, "twice", definition, loggingConfiguration=logging) == machine
    listed = client.list_state_machines()["stateMachines"]
    assert [one["name"] for one in listed].count("twice") == 1


def test_another_of_the_same_name_is_refused_with_the_arn_that_metaflow_reads(
    cloud: Cloud,
) -> None:
    machine = state_machines.put_machine(cloud, "other", of_states(Only=result("old")))
    # The cloud's own clients know that AWS refuses it, and do not ask.
    client = boto3.client(
        "stepfunctions",
        region_name=REGION,
        endpoint_url=cloud.endpoint,
        aws_access_key_id=ADMINISTRATOR,
        aws_secret_access_key=ADMINISTRATOR,
    )
    with pytest.raises(client.exceptions.StateMachineAlreadyExists) as refused:
        create(cloud, client, "other", of_states(Only=result("new")))
    assert refused.value.response["Error"]["Message"].split("'")[1] == machine
    assert state_machines.output(cloud, machine) == "old"


def test_an_update_leaves_running_executions_on_the_old_definition(cloud: Cloud) -> None:
    old = of_states(First=wait(3), Last=result("old"))
    machine = state_machines.put_machine(cloud, "updated", old)
    running = state_machines.start(cloud, machine)
    state_machines.until_event(cloud, running, "WaitStateEntered")
    cloud.client("stepfunctions").update_state_machine(
        stateMachineArn=machine, definition=json.dumps(of_states(Only=result("new")))
    )
    assert state_machines.describe(cloud, running)["status"] == "RUNNING"
    assert state_machines.output(cloud, machine) == "new"
    assert json.loads(state_machines.ended(cloud, running)["output"]) == "old"


def test_an_execution_without_a_name_gets_one(cloud: Cloud) -> None:
    definition = of_states(Only={"Type": "Pass", "Parameters": {"name.$": "$$.Execution.Name"}})
    machine = state_machines.put_machine(cloud, "nameless", definition)
    first, second = (state_machines.output(cloud, machine)["name"] for _ in range(2))
    assert uuid.UUID(first) != uuid.UUID(second)
    answer = cloud.client("stepfunctions").start_execution(stateMachineArn=machine, name="given")
    found = state_machines.ended(cloud, answer["executionArn"])
    assert json.loads(found["output"])["name"] == "given"
