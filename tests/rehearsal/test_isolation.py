"""Two stacks of one account: what the roles of one may not do to the other, and what they may."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal import gateway_check, stack_files
from rehearsal.authorization import people
from rehearsal.mocks import Deployment
from rehearsal.provider import Cloud
from rehearsal.rehearse import ROOT
from rehearsal.sandbox import sandbox
from rehearsal.stage import Stage, jobs, stage
from tests.rehearsal.standing import deployed

CONTAINER = {
    "image": "python:3.11",
    "command": ["true"],
    "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "512"}],
}
MACHINE = json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}})


@dataclass
class Neighbours:
    """Two stacks in one account, and whoever acts with the roles of one of them."""

    stands: Stage
    own: Deployment
    other: Deployment

    def acting(self, who: str, of: Deployment | None = None) -> Cloud:
        """Return the emulated AWS as a user, job or state machine sees it, by default of one's."""
        stands, outputs = self.stands, (of or self.own).outputs
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
        return stands.cloud.acting_as(found)


@pytest.fixture(scope="module")
def neighbours() -> Iterator[Neighbours]:
    config = stack_files.read_stack(ROOT, "dev")
    with stage(config.region, None) as stands, sandbox() as place, jobs(place, stands):
        own, other = (
            deployed(stands, "dev", name, {"executionLog": True}) for name in ("one", "two")
        )
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
def test_open_hole_their_job_definition_runs_in_ones_own_queue(
    neighbours: Neighbours, who: str
) -> None:
    """And so as that stack's job role: Batch offers no condition on a job definition."""
    submitted = _submit(
        neighbours.acting(who),
        queue=neighbours.own,
        definition=neighbours.other,
        own=neighbours.own,
    )
    [job] = _described(neighbours.stands.cloud, submitted["jobId"])
    assert job["jobQueue"] == neighbours.own.outputs["jobQueueArn"]
    assert job["container"]["jobRoleArn"] == neighbours.other.outputs["jobRoleArn"]


def _their_job(neighbours: Neighbours, **more: Any) -> str:
    """Submit a job of the other stack as its user does, and return its identifier."""
    outputs = neighbours.other.outputs
    submitted = (
        neighbours.acting("user", of=neighbours.other)
        .client("batch")
        .submit_job(
            jobName="theirs",
            jobQueue=outputs["jobQueueArn"],
            jobDefinition=f"metaflow_{outputs['stackName']}:1",
            tags=json.loads(outputs["jobTags"]),
            **more,
        )
    )
    return str(submitted["jobId"])


def _described(cloud: Cloud, job: str) -> list[Any]:
    return list(cloud.client("batch").describe_jobs(jobs=[job])["jobs"])


@pytest.mark.parametrize("who", ["user", "state machine"])
def test_open_hole_the_key_in_their_jobs_environment_opens_their_gateway(
    neighbours: Neighbours, who: str
) -> None:
    """Metaflow puts it there (`metaflow/plugins/aws/batch/batch.py`); Batch describes all jobs."""
    outputs = neighbours.other.outputs
    headers = json.dumps({"x-api-key": outputs["apiKey"]})
    variable = {"name": "METAFLOW_SERVICE_HEADERS", "value": headers}
    theirs = _their_job(neighbours, containerOverrides={"environment": [variable]})
    [job] = _described(neighbours.acting(who), theirs)
    environment = {one["name"]: one["value"] for one in job["container"]["environment"]}
    found = json.loads(environment["METAFLOW_SERVICE_HEADERS"])["x-api-key"]
    settings = {
        "METAFLOW_SERVICE_URL": outputs["serviceUrl"],
        "METAFLOW_SERVICE_INTERNAL_URL": outputs["serviceInternalUrl"],
        "METAFLOW_SERVICE_AUTH_KEY": found,
    }
    assert gateway_check.problems(settings) == []


def test_open_hole_a_revision_of_ones_own_is_among_their_active_ones(
    neighbours: Neighbours,
) -> None:
    """Metaflow takes the first of them (`metaflow/plugins/aws/batch/batch_client.py`).

    The AWS Batch API Reference, DescribeJobDefinitions, names no order.
    """
    name = f"metaflow_{neighbours.other.outputs['stackName']}"
    neighbours.acting("user").client("batch").register_job_definition(
        jobDefinitionName=name,
        type="container",
        containerProperties={**CONTAINER, "image": "stranger"},
    )
    listed = neighbours.acting("user", of=neighbours.other).client("batch")
    found = listed.describe_job_definitions(jobDefinitionName=name, status="ACTIVE")
    images = {one["containerProperties"]["image"] for one in found["jobDefinitions"]}
    assert images == {CONTAINER["image"], "stranger"}


def test_open_hole_the_resource_policies_of_the_accounts_logs_can_be_changed(
    neighbours: Neighbours,
) -> None:
    """Step Functions asks for it where executions have a log; AWS offers no resource for it."""
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    logs = neighbours.acting("state machine").client("logs")
    changed = logs.put_resource_policy(policyName="of-the-account", policyDocument=policy)
    assert changed["resourcePolicy"]["policyName"] == "of-the-account"


@pytest.mark.parametrize("who", ["user", "job", "state machine"])
def test_nobody_of_one_stack_may_stop_a_job_of_the_other(neighbours: Neighbours, who: str) -> None:
    theirs = _their_job(neighbours)
    with pytest.raises(ClientError, match=r"not authorized to perform: batch:TerminateJob"):
        neighbours.acting(who).client("batch").terminate_job(jobId=theirs, reason="ours")


@pytest.mark.parametrize("who", ["user", "state machine"])
def test_a_job_needs_the_tag_of_its_stack(neighbours: Neighbours, who: str) -> None:
    with pytest.raises(ClientError, match=r"not authorized to perform: batch:SubmitJob"):
        neighbours.acting(who).client("batch").submit_job(
            jobName="job",
            jobQueue=neighbours.own.outputs["jobQueueArn"],
            jobDefinition=f"metaflow_{neighbours.own.outputs['stackName']}:1",
            tags=json.loads(neighbours.other.outputs["jobTags"]),
        )
