"""Removes what exercises left in the emulated AWS, so that the next one finds it as at first."""

import time
from typing import Any

from rehearsal.exercises import Hands

_SERVICE = "aws:ecs/service:Service"
_UNENDED = ("SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING")
_LIMIT_SECONDS = 30.0
_LOOK_SECONDS = 0.1


def clear(hands: Hands) -> None:
    """End what runs; remove state machines, schedules, job definitions and parts of uploads.

    The services are deployed anew, in case that a rotation took their password.

    Raises:
        TimeoutError: some jobs do not end.
    """
    end_jobs(hands)
    cloud, prefix = hands.stands.cloud, hands.deployment.outputs["stateMachinePrefix"]
    states, events = cloud.client("stepfunctions"), cloud.client("events")
    for machine in states.list_state_machines()["stateMachines"]:
        if machine["name"].startswith(f"{prefix}_"):
            states.delete_state_machine(stateMachineArn=machine["stateMachineArn"])
    for rule in events.list_rules(NamePrefix=f"{prefix}_")["Rules"]:
        targets = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
        if targets:
            events.remove_targets(Rule=rule["Name"], Ids=[one["Id"] for one in targets])
        events.delete_rule(Name=rule["Name"])
    batch = cloud.client("batch")
    for one in batch.describe_job_definitions(status="ACTIVE")["jobDefinitions"]:
        batch.deregister_job_definition(jobDefinition=one["jobDefinitionArn"])
    for one in hands.deployment.of_type(_SERVICE):
        cloud.client("ecs").update_service(
            cluster=one.outputs["cluster"], service=one.outputs["name"], forceNewDeployment=True
        )
    _abort_uploads(cloud.client("s3"), hands.deployment.outputs["bucketName"])


def end_jobs(hands: Hands) -> None:
    """Stop every execution and every job, and wait until their processes have ended.

    Raises:
        TimeoutError: some do not end.
    """
    cloud = hands.stands.cloud
    states = cloud.client("stepfunctions")
    for machine in states.list_state_machines()["stateMachines"]:
        running = states.list_executions(
            stateMachineArn=machine["stateMachineArn"], statusFilter="RUNNING"
        )
        for one in running["executions"]:
            states.stop_execution(executionArn=one["executionArn"])
    batch, queues = cloud.client("batch"), hands.deployment.outputs["jobQueueArns"]
    until = time.monotonic() + _LIMIT_SECONDS
    while jobs := [job for queue in queues for job in _unended(batch, queue)]:
        if time.monotonic() > until:
            raise TimeoutError(f"jobs do not end: {', '.join(jobs)}")
        for job in jobs:
            batch.terminate_job(jobId=job, reason="the exercise is over")
        time.sleep(_LOOK_SECONDS)


def _unended(batch: Any, queue: str) -> list[str]:
    return [
        job["jobId"]
        for status in _UNENDED
        for job in batch.list_jobs(jobQueue=queue, jobStatus=status)["jobSummaryList"]
    ]


def _abort_uploads(s3: Any, bucket: str) -> None:
    for one in s3.list_multipart_uploads(Bucket=bucket).get("Uploads", ()):
        s3.abort_multipart_upload(Bucket=bucket, Key=one["Key"], UploadId=one["UploadId"])
