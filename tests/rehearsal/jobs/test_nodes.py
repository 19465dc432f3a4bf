"""Multi-node parallel jobs: nodes that start together and end with their main node."""

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.jobs.small_batch import SmallBatch, needs, shell

PLACE = shell(
    "echo $AWS_BATCH_JOB_NODE_INDEX of $AWS_BATCH_JOB_NUM_NODES, "
    "main $AWS_BATCH_JOB_MAIN_NODE_INDEX at ${AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS:-me}"
)


def submit(
    batch: SmallBatch,
    main: list[str],
    others: list[str] | None = None,
    *,
    nodes: int = 2,
    vcpus: float = 1,
    **request: Any,
) -> str:
    """Submit a job as Metaflow does, its first node being the main one."""

    def container(command: list[str]) -> dict[str, Any]:
        needed = needs(vcpus, 512)
        return {"image": "python:3.11", "command": command, "resourceRequirements": needed}

    ranges = [{"targetNodes": "0:0", "container": container(main)}]
    ranges += [{"targetNodes": "1:", "container": container(others or main)}]
    definition = batch.client.register_job_definition(
        jobDefinitionName="nodes",
        type="multinode",
        nodeProperties={"numNodes": nodes, "mainNode": 0, "nodeRangeProperties": ranges},
    )["jobDefinitionArn"]
    given = {"jobName": "nodes", "jobQueue": batch.queue, "jobDefinition": definition, **request}
    return str(batch.client.submit_job(**given)["jobId"])


def test_nodes_know_their_place_and_the_main_one(batch: SmallBatch) -> None:
    job = submit(batch, [*PLACE[:2], f"{PLACE[2]}; sleep 0.5"], PLACE, nodes=3)
    ended = batch.wait(job)
    assert ended["status"] == "SUCCEEDED"
    assert "container" not in ended
    assert ended["nodeProperties"]["numNodes"] == 3
    assert ended["attempts"][-1]["container"]["exitCode"] == 0
    found = [batch.wait(f"{job}#{number}") for number in range(3)]
    assert [one["nodeDetails"] for one in found] == [
        {"nodeIndex": 0, "isMainNode": True},
        {"nodeIndex": 1, "isMainNode": False},
        {"nodeIndex": 2, "isMainNode": False},
    ]
    assert [batch.log(one) for one in found] == [
        ["0 of 3, main 0 at me"],
        ["1 of 3, main 0 at 127.0.0.1"],
        ["2 of 3, main 0 at 127.0.0.1"],
    ]
    listed = batch.client.list_jobs(multiNodeJobId=job, jobStatus="SUCCEEDED")["jobSummaryList"]
    assert [one["jobId"] for one in listed] == [f"{job}#{number}" for number in range(3)]
    queued = batch.client.list_jobs(jobQueue=batch.queue, jobStatus="SUCCEEDED")["jobSummaryList"]
    assert [one["jobId"] for one in queued] == [job]


def test_overrides_are_each_nodes_own(batch: SmallBatch) -> None:
    overrides = [
        {"targetNodes": "0:0", "containerOverrides": {"command": shell("echo main; sleep 0.3")}},
        {
            "targetNodes": "1:1",
            "containerOverrides": {"environment": [{"name": "A", "value": "1"}]},
        },
    ]
    job = submit(
        batch, ["false"], shell("echo $A"), nodeOverrides={"nodePropertyOverrides": overrides}
    )
    assert batch.wait(job)["status"] == "SUCCEEDED"
    assert [batch.log(batch.wait(f"{job}#{one}")) for one in range(2)] == [["main"], ["1"]]


def test_the_main_node_ends_all_others(batch: SmallBatch) -> None:
    job = submit(batch, shell("sleep 0.3"), shell("sleep 60"))
    assert batch.wait(job)["status"] == "SUCCEEDED"
    other = batch.wait(f"{job}#1")
    assert (other["status"], other["statusReason"]) == ("FAILED", "Main node ended")


def test_the_main_node_decides_and_another_one_does_not(batch: SmallBatch) -> None:
    succeeded = batch.wait(submit(batch, shell("sleep 0.4"), shell("exit 3")))
    failed = batch.wait(submit(batch, shell("exit 4"), shell("sleep 60")))
    assert succeeded["status"] == "SUCCEEDED"
    assert failed["status"] == "FAILED"
    assert failed["attempts"][-1]["container"]["exitCode"] == 4


def test_nodes_start_together_or_not_at_all(batch: SmallBatch) -> None:
    queue = batch.new_queue(["m6i.large"], 4)
    first = submit(batch, shell("sleep 1"), nodes=2, vcpus=2, jobQueue=queue)
    batch.wait(first, "RUNNING")
    second = submit(batch, ["true"], nodes=2, vcpus=2, jobQueue=queue)
    time.sleep(0.2)
    assert {batch.job(f"{second}#{one}")["status"] for one in range(2)} == {"RUNNABLE"}
    ended = [batch.wait(one) for one in (first, second)]
    assert ended[0]["stoppedAt"] <= ended[1]["startedAt"]


def test_a_job_of_more_nodes_than_vcpus_says_why_it_waits(batch: SmallBatch) -> None:
    queue = batch.new_queue(["m6i.large"], 4)
    job = submit(batch, ["true"], nodes=3, vcpus=2, jobQueue=queue)
    time.sleep(0.2)
    described = batch.job(job)
    assert described["status"] == "RUNNABLE"
    assert described["statusReason"] == "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE"
    batch.runner.clock.advance(600)
    assert batch.wait(job)["status"] == "FAILED"
    assert {batch.job(f"{job}#{one}")["status"] for one in range(3)} == {"FAILED"}


def test_a_main_node_that_is_tried_again_has_all_others_again(batch: SmallBatch) -> None:
    again = shell("sleep 0.3; [ $AWS_BATCH_JOB_ATTEMPT = 2 ]")
    job = submit(batch, again, shell("sleep 60"), retryStrategy={"attempts": 2})
    ended = batch.wait(job)
    assert ended["status"] == "SUCCEEDED"
    assert [one["container"]["exitCode"] for one in ended["attempts"]] == [1, 0]
    assert len(batch.wait(f"{job}#1")["attempts"]) == 2


def test_a_terminated_job_ends_with_every_node(batch: SmallBatch) -> None:
    job = submit(batch, shell("sleep 60"), nodes=3)
    batch.wait(job, "RUNNING")
    batch.client.terminate_job(jobId=job, reason="enough")
    ended = [batch.wait(one) for one in (job, *(f"{job}#{one}" for one in range(3)))]
    assert {one["status"] for one in ended} == {"FAILED"}
    assert ended[0]["statusReason"] == "enough"
    assert ended[0]["isTerminated"]


def test_a_node_waits_for_what_the_job_depends_on(batch: SmallBatch) -> None:
    first = batch.submit(shell("sleep 0.3; exit 1"))
    job = submit(batch, ["true"], dependsOn=[{"jobId": first}])
    assert batch.wait(job, "PENDING")["status"] == "PENDING"
    assert batch.wait(job)["statusReason"] == "Dependent Job failed"
    assert {batch.job(f"{job}#{one}")["status"] for one in range(2)} == {"FAILED"}


@pytest.mark.parametrize("kind", ["FARGATE", "SPOT"])
def test_nodes_need_instances_on_demand(batch: SmallBatch, kind: str) -> None:
    queue = batch.new_queue(["m6i.large"], 4, kind=kind)
    with pytest.raises(ClientError, match=f"of the type {kind}; a multi-node job needs EC2"):
        submit(batch, ["true"], jobQueue=queue)


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"arrayProperties": {"size": 2}}, "a multi-node job is no array"),
        ({"containerOverrides": {"command": ["true"]}}, "takes nodeOverrides"),
        ({"nodeOverrides": {"numNodes": 1001}}, "numNodes is 1001; 1 to 1000 are allowed"),
    ],
    ids=["array", "overrides", "too many"],
)
def test_what_is_for_other_jobs_is_refused(
    batch: SmallBatch, request_: dict[str, Any], words: str
) -> None:
    with pytest.raises(ClientError, match=words):
        submit(batch, ["true"], **request_)
