"""Two stacks of one account: what the roles of one may not do to the other, and what they may."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal import stack_files
from rehearsal.authorization import grants, people
from rehearsal.mocks import Deployment
from rehearsal.provider import Cloud
from rehearsal.rehearse import ROOT
from rehearsal.stage import Stage, stage
from tests.rehearsal.standing import deployed

CONTAINER = {
    "image": "python:3.11",
    "command": ["true"],
    "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "512"}],
}
MACHINE = json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}})


@dataclass
class Neighbours:
    """Two stacks in one account, and whoever acts with the first one's roles."""

    stands: Stage
    own: Deployment
    other: Deployment

    def acting(self, who: str) -> Cloud:
        """Return the emulated AWS as the first stack's user, job or state machine sees it."""
        stands, outputs = self.stands, self.own.outputs
        authorizer, arn = stands.authorizer, stands.cloud.arn
        if who == "user":
            role = outputs["userRoleArn"]
            found = authorizer.assume(role, people.trusted(role), "isolation")
        elif who == "job":
            source = arn("ecs", "task/some/1")
            role = outputs["jobRoleArn"]
            found = authorizer.assume_as_service(role, "ecs-tasks", "isolation", source)
        else:
            source = arn("states", f"stateMachine:{outputs['stateMachinePrefix']}_Flow")
            role = outputs["stepFunctionsRoleArn"]
            found = authorizer.assume_as_service(role, "states", "isolation", source)
        names = {
            "aws_access_key_id": "AccessKeyId",
            "aws_secret_access_key": "SecretAccessKey",
            "aws_session_token": "SessionToken",
        }
        credentials = {name: found[key] for name, key in names.items()}
        return Cloud(stands.cloud.endpoint, stands.cloud.region, credentials=credentials)


@pytest.fixture(scope="module")
def neighbours() -> Iterator[Neighbours]:
    config = stack_files.read_stack(ROOT, "dev")
    with stage(config.region, None) as stands:
        own, other = (deployed(stands, "dev", name) for name in ("one", "two"))
        cloud = stands.cloud
        cloud.client("s3").put_object(
            Bucket=other.outputs["bucketName"], Key="metaflow/Flow/data", Body=b"theirs"
        )
        for one in (own, other):
            cloud.client("batch").register_job_definition(
                jobDefinitionName=f"metaflow_{one.outputs['stackName']}",
                type="container",
                containerProperties={**CONTAINER, "jobRoleArn": one.outputs["jobRoleArn"]},
            )
            cloud.client("stepfunctions").create_state_machine(
                name=f"{one.outputs['stateMachinePrefix']}_Flow",
                definition=MACHINE,
                roleArn=one.outputs["stepFunctionsRoleArn"],
            )
        yield Neighbours(stands, own, other)


def _read_data(cloud: Cloud, other: Deployment, _own: Deployment) -> Any:
    bucket = other.outputs["bucketName"]
    return cloud.client("s3").get_object(Bucket=bucket, Key="metaflow/Flow/data")


def _list_data(cloud: Cloud, other: Deployment, _own: Deployment) -> Any:
    bucket = other.outputs["bucketName"]
    return cloud.client("s3").list_objects_v2(Bucket=bucket, Prefix="metaflow/")


def _write_data(cloud: Cloud, other: Deployment, _own: Deployment) -> Any:
    bucket = other.outputs["bucketName"]
    return cloud.client("s3").put_object(Bucket=bucket, Key="metaflow/Flow/data", Body=b"ours")


def _read_secret(cloud: Cloud, other: Deployment, _own: Deployment) -> Any:
    secret = other.outputs["databaseSecretArn"]
    return cloud.client("secretsmanager").get_secret_value(SecretId=secret)


def _read_foreach_state(cloud: Cloud, other: Deployment, _own: Deployment) -> Any:
    table = other.outputs["stepFunctionsTableName"]
    return cloud.client("dynamodb").get_item(TableName=table, Key={"pathspec": {"S": "a"}})


def _submit_to_their_queue(cloud: Cloud, other: Deployment, own: Deployment) -> Any:
    return _submit(cloud, queue=other, definition=own, own=own)


def _submit(cloud: Cloud, *, queue: Deployment, definition: Deployment, own: Deployment) -> Any:
    return cloud.client("batch").submit_job(
        jobName="job",
        jobQueue=queue.outputs["jobQueueArn"],
        jobDefinition=f"metaflow_{definition.outputs['stackName']}:1",
        tags=json.loads(own.outputs["jobTags"]),
    )


def _start_their_machine(cloud: Cloud, other: Deployment, _own: Deployment) -> Any:
    machine = cloud.arn("states", f"stateMachine:{other.outputs['stateMachinePrefix']}_Flow")
    return cloud.client("stepfunctions").start_execution(stateMachineArn=machine)


def _change_their_machine(cloud: Cloud, other: Deployment, _own: Deployment) -> Any:
    machine = cloud.arn("states", f"stateMachine:{other.outputs['stateMachinePrefix']}_Flow")
    return cloud.client("stepfunctions").update_state_machine(
        stateMachineArn=machine, definition=MACHINE
    )


def _pass_their_job_role(cloud: Cloud, other: Deployment, _own: Deployment) -> Any:
    return cloud.client("batch").register_job_definition(
        jobDefinitionName="metaflow_stolen",
        type="container",
        containerProperties={**CONTAINER, "jobRoleArn": other.outputs["jobRoleArn"]},
    )


def _pass_their_machine_role(cloud: Cloud, other: Deployment, own: Deployment) -> Any:
    return cloud.client("stepfunctions").create_state_machine(
        name=f"{own.outputs['stateMachinePrefix']}_Stolen",
        definition=MACHINE,
        roleArn=other.outputs["stepFunctionsRoleArn"],
    )


def _read_their_api_key(cloud: Cloud, other: Deployment, _own: Deployment) -> Any:
    key = other.outputs["apiKeyId"]
    return cloud.client("apigateway").get_api_key(apiKey=key, includeValue=True)


ATTEMPTS: dict[str, Callable[[Cloud, Deployment, Deployment], Any]] = {
    "read its data": _read_data,
    "list its data": _list_data,
    "write its data": _write_data,
    "read its database's secret": _read_secret,
    "read the state of its foreach": _read_foreach_state,
    "submit to its queue": _submit_to_their_queue,
    "start its state machine": _start_their_machine,
    "change its state machine": _change_their_machine,
    "pass its jobs' role": _pass_their_job_role,
    "pass its state machines' role": _pass_their_machine_role,
    "read its API key": _read_their_api_key,
}


@pytest.mark.parametrize("attempt", ATTEMPTS)
@pytest.mark.parametrize("who", ["user", "job", "state machine"])
def test_nobody_of_one_stack_may(neighbours: Neighbours, who: str, attempt: str) -> None:
    cloud = neighbours.acting(who)
    with pytest.raises(ClientError, match=r"is not authorized to perform: "):
        ATTEMPTS[attempt](cloud, neighbours.other, neighbours.own)


@pytest.mark.parametrize(
    ("who", "attempt"),
    [
        ("user", "start its state machine"),
        ("user", "change its state machine"),
        ("user", "read its API key"),
        ("user", "list its data"),
        ("job", "write its data"),
        ("job", "read the state of its foreach"),
        ("state machine", "read the state of its foreach"),
    ],
)
def test_the_same_is_allowed_at_home(neighbours: Neighbours, who: str, attempt: str) -> None:
    assert ATTEMPTS[attempt](neighbours.acting(who), neighbours.own, neighbours.own)


@pytest.mark.parametrize("who", ["user", "state machine"])
def test_the_hole_that_batch_leaves_is_open(neighbours: Neighbours, who: str) -> None:
    """Another stack's job definition in one's own queue runs as that stack's role."""
    with pytest.raises(ClientError, match="This rehearsal runs no jobs"):
        _submit(
            neighbours.acting(who),
            queue=neighbours.own,
            definition=neighbours.other,
            own=neighbours.own,
        )


@pytest.mark.parametrize("who", ["user", "state machine"])
def test_a_job_needs_the_tag_of_its_stack(neighbours: Neighbours, who: str) -> None:
    with pytest.raises(ClientError, match=r"not authorized to perform: batch:SubmitJob"):
        neighbours.acting(who).client("batch").submit_job(
            jobName="job",
            jobQueue=neighbours.own.outputs["jobQueueArn"],
            jobDefinition=f"metaflow_{neighbours.own.outputs['stackName']}:1",
            tags=json.loads(neighbours.other.outputs["jobTags"]),
        )


def test_code_of_users_can_hand_on_no_role_and_change_none(neighbours: Neighbours) -> None:
    for output in ("jobRoleArn", "stepFunctionsRoleArn", "eventBridgeRoleArn"):
        found = grants.of_role(neighbours.own.outputs[output])
        assert found
        assert {one.action for one in found if one.action.startswith(("iam:", "sts:"))} == set()
