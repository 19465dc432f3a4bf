"""What requests to AWS Batch ask."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.authorization.asked.batch_definitions import registering
from rehearsal.authorization.asked.context import given, request_tags
from rehearsal.authorization.asked.look import Look
from rehearsal.authorization.asked.mapping import Operation, one
from rehearsal.authorization.asked.request import Request
from rehearsal.authorization.question import Question

_REVISION = re.compile(r":\d+$")


def _submitting(request: Request, _look: Look) -> Iterator[Question]:
    """Ask for the queue and for the job definition, in the form in which the request names it.

    AWS Batch User Guide, "Resource: Restrict to a job queue": both resources must be granted; its
    policies name no job. A definition that is named without a revision is asked for by its ARN
    without one, and its tags do not count ("Resource: Restrict job submission by resource tags on
    job definition and job queue"; the ARNs of the denials in aws/aws-cdk issues 25574 and 26128).

    With tags the same two are asked for batch:TagResource: a denial names the job definition (wri/
    gfw-data-api pull request 175, which then grants it on queues and definitions, and on no job).
    """
    queue = request.arn_of("batch", "job-queue/", request["jobQueue"])
    definition = request.arn_of("batch", "job-definition/", request["jobDefinition"])
    tags = request_tags(request.parameters.get("tags") or {})
    share = given({"batch:ShareIdentifier": "shareIdentifier"}, request.parameters)
    for resource in (queue, definition):
        yield Question("batch:SubmitJob", resource, {**tags, **share})
    if tags:
        for resource in (queue, definition):
            yield Question("batch:TagResource", resource, tags)


def _ending(action: str) -> Operation:
    """Ask for a job by its identifier (service authorization reference, AWS Batch: job)."""

    def asked(request: Request, _look: Look) -> Iterator[Question]:
        yield Question(action, request.arn("batch", f"job/{request['jobId']}"))

    return asked


def _deregistering(request: Request, _look: Look) -> Iterator[Question]:
    arn = request.arn_of("batch", "job-definition/", request["jobDefinition"])
    if not _REVISION.search(arn):
        raise request.unmapped("without a revision")
    yield Question("batch:DeregisterJobDefinition", arn)


def _on_resource(action: str) -> Operation:
    def asked(request: Request, _look: Look) -> Iterator[Question]:
        yield Question(action, request["resourceArn"], _tag_keys(request.parameters))

    return asked


def _tag_keys(parameters: Mapping[str, Any]) -> Mapping[str, str | tuple[str, ...]]:
    removed = given({"aws:TagKeys": "tagKeys"}, parameters)
    return {**request_tags(parameters.get("tags") or {}), **removed}


OPERATIONS: Mapping[str, Operation] = {
    # AWS offers no resource type for these.
    "DescribeComputeEnvironments": one("batch:DescribeComputeEnvironments"),
    "DescribeJobDefinitions": one("batch:DescribeJobDefinitions"),
    "DescribeJobQueues": one("batch:DescribeJobQueues"),
    "DescribeJobs": one("batch:DescribeJobs"),
    "ListJobs": one("batch:ListJobs"),
    "RegisterJobDefinition": registering,
    "DeregisterJobDefinition": _deregistering,
    "SubmitJob": _submitting,
    "TerminateJob": _ending("batch:TerminateJob"),
    "CancelJob": _ending("batch:CancelJob"),
    "TagResource": _on_resource("batch:TagResource"),
    "UntagResource": _on_resource("batch:UntagResource"),
    "ListTagsForResource": _on_resource("batch:ListTagsForResource"),
}
