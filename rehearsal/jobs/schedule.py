"""What becomes of waiting jobs: dependencies, blocked queues, places on environments."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from rehearsal.jobs import capacity, multi_node
from rehearsal.jobs.job import ENDED, NOT_STARTED, STARTED, Job, Status
from rehearsal.jobs.queues import Environment, Queue
from rehearsal.jobs.specification import Resources

DEPENDENCY_FAILED = "Dependent Job failed"
CHILD_FAILED = "Array Child Job failed"


def settle(jobs: Sequence[Job], now: float) -> None:
    """Move on what waits for other jobs; a job comes after everything that it waits for."""
    for job in jobs:
        if job.children:
            _settle_parent(job, now)
        elif job.status in (Status.SUBMITTED, Status.PENDING) and not multi_node.is_node(job):
            _settle(job, now)
        if job.nodes and not job.ended:
            multi_node.settle(job, now)


def _settle(job: Job, now: float) -> None:
    states = {one.status for one in job.waits_for}
    if Status.FAILED in states:
        _fail(job, DEPENDENCY_FAILED, now)
    elif states <= {Status.SUCCEEDED}:
        job.status = Status.RUNNABLE
    else:
        job.status = Status.PENDING


def _fail(job: Job, reason: str | None, now: float) -> None:
    """End a job that has not started, with its nodes."""
    for one in (*job.nodes, job):
        one.fail(reason, now)


def _settle_parent(parent: Job, now: float) -> None:
    """Give an array the state of its children.

    It is PENDING from the first child that is RUNNABLE to the last that ends (Batch API Reference,
    ListJobs, jobStatus).
    """
    states = {one.status for one in parent.children}
    if parent.ended or states <= {Status.SUBMITTED}:
        return
    if not states <= ENDED:
        parent.status = Status.PENDING
    elif Status.FAILED in states:
        parent.fail(parent.end_reason or CHILD_FAILED, now)
    else:
        parent.status, parent.stopped_at = Status.SUCCEEDED, now


def placed(jobs: Sequence[Job], most: int, now: float) -> Iterator[tuple[Job, Environment]]:
    """Yield the jobs that can start, each with its environment; a taker starts it at once.

    The nodes of a job start together, also where there are more than this machine runs at once.

    A queue is first in, first out: what cannot start blocks those behind it, until the queue's
    time limit for the reason cancels it (AWS Batch User Guide, "Jobs stuck in a RUNNABLE status").

    Args:
        jobs: every job that has not ended.
        most: processes that this machine runs at once.
        now: seconds of the emulated clock.
    """
    used = _used(jobs)
    free = most - sum(one.status in STARTED and not one.nodes for one in jobs)
    for queue, waiting in _by_queue(jobs):
        for job in waiting:
            if _blocked(job, queue, now):
                if _cancelled(job, queue, now):
                    continue
                break
            group = job.nodes or [job]
            found = _environment(group, queue, used)
            if found is None or any(one.status != Status.RUNNABLE for one in group):
                break
            if len(group) > free and free < most:
                break
            free -= len(group)
            for one in group:
                used[found.arn] += one.specification.resources.vcpus
                yield one, found


def _used(jobs: Sequence[Job]) -> defaultdict[str, float]:
    """Return the vCPUs in use by the ARN of the environment."""
    used = defaultdict[str, float](float)
    for job in jobs:
        if job.status in STARTED and job.environment is not None:
            used[job.environment.arn] += job.specification.resources.vcpus
    return used


def _by_queue(jobs: Sequence[Job]) -> list[tuple[Queue, list[Job]]]:
    """Return the runnable jobs of each queue, the queue of the highest priority first."""
    queues: dict[str, tuple[Queue, list[Job]]] = {}
    for job in jobs:
        if job.status == Status.RUNNABLE and not job.children and not multi_node.is_node(job):
            queue = job.queue()
            queues.setdefault(queue.arn, (queue, []))[1].append(job)
    return sorted(queues.values(), key=lambda one: -one[0].priority)


def _blocked(job: Job, queue: Queue, now: float) -> bool:
    """Tell whether the job at the head of a queue can never run, and note since when."""
    reason = capacity.blocking_reason(_resources(job.nodes or [job]), queue)
    if reason != job.status_reason:
        job.status_reason, job.blocked_since = reason, now if reason else None
    return reason is not None


def _cancelled(job: Job, queue: Queue, now: float) -> bool:
    """Cancel a job that has blocked its queue for too long; tell whether it was."""
    limit = due(job, queue)
    if limit is None or now < limit:
        return False
    job.cancelled = True
    _fail(job, job.status_reason, now)
    return True


def due(job: Job, queue: Queue) -> float | None:
    """Return when a blocked job is cancelled, or None when it is not."""
    limit = queue.limits.get(job.status_reason or "")
    return None if job.blocked_since is None or limit is None else job.blocked_since + limit


def _resources(jobs: Sequence[Job]) -> list[Resources]:
    return [one.specification.resources for one in jobs]


def _environment(
    group: Sequence[Job], queue: Queue, used: Mapping[str, float]
) -> Environment | None:
    resources = _resources(group)
    for one in queue.environments:
        room = one.max_vcpus - used.get(one.arn, 0)
        if sum(each.vcpus for each in resources) <= room and capacity.all_fit(resources, one):
            return one
    return None


def stop(job: Job, reason: str, now: float, *, running: bool) -> None:
    """Cancel a job that has not started; also end it where it runs, if that is meant.

    Args:
        job: the job; an array's children or its nodes with it.
        reason: why.
        now: seconds of the emulated clock.
        running: whether STARTING and RUNNING jobs are ended: TerminateJob, not CancelJob.
    """
    for one in (*job.children, *job.nodes, job):
        one.end_reason = one.end_reason or reason
        if one.children or one.ended:
            continue
        if one.status in NOT_STARTED:
            one.cancelled = True
            one.fail(reason, now)
        elif running:
            one.terminated = True
            if one.attempt is not None:
                one.attempt.stop(reason)
