"""Which jobs start, which wait, and which are cancelled for waiting in vain."""

import os
import re
import time

import pytest
from botocore.exceptions import ClientError

from rehearsal.jobs.capacity import blocking_reason
from rehearsal.jobs.offerings import offered
from rehearsal.jobs.queues import Environment, Queue
from rehearsal.jobs.specification import Resources
from tests.rehearsal.jobs.small_batch import LIMITS, SmallBatch, needs, shell

REQUIREMENT = "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"
MAX_RESOURCE = "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE"
UNSUPPORTED = "MISCONFIGURATION:EC2_INSTANCE_CONFIGURATION_UNSUPPORTED"


@pytest.mark.parametrize(
    ("types", "needed", "reason"),
    [
        # An m4.large has 7985 of its 8192 MiB, 32 of which the agent keeps.
        (["m4.large"], (2, 7953, 0), None),
        (["m4.large"], (2, 7954, 0), REQUIREMENT),
        (["m4.large"], (3, 512, 0), REQUIREMENT),
        (["m6i.large"], (2, 8192, 0), REQUIREMENT),
        (["m6i.large", "r6i.large"], (2, 8192, 0), None),
        (["c6i.2xlarge", "r6i.large"], (8, 15939, 0), REQUIREMENT),
        (["m6i.large"], (1, 512, 1), REQUIREMENT),
        (["g4dn.xlarge"], (1, 512, 1), None),
        (["g4dn.xlarge"], (1, 512, 2), REQUIREMENT),
        (["g4dn"], (1, 512, 8), None),
        (["optimal"], (16, 100_000, 0), None),
        (["default_arm64"], (1, 512, 1), REQUIREMENT),
        (["m6i.32xlarge"], (65, 512, 0), MAX_RESOURCE),
        (["m6i.32xlarge"], (64, 512, 0), None),
        (["m6i.32xlarge"], (129, 512, 0), REQUIREMENT),
    ],
    ids=lambda value: (
        "-".join(str(one) for one in value) if isinstance(value, list | tuple) else ""
    ),
)
def test_a_job_fits_on_the_largest_instance_or_never_runs(
    types: list[str], needed: tuple[float, int, int], reason: str | None
) -> None:
    resources = {"type": "EC2", "instanceTypes": types, "maxvCpus": 64}
    environment = Environment("environment", "arn", "cluster", resources)
    queue = Queue("queue", "arn", 1, (environment,), {})
    assert blocking_reason([Resources(*needed)], queue) == reason


def test_a_type_that_the_zones_do_not_offer_never_starts() -> None:
    resources = {"type": "EC2", "instanceTypes": ["p4d.24xlarge", "g5"], "maxvCpus": 192}
    for zone, needed, reason in (
        ("us-east-1d", (8, 4096, 8), None),
        ("us-east-1f", (8, 4096, 1), None),
        ("us-east-1e", (8, 4096, 1), UNSUPPORTED),
        ("us-east-1e", (8, 4096, 9), REQUIREMENT),
    ):
        types = offered("us-east-1", frozenset({zone}))
        environment = Environment("environment", "arn", "cluster", resources, types)
        queue = Queue("queue", "arn", 1, (environment,), {})
        assert blocking_reason([Resources(*needed)], queue) == reason, zone
    assert offered("cn-north-1", frozenset({"cn-north-1a"})) is None


def test_a_queue_in_a_zone_without_its_types_blocks_its_jobs(batch: SmallBatch) -> None:
    ec2 = batch.cloud.client("ec2")
    [subnet] = ec2.describe_subnets()["Subnets"][:1]
    zones = ec2.describe_instance_type_offerings(
        LocationType="availability-zone",
        Filters=[{"Name": "location", "Values": [subnet["AvailabilityZone"]]}],
    )["InstanceTypeOfferings"]
    assert "p4de.24xlarge" not in {one["InstanceType"] for one in zones}
    queue = batch.new_queue(["p4de.24xlarge"], 192)
    job = batch.submit(shell("true"), jobQueue=queue)
    assert batch.wait(job, "RUNNABLE")["status"] == "RUNNABLE"
    end = time.monotonic() + 10
    while batch.job(job).get("statusReason") != UNSUPPORTED:
        assert time.monotonic() < end
        time.sleep(0.03)


def test_fargate_has_limits_of_its_own() -> None:
    environment = Environment("one", "arn", "cluster", {"type": "FARGATE_SPOT", "maxvCpus": 64})
    queue = Queue("queue", "arn", 1, (environment,), {})
    assert blocking_reason([Resources(16, 122_880, 0)], queue) is None
    assert blocking_reason([Resources(16, 122_881, 0)], queue) == REQUIREMENT
    assert blocking_reason([Resources(1, 512, 1)], queue) == REQUIREMENT


@pytest.mark.parametrize(
    ("vcpus", "memory", "words"),
    [
        (1, 2048, ""),
        (1, 1000, "Fargate resource requirements (1.00 vCPU, 1000 MiB) not valid."),
        (3, 8192, "Fargate resource requirements (3.00 vCPU, 8192 MiB) not valid."),
    ],
)
def test_fargate_takes_its_own_sizes_only(
    batch: SmallBatch, vcpus: int, memory: int, words: str
) -> None:
    sized = {"resourceRequirements": needs(vcpus, memory)}
    definition = {"platformCapabilities": ["FARGATE"]}
    if not words:
        assert batch.submit(["true"], container=sized, definition=definition)
        return
    with pytest.raises(ClientError, match=re.escape(words)):
        batch.submit(["true"], container=sized, definition=definition)


def test_a_job_that_nothing_can_run_waits_until_the_queues_limit(batch: SmallBatch) -> None:
    queue = batch.new_queue(["m6i.large"], 16)
    large = {"resourceRequirements": needs(2, 8192)}
    stuck = batch.submit(["true"], container=large, jobQueue=queue)
    behind = batch.submit(["true"], jobQueue=queue)
    elsewhere = batch.wait(batch.submit(["true"]))
    assert elsewhere["status"] == "SUCCEEDED"
    batch.runner.clock.advance(590)
    assert batch.job(stuck)["status"] == "RUNNABLE"
    assert batch.job(stuck)["statusReason"] == REQUIREMENT
    assert batch.job(behind)["status"] == "RUNNABLE"
    batch.runner.clock.advance(10)
    job = batch.wait(stuck)
    assert (job["status"], job["statusReason"]) == ("FAILED", REQUIREMENT)
    assert job["isCancelled"]
    assert job["stoppedAt"] - job["createdAt"] >= 600_000
    assert job["attempts"] == []
    assert batch.wait(behind)["status"] == "SUCCEEDED"


def test_a_queue_without_a_limit_for_the_reason_cancels_nothing(batch: SmallBatch) -> None:
    queue = batch.new_queue(["m6i.large"], 1, limits=LIMITS[:1])
    job_id = batch.submit(
        ["true"], container={"resourceRequirements": needs(2, 512)}, jobQueue=queue
    )
    batch.wait(job_id, "RUNNABLE")
    batch.runner.clock.advance(10_000)
    assert batch.job(job_id)["status"] == "RUNNABLE"
    assert batch.job(job_id)["statusReason"] == MAX_RESOURCE
    batch.client.update_job_queue(jobQueue=queue, jobStateTimeLimitActions=LIMITS)
    batch.runner.clock.advance(0)
    assert batch.wait(job_id)["statusReason"] == MAX_RESOURCE


def test_the_queue_answers_its_limits(batch: SmallBatch) -> None:
    found = batch.client.describe_job_queues(jobQueues=[batch.queue])["jobQueues"][0]
    assert found["jobStateTimeLimitActions"] == LIMITS


def test_the_queues_vcpus_bound_what_runs_at_once(batch: SmallBatch) -> None:
    queue = batch.new_queue(["m6i.large"], 3)
    two = {"resourceRequirements": needs(2, 512)}
    first = batch.submit(["sleep", "60"], container=two, jobQueue=queue)
    second = batch.submit(["true"], container=two, jobQueue=queue)
    batch.wait(first, "RUNNING")
    batch.runner.clock.advance(10_000)
    assert batch.job(second)["status"] == "RUNNABLE"
    batch.client.terminate_job(jobId=first, reason="make room")
    job = batch.wait(second)
    assert job["status"] == "SUCCEEDED"
    assert job["startedAt"] >= batch.job(first)["stoppedAt"]


def test_the_machine_bounds_what_runs_at_once(batch: SmallBatch) -> None:
    most = 2 * (os.cpu_count() or 1)
    jobs = [batch.submit(["sleep", "60"]) for _ in range(most + 1)]
    for one in jobs[:-1]:
        batch.wait(one, "RUNNING")
    time.sleep(0.2)
    assert batch.job(jobs[-1])["status"] == "RUNNABLE"
    batch.client.terminate_job(jobId=jobs[0], reason="make room")
    batch.wait(jobs[-1], "RUNNING")
    for one in jobs:
        batch.client.terminate_job(jobId=one, reason="enough")


def test_the_clock_only_moves_forward(batch: SmallBatch) -> None:
    with pytest.raises(ValueError, match="give 0 or more"):
        batch.runner.clock.advance(-1)


def test_a_job_that_waits_for_a_larger_environment_runs_once_it_has_grown(
    batch: SmallBatch,
) -> None:
    queue = batch.new_queue(["m6i.4xlarge"], 4)
    job = batch.submit(["true"], container={"resourceRequirements": needs(8, 512)}, jobQueue=queue)
    batch.runner.clock.advance(1)
    assert batch.job(job)["statusReason"] == MAX_RESOURCE
    [order] = batch.client.describe_job_queues(jobQueues=[queue])["jobQueues"][0][
        "computeEnvironmentOrder"
    ]
    batch.client.update_compute_environment(
        computeEnvironment=order["computeEnvironment"], computeResources={"maxvCpus": 8}
    )
    batch.runner.clock.advance(1)
    assert batch.wait(job)["status"] == "SUCCEEDED"
