"""Runs the jobs of the emulated Batch, from their submission to their end."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from rehearsal.interrupts import uninterrupted
from rehearsal.jobs import current, description, multi_node, python_environment, schedule
from rehearsal.jobs.attempt import Attempt, Place
from rehearsal.jobs.clock import Clock
from rehearsal.jobs.credentials import Assume, CredentialsEndpoint, assume_as_administrator
from rehearsal.jobs.job import Job, Outcome, Status
from rehearsal.jobs.queues import Queue
from rehearsal.jobs.retries import retried
from rehearsal.jobs.submission import Submission
from rehearsal.provider import Cloud
from rehearsal.sandbox import Sandbox

_TIMED_OUT = "Job attempt duration exceeded timeout"
_REHEARSAL_ENDED = "The rehearsal has ended."
_JOIN_SECONDS = 10.0


@contextmanager
def job_runner(
    sandbox: Sandbox,
    endpoint: str,
    region: str,
    *,
    assume: Assume | None = None,
    vpc_proxy: str = "",
) -> Iterator["JobRunner"]:
    """Run the jobs of an emulated AWS; at the end kill them and remove all that they left.

    Args:
        sandbox: where they run.
        endpoint: URL of the emulator, which has to outlive the block.
        region: its region.
        assume: assumes the jobs' roles; by default the emulator's administrator does.
        vpc_proxy: URL of the HTTP proxy that knows the private names of the VPC.
    """
    cloud = Cloud(endpoint, region)
    folder = sandbox.folder / "jobs"
    with ExitStack() as started:
        try:
            started.callback(shutil.rmtree, folder, ignore_errors=True)
            programs = python_environment.make(folder / "python")
            credentials = CredentialsEndpoint(assume or assume_as_administrator(cloud))
            started.callback(credentials.close)
            runner = JobRunner(Place(sandbox, cloud, credentials, programs, folder, vpc_proxy))
            started.callback(runner.close)
            started.enter_context(current.runner_is(runner))
            yield runner
        finally:
            with uninterrupted():
                started.close()


class JobRunner:
    """The emulated Batch's computers. Thread safe.

    Attributes:
        clock: the time by which jobs take too long, and blocked ones are cancelled.
    """

    def __init__(self, place: Place) -> None:
        """Take jobs at once, and run them at a place until `close`."""
        self._place = place
        self._most = 2 * (os.cpu_count() or 1)
        self._changed = threading.Condition()
        self._jobs: dict[str, Job] = {}
        self._attempts: list[Attempt] = []
        self._closing = False
        self._thread = threading.Thread(target=self._schedule, name="job scheduler", daemon=True)
        self.clock = Clock(self._moved_on)
        self._thread.start()

    def submit(
        self,
        definition: Mapping[str, Any],
        request: Mapping[str, Any],
        queue: Callable[[], Queue],
    ) -> Job:
        """Take a job, an array of jobs or a job of nodes; return it or the array's parent.

        Args:
            definition: the job definition, as DescribeJobDefinitions answers it.
            request: the input of SubmitJob.
            queue: answers what its queue is.

        Raises:
            SubmissionError: AWS refuses it.
        """
        submission = Submission(definition, request, queue, self._arn, self.clock.now())
        with self._changed:
            jobs = submission.jobs(self._jobs.get)
            self._jobs.update({job.id: job for job in jobs})
            self._changed.notify_all()
        return jobs[-1]

    def describe(self, identifiers: list[str]) -> list[dict[str, Any]]:
        """Return the JobDetails of jobs by identifier or ARN; none of those that are not there."""
        with self._changed:
            names = [one.rpartition("job/")[2] for one in identifiers]
            return [description.detail(self._jobs[one]) for one in names if one in self._jobs]

    def jobs(self) -> list[tuple[Job, dict[str, Any]]]:
        """Return every job with its JobSummary, in the order of their submission."""
        with self._changed:
            return [(job, description.summary(job)) for job in self._jobs.values()]

    def end(self, identifier: str, reason: str, *, running: bool) -> None:
        """Cancel a job that has not started; also terminate it where it runs, if that is meant."""
        with self._changed:
            job = self._jobs.get(identifier.rpartition("job/")[2])
            if job is not None:
                schedule.stop(job, reason, self.clock.now(), running=running)
            self._changed.notify_all()

    def _arn(self, identifier: str) -> str:
        return self._place.cloud.arn("batch", f"job/{identifier}")

    def _schedule(self) -> None:
        with self._changed:
            while not self._closing:
                self._look()
                self._changed.wait(self._seconds_left())

    def _moved_on(self) -> None:
        """Decide everything that is due now, and wait anew for what will be."""
        with self._changed:
            self._look()
            self._changed.notify_all()

    def _look(self) -> None:
        """Decide everything that is due."""
        with self._changed:
            now = self.clock.now()
            active = [job for job in self._jobs.values() if not job.ended]
            schedule.settle(active, now)
            if not self._closing:
                for job, environment in schedule.placed(active, self._most, now):
                    job.environment, job.status = environment, Status.STARTING
                    job.attempt = Attempt(
                        job, environment, self._place, self._on_running, self._on_end
                    )
                    job.container = {"taskArn": job.attempt.task_arn}
                    job.attempt.start()
                    self._attempts = [*(one for one in self._attempts if one.alive), job.attempt]
            schedule.settle(active, now)
            for job in active:
                if job.attempt is not None and _deadline(job, self.clock.now()) <= 0:
                    job.attempt.stop(_TIMED_OUT)

    def _seconds_left(self) -> float | None:
        """Return how long nothing will be due, or None for ever; real seconds."""
        now = self.clock.now()
        waits = [_deadline(job, now) for job in self._jobs.values() if not job.ended]
        nearest = min((one for one in waits if one > 0), default=None)
        return None if nearest is None else min(nearest, threading.TIMEOUT_MAX)

    def _on_running(self, attempt: Attempt) -> None:
        with self._changed:
            job = attempt.job
            job.status, job.started_at = Status.RUNNING, self.clock.now()
            if attempt.log_stream_name is not None:
                job.container["logStreamName"] = attempt.log_stream_name
            self._changed.notify_all()

    def _on_end(self, attempt: Attempt, outcome: Outcome) -> None:
        with self._changed:
            job, now = attempt.job, self.clock.now()
            job.attempt = None
            _note(job, outcome, now)
            again = retried(job, outcome) and not multi_node.is_secondary(job)
            if again and not self._closing:
                job.status, job.started_at, job.environment = Status.RUNNABLE, None, None
            else:
                job.status = Status.SUCCEEDED if outcome.successful else Status.FAILED
                job.stopped_at = now
            self._changed.notify_all()

    def close(self) -> None:
        """End every job with its processes, and take no more."""
        with self._changed:
            self._closing = True
            for attempt in self._attempts:
                attempt.kill(_REHEARSAL_ENDED)
            for job in self._jobs.values():
                schedule.stop(job, _REHEARSAL_ENDED, self.clock.now(), running=False)
            self._changed.notify_all()
        for attempt in self._attempts:
            attempt.join(_JOIN_SECONDS)
        self._thread.join(_JOIN_SECONDS)


def _deadline(job: Job, now: float) -> float:
    """Return the seconds until something becomes of a job by itself; infinite if nothing does."""
    due = schedule.due(job, job.queue()) if job.blocked_since is not None else None
    if job.status == Status.RUNNING and job.specification.timeout and job.started_at:
        due = job.started_at + job.specification.timeout
    return float("inf") if due is None else due - now


def _note(job: Job, outcome: Outcome, now: float) -> None:
    """Keep how an attempt ended."""
    job.container.update(
        description.without_none({"exitCode": outcome.exit_code, "reason": outcome.reason})
    )
    job.status_reason = outcome.status_reason
    times = {"startedAt": job.started_at, "stoppedAt": now}
    job.attempts.append(
        {
            "container": {**job.container, "networkInterfaces": []},
            "statusReason": outcome.status_reason,
            **{
                name: description.milliseconds(one)
                for name, one in times.items()
                if one is not None
            },
        }
    )
