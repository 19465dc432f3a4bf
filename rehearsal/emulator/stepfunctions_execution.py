"""Executions from their start to their end, however they end. For moto 5.2.5 (pinned exactly)."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock, Thread
from typing import Any

from moto.stepfunctions.parser.api import ExecutionFailedEventDetails, ExecutionStatus
from moto.stepfunctions.parser.asl.component.common.error_name.error_name import ErrorName
from moto.stepfunctions.parser.asl.component.common.retry.max_attempts_decl import (
    MaxAttemptsOutcome,
)
from moto.stepfunctions.parser.asl.component.common.retry.retrier_decl import RetrierDecl
from moto.stepfunctions.parser.asl.component.common.retry.retrier_outcome import RetrierOutcome
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration import iteration_worker
from moto.stepfunctions.parser.asl.component.state.exec.state_parallel import branches_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_parallel.branch_worker import (
    BranchWorker,
)
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.program_state import (
    ProgramEnded,
    ProgramRunning,
    ProgramStopped,
)
from moto.stepfunctions.parser.backend.execution import (
    BaseExecutionWorkerCommunication,
    Execution,
)
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker
from moto.stepfunctions.parser.utils import TMP_THREADS

from rehearsal.emulator import stepfunctions_deletion

_LOOK_SECONDS = 0.5
"""A stop wakes whoever waits; one that comes between a look and the wait is seen after this."""

_JOIN_SECONDS = 10.0


class _Running:
    """The executions that run."""

    workers: list[Any] = []  # noqa: RUF012 one for the process, as moto's state is
    lock = Lock()


def end_all() -> None:
    """Stop every execution, and wait until none of its threads is left."""
    with _Running.lock:
        workers = list(_Running.workers)
    for worker in workers:
        worker.stop(stop_date=datetime.now(UTC), error=None, cause=None)
    until = time.monotonic() + _JOIN_SECONDS
    for thread in TMP_THREADS:
        thread.join(max(0.0, until - time.monotonic()))
    TMP_THREADS.clear()


def pause(env: Any, seconds: float) -> None:
    """Wait, but no longer than a state's environment runs."""
    until = time.monotonic() + seconds
    while env.is_running() and (left := until - time.monotonic()) > 0:
        env.program_state_event.wait(min(left, _LOOK_SECONDS))


def start(worker: Any) -> None:
    """Start an execution so that it can be stopped at once, and ends whatever happens.

    With moto there is nothing to stop until its thread has read the definition, and a failure to
    start ends the thread with a traceback and leaves the execution running.
    """
    env = worker._get_evaluation_environment()
    env._program_state = ProgramRunning()  # type: ignore[no-untyped-call]
    worker.env, worker._get_evaluation_environment = env, lambda: env
    with _Running.lock:
        _Running.workers.append(worker)
    thread = Thread(target=_run, args=(worker,), name="execution", daemon=True)
    TMP_THREADS.append(thread)
    thread.start()


def _run(worker: Any) -> None:
    try:
        worker._execution_logic()
    except Exception as error:
        worker.env.set_error(error=_failure(error))
        worker._execution_communication.terminated()
    finally:
        with _Running.lock:
            _Running.workers.remove(worker)


def _failure(error: Exception) -> ExecutionFailedEventDetails:
    return ExecutionFailedEventDetails(
        error="States.Runtime", cause=f"{type(error).__name__}: {error}"
    )


def _stopping(original: Callable[..., Any]) -> Callable[..., Any]:
    def stop(execution: Any, **given: Any) -> None:
        """Tell at once that an execution is aborted; with moto it runs on until its state ends."""
        original(execution, **given)
        stopped = isinstance(execution.exec_worker.env._program_state, ProgramStopped)
        if stopped and execution.exec_status == ExecutionStatus.RUNNING:
            execution.stop_date = datetime.now(UTC)
            execution.exec_status = ExecutionStatus.ABORTED

    return stop


def _telling_json(original: Callable[[Any], None]) -> Callable[[Any], None]:
    def terminated(communication: Any) -> None:
        """Keep an execution's output as JSON; moto tells a text as it is, without its quotes."""
        execution = communication.execution
        env = execution.exec_worker.env
        if isinstance(env._program_state, ProgramEnded):
            execution.output = json.dumps(env.states.get_input(), separators=(",", ":"))
            execution.stop_date = datetime.now(UTC)
            execution.exec_status = ExecutionStatus.SUCCEEDED
        else:
            original(communication)
        stepfunctions_deletion.ended(execution)

    return terminated


def _of_running(original: Callable[..., Any]) -> Callable[..., Any]:
    def set_end(env: Any, *given: Any, **named: Any) -> None:
        """End what runs; with moto a failure that comes of a stop makes an aborted one failed."""
        if env._program_state is None or env.is_running():
            original(env, *given, **named)

    return set_end


def thread_routine(worker: Any) -> None:
    """Run a branch, and tell that it has ended; if it fails to start, moto waits for ever."""
    try:
        worker._program.eval(worker.env)
    except Exception as error:
        worker.env.set_error(error=_failure(error))
    finally:
        worker._branch_worker_comm.on_terminated(env=worker.env)


def eval_retrier(retrier: Any, env: Any) -> None:
    """Wait for the next attempt, or for the end; moto sleeps on in an execution that was stopped.

    The rest is moto's RetrierDecl._eval_body.
    """
    retrier.error_equals.eval(env)
    if not env.stack.pop():
        env.stack.append(RetrierOutcome.Skipped)
        return
    retrier.max_attempts.eval(env=env)
    if env.stack.pop() == MaxAttemptsOutcome.EXHAUSTED:
        env.stack.append(RetrierOutcome.Failed)
        return
    retrier.interval_seconds.eval(env=env)
    retrier.backoff_rate.eval(env=env)
    retrier.max_delay_seconds.eval(env=env)
    retrier.jitter_strategy.eval(env=env)
    pause(env, env.stack.pop())
    env.stack.append(RetrierOutcome.Executed)


class PassedOnError(ErrorName):
    """The name of a branch's or an iteration's failure, which the state around it fails with.

    moto's class for that refuses names such as States.TaskFailed, which a failed job has, so that
    nothing catches them.
    """


PATCHES = (
    (ExecutionWorker, "start", start),
    (Execution, "stop", _stopping(Execution.stop)),
    (
        BaseExecutionWorkerCommunication,
        "terminated",
        _telling_json(BaseExecutionWorkerCommunication.terminated),
    ),
    (Environment, "set_error", _of_running(Environment.set_error)),
    (Environment, "set_timed_out", _of_running(Environment.set_timed_out)),
    (branches_decl, "CustomErrorName", PassedOnError),
    (iteration_worker, "CustomErrorName", PassedOnError),
    (BranchWorker, "_thread_routine", thread_routine),
    (RetrierDecl, "_eval_body", eval_retrier),
)
