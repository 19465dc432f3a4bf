"""A job queue on an emulated AWS, and what a user does with it."""

import json
import os
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any
from unittest import mock

from rehearsal.emulator import emulated_aws
from rehearsal.jobs import Assume, JobRunner, job_runner
from rehearsal.provider import Cloud
from rehearsal.sandbox import Sandbox

REGION = "eu-west-1"
LOG_GROUP = "/aws/batch/job"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "ecs-tasks.amazonaws.com"},
        }
    ],
}
LIMITS = [
    {"reason": reason, "state": "RUNNABLE", "action": "CANCEL", "maxTimeSeconds": 600}
    for reason in (
        "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
        "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
    )
]
FAMILY = ["sh", "-c", "sleep 60 & echo $! $$; trap '' TERM; wait; sleep 60"]
"""A shell that does not mind SIGTERM, with a child; it prints their numbers."""

_NUMBERS = count()
_LONGEST_WAIT = 40.0


def python(*lines: str) -> list[str]:
    """Return the command of a job that is a Python program."""
    return ["python", "-c", "\n".join(lines)]


def shell(text: str) -> list[str]:
    """Return the command of a job that is a shell script."""
    return ["sh", "-c", text]


class SmallBatch:
    """Queues with one environment each, and a role for jobs."""

    def __init__(self, cloud: Cloud, runner: JobRunner, sandbox: Sandbox) -> None:
        self.cloud, self.runner, self.sandbox = cloud, runner, sandbox
        self.client = cloud.client("batch")
        self.role_arn = self._role("job")
        self.queue = self.new_queue(["m6i.large", "m6i.2xlarge"], 64)

    def new_queue(
        self,
        instance_types: Sequence[str],
        max_vcpus: int,
        *,
        limits: Sequence[Any] = LIMITS,
        kind: str = "EC2",
    ) -> str:
        """Make a queue with an environment of its own, and return its name."""
        number = next(_NUMBERS)
        ec2 = self.cloud.client("ec2")
        instances = {
            **({"allocationStrategy": "SPOT_CAPACITY_OPTIMIZED"} if kind == "SPOT" else {}),
            "minvCpus": 0,
            "instanceTypes": list(instance_types),
            "instanceRole": self._profile(f"instance-{number}"),
        }
        environment = self.client.create_compute_environment(
            computeEnvironmentName=f"environment-{number}",
            type="MANAGED",
            state="ENABLED",
            serviceRole=self._role(f"service-{number}"),
            computeResources={
                "type": kind,
                "maxvCpus": max_vcpus,
                "subnets": [ec2.describe_subnets()["Subnets"][0]["SubnetId"]],
                "securityGroupIds": [
                    ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
                ],
                **(instances if kind != "FARGATE" else {}),
            },
        )["computeEnvironmentArn"]
        self.client.create_job_queue(
            jobQueueName=f"queue-{number}",
            state="ENABLED",
            priority=1,
            computeEnvironmentOrder=[{"order": 0, "computeEnvironment": environment}],
            jobStateTimeLimitActions=list(limits),
        )
        return f"queue-{number}"

    def submit(
        self,
        command: Sequence[str],
        *,
        container: Mapping[str, Any] | None = None,
        definition: Mapping[str, Any] | None = None,
        **request: Any,
    ) -> str:
        """Register a definition with this command, submit a job of it, and return its id."""
        name = f"definition-{next(_NUMBERS)}"
        arn = self.client.register_job_definition(
            jobDefinitionName=name,
            type="container",
            containerProperties={
                "image": "python:3.11",
                "command": list(command),
                "resourceRequirements": needs(1, 512),
                **(container or {}),
            },
            **(definition or {}),
        )["jobDefinitionArn"]
        given = {"jobName": "job", "jobQueue": self.queue, "jobDefinition": arn, **request}
        return str(self.client.submit_job(**given)["jobId"])

    def job(self, job_id: str) -> dict[str, Any]:
        """Describe a job."""
        return dict(self.client.describe_jobs(jobs=[job_id])["jobs"][0])

    def wait(self, job_id: str, *statuses: str) -> dict[str, Any]:
        """Wait for a state, the end by default, and describe the job then."""
        wanted = statuses or ("SUCCEEDED", "FAILED")
        end = time.monotonic() + _LONGEST_WAIT
        while (job := self.job(job_id))["status"] not in wanted:
            assert time.monotonic() < end, f"still {job['status']}, not one of {wanted}"
            assert job["status"] not in ("SUCCEEDED", "FAILED"), (job, self.log(job))
            time.sleep(0.03)
        return job

    def log(self, job: Mapping[str, Any], group: str = LOG_GROUP) -> list[str]:
        """Return what a job printed, line by line, in the order of CloudWatch."""
        if "logStreamName" not in job["container"]:
            return []
        answer = self.cloud.client("logs").get_log_events(
            logGroupName=group,
            logStreamName=job["container"]["logStreamName"],
            startFromHead=True,
        )
        return [event["message"] for event in answer["events"]]

    def printed(self, command: Sequence[str], **given: Any) -> Any:
        """Run a job that prints one line of JSON, and return that."""
        job = self.wait(self.submit(command, **given))
        assert job["status"] == "SUCCEEDED", self.log(job)
        return json.loads(self.log(job)[-1])

    def processes(self, job_id: str) -> list[int]:
        """Wait for a job that prints the numbers of its processes, and return these."""
        job = self.wait(job_id, "RUNNING")
        end = time.monotonic() + _LONGEST_WAIT
        while not (lines := self.log(job)):
            assert time.monotonic() < end, "it printed nothing"
            time.sleep(0.03)
        return [int(one) for one in lines[0].split()]

    def _profile(self, name: str) -> str:
        answer = self.cloud.client("iam").create_instance_profile(InstanceProfileName=name)
        return str(answer["InstanceProfile"]["Arn"])

    def _role(self, name: str) -> str:
        answer = self.cloud.client("iam").create_role(
            RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST)
        )
        return str(answer["Role"]["Arn"])


def alive(numbers: Iterable[int]) -> list[int]:
    """Return the processes that run; one that only waits to be collected does not."""
    return [one for one in numbers if _state(one) not in ("", "Z")]


def _state(number: int) -> str:
    shown = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(number)],  # noqa: S607 wherever it is
        capture_output=True,
        text=True,
        check=False,
    )
    return shown.stdout.strip()[:1]


def needs(vcpus: float, memory: int, gpus: int = 0) -> list[dict[str, str]]:
    """Return resource requirements."""
    found = [
        {"type": "VCPU", "value": f"{vcpus:g}"},
        {"type": "MEMORY", "value": str(memory)},
    ]
    return [*found, {"type": "GPU", "value": str(gpus)}] if gpus else found


@contextmanager
def small_batch(sandbox: Sandbox, assume: Assume | None = None) -> Iterator[SmallBatch]:
    """Start an emulated AWS with a queue, and what runs its jobs."""
    # AWS's managed policies take seconds to load; nothing here looks at one.
    quick = mock.patch.dict(os.environ, {"MOTO_IAM_LOAD_MANAGED_POLICIES": "false"})
    with emulated_aws() as emulated, quick:
        endpoint = emulated.endpoint
        with job_runner(sandbox, endpoint, REGION, assume=assume) as runner:
            yield SmallBatch(Cloud(endpoint, REGION), runner, sandbox)
