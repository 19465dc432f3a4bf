"""Executions call AWS as their state machine's role, if it lets Step Functions assume it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.provider import Cloud
from rehearsal.stage import Stage
from rehearsal.stage import stage as rehearsal_stage
from tests.rehearsal.emulator import state_machines
from tests.rehearsal.emulator.state_machines import ACCOUNT, REGION, allow, machine_arn, of_states

TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/cardinality"
GET_ITEM = {
    "Type": "Task",
    "Resource": "arn:aws:states:::dynamodb:getItem",
    "Parameters": {
        "TableName": "cardinality",
        "Key": {"pathspec": {"S.$": "$.id"}},
        "ConsistentRead": True,
    },
}
DEFINITION = of_states(Only=GET_ITEM)
MAY_READ = allow("dynamodb:GetItem", TABLE)


def put_table(cloud: Cloud) -> None:
    client = cloud.client("dynamodb")
    client.create_table(
        TableName="cardinality",
        AttributeDefinitions=[{"AttributeName": "pathspec", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pathspec", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    client.put_item(
        TableName="cardinality", Item={"pathspec": {"S": "7"}, "values": {"NS": ["0", "1"]}}
    )


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with rehearsal_stage(REGION, None) as stands:
        put_table(stands.cloud)
        yield stands


def run(stage: Stage, machine: str) -> dict[str, Any]:
    execution = state_machines.start(stage.cloud, machine, {"id": "7"})
    return state_machines.ended(stage.cloud, execution)


def test_a_task_is_done_as_the_role(stage: Stage) -> None:
    machine = state_machines.put_machine(stage.cloud, "reader", DEFINITION, MAY_READ)
    answer = state_machines.output(stage.cloud, machine, {"id": "7"})
    assert answer["Item"]["values"]["NS"] == ["0", "1"]
    role = f"arn:aws:iam::{ACCOUNT}:role/reader"
    assert stage.authorizer.ledger.used(role) == {"dynamodb:GetItem"}


def test_a_task_that_the_role_may_not_do_fails_with_the_denial(stage: Stage) -> None:
    machine = state_machines.put_machine(
        stage.cloud, "forbidden", DEFINITION, allow("dynamodb:PutItem", TABLE)
    )
    with stage.authorizer.ledger.expecting_denials() as denials:
        found = run(stage, machine)
    assert (found["status"], found["error"]) == ("FAILED", "DynamoDB.AccessDeniedException")
    assert "assumed-role/forbidden/" in found["cause"]
    assert "is not authorized to perform: dynamodb:GetItem" in found["cause"]
    assert {str(one) for one in denials} == {f"forbidden may not dynamodb:GetItem on {TABLE}"}


def test_a_role_for_another_state_machine_fails_the_execution_quietly(
    stage: Stage, capfd: pytest.CaptureFixture[str]
) -> None:
    machine = state_machines.put_machine(
        stage.cloud, "thief", DEFINITION, MAY_READ, source_arn=machine_arn("owner")
    )
    with stage.authorizer.ledger.expecting_denials() as denials:
        found = run(stage, machine)
    assert (found["status"], found["error"]) == ("FAILED", "States.TaskFailed")
    assert found["cause"].startswith("Neither the global service principal states.amazonaws.com")
    assert f"aws:SourceArn {machine}" in found["cause"]
    assert {one.action for one in denials} == {"sts:AssumeRole"}
    assert stage.authorizer.ledger.used(f"arn:aws:iam::{ACCOUNT}:role/thief") == set()
    assert capfd.readouterr() == ("", "")


def test_a_trust_policy_that_nobody_understands_fails_the_execution(stage: Stage) -> None:
    machine = state_machines.put_machine(
        stage.cloud, "riddle", DEFINITION, MAY_READ, source_arn="arn:aws:states"
    )
    found = run(stage, machine)
    assert (found["status"], found["error"]) == ("FAILED", "States.TaskFailed")
    assert "'arn:aws:states' is not an ARN" in found["cause"]


def test_a_role_that_is_gone_fails_the_execution(stage: Stage) -> None:
    machine = state_machines.put_machine(stage.cloud, "orphan", DEFINITION)
    stage.cloud.client("iam").delete_role(RoleName="orphan")
    with stage.authorizer.ledger.expecting_denials():
        found = run(stage, machine)
    assert (found["status"], found["error"]) == ("FAILED", "States.TaskFailed")
    assert "role/orphan" in found["cause"]


FAILING = {
    "task": GET_ITEM,
    "branch": {"Type": "Parallel", "Branches": [DEFINITION, of_states(Only={"Type": "Pass"})]},
    "iteration": {"Type": "Map", "ItemsPath": "$.items", "Iterator": DEFINITION},
}


@pytest.mark.parametrize("kind", FAILING)
def test_a_failure_to_assume_the_role_can_be_caught(stage: Stage, kind: str) -> None:
    state = {
        **FAILING[kind],
        "Catch": [{"ErrorEquals": ["States.TaskFailed"], "Next": "Caught"}],
    }
    definition = of_states(Only=state, Never={"Type": "Fail"}, Caught={"Type": "Succeed"})
    machine = state_machines.put_machine(
        stage.cloud, f"catcher-{kind}", definition, MAY_READ, source_arn=machine_arn("owner")
    )
    given = {"id": "7", "items": [{"id": "7"}]}
    with stage.authorizer.ledger.expecting_denials():
        answer = state_machines.output(stage.cloud, machine, given)
    assert answer["Error"] == "States.TaskFailed"
    assert "states.amazonaws.com may not assume" in answer["Cause"]


def test_a_trust_that_is_taken_away_ends_the_next_execution(stage: Stage) -> None:
    machine = state_machines.put_machine(stage.cloud, "revoked", DEFINITION, MAY_READ)
    assert run(stage, machine)["status"] == "SUCCEEDED"
    nobody = {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}
    stage.cloud.client("iam").update_assume_role_policy(
        RoleName="revoked",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [nobody]}),
    )
    with stage.authorizer.ledger.expecting_denials():
        assert run(stage, machine)["error"] == "States.TaskFailed"


def test_a_task_with_credentials_of_its_own_is_refused(stage: Stage) -> None:
    task = {**GET_ITEM, "Credentials": {"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/reader"}}
    machine = state_machines.put_machine(stage.cloud, "borrower", of_states(Only=task), MAY_READ)
    found = run(stage, machine)
    assert (found["status"], found["error"]) == ("FAILED", "States.TaskFailed")
    assert "Credentials of its own" in found["cause"]
