"""What the emulator's Batch lacks: jobs that run, blocked ones cancelled, environments that change.

moto 5.2.5 (pinned exactly) runs a job in Docker or marks it as ended without running it. It drops
exit codes, retries, limits of resources and most of an array's dependencies. Every function stands
in the place of one of moto's; the jobs are those of `rehearsal.jobs`.
"""

import json
from collections.abc import Callable, Mapping
from functools import cache, partial, wraps
from types import MappingProxyType
from typing import Any

from moto.batch.exceptions import ClientException
from moto.batch.models import JOB_NAME_REGEX, BatchBackend, JobDefinition, JobQueue
from moto.batch.responses import BatchResponse

from rehearsal.jobs import JobRunner, current
from rehearsal.jobs.job import Job
from rehearsal.jobs.offerings import offered
from rehearsal.jobs.queues import Environment, Queue
from rehearsal.jobs.submission import SubmissionError

_LIMITS = "jobStateTimeLimitActions"
_RUNNING = "RUNNING"
_UPDATE_POLICY = "updatePolicy"


@cache
def apply() -> None:
    """Let moto's Batch hand its jobs to the runner."""
    for function in (submitjob, describejobs, listjobs, canceljob, terminatejob):
        setattr(BatchResponse, function.__name__, function)
    for name, keeping in _KEEPING.items():
        setattr(BatchResponse, name, keeping(getattr(BatchResponse, name)))
    JobDefinition.describe = _with_nodes(JobDefinition.describe)  # type: ignore[method-assign]
    JobQueue.describe = _with_limits(JobQueue.describe)  # type: ignore[method-assign]
    BatchBackend.create_compute_environment = _with_groups_of_interfaces(  # type: ignore[method-assign]
        BatchBackend.create_compute_environment
    )
    BatchBackend.describe_compute_environments = _with_update_policy(  # type: ignore[method-assign]
        BatchBackend.describe_compute_environments
    )


def _runner() -> JobRunner:
    runner = current.runner()
    if runner is None:
        raise ClientException("This rehearsal runs no jobs: nothing stands for Batch's computers.")
    return runner


def submitjob(response: Any) -> str:
    """Hand a job to the runner; moto's own is a thread that waits for Docker."""
    request = json.loads(response.body)
    backend = response.batch_backend
    if not JOB_NAME_REGEX.match(request["jobName"]):
        raise ClientException("Job name should match valid pattern")
    definition = backend.get_job_definition(request["jobDefinition"])
    if definition is None or definition.status != "ACTIVE":
        raise ClientException(f"Job definition {request['jobDefinition']} does not exist")
    if definition.container_properties is None and definition.node_properties is None:
        raise ClientException("A rehearsal runs jobs of one container, or of nodes, on ECS only.")
    queue = backend.get_job_queue(request["jobQueue"])
    if queue is None or queue.state != "ENABLED":
        raise ClientException(f"Job queue {request['jobQueue']} does not exist, or is disabled")
    _refuse_on_queue(definition, request, queue)
    tags = backend.tagger.convert_dict_to_tags_input(request.get("tags") or {})
    if problem := backend.tagger.validate_tags(tags, 50):
        raise ClientException(problem)
    try:
        job = _runner().submit(definition.describe(), request, partial(_seen, queue))
    except SubmissionError as error:
        raise ClientException(str(error)) from error
    backend.tagger.tag_resource(job.arn, tags)
    return json.dumps({"jobId": job.id, "jobName": job.name, "jobArn": job.arn})


def _refuse_on_queue(definition: Any, request: Mapping[str, Any], queue: JobQueue) -> None:
    """Refuse a job that is not for this sort of queue.

    Batch API Reference, SubmitJob, shareIdentifier. AWS Batch User Guide, "Compute environment
    considerations for MNP" and "Multi-node parallel jobs": nodes need instances on demand.
    """
    if bool(queue.schedule_policy) != bool(request.get("shareIdentifier")):
        words = "needs" if queue.schedule_policy else "takes no"
        raise ClientException(f"Job queue {queue.name} {words} share identifier")
    for one in _seen(queue).environments if definition.node_properties is not None else ():
        if one.resources["type"] != "EC2":
            raise ClientException(
                f"Job queue {queue.name} has an environment of the type {one.resources['type']}; "
                "a multi-node job needs EC2"
            )


def _seen(queue: JobQueue) -> Queue:
    """Return a queue as it is now."""
    limits = getattr(queue, _LIMITS, ())
    return Queue(
        name=queue.name,
        arn=queue.arn,
        priority=int(queue.priority),
        environments=tuple(
            Environment(
                one.name,
                one.arn,
                one.ecs_name,
                one.compute_resources,
                _offered(queue.backend, one.compute_resources),
            )
            for one in queue.environments
            if one.state == "ENABLED" and one.compute_resources
        ),
        limits={one["reason"]: one["maxTimeSeconds"] for one in limits},
    )


def _offered(backend: BatchBackend, resources: Mapping[str, Any]) -> frozenset[str] | None:
    """Return the instance types that EC2 can start where an environment stands."""
    subnets = (backend.ec2_backend.get_subnet(one) for one in resources.get("subnets") or ())
    zones = frozenset(one.availability_zone for one in subnets)
    return offered(backend.region_name, zones, clustered="placementGroup" in resources)


def describejobs(response: Any) -> str:
    """Describe jobs as they run, with the exit codes and attempts that moto drops."""
    jobs = _runner().describe(response._get_param("jobs") or [])
    for job in jobs:
        job["tags"] = response.batch_backend.list_tags_for_resource(job["jobArn"])
    return json.dumps({"jobs": jobs})


def listjobs(response: Any) -> str:
    """List the jobs of a queue or an array: running ones, unless something else is asked for.

    moto lists all of them then (Batch API Reference, ListJobs, jobStatus).
    """
    queue = response._get_param("jobQueue")
    array = response._get_param("arrayJobId") or response._get_param("multiNodeJobId")
    filters = response._get_param("filters") or []
    status = None if filters else response._get_param("jobStatus") or _RUNNING
    found = [
        summary
        for job, summary in _runner().jobs()
        if (_is_child(job, array) if array else _is_in(job, queue))
        and status in (None, str(job.status))
        and all(_passes(job, one) for one in filters)
    ]
    return json.dumps({"jobSummaryList": found})


def _is_child(job: Job, array: str) -> bool:
    return job.parent is not None and job.parent.id == array


def _is_in(job: Job, queue: str) -> bool:
    here = job.queue()
    return job.parent is None and queue in (here.name, here.arn)


def _passes(job: Job, condition: dict[str, Any]) -> bool:
    """Tell whether a job passes a filter; refuses one that is not known here."""
    if condition["name"] != "JOB_NAME":
        raise ClientException(f"A rehearsal lists jobs by JOB_NAME, not by {condition['name']}.")
    name = job.name.lower()
    return any(
        name.startswith(one[:-1].lower()) if one.endswith("*") else name == one.lower()
        for one in condition["values"]
    )


def canceljob(response: Any) -> str:
    """Cancel a job that has not started; one that runs goes on."""
    return _end(response, running=False)


def terminatejob(response: Any) -> str:
    """Cancel or end a job."""
    return _end(response, running=True)


def _end(response: Any, *, running: bool) -> str:
    identifier, reason = response._get_param("jobId"), response._get_param("reason")
    if not identifier or not reason:
        raise ClientException("'jobId' and 'reason' are required fields (cannot be empty strings)")
    _runner().end(identifier, reason, running=running)
    return ""


def _keeping_limits(original: Callable[[Any], str]) -> Callable[[Any], str]:
    def keeping_limits(response: Any) -> str:
        """Keep a queue's jobStateTimeLimitActions, which moto forgets."""
        answer = original(response)
        name = response._get_param("jobQueueName") or response._get_param("jobQueue")
        given = response._get_param(_LIMITS)
        if given is not None:
            setattr(response.batch_backend.get_job_queue(name), _LIMITS, given)
        return answer

    return keeping_limits


def _with_limits(original: Callable[[JobQueue], dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def describe(queue: JobQueue) -> dict[str, Any]:
        """Answer a queue's jobStateTimeLimitActions as well."""
        return {**original(queue), _LIMITS: getattr(queue, _LIMITS, [])}

    return describe


def _with_nodes(original: Callable[[JobDefinition], dict[str, Any]]) -> Callable[..., Any]:
    def describe(definition: JobDefinition) -> dict[str, Any]:
        """Answer a definition's nodeProperties as well, which moto forgets."""
        nodes = definition.node_properties
        return {**original(definition), **({"nodeProperties": nodes} if nodes else {})}

    return describe


def _keeping_updates(original: Callable[[Any], str]) -> Callable[[Any], str]:
    def keeping_updates(response: Any) -> str:
        """Keep a new size, new instance types and the like, all of which moto forgets.

        What is left out stays; an empty value, and a bid of 0 %, take away what there was (Batch
        API Reference, ComputeResourceUpdate).
        """
        answer = original(response)
        name = response._get_param("computeEnvironment")
        environment = response.batch_backend.get_compute_environment(name)
        changed = response._get_param("computeResources") or {}
        removed = {
            name
            for name, value in changed.items()
            if value in ("", [], {}) or (name == "bidPercentage" and not value)
        }
        resources = {**(environment.compute_resources or {}), **changed}
        environment.compute_resources = {
            name: value for name, value in resources.items() if name not in removed
        }
        if policy := response._get_param(_UPDATE_POLICY):
            setattr(environment, _UPDATE_POLICY, policy)
        return answer

    return keeping_updates


def _with_groups_of_interfaces(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def create(backend: BatchBackend, *, compute_resources: Any, **others: Any) -> Any:
        """Take an environment whose launch template has the groups; moto wants its own."""
        given = compute_resources or {}
        template_id = given.get("launchTemplate", {}).get("launchTemplateId")
        if "securityGroupIds" in given or not template_id:
            return original(backend, compute_resources=compute_resources, **others)
        data = backend.ec2_backend.get_launch_template(template_id).latest_version().data
        groups = [one.get("Groups", ()) for one in data.get("NetworkInterfaces", ())]
        resources = {**given, "securityGroupIds": [group for some in groups for group in some]}
        environment = original(backend, compute_resources=resources, **others)
        environment.compute_resources = given
        return environment

    return create


def _with_update_policy(original: Callable[..., list[dict[str, Any]]]) -> Callable[..., Any]:
    def describe(backend: BatchBackend, environments: Any = None) -> list[dict[str, Any]]:
        """Answer an environment's updatePolicy as well, which moto forgets."""
        described = original(backend, environments)
        for one in described:
            environment = backend.get_compute_environment(one["computeEnvironmentArn"])
            if policy := getattr(environment, _UPDATE_POLICY, None):
                one[_UPDATE_POLICY] = policy
        return described

    return describe


_KEEPING: Mapping[str, Callable[..., Callable[[Any], str]]] = MappingProxyType(
    {
        "createjobqueue": _keeping_limits,
        "updatejobqueue": _keeping_limits,
        "updatecomputeenvironment": _keeping_updates,
    }
)
"""What keeps what moto forgets of a request, by moto's method."""
