"""Jobs as DescribeJobs and ListJobs answer them."""

from collections import Counter
from typing import Any

from rehearsal.jobs import multi_node
from rehearsal.jobs.job import Job, Status
from rehearsal.jobs.specification import parameters

_CONTAINER = (
    "image",
    "command",
    "jobRoleArn",
    "executionRoleArn",
    "volumes",
    "mountPoints",
    "readonlyRootFilesystem",
    "ulimits",
    "privileged",
    "user",
    "instanceType",
    "linuxParameters",
    "logConfiguration",
    "secrets",
    "networkConfiguration",
    "fargatePlatformConfiguration",
    "ephemeralStorage",
)
"""Members of a job definition's containerProperties that a job's container has as well."""


def milliseconds(seconds: float) -> int:
    """Return a time as Batch does."""
    return int(seconds * 1000)


def without_none(values: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is not known."""
    return {key: value for key, value in values.items() if value is not None}


def detail(job: Job) -> dict[str, Any]:
    """Return a job's JobDetail, but for its tags."""
    definition, specification = job.definition, job.specification
    return {
        **_times(job),
        "jobArn": job.arn,
        "jobId": job.id,
        "jobName": job.name,
        "jobQueue": job.queue().arn,
        "jobDefinition": definition["jobDefinitionArn"],
        "status": str(job.status),
        "attempts": job.attempts,
        "retryStrategy": {
            "attempts": specification.attempts,
            "evaluateOnExit": list(specification.conditions),
        },
        "dependsOn": job.depends_on,
        "parameters": parameters(definition, job.request),
        **({} if job.nodes else {"container": _container(job)}),
        "propagateTags": bool(job.request.get("propagateTags", definition.get("propagateTags"))),
        "platformCapabilities": definition.get("platformCapabilities") or ["EC2"],
        "isCancelled": job.cancelled,
        "isTerminated": job.terminated,
        **_array(job),
        **_nodes(job),
        **without_none({"timeout": _timeout(job)}),
    }


def summary(job: Job) -> dict[str, Any]:
    """Return a job's JobSummary."""
    container = without_none({name: job.container.get(name) for name in ("exitCode", "reason")})
    return {
        **_times(job),
        "jobArn": job.arn,
        "jobId": job.id,
        "jobName": job.name,
        "jobDefinition": job.definition["jobDefinitionArn"],
        "status": str(job.status),
        **({"container": container} if container else {}),
        **_array(job),
    }


def _times(job: Job) -> dict[str, Any]:
    times = {
        "createdAt": job.created_at,
        "startedAt": job.started_at,
        "stoppedAt": job.stopped_at,
    }
    return {
        **{name: milliseconds(one) for name, one in times.items() if one is not None},
        **without_none({"statusReason": job.status_reason}),
    }


def _container(job: Job) -> dict[str, Any]:
    defined = job.definition["containerProperties"]
    overrides = job.request.get("containerOverrides") or {}
    environment = job.specification.environment
    return {
        **{name: defined[name] for name in _CONTAINER if name in defined},
        **({"command": overrides["command"]} if overrides.get("command") else {}),
        "environment": [{"name": name, "value": text} for name, text in environment.items()],
        "resourceRequirements": list(job.specification.requirements),
        "networkInterfaces": [],
        **job.container,
    }


def _array(job: Job) -> dict[str, Any]:
    if job.children:
        counts = Counter(str(one.status) for one in job.children)
        summed = {str(status): counts[str(status)] for status in Status}
        return {"arrayProperties": {"size": len(job.children), "statusSummary": summed}}
    if job.index is not None and not multi_node.is_node(job):
        return {"arrayProperties": {"index": job.index}}
    return {}


def _nodes(job: Job) -> dict[str, Any]:
    """Return a multi-node job's properties, or a node's place (Batch API Reference, JobDetail)."""
    if job.nodes:
        return {"nodeProperties": {**job.definition["nodeProperties"], "numNodes": len(job.nodes)}}
    if multi_node.is_node(job):
        main = not multi_node.is_secondary(job)
        return {"nodeDetails": {"nodeIndex": job.index, "isMainNode": main}}
    return {}


def _timeout(job: Job) -> dict[str, int] | None:
    seconds = job.specification.timeout
    return None if seconds is None else {"attemptDurationSeconds": seconds}
