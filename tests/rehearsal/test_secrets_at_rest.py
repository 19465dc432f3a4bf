"""Where the database's password and the API key stand in a deployed stack with a deployed flow."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from rehearsal import executions
from rehearsal.exercises.exercise import FLOWS
from rehearsal.provider import Cloud
from tests.rehearsal.standing import standing


def task_definitions(cloud: Cloud) -> list[Any]:
    ecs = cloud.client("ecs")
    arns = ecs.list_task_definitions()["taskDefinitionArns"]
    return [ecs.describe_task_definition(taskDefinition=one)["taskDefinition"] for one in arns]


def job_definitions(cloud: Cloud) -> list[Any]:
    return list(cloud.client("batch").describe_job_definitions()["jobDefinitions"])


def state_machines(cloud: Cloud) -> list[Any]:
    states = cloud.client("stepfunctions")
    arns = [one["stateMachineArn"] for one in states.list_state_machines()["stateMachines"]]
    return [states.describe_state_machine(stateMachineArn=one) for one in arns]


def execution_histories(cloud: Cloud) -> list[Any]:
    states = cloud.client("stepfunctions")
    machines = [one["stateMachineArn"] for one in states.list_state_machines()["stateMachines"]]
    arns = [
        one["executionArn"]
        for machine in machines
        for one in states.list_executions(stateMachineArn=machine)["executions"]
    ]
    return [states.get_execution_history(executionArn=one)["events"] for one in arns]


def log_events(cloud: Cloud) -> list[Any]:
    logs = cloud.client("logs")
    groups = [one["logGroupName"] for one in logs.describe_log_groups()["logGroups"]]
    return [logs.filter_log_events(logGroupName=one)["events"] for one in groups]


def jobs(cloud: Cloud, queue: str) -> list[Any]:
    batch = cloud.client("batch")
    found = batch.list_jobs(jobQueue=queue, jobStatus="SUCCEEDED")["jobSummaryList"]
    return list(batch.describe_jobs(jobs=[one["jobId"] for one in found])["jobs"])


@pytest.fixture(scope="module")
def places() -> Iterator[dict[str, Any]]:
    """Deploy prod, use it, and return every place, and the two secrets."""
    with standing("prod") as hands:
        cloud, deployment = hands.stands.cloud, hands.deployment
        flow = FLOWS / "card_flow.py"
        hands.runner.step_functions(flow, "create", "--log-execution-history")
        run = hands.runner.trigger(flow).rpartition("/")[2]
        executions.await_success(cloud, run.removeprefix("sfn-"))
        secret = cloud.client("secretsmanager").get_secret_value(
            SecretId=deployment.outputs["databaseSecretArn"]
        )
        shown = {
            name: value
            for name, value in deployment.outputs.items()
            if name not in deployment.secret_outputs
        }
        settings = hands.runner.profile.settings
        yield {
            "password": json.loads(secret["SecretString"])["password"],
            "key": settings["METAFLOW_SERVICE_AUTH_KEY"],
            "state": [(one.inputs, one.outputs) for one in deployment.registrations],
            "outputs": shown,
            "profile": settings,
            "task definitions": task_definitions(cloud),
            "job definitions": job_definitions(cloud),
            "jobs": jobs(cloud, deployment.outputs["jobQueueArn"]),
            "state machines": state_machines(cloud),
            "execution histories": execution_histories(cloud),
            "logs": log_events(cloud),
        }


PLACES = (
    "state",
    "outputs",
    "profile",
    "task definitions",
    "job definitions",
    "jobs",
    "state machines",
    "execution histories",
    "logs",
)
WITH_THE_KEY = {"state", "profile", "jobs", "state machines", "execution histories"}
"""Pulumi's state has it as a secret of its resource; Metaflow copies the profile's into jobs.

AWS also writes execution histories to the log of executions, with their data as Metaflow wants it
(`metaflow/plugins/aws/step_functions/step_functions_client.py`); the rehearsal delivers no logs.
"""


def text(places: Mapping[str, Any], place: str) -> str:
    found = json.dumps(places[place], default=str)
    assert found != "null"
    return found


@pytest.mark.parametrize("place", PLACES)
def test_the_password_stands_nowhere(places: Mapping[str, Any], place: str) -> None:
    assert len(places["password"]) >= 16
    assert places["password"] not in text(places, place)


@pytest.mark.parametrize("place", PLACES)
def test_the_key_stands_only_where_metaflow_puts_it(places: Mapping[str, Any], place: str) -> None:
    assert len(places["key"]) >= 20
    assert (places["key"] in text(places, place)) == (place in WITH_THE_KEY)


def test_something_is_in_every_place_that_can_hold_a_secret(places: Mapping[str, Any]) -> None:
    for place in PLACES:
        assert places[place], place
    assert len(places["jobs"]) == 2
    assert "Task is starting" in text(places, "logs")
