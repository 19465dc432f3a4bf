"""Jobs that a stack's user lists and ends, as Metaflow's `batch list` and `batch kill` do."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal import stack_files
from rehearsal.authorization import people
from rehearsal.mocks import Deployment
from rehearsal.rehearse import ROOT
from rehearsal.sandbox import Sandbox
from rehearsal.stage import Stage, jobs, stage
from tests.rehearsal.standing import deployed

UNFINISHED = ("SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING")
"""What metaflow/plugins/aws/batch/batch_client.py asks for, one by one (unfinished_jobs)."""

SLEEP = ["sleep", "600"]


@dataclass
class Place:
    """A stack, and its user's own client of Batch."""

    stands: Stage
    stack: Deployment
    user: Any

    def submit(
        self, name: str, command: Sequence[str], *, tags: dict[str, str] | None = None, **more: Any
    ) -> str:
        """Submit a job as the administrator, with the stack's tags unless others are given."""
        batch = self.stands.cloud.client("batch")
        definition = batch.register_job_definition(
            jobDefinitionName=f"metaflow_{name}",
            type="container",
            containerProperties={
                "image": "python:3.11",
                "command": list(command),
                "jobRoleArn": self.stack.outputs["jobRoleArn"],
                "resourceRequirements": [
                    {"type": "VCPU", "value": "1"},
                    {"type": "MEMORY", "value": "512"},
                ],
            },
        )["jobDefinitionArn"]
        answer = batch.submit_job(
            jobName=name,
            jobQueue=self.stack.outputs["jobQueueArn"],
            jobDefinition=definition,
            tags=tags or json.loads(self.stack.outputs["jobTags"]),
            **more,
        )
        return str(answer["jobId"])

    def status(self, job: str) -> str:
        return str(self.user.describe_jobs(jobs=[job])["jobs"][0]["status"])

    def until(self, job: str, status: str) -> None:
        end = time.monotonic() + 30
        while self.status(job) != status:
            assert time.monotonic() < end, f"{job} is {self.status(job)}, not {status}"
            time.sleep(0.03)

    def unfinished(self) -> dict[str, str]:
        """List jobs as Metaflow does: by each enabled queue and each status; return the states."""
        queues = [
            queue["jobQueueName"]
            for page in self.user.get_paginator("describe_job_queues").paginate()
            for queue in page["jobQueues"]
            if (queue["state"], queue["status"]) == ("ENABLED", "VALID")
        ]
        return {
            job["jobId"]: status
            for queue in queues
            for status in UNFINISHED
            for page in self.user.get_paginator("list_jobs").paginate(
                jobQueue=queue, jobStatus=status
            )
            for job in page["jobSummaryList"]
        }


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    config = stack_files.read_stack(ROOT, "dev")
    sandbox = Sandbox(tmp_path_factory.mktemp("sandbox"))
    with stage(config.region, None) as stands, jobs(sandbox, stands):
        stack = deployed(stands, "dev")
        role = stack.outputs["userRoleArn"]
        credentials = stands.authorizer.assume(role, people.trusted(role), "jobs")
        yield Place(stands, stack, stands.cloud.acting_as(credentials).client("batch"))


def test_the_unfinished_jobs_are_listed_by_queue_and_status(place: Place) -> None:
    ended = place.submit("ended", ["true"])
    running = place.submit("running", SLEEP)
    pending = place.submit("pending", SLEEP, dependsOn=[{"jobId": running}])
    place.until(ended, "SUCCEEDED")
    place.until(running, "RUNNING")
    assert place.unfinished() == {running: "RUNNING", pending: "PENDING"}
    ledger = place.stands.authorizer.ledger
    assert ledger.used(place.stack.outputs["userRoleArn"]) >= {
        "batch:DescribeJobQueues",
        "batch:ListJobs",
    }
    for job in (pending, running):
        place.user.terminate_job(jobId=job, reason="Metaflow initiated job termination.")
        place.until(job, "FAILED")
    assert place.unfinished() == {}
    assert "batch:TerminateJob" in ledger.used(place.stack.outputs["userRoleArn"])


def test_only_jobs_with_the_stacks_tag_are_ended(place: Place) -> None:
    theirs = place.submit("theirs", SLEEP, tags={"metaflow-stack": "metaflow-another"})
    unmarked = place.submit("unmarked", SLEEP, tags={"team": "own"})
    for job in (theirs, unmarked):
        place.until(job, "RUNNING")
        expecting = place.stands.authorizer.ledger.expecting_denials()
        with expecting as denials, pytest.raises(ClientError) as refused:
            place.user.terminate_job(jobId=job, reason="Metaflow initiated job termination.")
        assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
        arn = place.stands.cloud.arn("batch", f"job/{job}")
        assert f"batch:TerminateJob on resource: {arn}" in str(refused.value)
        assert {one.resource for one in denials} == {arn}
        assert place.status(job) == "RUNNING"
    # They are seen all the same: Batch lists the jobs of a queue whole.
    assert place.unfinished() == {theirs: "RUNNING", unmarked: "RUNNING"}
    batch = place.stands.cloud.client("batch")
    for job in (theirs, unmarked):
        batch.terminate_job(jobId=job, reason="the test is over")
        place.until(job, "FAILED")
