"""The life of a job: its states, its attempts, its end by itself or by others."""

import signal
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.jobs.job import Job, Outcome
from rehearsal.jobs.retries import retried
from rehearsal.jobs.specification import Resources, Specification
from tests.rehearsal.jobs.small_batch import FAMILY, SmallBatch, alive, needs, shell

TWO_ATTEMPTS = shell('echo "attempt $AWS_BATCH_JOB_ATTEMPT"; [ $AWS_BATCH_JOB_ATTEMPT = 2 ]')


@pytest.mark.parametrize(
    ("command", "status", "code"),
    [("exit 0", "SUCCEEDED", 0), ("exit 3", "FAILED", 3), ("kill -9 $$", "FAILED", 137)],
    ids=["success", "failure", "killed"],
)
def test_the_exit_code_decides(batch: SmallBatch, command: str, status: str, code: int) -> None:
    before = time.time() * 1000
    job = batch.wait(batch.submit(shell(command)))
    assert job["status"] == status
    assert job["container"]["exitCode"] == code
    assert job["statusReason"] == "Essential container in task exited"
    assert "reason" not in job["container"]
    assert before - 1 < job["createdAt"] <= job["startedAt"] <= job["stoppedAt"]
    (attempt,) = job["attempts"]
    assert attempt["container"]["exitCode"] == code
    assert attempt["container"]["logStreamName"] == job["container"]["logStreamName"]
    assert (attempt["startedAt"], attempt["stoppedAt"]) == (job["startedAt"], job["stoppedAt"])
    assert attempt["statusReason"] == job["statusReason"]


def test_a_failed_attempt_is_followed_by_another(batch: SmallBatch) -> None:
    job = batch.wait(batch.submit(TWO_ATTEMPTS, retryStrategy={"attempts": 3}))
    assert job["status"] == "SUCCEEDED"
    assert [one["container"]["exitCode"] for one in job["attempts"]] == [1, 0]
    streams = [one["container"]["logStreamName"] for one in job["attempts"]]
    assert len(set(streams)) == 2
    assert batch.log({"container": {"logStreamName": streams[0]}}) == ["attempt 1"]
    assert batch.log(job) == ["attempt 2"]


def test_the_definitions_retries_count_unless_the_submission_has_its_own(batch: SmallBatch) -> None:
    defined = {"retryStrategy": {"attempts": 2}}
    first = batch.submit(shell("exit 1"), definition=defined)
    second = batch.submit(shell("exit 1"), definition=defined, retryStrategy={"attempts": 1})
    assert [len(batch.wait(one)["attempts"]) for one in (first, second)] == [2, 1]


def test_a_condition_ends_the_retries(batch: SmallBatch) -> None:
    conditions = [{"onExitCode": "4*", "action": "EXIT"}]
    strategy: dict[str, Any] = {"attempts": 3, "evaluateOnExit": conditions}
    first = batch.submit(shell("exit 42"), retryStrategy=strategy)
    second = batch.submit(shell("exit 2"), retryStrategy=strategy)
    assert [len(batch.wait(one)["attempts"]) for one in (first, second)] == [1, 3]


RETRY, EXIT = "RETRY", "exit"
ENDED = Outcome(1, None, "Essential container in task exited")


@pytest.mark.parametrize(
    ("conditions", "outcome", "again"),
    [
        ([], ENDED, True),
        ([], Outcome(0, None, ""), False),
        ([], Outcome(1, None, "terminated", final=True), False),
        ([{"onExitCode": "1", "action": EXIT}], ENDED, False),
        ([{"onExitCode": "2", "action": EXIT}], ENDED, True),
        ([{"onExitCode": "1*", "action": EXIT}], Outcome(137, None, ""), False),
        ([{"onReason": "Cannot*", "action": EXIT}], Outcome(127, "CannotStart", ""), False),
        ([{"onReason": "Cannot", "action": EXIT}], Outcome(127, "CannotStart", ""), True),
        ([{"onStatusReason": "Host EC2*", "action": RETRY}], ENDED, True),
        (
            [
                {"onStatusReason": "Essential*", "action": RETRY},
                {"onExitCode": "*", "action": EXIT},
            ],
            ENDED,
            True,
        ),
        (
            [{"onStatusReason": "Host EC2*", "action": RETRY}, {"onReason": "*", "action": EXIT}],
            ENDED,
            False,
        ),
        ([{"onExitCode": "1", "onReason": "x", "action": EXIT}], ENDED, True),
    ],
    ids=[
        "none",
        "success",
        "final",
        "code",
        "other-code",
        "code-start",
        "reason-start",
        "reason-whole",
        "spot",
        "first-wins",
        "else-exit",
        "all-needed",
    ],
)
def test_the_first_condition_that_matches_decides(
    conditions: list[dict[str, str]], outcome: Outcome, again: bool
) -> None:
    needed = Resources(1, 512, 0)
    specification = Specification((), {}, needed, (), None, 2, conditions, None, None)
    job = Job("id", "arn", {}, {}, specification, lambda: pytest.fail("not asked"), 0.0)
    job.attempts.append({})
    assert retried(job, outcome) == again
    job.attempts.append({})
    assert not retried(job, outcome)


def test_an_attempt_that_takes_too_long_is_killed_with_its_children(batch: SmallBatch) -> None:
    job_id = batch.submit(
        FAMILY, timeout={"attemptDurationSeconds": 90}, retryStrategy={"attempts": 2}
    )
    processes = batch.processes(job_id)
    batch.runner.clock.advance(80)
    time.sleep(0.3)
    assert batch.job(job_id)["status"] == "RUNNING"
    # The last second passes by itself.
    batch.runner.clock.advance(9)
    job = batch.wait(job_id)
    assert job["status"] == "FAILED"
    assert job["statusReason"] == "Job attempt duration exceeded timeout"
    assert job["container"]["exitCode"] == 137
    assert len(job["attempts"]) == 1
    assert job["stoppedAt"] - job["startedAt"] >= 90_000
    assert alive(processes) == []


def test_a_terminated_job_dies_soon_with_the_given_reason(batch: SmallBatch) -> None:
    job_id = batch.submit(FAMILY, retryStrategy={"attempts": 2})
    processes = batch.processes(job_id)
    start = time.monotonic()
    batch.client.terminate_job(jobId=job_id, reason="no longer wanted")
    job = batch.wait(job_id)
    assert time.monotonic() - start < 5
    assert (job["status"], job["statusReason"]) == ("FAILED", "no longer wanted")
    assert job["isTerminated"]
    assert len(job["attempts"]) == 1
    assert alive(processes) == []


def test_a_terminated_job_may_end_in_order(batch: SmallBatch) -> None:
    job_id = batch.submit(shell("trap 'echo bye; exit 5' TERM; echo $$; sleep 60 & wait"))
    batch.processes(job_id)
    batch.client.terminate_job(jobId=job_id, reason="no longer wanted")
    job = batch.wait(job_id)
    assert job["container"]["exitCode"] == 128 + signal.SIGTERM or batch.log(job)[-1] == "bye"
    assert job["status"] == "FAILED"


def test_what_left_the_session_ends_with_the_job(batch: SmallBatch) -> None:
    job = batch.wait(batch.submit(shell("setsid sleep 60 & echo $!; sleep 0.2")))
    assert alive(int(one) for one in batch.log(job)) == []


def test_cancelling_leaves_a_running_job_alone(batch: SmallBatch) -> None:
    job_id = batch.submit(shell("sleep 0.5"))
    batch.wait(job_id, "RUNNING")
    batch.client.cancel_job(jobId=job_id, reason="no longer wanted")
    assert batch.wait(job_id)["status"] == "SUCCEEDED"


@pytest.mark.parametrize("operation", ["cancel_job", "terminate_job"])
def test_a_job_that_waits_is_cancelled(batch: SmallBatch, operation: str) -> None:
    large = {"resourceRequirements": needs(1, 1_000_000)}
    queue = batch.new_queue(["m6i.large"], 4)
    job_id = batch.submit(["true"], container=large, jobQueue=queue)
    batch.wait(job_id, "RUNNABLE")
    getattr(batch.client, operation)(jobId=job_id, reason="no longer wanted")
    job = batch.wait(job_id)
    assert (job["status"], job["statusReason"]) == ("FAILED", "no longer wanted")
    assert job["isCancelled"]
    assert job["attempts"] == []
    assert "exitCode" not in job["container"]


def test_listing_gives_the_running_unless_asked_otherwise(batch: SmallBatch) -> None:
    queue = batch.new_queue(["m6i.large"], 4)
    ended = batch.submit(["true"], jobQueue=queue, jobName="ended")
    batch.wait(ended)
    running = batch.submit(["sleep", "60"], jobQueue=queue, jobName="Running-one")
    batch.wait(running, "RUNNING")

    def listed(**asked: Any) -> list[str]:
        answer = batch.client.list_jobs(**asked)["jobSummaryList"]
        return [one["jobId"] for one in answer]

    by_name = [{"name": "JOB_NAME", "values": ["running*"]}]
    assert listed(jobQueue=queue) == [running]
    assert listed(jobQueue=queue, jobStatus="SUCCEEDED") == [ended]
    assert listed(jobQueue=queue, jobStatus="RUNNABLE") == []
    assert listed(jobQueue=queue, filters=by_name) == [running]
    assert listed(jobQueue=batch.queue, filters=by_name) == []
    batch.client.terminate_job(jobId=running, reason="listed")


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ({"jobName": "no spaces"}, "Job name should match valid pattern"),
        ({"jobQueue": "none"}, "Job queue none does not exist"),
        ({"jobDefinition": "none"}, "Job definition none does not exist"),
        ({"dependsOn": [{"jobId": "none"}]}, "dependsOn names none; there is no such job"),
        ({"dependsOn": [{"type": "SEQUENTIAL"}]}, "only an array job may have one"),
    ],
    ids=["name", "queue", "definition", "dependency", "sequential"],
)
def test_a_wrong_submission_is_refused(
    batch: SmallBatch, request_: dict[str, Any], said: str
) -> None:
    with pytest.raises(ClientError, match=said):
        batch.submit(["true"], **request_)


def test_a_job_has_its_tags_and_its_arn_describes_it(batch: SmallBatch) -> None:
    job = batch.job(batch.submit(["true"], tags={"owner": "me"}))
    assert job["tags"] == {"owner": "me"}
    assert batch.job(job["jobArn"])["jobId"] == job["jobId"]
    assert batch.client.describe_jobs(jobs=["none"])["jobs"] == []
