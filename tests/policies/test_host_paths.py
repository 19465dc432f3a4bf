"""The rule that containers are not privileged, by what they mount of their host."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from rules.containers import container_not_privileged as rule
from tests.policies.harness import UNKNOWN, Verdict, judge

TASK = "aws:ecs/taskDefinition:TaskDefinition"
JOB = "aws:batch/jobDefinition:JobDefinition"
DAEMON = "aws:ecs/daemonTaskDefinition:DaemonTaskDefinition"

Definition = Callable[[str], dict[str, Any]]


def of_task(path: str) -> dict[str, Any]:
    return {"volumes": [{"name": "own"}, {"name": "data", "hostPath": path}]}


def of_daemon(path: str) -> dict[str, Any]:
    return {"volumes": [{"name": "data", "hosts": [{"sourcePath": path}]}]}


def _volume(path: str) -> dict[str, Any]:
    return {"name": "data", "host": {"sourcePath": path}}


def of_job(path: str) -> dict[str, Any]:
    return {"containerProperties": json.dumps({"image": "i", "volumes": [_volume(path)]})}


def of_several(path: str) -> dict[str, Any]:
    tasks = [{"containers": [{"name": "web"}], "volumes": [_volume(path)]}]
    return {"ecsProperties": json.dumps({"taskProperties": tasks})}


def of_nodes(path: str) -> dict[str, Any]:
    nodes = [{"targetNodes": "0:", "container": {"image": "i", "volumes": [_volume(path)]}}]
    return {"nodeProperties": json.dumps({"nodeRangeProperties": nodes})}


def of_pod(path: str) -> dict[str, Any]:
    volumes = [{"name": "data", "hostPath": {"path": path}}]
    return {"eksProperties": {"podProperties": {"containers": [{}], "volumes": volumes}}}


DEFINITIONS: dict[str, tuple[str, str, Definition]] = {
    "task": (TASK, "ECS task definition", of_task),
    "daemon": (DAEMON, "ECS daemon task definition", of_daemon),
    "job": (JOB, "Batch job definition", of_job),
    "job of several containers": (JOB, "Batch job definition", of_several),
    "multi-node job": (JOB, "Batch job definition", of_nodes),
    "pod": (JOB, "Batch job definition", of_pod),
}
EVERY_DEFINITION = pytest.mark.parametrize(
    ("token", "kind", "definition"), DEFINITIONS.values(), ids=DEFINITIONS
)
PATHS = (
    "/",
    "/run",
    "/run/containerd",
    "/run/containerd/containerd.sock",
    "/run/docker.sock",
    "/var",
    "/var/run",
    "/var/run/containerd",
    "/var/run/containerd/containerd.sock",
    "/var/run/docker.sock",
)


def only(verdict: Verdict) -> str:
    assert len(verdict.violations) == 1, verdict
    return verdict.violations[0]


@EVERY_DEFINITION
def test_the_host(token: str, kind: str, definition: Definition) -> None:
    assert only(judge(rule, token, definition("/"))) == (
        f"The {kind} must not give containers its host; the host's path of volume data is /, and "
        f"must be none of {', '.join(PATHS)}."
    )


@pytest.mark.parametrize("path", [*PATHS[1:], "//", "/var/", "/data/..", "/var//run/docker.sock"])
def test_paths_that_are_as_good_as_the_host(path: str) -> None:
    assert f" is {path}, and must be none of " in only(judge(rule, TASK, of_task(path)))


@EVERY_DEFINITION
@pytest.mark.parametrize("path", ["", "/data", "/var/lib/app", "/run/app.sock"])
def test_other_paths(token: str, kind: str, definition: Definition, path: str) -> None:
    assert judge(rule, token, definition(path)) == Verdict(), kind


def test_volumes_that_are_not_the_hosts() -> None:
    volumes = [{"name": "data", "efsVolumeConfiguration": {"rootDirectory": "/"}}]
    assert judge(rule, TASK, {"volumes": volumes}) == Verdict()


def test_an_unknown_volume_hides_no_other() -> None:
    volumes = [UNKNOWN, {"name": "a", "hostPath": UNKNOWN}, {"name": "b", "hostPath": "/"}]
    verdict = judge(rule, TASK, {"containerDefinitions": UNKNOWN, "volumes": volumes})
    assert verdict.unknown
    assert "volume b " in only(verdict)


def test_an_unknown_volume_of_another_kind() -> None:
    volumes = [{"name": "data", "efsVolumeConfiguration": {"fileSystemId": UNKNOWN}}]
    assert judge(rule, TASK, {"volumes": volumes}) == Verdict()
