"""Dependencies between jobs, and arrays of jobs."""

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.jobs.small_batch import SmallBatch, shell

INDEX = shell("echo $AWS_BATCH_JOB_ID $AWS_BATCH_JOB_ARRAY_INDEX of $AWS_BATCH_JOB_ARRAY_SIZE")
SECOND_FAILS = shell("sleep 0.1; [ $AWS_BATCH_JOB_ARRAY_INDEX != 1 ]")


def children(batch: SmallBatch, parent: str, size: int) -> list[dict[str, Any]]:
    return [batch.job(f"{parent}:{index}") for index in range(size)]


def test_a_job_waits_for_those_that_it_depends_on(batch: SmallBatch) -> None:
    first = batch.submit(shell("sleep 0.4"))
    second = batch.submit(["true"], dependsOn=[{"jobId": first}])
    third = batch.submit(["true"], dependsOn=[{"jobId": first}, {"jobId": second}])
    assert batch.wait(third, "PENDING")["dependsOn"] == [{"jobId": first}, {"jobId": second}]
    ended = [batch.wait(one) for one in (first, second, third)]
    assert [one["status"] for one in ended] == ["SUCCEEDED"] * 3
    assert ended[0]["stoppedAt"] <= ended[1]["startedAt"]
    assert ended[1]["stoppedAt"] <= ended[2]["startedAt"]


def test_a_failed_dependency_fails_all_that_hang_on_it(batch: SmallBatch) -> None:
    first = batch.submit(shell("sleep 0.2; exit 1"))
    second = batch.submit(["true"], dependsOn=[{"jobId": first}])
    third = batch.submit(["true"], dependsOn=[{"jobId": second}])
    for one in (second, third):
        job = batch.wait(one)
        assert (job["status"], job["statusReason"]) == ("FAILED", "Dependent Job failed")
        assert job["attempts"] == []
    late = batch.wait(batch.submit(["true"], dependsOn=[{"jobId": first}]))
    assert late["status"] == "FAILED"


def test_an_arrays_children_know_their_place(batch: SmallBatch) -> None:
    parent = batch.submit(INDEX, arrayProperties={"size": 3})
    job = batch.wait(parent)
    assert job["status"] == "SUCCEEDED"
    assert job["arrayProperties"]["size"] == 3
    assert job["arrayProperties"]["statusSummary"]["SUCCEEDED"] == 3
    found = children(batch, parent, 3)
    assert [batch.log(one) for one in found] == [[f"{parent}:{i} {i} of 3"] for i in range(3)]
    assert [one["arrayProperties"] for one in found] == [{"index": i} for i in range(3)]
    listed = batch.client.list_jobs(arrayJobId=parent, jobStatus="SUCCEEDED")["jobSummaryList"]
    assert [one["jobId"] for one in listed] == [f"{parent}:{i}" for i in range(3)]


def test_an_array_is_pending_until_its_last_child_ends(batch: SmallBatch) -> None:
    parent = batch.submit(shell("sleep $AWS_BATCH_JOB_ARRAY_INDEX"), arrayProperties={"size": 2})
    batch.wait(f"{parent}:0")
    job = batch.job(parent)
    assert job["status"] == "PENDING"
    assert job["arrayProperties"]["statusSummary"]["SUCCEEDED"] == 1
    assert batch.wait(parent)["status"] == "SUCCEEDED"


def test_one_failed_child_fails_the_array_but_not_its_siblings(batch: SmallBatch) -> None:
    parent = batch.submit(SECOND_FAILS, arrayProperties={"size": 3})
    job = batch.wait(parent)
    assert (job["status"], job["statusReason"]) == ("FAILED", "Array Child Job failed")
    states = [one["status"] for one in children(batch, parent, 3)]
    assert states == ["SUCCEEDED", "FAILED", "SUCCEEDED"]


def test_a_sequential_array_runs_one_after_the_other(batch: SmallBatch) -> None:
    parent = batch.submit(
        shell("sleep 0.1"), arrayProperties={"size": 3}, dependsOn=[{"type": "SEQUENTIAL"}]
    )
    assert batch.wait(parent)["status"] == "SUCCEEDED"
    found = children(batch, parent, 3)
    assert found[0]["stoppedAt"] <= found[1]["startedAt"]
    assert found[1]["stoppedAt"] <= found[2]["startedAt"]


def test_a_sequential_array_stops_at_the_first_that_fails(batch: SmallBatch) -> None:
    parent = batch.submit(
        SECOND_FAILS, arrayProperties={"size": 3}, dependsOn=[{"type": "SEQUENTIAL"}]
    )
    batch.wait(parent)
    last = children(batch, parent, 3)[2]
    assert (last["status"], last["statusReason"]) == ("FAILED", "Dependent Job failed")


def test_each_child_waits_for_its_own_of_another_array(batch: SmallBatch) -> None:
    first = batch.submit(SECOND_FAILS, arrayProperties={"size": 3})
    second = batch.submit(
        ["true"],
        arrayProperties={"size": 3},
        dependsOn=[{"jobId": first, "type": "N_TO_N"}],
    )
    batch.wait(second)
    before, after = children(batch, first, 3), children(batch, second, 3)
    assert [one["status"] for one in after] == ["SUCCEEDED", "FAILED", "SUCCEEDED"]
    for i in (0, 2):
        assert before[i]["stoppedAt"] <= after[i]["startedAt"]
    assert after[1]["dependsOn"] == [{"jobId": f"{first}:1"}]


def test_arrays_that_wait_for_each_other_have_one_size(batch: SmallBatch) -> None:
    first = batch.submit(["true"], arrayProperties={"size": 2})
    with pytest.raises(ClientError, match="its size is 2, and has to be this array's, 3"):
        batch.submit(
            ["true"],
            arrayProperties={"size": 3},
            dependsOn=[{"jobId": first, "type": "N_TO_N"}],
        )


def test_a_job_waits_for_a_whole_array(batch: SmallBatch) -> None:
    array = batch.submit(shell("sleep 0.2"), arrayProperties={"size": 2})
    job = batch.wait(batch.submit(["true"], dependsOn=[{"jobId": array}]))
    assert job["status"] == "SUCCEEDED"
    assert batch.job(array)["stoppedAt"] <= job["startedAt"]


def test_a_terminated_array_ends_with_all_of_its_children(batch: SmallBatch) -> None:
    parent = batch.submit(
        shell("sleep 60"), arrayProperties={"size": 2}, dependsOn=[{"type": "SEQUENTIAL"}]
    )
    batch.wait(f"{parent}:0", "RUNNING")
    start = time.monotonic()
    batch.client.terminate_job(jobId=parent, reason="no longer wanted")
    job = batch.wait(parent)
    assert time.monotonic() - start < 5
    assert (job["status"], job["statusReason"]) == ("FAILED", "no longer wanted")
    reasons = [one["statusReason"] for one in children(batch, parent, 2)]
    assert reasons == ["no longer wanted"] * 2
