"""What requests to Amazon ECS ask."""

from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.authorization.asked.context import Context, given, listed_tags, request_tags
from rehearsal.authorization.asked.look import Look
from rehearsal.authorization.asked.mapping import Operation, one
from rehearsal.authorization.asked.passed_roles import passed
from rehearsal.authorization.asked.request import Request
from rehearsal.authorization.question import Question

_TASKS = "ecs-tasks.amazonaws.com"
_SERVICE_KEYS = {
    "ecs:task-definition": "taskDefinition",
    "ecs:enable-execute-command": "enableExecuteCommand",
    "ecs:enable-ecs-managed-tags": "enableECSManagedTags",
    "ecs:propagate-tags": "propagateTags",
}


def _cluster(request: Request) -> str:
    return request.arn_of("ecs", "cluster/", request.parameters.get("cluster") or "default")


def _in_cluster(request: Request, kind: str, name_or_arn: str) -> str:
    """Return the ARN of a service or a task, which names its cluster.

    Amazon ECS Developer Guide, "Amazon Resource Names (ARNs) and IDs": the long format.
    """
    cluster = _cluster(request).rpartition("/")[2]
    return request.arn_of("ecs", f"{kind}/{cluster}/", name_or_arn)


def _cluster_key(request: Request) -> Context:
    return {"ecs:cluster": _cluster(request)}


def _changing_service(request: Request, look: Look) -> Iterator[Question]:
    """Ask for a service, with what the request sets.

    Service authorization reference, Amazon ECS. A task definition that is named passes its roles
    (a denial reported at github.com/keidarcy/e1s/pull/429); CreateService also passes a role for a
    load balancer (Amazon ECS API Reference).

    Raises:
        UnmappedError: a task definition is given without a revision.
    """
    parameters = request.parameters
    name = parameters.get("service") or request["serviceName"]
    network = (parameters.get("networkConfiguration") or {}).get("awsvpcConfiguration") or {}
    context = {
        **_cluster_key(request),
        **given(_SERVICE_KEYS, parameters),
        **given({"ecs:subnet": "subnets"}, network),
        **given({"ecs:auto-assign-public-ip": "assignPublicIp"}, _as_bool(network)),
        **request_tags(listed_tags(parameters.get("tags"))),
    }
    arn = _in_cluster(request, "service", name)
    yield Question(f"ecs:{request.operation}", arn, context)
    yield from _tagging(request, arn)
    yield from passed(request, "ecs.amazonaws.com", [parameters.get("role")])
    if "taskDefinition" in parameters:
        yield from passed(request, _TASKS, look.task_definition_roles(_definition(request)))


def _as_bool(network: Mapping[str, Any]) -> Mapping[str, bool]:
    given_as = network.get("assignPublicIp")
    return {"assignPublicIp": given_as == "ENABLED"} if given_as else {}


def _tagging(request: Request, arn: str) -> Iterator[Question]:
    """Ask for tags at creation (ECS Developer Guide, "Grant permission to tag resources")."""
    tags = request_tags(listed_tags(request.parameters.get("tags")))
    if tags:
        yield Question("ecs:TagResource", arn, {**tags, "ecs:CreateAction": request.operation})


def _describing(kind: str, parameter: str) -> Operation:
    """Ask for each of the services or tasks that a request names."""

    def asked(request: Request, _look: Look) -> Iterator[Question]:
        for name in request[parameter]:
            arn = _in_cluster(request, kind, name)
            yield Question(f"ecs:{request.operation}", arn, _cluster_key(request))

    return asked


def _stopping(request: Request, _look: Look) -> Iterator[Question]:
    arn = _in_cluster(request, "task", request["task"])
    yield Question("ecs:StopTask", arn, _cluster_key(request))


def _listing_tasks(request: Request, _look: Look) -> Iterator[Question]:
    """Ask for a container instance where the request names one, and else for `*`.

    The ARN in the denial reported at github.com/cdklabs/construct-hub/pull/1207.
    """
    instance = request.parameters.get("containerInstance")
    arn = _in_cluster(request, "container-instance", instance) if instance else "*"
    yield Question("ecs:ListTasks", arn, _cluster_key(request))


def _listing_services(request: Request, _look: Look) -> Iterator[Question]:
    yield Question("ecs:ListServices", "*", _cluster_key(request))


def _describing_clusters(request: Request, _look: Look) -> Iterator[Question]:
    for name in request.parameters.get("clusters") or ["default"]:
        yield Question("ecs:DescribeClusters", request.arn_of("ecs", "cluster/", name))


def _registering(request: Request, _look: Look) -> Iterator[Question]:
    """Ask for a task definition of any revision, and for its roles.

    Amazon ECS Developer Guide, "Amazon ECS task execution IAM role" and "task IAM role": the user
    passes both. The revision is not known before it is made.
    """
    arn = request.arn("ecs", f"task-definition/{request['family']}:*")
    tags = request_tags(listed_tags(request.parameters.get("tags")))
    yield Question("ecs:RegisterTaskDefinition", arn, tags)
    yield from _tagging(request, arn)
    roles = [request.parameters.get(name) for name in ("taskRoleArn", "executionRoleArn")]
    yield from passed(request, _TASKS, roles)


def _definition(request: Request) -> str:
    """Return the ARN of the task definition that a request names."""
    definition = request["taskDefinition"]
    if ":" not in definition.rpartition("/")[2]:
        raise request.unmapped("without a revision")
    return request.arn_of("ecs", "task-definition/", definition)


def _running(request: Request, look: Look) -> Iterator[Question]:
    """Ask for the task definition and for its roles, or those that take their place.

    Amazon ECS Developer Guide, "Amazon ECS EventBridge IAM role": ecs:RunTask on the task
    definition, iam:PassRole on its roles.

    Raises:
        UnmappedError: the task definition is given without a revision.
    """
    arn = _definition(request)
    tags = request_tags(listed_tags(request.parameters.get("tags")))
    execute = given({"ecs:enable-execute-command": "enableExecuteCommand"}, request.parameters)
    yield Question("ecs:RunTask", arn, {**_cluster_key(request), **execute, **tags})
    if tags:
        yield from _tagging(request, _in_cluster(request, "task", "*"))
    overrides = request.parameters.get("overrides") or {}
    roles = [overrides.get(name) for name in ("taskRoleArn", "executionRoleArn")]
    yield from passed(request, _TASKS, [*look.task_definition_roles(arn), *roles])


OPERATIONS: Mapping[str, Operation] = {
    "CreateService": _changing_service,
    "UpdateService": _changing_service,
    "DescribeServices": _describing("service", "services"),
    "ListServices": _listing_services,
    "RunTask": _running,
    "StopTask": _stopping,
    "DescribeTasks": _describing("task", "tasks"),
    "ListTasks": _listing_tasks,
    "DescribeClusters": _describing_clusters,
    "RegisterTaskDefinition": _registering,
    "DescribeTaskDefinition": one("ecs:DescribeTaskDefinition"),
}
