"""The rule that containers share no namespace with their host, in each form of a definition."""

import json
from typing import Any

import pytest

from rules import containers
from tests.policies.harness import UNKNOWN, Verdict, judge

TASK = "aws:ecs/taskDefinition:TaskDefinition"
JOB = "aws:batch/jobDefinition:JobDefinition"
RULE = containers.container_no_host_namespaces


def only(verdict: Verdict) -> str:
    assert len(verdict.violations) == 1, verdict
    return verdict.violations[0]


@pytest.mark.parametrize(
    ("key", "wanted"), [("networkMode", "awsvpc"), ("pidMode", "task"), ("ipcMode", "task")]
)
def test_namespaces_of_a_task(key: str, wanted: str) -> None:
    assert only(judge(RULE, TASK, {key: "host"})) == (
        f"The ECS task definition must not share a namespace with its host; {key} is host, and "
        f"must be {wanted}."
    )
    assert judge(RULE, TASK, {key: "none"}) == Verdict()


def test_an_unknown_namespace_hides_no_other() -> None:
    props = {"networkMode": UNKNOWN, "pidMode": "host"}
    verdict = judge(RULE, TASK, props)
    assert verdict.unknown
    assert "pidMode" in only(verdict)


@pytest.mark.parametrize("key", ["pidMode", "ipcMode"])
def test_namespaces_of_a_job(key: str) -> None:
    properties = {"taskProperties": [{"containers": [{"name": "web"}], key: "host"}]}
    props = {"ecsProperties": json.dumps(properties)}
    assert only(judge(RULE, JOB, props)) == (
        f"The Batch job definition must not share a namespace with its host; {key} is host, and "
        "must be task."
    )


def test_the_network_of_a_job_that_aws_fixes() -> None:
    properties = {"taskProperties": [{"containers": [{"name": "web"}], "networkMode": "host"}]}
    props = {"ecsProperties": json.dumps(properties)}
    assert judge(RULE, JOB, props) == Verdict()


@pytest.mark.parametrize(
    "network",
    [{"hostNetwork": True}, {"hostNetwork": "true"}, {"hostNetwork": None}, {}],
    ids=["true", "text", "none", "missing"],
)
@pytest.mark.parametrize("nodes", [False, True], ids=["pod", "nodes"])
def test_the_network_of_a_pod(nodes: bool, network: dict[str, Any]) -> None:
    pod = {"podProperties": {"containers": [{"name": "web"}], **network}}
    several = {"nodeRangeProperties": [{"targetNodes": "0:", "eksProperties": pod}]}
    props = {"nodeProperties": json.dumps(several)} if nodes else {"eksProperties": pod}
    assert only(judge(RULE, JOB, props)) == (
        "The Batch job definition must not share a namespace with its host; hostNetwork is true, "
        "as Batch takes a missing one, and must be false."
    )


def test_a_pod_with_a_network_of_its_own() -> None:
    pod = {"containers": [{"name": "web"}], "hostNetwork": False}
    assert judge(RULE, JOB, {"eksProperties": {"podProperties": pod}}) == Verdict()


@pytest.mark.parametrize(
    "token",
    [
        "aws:ecs/daemonTaskDefinition:DaemonTaskDefinition",
        "aws:ecs/expressGatewayService:ExpressGatewayService",
    ],
)
def test_types_that_cannot_share_a_namespace(token: str) -> None:
    assert not judge(RULE, token, {}).applicable
