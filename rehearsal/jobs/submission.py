"""Makes jobs of a submission: one, an array's parent and children, or a job and its nodes."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rehearsal.jobs import multi_node
from rehearsal.jobs.job import Job
from rehearsal.jobs.queues import Queue
from rehearsal.jobs.specification import Resources, Specification, specify
from rehearsal.provider.refusals.task_definitions import FARGATE_SIZES

_ARRAY_SIZES = range(2, 10_001)
_MOST_DEPENDENCIES = 20
_SHORTEST_TIMEOUT = 60
_ATTEMPTS = range(1, 11)
_CPU_UNITS = 1024
"""Of a vCPU."""

Find = Callable[[str], Job | None]


class SubmissionError(Exception):
    """AWS refuses a submission; the message says why."""


class Submission:
    """A call of SubmitJob."""

    def __init__(
        self,
        definition: Mapping[str, Any],
        request: Mapping[str, Any],
        queue: Callable[[], Queue],
        arn_of: Callable[[str], str],
        now: float,
    ) -> None:
        """Take a call.

        Args:
            definition: the job definition, as DescribeJobDefinitions answers it.
            request: the call's input.
            queue: answers what the queue is.
            arn_of: returns the ARN of a job by its identifier.
            now: time of the call, seconds.

        Raises:
            SubmissionError: AWS refuses it.
        """
        self._definition = definition
        self._request = request
        self._queue = queue
        self._arn_of = arn_of
        self._now = now
        self._size = (request.get("arrayProperties") or {}).get("size")
        self._dependencies = request.get("dependsOn") or []
        self._nodes = self._node_requests()
        self._specification = specify(*self._main())
        problems = [*_problems(self._specification), *self._problems()]
        if problems:
            raise SubmissionError("; ".join(problems))

    def jobs(self, find: Find) -> list[Job]:
        """Return the jobs: an array's children, or nodes, before their parent, which is the last.

        Args:
            find: returns a job by its identifier, or None.

        Raises:
            SubmissionError: it depends on a job that is not there, or is no such array.
        """
        parent = self._job(str(uuid.uuid4()))
        parent.depends_on = [dict(one) for one in self._dependencies]
        named = [self._named(one, find) for one in self._dependencies if one.get("jobId")]
        parent.waits_for = [job for job, _ in named]
        sequential = any(one.get("type") == "SEQUENTIAL" for one in self._dependencies)
        for index in range(self._size or 0):
            child = self._job(f"{parent.id}:{index}")
            child.index, child.parent = index, parent
            child.waits_for = [job.children[index] if each else job for job, each in named]
            if sequential and parent.children:
                child.waits_for.append(parent.children[-1])
            child.depends_on = [{"jobId": one.id} for one in child.waits_for]
            parent.children.append(child)
        for number in range(len(self._nodes)):
            parent.nodes.append(self._node(parent, number))
        return [*parent.children, *parent.nodes, parent]

    def _node_requests(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Return what each node of a multi-node job runs; nothing for other jobs."""
        if not self._definition.get("nodeProperties"):
            return []
        problems = multi_node.problems(self._definition, self._request)
        if problems:
            raise SubmissionError("; ".join(problems))
        return multi_node.node_requests(self._definition, self._request)

    def _main(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Return the definition and the request of the job, or of its main node."""
        if not self._nodes:
            return self._definition, self._request
        return self._nodes[int(self._definition["nodeProperties"]["mainNode"])]

    def _node(self, parent: Job, number: int) -> Job:
        definition, request = self._nodes[number]
        node = self._job(f"{parent.id}#{number}")
        node.definition, node.request = definition, request
        node.specification = specify(definition, request)
        node.index, node.parent = number, parent
        return node

    def _job(self, identifier: str) -> Job:
        return Job(
            id=identifier,
            arn=self._arn_of(identifier),
            definition=self._definition,
            request=self._request,
            specification=self._specification,
            queue=self._queue,
            created_at=self._now,
        )

    def _named(self, dependency: Mapping[str, str], find: Find) -> tuple[Job, bool]:
        """Return the job of a dependency, and whether each child waits for its own."""
        identifier = dependency["jobId"]
        job = find(identifier)
        if job is None:
            raise SubmissionError(f"dependsOn names {identifier}; there is no such job")
        each = dependency.get("type") == "N_TO_N"
        if each and len(job.children) != self._size:
            raise SubmissionError(
                f"dependsOn names {identifier} as N_TO_N; its size is {len(job.children)}, and "
                f"has to be this array's, {self._size}"
            )
        return job, each

    def _problems(self) -> list[str]:
        problems = []
        if self._size is not None and self._size not in _ARRAY_SIZES:
            problems.append(f"arrayProperties.size is {self._size}; 2 to 10000 are allowed")
        if len(self._dependencies) > _MOST_DEPENDENCIES:
            problems.append(f"dependsOn has {len(self._dependencies)} jobs; at most 20 are allowed")
        problems += _dependency_problems(self._dependencies, self._size)
        if "FARGATE" in (self._definition.get("platformCapabilities") or ()):
            problems += _fargate_problems(self._specification.resources)
        return problems


def _fargate_problems(resources: Resources) -> list[str]:
    """Refuse what Fargate has no size for, as AWS does when a definition is registered, too.

    The words are AWS's, quoted in https://github.com/Netflix/metaflow/issues/749.
    """
    sizes = FARGATE_SIZES.get(int(resources.vcpus * _CPU_UNITS), ())
    if resources.memory in sizes:
        return []
    return [
        f"Fargate resource requirements ({resources.vcpus:.2f} vCPU, {resources.memory} MiB) "
        "not valid."
    ]


def _dependency_problems(dependencies: Sequence[Mapping[str, str]], size: int | None) -> list[str]:
    problems = []
    for one in dependencies:
        kind = one.get("type")
        if kind is not None and size is None:
            problems.append(f"dependsOn has the type {kind}; only an array job may have one")
        if not one.get("jobId") and kind != "SEQUENTIAL":
            problems.append("dependsOn has no jobId; only the type SEQUENTIAL needs none")
    return problems


def _problems(specification: Specification) -> list[str]:
    problems = []
    if specification.attempts not in _ATTEMPTS:
        problems.append(f"retryStrategy.attempts is {specification.attempts}; 1 to 10 are allowed")
    if specification.timeout is not None and specification.timeout < _SHORTEST_TIMEOUT:
        problems.append(
            f"timeout.attemptDurationSeconds is {specification.timeout}; at least 60 are allowed"
        )
    return problems
