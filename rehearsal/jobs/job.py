"""One job and what became of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from rehearsal.jobs.queues import Environment, Queue
from rehearsal.jobs.specification import Specification

if TYPE_CHECKING:
    from rehearsal.jobs.attempt import Attempt


class Status(StrEnum):
    """States of a job (AWS Batch User Guide, "Job states")."""

    SUBMITTED = "SUBMITTED"
    PENDING = "PENDING"
    RUNNABLE = "RUNNABLE"
    STARTING = "STARTING"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


NOT_STARTED = frozenset({Status.SUBMITTED, Status.PENDING, Status.RUNNABLE})
STARTED = frozenset({Status.STARTING, Status.RUNNING})
ENDED = frozenset({Status.SUCCEEDED, Status.FAILED})


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended.

    Attributes:
        exit_code: the container's, or None when it did not start.
        reason: the container's reason, or None when it just ended.
        status_reason: the attempt's.
        final: whether it is not retried, whatever its strategy says.
    """

    exit_code: int | None
    reason: str | None
    status_reason: str
    final: bool = False

    @property
    def successful(self) -> bool:
        """Whether the job succeeded."""
        return self.exit_code == 0 and not self.final


@dataclass(eq=False)
class Job:
    """A job as SubmitJob made it, an array's parent, or one of its children.

    Attributes:
        id: its identifier; a child's ends with its index.
        arn: its ARN.
        definition: the job definition as it was then.
        request: the input of SubmitJob.
        specification: what each attempt runs.
        queue: answers what its queue is now.
        created_at: seconds of the emulated clock, as all times here.
        index: a child's place in its array, a node's number.
        parent: a child's array, or the job of a node.
        children: an array's jobs.
        nodes: the nodes of a multi-node job, each with an attempt of its own.
        depends_on: as DescribeJobs answers it.
        waits_for: jobs that have to succeed before it runs.
    """

    id: str
    arn: str
    definition: Mapping[str, Any]
    request: Mapping[str, Any]
    specification: Specification
    queue: Callable[[], Queue]
    created_at: float
    index: int | None = None
    parent: "Job | None" = None
    children: list["Job"] = field(default_factory=list)
    nodes: list["Job"] = field(default_factory=list)
    depends_on: list[dict[str, str]] = field(default_factory=list)
    waits_for: list["Job"] = field(default_factory=list)
    status: Status = Status.SUBMITTED
    status_reason: str | None = None
    blocked_since: float | None = None
    started_at: float | None = None
    stopped_at: float | None = None
    environment: Environment | None = None
    attempt: "Attempt | None" = None
    attempts: list[dict[str, Any]] = field(default_factory=list)
    container: dict[str, Any] = field(default_factory=dict)
    end_reason: str | None = None
    cancelled: bool = False
    terminated: bool = False

    @property
    def name(self) -> str:
        """The job's name; an array's children share it."""
        return str(self.request["jobName"])

    @property
    def ended(self) -> bool:
        """Whether it has succeeded or failed."""
        return self.status in ENDED

    def fail(self, reason: str | None, now: float) -> None:
        """End it as failed."""
        self.status, self.status_reason, self.stopped_at = Status.FAILED, reason, now
