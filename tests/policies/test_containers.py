import json
from typing import Any

import pytest
from pulumi_policy import ResourceValidationPolicy

from rules import container_secrets, containers
from tests.policies.harness import UNKNOWN, Verdict, judge

TASK = "aws:ecs/taskDefinition:TaskDefinition"
JOB = "aws:batch/jobDefinition:JobDefinition"
PASSWORD_ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-a1b2c3:password::"
PARAMETER_ARN = "arn:aws-us-gov:ssm:us-gov-west-1:123456789012:parameter/db/password"

CONTAINER: dict[str, Any] = {
    "name": "web",
    "privileged": False,
    "linuxParameters": {"capabilities": {"add": ["SYS_PTRACE"], "drop": ["ALL"]}},
    "environment": [
        {"name": "DB_HOST", "value": "db.example.com"},
        {"name": "DB_SECRET_ARN", "value": PASSWORD_ARN},
    ],
    "secrets": [{"name": "DB_PASSWORD", "valueFrom": PASSWORD_ARN}],
    "logConfiguration": {
        "logDriver": "splunk",
        "secretOptions": [{"name": "splunk-token", "valueFrom": PARAMETER_ARN}],
    },
}
POD: dict[str, Any] = {
    "hostNetwork": False,
    "containers": [{"name": "web", "envs": [{"name": "A", "value": "b"}], "securityContext": {}}],
}
REFUSED = ["", "{", "null", "1", '["a", null]', '{"a": 1}', "[" * 100_000]
PRIVILEGED = {"privileged": True}
CLEAR = {"environment": [{"name": "DB_PSWD", "value": "hunter2"}]}
BARE = {"secrets": [{"name": "DB_PASSWORD", "valueFrom": "db-password"}]}

RULES = {one.name: one for one in [*containers.POLICIES, *container_secrets.POLICIES]}
OVER_CONTAINERS = [
    (containers.container_not_privileged, PRIVILEGED),
    (container_secrets.container_no_secrets_in_environment, CLEAR),
    (container_secrets.container_secrets_by_arn, BARE),
]
FAULTS = pytest.mark.parametrize(
    ("policy", "fault"), OVER_CONTAINERS, ids=[policy.name for policy, _ in OVER_CONTAINERS]
)
EVERY_RULE = pytest.mark.parametrize("policy", RULES.values(), ids=RULES)


def task(**changes: Any) -> dict[str, Any]:
    return {
        "networkMode": "awsvpc",
        "containerDefinitions": json.dumps([{**CONTAINER, **changes}]),
    }


def job(**changes: Any) -> dict[str, Any]:
    return {"type": "container", "containerProperties": json.dumps({**CONTAINER, **changes})}


def multi_node(**changes: Any) -> dict[str, Any]:
    nodes = [{"targetNodes": "0:", "container": {**CONTAINER, **changes}}]
    return {"type": "multinode", "nodeProperties": json.dumps({"nodeRangeProperties": nodes})}


def job_of_several(**changes: Any) -> dict[str, Any]:
    tasks = [{"pidMode": "task", "containers": [CONTAINER, {**CONTAINER, **changes}]}]
    return {"type": "container", "ecsProperties": json.dumps({"taskProperties": tasks})}


def nodes_of_several(**changes: Any) -> dict[str, Any]:
    tasks = {"taskProperties": [{"containers": [{**CONTAINER, **changes}]}]}
    nodes = {"nodeRangeProperties": [{"targetNodes": "0:", "ecsProperties": tasks}]}
    return {"type": "multinode", "nodeProperties": json.dumps(nodes)}


DEFINITIONS = {
    "task": (TASK, task),
    "job": (JOB, job),
    "multi-node job": (JOB, multi_node),
    "job of several containers": (JOB, job_of_several),
    "multi-node job of several containers": (JOB, nodes_of_several),
}
EVERY_DEFINITION = pytest.mark.parametrize(
    ("token", "definition"), DEFINITIONS.values(), ids=DEFINITIONS
)


def only(verdict: Verdict) -> str:
    assert len(verdict.violations) == 1, verdict
    return verdict.violations[0]


@EVERY_RULE
@EVERY_DEFINITION
def test_the_baseline_passes(policy: ResourceValidationPolicy, token: str, definition: Any) -> None:
    assert judge(policy, token, definition()) == Verdict()


@FAULTS
@EVERY_DEFINITION
def test_a_fault_is_found_wherever_a_container_is_defined(
    policy: ResourceValidationPolicy, fault: dict[str, Any], token: str, definition: Any
) -> None:
    assert "container web" in only(judge(policy, token, definition(**fault)))


@FAULTS
def test_keys_in_any_case(policy: ResourceValidationPolicy, fault: dict[str, Any]) -> None:
    def spelled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key[0].upper() + key[1:]: spelled(item) for key, item in value.items()}
        return [spelled(item) for item in value] if isinstance(value, list) else value

    props = {"containerDefinitions": json.dumps([spelled({**CONTAINER, **fault})])}
    only(judge(policy, TASK, props))


@FAULTS
def test_every_container_is_judged(policy: ResourceValidationPolicy, fault: dict[str, Any]) -> None:
    both = [{**CONTAINER, **fault}, {**CONTAINER, **fault, "name": "sidecar"}]
    found = judge(policy, TASK, {"containerDefinitions": json.dumps(both)}).violations
    assert len(found) == 2
    assert "container web" in found[0]
    assert "container sidecar" in found[1]


@FAULTS
def test_a_container_without_a_name(
    policy: ResourceValidationPolicy, fault: dict[str, Any]
) -> None:
    assert "its container" in only(judge(policy, JOB, job(**fault, name=None)))


@pytest.mark.usefixtures("no_garbage_collection")
@EVERY_RULE
@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))
def test_definitions_that_the_provider_refuses(policy: ResourceValidationPolicy, text: str) -> None:
    assert judge(policy, TASK, {"containerDefinitions": text}) == Verdict()
    assert judge(policy, JOB, {"nodeProperties": text}) == Verdict()


@EVERY_RULE
@pytest.mark.parametrize("token", [TASK, JOB])
def test_no_definition(policy: ResourceValidationPolicy, token: str) -> None:
    assert judge(policy, token, {}) == Verdict()


@FAULTS
def test_an_unknown_definition(policy: ResourceValidationPolicy, fault: dict[str, Any]) -> None:
    assert judge(policy, TASK, {"containerDefinitions": UNKNOWN}).unknown
    verdict = judge(policy, JOB, {**job_of_several(**fault), "containerProperties": UNKNOWN})
    assert verdict.unknown
    only(verdict)


@EVERY_RULE
def test_another_type(policy: ResourceValidationPolicy) -> None:
    assert not judge(policy, "aws:ecs/cluster:Cluster", task(**PRIVILEGED, **CLEAR)).applicable


def test_the_message_about_privileges() -> None:
    verdict = judge(containers.container_not_privileged, TASK, task(**PRIVILEGED))
    assert only(verdict) == (
        "The ECS task definition must not run privileged containers; privileged is true for "
        "container web, and must be false."
    )


@pytest.mark.parametrize(
    "added",
    [
        "CAP_SYS_ADMIN",
        "SYS_ADMIN",
        "ALL",
        "SYS_MODULE",
        "SYS_RAWIO",
        "DAC_READ_SEARCH",
        "sys_admin",
    ],
)
def test_capabilities_that_take_over_the_host(added: str) -> None:
    parameters = {"capabilities": {"add": ["NET_ADMIN", added]}}
    verdict = judge(containers.container_not_privileged, JOB, job(linuxParameters=parameters))
    assert only(verdict) == (
        "The Batch job definition must not add capabilities that take over the host; container "
        f"web adds {added.upper().removeprefix('CAP_')}, and must add none of them."
    )


@pytest.mark.parametrize("key", ["containers", "initContainers"])
def test_privileged_containers_of_a_pod(key: str) -> None:
    privileged = {"name": "web", "securityContext": {"privileged": True}}
    props = {"eksProperties": {"podProperties": {**POD, key: [privileged]}}}
    assert "container web" in only(judge(containers.container_not_privileged, JOB, props))


@pytest.mark.parametrize("key", ["env", "envs"])
def test_secrets_of_a_pod(key: str) -> None:
    container = {"name": "web", key: [{"name": "DB_PSWD", "value": "hunter2"}]}
    props = {"eksProperties": {"podProperties": {"containers": [container]}}}
    rule = container_secrets.container_no_secrets_in_environment
    assert "container web" in only(judge(rule, JOB, props))


@EVERY_RULE
def test_a_pod_passes(policy: ResourceValidationPolicy) -> None:
    assert judge(policy, JOB, {"eksProperties": {"podProperties": POD}}) == Verdict()


def test_the_message_about_an_environment() -> None:
    verdict = judge(container_secrets.container_no_secrets_in_environment, TASK, task(**CLEAR))
    assert only(verdict) == (
        "The ECS task definition must not hold secrets in clear text; environment variable "
        "DB_PSWD of container web is named like a secret and holds a value, and must come from "
        "Secrets Manager or SSM through secrets."
    )


def test_a_secret_under_a_harmless_name() -> None:
    url = {"name": "DATABASE", "value": "postgresql://metaflow:hunter2@db/metaflow"}
    verdict = judge(
        container_secrets.container_no_secrets_in_environment, TASK, task(environment=[url])
    )
    assert "DATABASE of container web holds a URL with a password" in only(verdict)
    assert "hunter2" not in only(verdict)


@pytest.mark.parametrize("entry", [{}, {"name": "DB_PSWD"}, {"name": "DB_PSWD", "value": None}])
def test_variables_without_a_value(entry: dict[str, Any]) -> None:
    rule = container_secrets.container_no_secrets_in_environment
    assert judge(rule, TASK, task(environment=[entry])) == Verdict()


def test_the_message_about_a_secret_without_an_arn() -> None:
    assert only(judge(container_secrets.container_secrets_by_arn, TASK, task(**BARE))) == (
        "The ECS task definition must name secrets by ARN; valueFrom of secret DB_PASSWORD of "
        "container web is no ARN of a Secrets Manager secret or SSM parameter."
    )


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "hunter2",
        "/db/password",
        "arn:aws:s3:::bucket/key",
        "arn:aws:ssm:us-east-1:123456789012:parameter/",
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:",
        f"x{PASSWORD_ARN}",
    ],
)
def test_what_is_no_arn_of_a_secret(value: str | None) -> None:
    options = [{"name": "splunk-token", "valueFrom": value}]
    props = task(logConfiguration={"logDriver": "splunk", "secretOptions": options})
    found = only(judge(container_secrets.container_secrets_by_arn, TASK, props))
    assert "secret splunk-token of container web" in found
