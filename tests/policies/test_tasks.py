import json
from typing import Any

import pytest

from rules import tasks
from tests.policies.harness import UNKNOWN, Verdict, judge

JOB = "aws:batch/jobDefinition:JobDefinition"


def settings(**changes: Any) -> dict[str, Any]:
    return {
        "networkConfiguration": {"subnets": ["subnet-1"], "assignPublicIp": False},
        "enableExecuteCommand": False,
        **changes,
    }


STARTERS = {
    "service": ("aws:ecs/service:Service", "ECS service", ()),
    "task set": ("aws:ecs/taskSet:TaskSet", "ECS task set", ()),
    "event target": (
        "aws:cloudwatch/eventTarget:EventTarget",
        "EventBridge target",
        ("ecsTarget",),
    ),
    "schedule": (
        "aws:scheduler/schedule:Schedule",
        "EventBridge schedule",
        ("target", "ecsParameters"),
    ),
    "pipe": ("aws:pipes/pipe:Pipe", "EventBridge pipe", ("targetParameters", "ecsTaskParameters")),
    "daemon": ("aws:ecs/daemon:Daemon", "ECS daemon", ()),
}
WITH_ADDRESSES = {key: found for key, found in STARTERS.items() if key != "daemon"}
EVERY_ADDRESSED = pytest.mark.parametrize(
    ("token", "kind", "path"), WITH_ADDRESSES.values(), ids=WITH_ADDRESSES
)
EVERY_STARTER = pytest.mark.parametrize(("token", "kind", "path"), STARTERS.values(), ids=STARTERS)


def within(path: tuple[str, ...], found: dict[str, Any]) -> dict[str, Any]:
    for key in reversed(path):
        found = {key: found}
    return found


def public(value: Any) -> dict[str, Any]:
    return settings(networkConfiguration={"subnets": ["subnet-1"], "assignPublicIp": value})


@EVERY_ADDRESSED
@pytest.mark.parametrize(
    "passes",
    [settings(), {}, {"networkConfiguration": {"subnets": []}}, public("false")],
    ids=["baseline", "missing", "address missing", "text"],
)
def test_tasks_without_an_address(
    token: str, kind: str, path: tuple[str, ...], passes: dict[str, Any]
) -> None:
    assert judge(tasks.ecs_no_public_address, token, within(path, passes)) == Verdict(), kind


@EVERY_ADDRESSED
@pytest.mark.parametrize("value", [True, "true"])
def test_tasks_with_an_address(token: str, kind: str, path: tuple[str, ...], value: Any) -> None:
    props = within(path, public(value))
    assert judge(tasks.ecs_no_public_address, token, props).violations == [
        f"The {kind} must not give its tasks public addresses; assignPublicIp is true, and must "
        "be false."
    ]
    assert judge(tasks.ecs_no_public_address, token, props, {"allowed": True}) == Verdict()


def of_pipe(address: str | None) -> dict[str, Any]:
    network = {"awsVpcConfiguration": {"subnets": ["subnet-1"], "assignPublicIp": address}}
    return within(STARTERS["pipe"][2], settings(networkConfiguration=network))


@pytest.mark.parametrize("address", ["DISABLED", None])
def test_a_pipe_without_an_address(address: str | None) -> None:
    rule = tasks.ecs_no_public_address
    assert judge(rule, "aws:pipes/pipe:Pipe", of_pipe(address)) == Verdict()


def test_a_pipe_with_an_address() -> None:
    rule, token = tasks.ecs_no_public_address, "aws:pipes/pipe:Pipe"
    assert judge(rule, token, of_pipe("ENABLED")).violations == [
        "The EventBridge pipe must not give its tasks public addresses; assignPublicIp is "
        "ENABLED, and must be DISABLED."
    ]
    assert judge(rule, token, of_pipe("ENABLED"), {"allowed": True}) == Verdict()
    assert judge(rule, token, of_pipe(UNKNOWN)).unknown


def test_a_daemon_has_no_network_of_its_own() -> None:
    assert not judge(tasks.ecs_no_public_address, "aws:ecs/daemon:Daemon", {}).applicable


def test_an_unknown_address() -> None:
    token = "aws:ecs/service:Service"
    assert judge(tasks.ecs_no_public_address, token, public(UNKNOWN)).unknown


@EVERY_STARTER
def test_commands_in_containers(token: str, kind: str, path: tuple[str, ...]) -> None:
    rule = tasks.ecs_no_execute_command
    verdict = judge(rule, token, within(path, settings(enableExecuteCommand=True)))
    if kind == "ECS task set":  # has no such property
        assert not verdict.applicable
        return
    assert verdict.violations == [
        f"The {kind} must not let people run commands in its containers; enableExecuteCommand is "
        "true, and must be false."
    ]
    assert judge(rule, token, within(path, settings())) == Verdict()
    assert judge(rule, token, {}) == Verdict()
    assert judge(rule, token, within(path, settings(enableExecuteCommand=UNKNOWN))).unknown


@pytest.mark.parametrize("policy", tasks.POLICIES, ids=lambda policy: policy.name)
def test_another_type(policy: Any) -> None:
    assert not judge(policy, "aws:ecs/cluster:Cluster", public(True)).applicable


def job(address: str | None) -> dict[str, dict[str, Any]]:
    network = {"networkConfiguration": {"assignPublicIp": address} if address else {}}
    return {
        "one container": {"containerProperties": json.dumps({"image": "a", **network})},
        "several": {
            "ecsProperties": json.dumps(
                {"taskProperties": [{"containers": [{"name": "a"}], **network}]}
            )
        },
        "nodes": {
            "nodeProperties": json.dumps({"nodeRangeProperties": [{"container": {**network}}]})
        },
    }


@pytest.mark.parametrize("kind", list(job(None)))
@pytest.mark.parametrize("address", ["DISABLED", None])
def test_jobs_without_an_address(kind: str, address: str | None) -> None:
    assert judge(tasks.batch_no_public_address, JOB, job(address)[kind]) == Verdict()


@pytest.mark.parametrize("kind", list(job(None)))
def test_jobs_with_an_address(kind: str) -> None:
    props = job("ENABLED")[kind]
    assert judge(tasks.batch_no_public_address, JOB, props).violations == [
        "The Batch job definition must not give its jobs public addresses; assignPublicIp is "
        "ENABLED, and must be DISABLED."
    ]
    assert judge(tasks.batch_no_public_address, JOB, props, {"allowed": True}) == Verdict()


def test_unknown_jobs() -> None:
    assert judge(tasks.batch_no_public_address, JOB, {"containerProperties": UNKNOWN}).unknown
