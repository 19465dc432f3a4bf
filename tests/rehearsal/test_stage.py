"""Who may assume the roles of jobs, where a stack is rehearsed."""

import json
import time
from collections.abc import Iterator

import pytest

from rehearsal.exercises import Hands
from tests.rehearsal.standing import standing

SECONDS = 60.0


CODE = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"


@pytest.fixture(scope="module")
def hands() -> Iterator[Hands]:
    with standing("dev") as found:
        yield found


@pytest.mark.parametrize(
    ("service", "ended"), [("ecs-tasks", "SUCCEEDED"), ("ec2", "FAILED")], ids=["ecs", "another"]
)
def test_a_job_runs_with_a_role_that_ecs_may_assume_only(
    hands: Hands, service: str, ended: str
) -> None:
    cloud = hands.stands.cloud
    principal = {"Service": f"{service}.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    made = cloud.client("iam").create_role(
        RoleName=f"worker-{service}",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    batch = cloud.client("batch")
    definition = batch.register_job_definition(
        jobDefinitionName=f"job-{service}",
        type="container",
        containerProperties={
            "image": "python:3.11",
            "command": ["python", "-c", CODE],
            "jobRoleArn": made["Role"]["Arn"],
            "resourceRequirements": [
                {"type": "VCPU", "value": "1"},
                {"type": "MEMORY", "value": "512"},
            ],
        },
    )["jobDefinitionArn"]
    queue = hands.deployment.outputs["jobQueueArn"]
    job = batch.submit_job(jobName="job", jobQueue=queue, jobDefinition=definition)["jobId"]
    until, status = time.monotonic() + SECONDS, ""
    while status not in ("SUCCEEDED", "FAILED"):
        assert time.monotonic() < until, status
        status = batch.describe_jobs(jobs=[job])["jobs"][0]["status"]
        time.sleep(0.1)
    assert status == ended
