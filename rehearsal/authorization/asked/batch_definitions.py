"""What registering a job definition with AWS Batch asks."""

from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.authorization.asked.context import Context, given, request_tags
from rehearsal.authorization.asked.look import Look
from rehearsal.authorization.asked.passed_roles import passed
from rehearsal.authorization.asked.request import Request
from rehearsal.authorization.question import Question

_LOG_OPTIONS = {
    "batch:AWSLogsCreateGroup": "awslogs-create-group",
    "batch:AWSLogsGroup": "awslogs-group",
    "batch:AWSLogsRegion": "awslogs-region",
    "batch:AWSLogsStreamPrefix": "awslogs-stream-prefix",
}

_ROLES = ("jobRoleArn", "taskRoleArn", "executionRoleArn")


def registering(request: Request, _look: Look) -> Iterator[Question]:
    """Ask for the definition's name, once for each of its containers, and for its roles.

    Service authorization reference, AWS Batch: the ARN has no revision; the keys are the
    container's own, so that each container of a job with several has to be allowed. AWS Batch User
    Guide, "Example identity-based policies": iam:PassRole for the roles, which ECS tasks assume.

    Raises:
        UnmappedError: the job is to run on Amazon EKS.
    """
    if request.parameters.get("eksProperties"):
        raise request.unmapped("for Amazon EKS")
    arn = request.arn("batch", f"job-definition/{request['jobDefinitionName']}")
    tags = request_tags(request.parameters.get("tags") or {})
    groups = list(_groups(request))
    containers = [container for group in groups for container in group.get("containers", [group])]
    for container in containers or [{}]:
        context = {**tags, **_container_keys(container)}
        yield Question("batch:RegisterJobDefinition", arn, context)
    if tags:
        yield Question("batch:TagResource", arn, tags)
    roles = [group.get(name) for group in groups for name in _ROLES]
    yield from passed(request, "ecs-tasks.amazonaws.com", roles)


def _groups(request: Request) -> Iterator[Mapping[str, Any]]:
    """Yield each set of containers that shares its roles: a container by itself, or a task's."""
    nodes = request.parameters.get("nodeProperties", {}).get("nodeRangeProperties", [])
    if any(node.get("eksProperties") for node in nodes):
        raise request.unmapped("for Amazon EKS")
    single = request.parameters.get("containerProperties")
    yield from [single] if single else []
    yield from (node["container"] for node in nodes if node.get("container"))
    for holder in (request.parameters, *nodes):
        yield from holder.get("ecsProperties", {}).get("taskProperties", [])


def _container_keys(container: Mapping[str, Any]) -> Context:
    logs = container.get("logConfiguration") or {}
    own = {"batch:Image": "image", "batch:Privileged": "privileged", "batch:User": "user"}
    return {
        **given(own, container),
        **given({"batch:LogDriver": "logDriver"}, logs),
        **given(_LOG_OPTIONS, logs.get("options") or {}),
    }
