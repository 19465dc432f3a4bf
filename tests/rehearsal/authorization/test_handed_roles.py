"""Roles that a request hands to a service: may the caller pass them, may the service use them."""

import json
from collections.abc import Mapping
from typing import Any

import boto3
import pytest

from rehearsal.stage import Stage
from tests.rehearsal.authorization.worker_role import (
    ACCOUNT,
    BUCKET,
    PERSON,
    REGION,
    ROLE,
    STATES,
    TASKS,
    allow,
    assumed,
    document,
    granted,
    named,
    refused,
    trust,
)


def test_a_passed_role_is_asked_for(place: Stage) -> None:
    definition = {
        "jobDefinitionName": "job",
        "type": "container",
        "containerProperties": {
            "image": "python",
            "command": ["true"],
            "jobRoleArn": ROLE,
            "resourceRequirements": [
                {"type": "VCPU", "value": "1"},
                {"type": "MEMORY", "value": "512"},
            ],
        },
    }
    batch = granted(place, allow("batch:RegisterJobDefinition")).client("batch")
    assert (
        f"iam:PassRole on resource: {ROLE}"
        in refused(batch, "register_job_definition", **definition)[2]
    )
    passing = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    pass_role = allow("iam:PassRole", ROLE, Condition=passing)
    batch = granted(place, allow("batch:RegisterJobDefinition"), pass_role).client("batch")
    assert batch.register_job_definition(**definition)["revision"] == 1


def test_step_functions_tries_the_role_that_it_is_given(place: Stage) -> None:
    definition = {
        "StartAt": "Job",
        "States": {
            "Job": {
                "Type": "Task",
                "Resource": "arn:aws:states:::batch:submitJob.sync",
                "Parameters": {"JobName": "a", "JobQueue": "b", "JobDefinition": "c"},
                "End": True,
            }
        },
    }
    wanted = {"name": "m", "definition": json.dumps(definition), "roleArn": ROLE}
    states = granted(place, allow(["states:CreateStateMachine", "iam:PassRole"])).client(
        "stepfunctions"
    )
    code, _, message = refused(states, "create_state_machine", **wanted)
    assert code == "AccessDeniedException"
    assert message == f"'{ROLE}' is not authorized to create managed-rule."
    rule = ["events:PutRule", "events:PutTargets", "events:DescribeRule"]
    both = (allow(["states:CreateStateMachine", "iam:PassRole"]), allow(rule))
    states = granted(place, *both).client("stepfunctions")
    assert states.create_state_machine(**wanted)["stateMachineArn"]


MACHINE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:one"
TRUSTED_FOR_MACHINES = {
    "this": ({"ArnLike": {"aws:SourceArn": MACHINE}}, True),
    "another": ({"ArnLike": {"aws:SourceArn": f"{MACHINE}-too"}}, False),
    "another-account": ({"StringEquals": {"aws:SourceAccount": "210987654321"}}, False),
}


def trusting(place: Stage, *statements: Mapping[str, Any]) -> None:
    place.cloud.client("iam").update_assume_role_policy(
        RoleName="worker", PolicyDocument=document(trust({"AWS": PERSON.arn}), *statements)
    )


def machines(place: Stage) -> tuple[Any, dict[str, str]]:
    """Return a client that may make state machines, and one that it can make."""
    may = ["states:CreateStateMachine", "states:UpdateStateMachine", "iam:PassRole"]
    # The cloud's own clients refuse some of it before they ask.
    states = boto3.client(
        "stepfunctions",
        region_name=REGION,
        endpoint_url=place.cloud.endpoint,
        **named(assumed(place, allow(may))),
    )
    only = {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}
    return states, {"name": "one", "definition": json.dumps(only), "roleArn": ROLE}


def listed_machines(place: Stage) -> list[str]:
    listed = place.cloud.client("stepfunctions").list_state_machines()["stateMachines"]
    return [one["stateMachineArn"] for one in listed]


@pytest.mark.parametrize(
    ("condition", "trusted"), TRUSTED_FOR_MACHINES.values(), ids=TRUSTED_FOR_MACHINES
)
def test_a_state_machine_needs_a_role_that_is_trusted_to_it(
    place: Stage, condition: Mapping[str, Any], trusted: bool
) -> None:
    trusting(place, trust(STATES, Condition=condition))
    states, machine = machines(place)
    if trusted:
        assert states.create_state_machine(**machine)["stateMachineArn"] == MACHINE
        states.update_state_machine(stateMachineArn=MACHINE, roleArn=ROLE)
        place.cloud.client("stepfunctions").delete_state_machine(stateMachineArn=MACHINE)
        return
    with place.authorizer.ledger.expecting_denials() as denials:
        code, status, message = refused(states, "create_state_machine", **machine)
    assert (code, status) == ("AccessDeniedException", 400)
    assert message == (
        "Neither the global service principal states.amazonaws.com, nor the regional one is "
        "authorized to assume the provided role."
    )
    assert {str(one) for one in denials} == {
        f"states.amazonaws.com may not sts:AssumeRole on {ROLE}"
    }
    assert MACHINE not in listed_machines(place)


def test_a_state_machine_is_not_given_a_role_of_another_service(place: Stage) -> None:
    states, machine = machines(place)
    states.create_state_machine(**machine)
    trusting(place, trust(TASKS))
    denied = refused(states, "update_state_machine", stateMachineArn=MACHINE, roleArn=ROLE)
    assert denied[2].startswith("Neither the global service principal states.amazonaws.com")
    # A change of the definition alone hands no role over.
    states.update_state_machine(stateMachineArn=MACHINE, definition=machine["definition"])
    place.cloud.client("stepfunctions").delete_state_machine(stateMachineArn=MACHINE)


def test_a_state_machine_without_a_role_that_exists_is_refused(place: Stage) -> None:
    states, machine = machines(place)
    missing = {**machine, "roleArn": f"{ROLE}-missing"}
    assert refused(states, "create_state_machine", **missing)[:2] == ("AccessDeniedException", 400)
    no_role = {**machine, "roleArn": f"arn:aws:s3:::{BUCKET}"}
    assert refused(states, "create_state_machine", **no_role)[:2] == ("InvalidArn", 400)
