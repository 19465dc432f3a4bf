"""One attempt of a job: a process of its own, from its folder's making to its removal."""

import secrets
import shutil
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from rehearsal.jobs import leftovers, temporary
from rehearsal.jobs.credentials import CredentialsEndpoint, RoleError
from rehearsal.jobs.job import Job, Outcome
from rehearsal.jobs.log_stream import LogStream
from rehearsal.jobs.queues import Environment
from rehearsal.jobs.variables import network, variables
from rehearsal.provider import Cloud
from rehearsal.sandbox import Sandbox

ENDED = "Essential container in task exited"
_NOT_STARTED = "Task failed to start"
_LOOK_SECONDS = 0.05
_GRACE_SECONDS = 1.0
"""Between SIGTERM and SIGKILL; 30 s on AWS (AWS Batch User Guide, "Job timeouts")."""
_DRAIN_SECONDS = 2.0
_SIGNAL_BASE = 128
_NOT_FOUND, _NOT_EXECUTABLE = 127, 126
"""Exit codes of a container whose program is not there, and of one that cannot be run."""


@dataclass(frozen=True)
class Place:
    """Where attempts run.

    Attributes:
        sandbox: starts and ends processes.
        cloud: the emulated AWS, as its administrator.
        credentials: hands out the roles' credentials.
        programs: folder of the jobs' Python.
        folder: where each attempt's own folder is made.
        vpc_proxy: URL of the HTTP proxy that knows the private names of the VPC; empty without one.
    """

    sandbox: Sandbox
    cloud: Cloud
    credentials: CredentialsEndpoint
    programs: Path
    folder: Path
    vpc_proxy: str = ""


class Attempt:
    """A running attempt, in a thread of its own."""

    def __init__(
        self,
        job: Job,
        environment: Environment,
        place: Place,
        on_running: Callable[["Attempt"], None],
        on_end: Callable[["Attempt", Outcome], None],
    ) -> None:
        """Prepare an attempt.

        Args:
            job: the job.
            environment: the compute environment it runs on.
            place: where it runs.
            on_running: called from its thread once the process runs.
            on_end: called from its thread once nothing of it runs; its folder goes after that.
        """
        self.job = job
        self.environment = environment
        self.task_id = secrets.token_hex(16)
        self.task_arn = place.cloud.arn("ecs", f"task/{environment.cluster}/{self.task_id}")
        self.log_stream_name: str | None = None
        self._number = len(job.attempts) + 1
        self._place = place
        self._on_running = on_running
        self._on_end = on_end
        self._stop = threading.Event()
        self._stop_reason = ""
        self._grace = _GRACE_SECONDS
        self._thread = threading.Thread(target=self._run, name=f"job {job.id}", daemon=True)

    def start(self) -> None:
        """Start it."""
        self._thread.start()

    def stop(self, reason: str) -> None:
        """End it with SIGTERM, and soon after with SIGKILL; it fails for this reason."""
        self._stop_reason = self._stop_reason or reason
        self._stop.set()

    def kill(self, reason: str) -> None:
        """End it with SIGKILL."""
        self._grace = 0.0
        self.stop(reason)

    def join(self, seconds: float) -> None:
        """Wait until it has ended, and its folder is gone."""
        self._thread.join(seconds)

    @property
    def alive(self) -> bool:
        """Whether there is anything of it left."""
        return self._thread.is_alive()

    def _run(self) -> None:
        folder = self._place.folder / self.task_id
        try:
            outcome = self._outcome(folder)
        except RoleError as error:
            role = self.job.specification.role_arn
            reason = f"ECS was unable to assume the role '{role}': {error}"
            outcome = Outcome(None, reason, _NOT_STARTED)
        except Exception as error:
            # Whatever it is, the job has to end, and its owner to read why.
            reason = f"The rehearsal could not run it: {type(error).__name__}: {error}"
            outcome = Outcome(None, reason, _NOT_STARTED, final=True)
        finally:
            self._place.credentials.revoke(self.task_id)
        self._on_end(self, outcome)
        shutil.rmtree(folder, ignore_errors=True)

    def _outcome(self, folder: Path) -> Outcome:
        for name in ("home", "tmp", "work"):
            (folder / name).mkdir(parents=True)
        given = {
            **network(self._place.cloud, self._place.vpc_proxy),
            **variables(self.job, self._number, self.environment, self._place.programs, folder),
            **self._role_variables(),
        }
        log = self._log_stream()
        try:
            code = self._process(given, folder, log)
        except OSError as error:
            code = _NOT_FOUND if isinstance(error, FileNotFoundError) else _NOT_EXECUTABLE
            reason = f"CannotStartContainerError: {error.filename}: {error.strerror}"
            return Outcome(code, reason, _NOT_STARTED)
        if self._stop.is_set():
            return Outcome(code, None, self._stop_reason, final=True)
        return Outcome(code, None, ENDED)

    def _role_variables(self) -> dict[str, str]:
        role = self.job.specification.role_arn
        if role is None:
            return {}
        return self._place.credentials.grant(role, self.task_id, self.task_arn)

    def _log_stream(self) -> LogStream | None:
        options = self.job.specification.log_options
        if options is None:
            return None
        group, prefix = options
        self.log_stream_name = f"{prefix}/default/{self.task_id}"
        return LogStream(self._place.cloud, group, self.log_stream_name)

    def _process(self, given: dict[str, str], folder: Path, log: LogStream | None) -> int:
        """Run the process to its end, whoever ends it; return the container's exit code."""
        sandbox = self._place.sandbox
        command = temporary.own(self.job.specification.command, folder / "tmp", sandbox.folder)
        with sandbox.started(
            command, given, folder=folder / "work", errors=subprocess.STDOUT
        ) as process:
            self._on_running(self)
            cast(IO[str], process.stdin).close()
            reader = threading.Thread(target=_read, args=(process, log), daemon=True)
            reader.start()
            self._watch(process, log)
        leftovers.end(self.job.id)
        reader.join(_DRAIN_SECONDS)
        if log is not None:
            log.send()
        code = process.returncode
        return code if code >= 0 else _SIGNAL_BASE - code

    def _watch(self, process: subprocess.Popen[str], log: LogStream | None) -> None:
        """Wait until the process ends or has to; send what it prints."""
        while process.poll() is None and not self._stop.wait(_LOOK_SECONDS):
            if log is not None:
                log.send()
        if process.poll() is None and self._grace:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(self._grace)


def _read(process: subprocess.Popen[str], log: LogStream | None) -> None:
    """Read what a process prints, until it and its children have closed it."""
    with cast(IO[str], process.stdout) as lines:
        if log is not None:
            log.read(lines)
        for _ in lines:
            pass
