"""Secrets in what containers are told besides their environment, and in what overrides that."""

import json
from typing import Any

import pytest

from rules.container_overrides import EVENT_TARGET, OVERRIDERS, PIPE, SCHEDULE
from rules.container_secrets import container_no_secrets_in_environment, container_secrets_by_arn
from tests.policies.harness import UNKNOWN, Verdict, judge

TASK = "aws:ecs/taskDefinition:TaskDefinition"
JOB = "aws:batch/jobDefinition:JobDefinition"
DAEMON = "aws:ecs/daemonTaskDefinition:DaemonTaskDefinition"
RULE = container_no_secrets_in_environment

ACCESS_KEY = "AKIA" + "Q7" * 8
DATABASE = "postgresql://metaflow:hunter2@db/metaflow"
PASSWORD = [{"name": "DB_PASSWORD", "value": "hunter2"}]


def task(**settings: Any) -> dict[str, Any]:
    return {"containerDefinitions": json.dumps([{"name": "web", **settings}])}


def only(verdict: Verdict) -> str:
    assert len(verdict.violations) == 1, verdict
    return verdict.violations[0]


SOUND: dict[str, dict[str, Any]] = {
    "command": {"command": ["serve", "--db-password=$DB_PASSWORD", "--port", "80"]},
    "entry point": {"entryPoint": ["sh", "-c"]},
    "health check": {"healthCheck": {"command": ["CMD", "curl", "http://localhost"]}},
    "labels": {"dockerLabels": {"stage": "prod", "secret-name": "db"}},
    "empty label": {"dockerLabels": {"password": None}},
    "log options": {"logConfiguration": {"options": {"awslogs-group": "web"}}},
}


@pytest.mark.parametrize("settings", SOUND.values(), ids=SOUND)
def test_containers_without_secrets(settings: dict[str, Any]) -> None:
    assert judge(RULE, TASK, task(**settings)) == Verdict()


ARGUMENTS = {
    "an access key": ("export AWS_ACCESS_KEY_ID=" + ACCESS_KEY, "an AWS access key"),
    "a URL": (DATABASE, "a URL with a password"),
}


@pytest.mark.parametrize(("argument", "kind"), ARGUMENTS.values(), ids=ARGUMENTS)
@pytest.mark.parametrize("key", ["command", "entryPoint"])
def test_secrets_in_arguments(key: str, argument: str, kind: str) -> None:
    assert only(judge(RULE, TASK, task(**{key: ["sh", "-c", argument]}))) == (
        f"The ECS task definition must not hold secrets in clear text; {key} of container web "
        f"holds {kind}, and must come from Secrets Manager or SSM through secrets."
    )


def test_a_secret_in_a_health_check() -> None:
    check = {"command": ["CMD", "psql", DATABASE]}
    found = only(judge(RULE, TASK, task(healthCheck=check)))
    assert "healthCheck.command of container web holds a URL with a password" in found


@pytest.mark.parametrize("key", ["commands", "entryPoints"])
def test_secrets_in_arguments_of_a_daemon(key: str) -> None:
    props = {"containerDefinitions": [{"name": "agent", key: [DATABASE]}]}
    assert f"; {key} of container agent holds " in only(judge(RULE, DAEMON, props))


@pytest.mark.parametrize("key", ["command", "args"])
def test_secrets_in_arguments_of_a_pod(key: str) -> None:
    pod = {"podProperties": {"containers": [{"name": "web", key: [DATABASE]}]}}
    assert f"; {key} of container web holds " in only(judge(RULE, JOB, {"eksProperties": pod}))


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ({"dockerLabels": {"db_password": "hunter2"}}, "Docker label db_password"),
        (
            {"logConfiguration": {"logDriver": "splunk", "options": {"splunk-token": "hunter2"}}},
            "log option splunk-token",
        ),
    ],
    ids=["label", "log option"],
)
def test_secrets_in_labels_and_log_options(settings: dict[str, Any], place: str) -> None:
    found = only(judge(RULE, TASK, task(**settings)))
    assert f"; {place} of container web is named like a secret and holds a value" in found
    assert "hunter2" not in found


def events(*overrides: Any) -> str:
    return json.dumps({"containerOverrides": list(overrides)})


def of_pipe(**parameters: Any) -> dict[str, Any]:
    return {"targetParameters": parameters}


def overriding(override: Any) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return every way to override the settings of a container."""
    plural = {"name": override["name"], "environments": override["environment"]}
    of_batch = json.dumps({"ContainerOverrides": {"Environment": override["environment"]}})
    return {
        "target": (EVENT_TARGET, {"input": events({}, override)}),
        "target of Batch": (EVENT_TARGET, {"input": of_batch}),
        "template": (EVENT_TARGET, {"inputTransformer": {"inputTemplate": events(override)}}),
        "schedule": (SCHEDULE, {"target": {"input": events(override)}}),
        "pipe's template": (PIPE, of_pipe(inputTemplate=events(override))),
        "pipe to ECS": (
            PIPE,
            of_pipe(ecsTaskParameters={"overrides": {"containerOverrides": [plural]}}),
        ),
        "pipe to Batch": (PIPE, of_pipe(batchJobParameters={"containerOverrides": plural})),
    }


CLEAR = {"name": "web", "environment": PASSWORD}


@pytest.mark.parametrize(("token", "props"), overriding(CLEAR).values(), ids=overriding(CLEAR))
def test_secrets_in_what_overrides(token: str, props: dict[str, Any]) -> None:
    found = only(judge(RULE, token, props))
    assert found.startswith(
        f"The {OVERRIDERS[token]} must not hold secrets in clear text; environment variable "
        "DB_PASSWORD of "
    )


HARMLESS = {"name": "web", "environment": [{"name": "STAGE", "value": "prod"}]}


@pytest.mark.parametrize(
    ("token", "props"), overriding(HARMLESS).values(), ids=overriding(HARMLESS)
)
def test_overrides_without_secrets(token: str, props: dict[str, Any]) -> None:
    assert judge(RULE, token, props) == Verdict()


@pytest.mark.parametrize("token", OVERRIDERS)
@pytest.mark.parametrize("text", ["", "[]", "null", '{"containerOverrides": 5}', '{"a": <b>}'])
def test_texts_without_overrides(token: str, text: str) -> None:
    props = {"input": text, "target": {"input": text}, "targetParameters": {"inputTemplate": text}}
    assert judge(RULE, token, props) == Verdict()
    assert judge(RULE, token, {}) == Verdict()


def test_an_unknown_override_hides_no_other() -> None:
    props = {"input": UNKNOWN, "inputTransformer": {"inputTemplate": events(CLEAR)}}
    verdict = judge(RULE, EVENT_TARGET, props)
    assert verdict.unknown
    only(verdict)


@pytest.mark.parametrize("token", OVERRIDERS)
def test_overrides_name_no_secrets(token: str) -> None:
    assert not judge(container_secrets_by_arn, token, {}).applicable
