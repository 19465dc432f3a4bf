"""State machines that are deleted while they are executed. For moto 5.2.5 (pinned exactly).

moto forgets them at once, with executions that go on unseen. AWS Step Functions API Reference,
DeleteStateMachine: the status is DELETING, executions end at their next state transition, and the
state machine goes once all have ended. AWS re:Post, "Why is my Step Functions state machine stuck
in the DELETING status?": they fail with States.Runtime; those that wait have to be stopped.
"""

from collections.abc import Callable
from threading import RLock
from typing import Any

from moto.core.exceptions import AWSError
from moto.stepfunctions.parser.api import ExecutionFailedEventDetails, ExecutionStatus
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.models import StepFunctionsParserBackend
from moto.stepfunctions.responses import StepFunctionResponse

LOCK = RLock()
"""Held while an execution starts, or what runs is looked at."""


class _Ending:
    """The environments of the executions that are to end, by the executions' ARNs."""

    environments: dict[str, Any] = {}  # noqa: RUF012 one for the process, as moto's state is


class StateMachineDeleting(AWSError):  # noqa: N818 AWS's own name of it
    """The state machine is being deleted."""

    TYPE = "StateMachineDeleting"
    STATUS = 400


def refuse_deleted(backend: Any, machine_arn: str) -> None:
    """Refuse what AWS refuses while a state machine is being deleted.

    Raises:
        StateMachineDeleting: it is.
    """
    if _is_deleting(backend, machine_arn):
        raise StateMachineDeleting(f"State Machine is being deleted: '{machine_arn}'")


def ended(execution: Any) -> None:
    """Let a state machine that is being deleted go with the last of its executions."""
    with LOCK:
        if _Ending.environments.pop(execution.exec_arn, None) is None:
            return
        backend, arn = execution.state_machine.backend, execution.state_machine.arn
        for machine in [one for one in backend.state_machines if one.arn == arn]:
            if not _running(machine):
                backend.state_machines.remove(machine)


def _is_deleting(backend: Any, machine_arn: str) -> bool:
    machines = [one for one in backend.state_machines if one.arn == machine_arn]
    return any(getattr(one, "is_deleting", False) for one in machines)


def _running(machine: Any) -> list[Any]:
    return [one for one in machine.executions if one.exec_status == ExecutionStatus.RUNNING]


def _waiting(original: Callable[..., Any]) -> Callable[..., Any]:
    def delete_state_machine(backend: Any, arn: str) -> None:
        """Delete a state machine once nothing executes it."""
        with LOCK:
            machines = [one for one in backend.state_machines if one.arn == arn]
            running = [execution for one in machines for execution in _running(one)]
            if not running:
                original(backend, arn)
                return
            for machine in machines:
                machine.is_deleting = True
            for execution in running:
                _Ending.environments[execution.exec_arn] = execution.exec_worker.env

    return delete_state_machine


def _failing(next_state_name: Any) -> property:
    """Fail the executions of a state machine that is being deleted when they enter a state.

    A branch or an iteration does so for the whole execution, which nothing in it catches.
    """

    def set_next_state_name(env: Any, name: str) -> None:
        next_state_name.__set__(env, name)
        context = env.states.context_object.context_object_data
        ending = _Ending.environments.get(context["Execution"]["Id"])
        if ending is not None:
            cause = f"State machine {context['StateMachine']['Name']} has been deleted."
            ending.set_error(ExecutionFailedEventDetails(error="States.Runtime", cause=cause))

    return property(next_state_name.fget, set_next_state_name)


def _telling(original: Callable[..., Any]) -> Callable[..., Any]:
    def describe_state_machine(response: Any, state_machine_arn: str) -> Any:
        """Tell that a state machine is being deleted; with moto each is ACTIVE."""
        answer = original(response, state_machine_arn)
        if _is_deleting(response.stepfunction_backend, state_machine_arn):
            answer.result["status"] = "DELETING"
        return answer

    return describe_state_machine


def _refusing(original: Callable[..., Any]) -> Callable[..., Any]:
    def update_state_machine(backend: Any, arn: str, *rest: Any, **named: Any) -> Any:
        """Refuse to change a state machine that is being deleted."""
        refuse_deleted(backend, arn)
        return original(backend, arn, *rest, **named)

    return update_state_machine


_BACKEND = StepFunctionsParserBackend

PATCHES = (
    (_BACKEND, "delete_state_machine", _waiting(_BACKEND.delete_state_machine)),
    (_BACKEND, "update_state_machine", _refusing(_BACKEND.update_state_machine)),
    (Environment, "next_state_name", _failing(Environment.next_state_name)),
    (
        StepFunctionResponse,
        "_describe_state_machine",
        _telling(StepFunctionResponse._describe_state_machine),
    ),
)
