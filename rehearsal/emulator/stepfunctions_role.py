"""The role of an execution: who assumes it, for whom, and what it calls with it.

For moto 5.2.5 (pinned exactly), whose interpreter calls port 5000 with fixed credentials.
"""

import uuid
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

from moto.stepfunctions.parser.api import HistoryEventType
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEvent,
    FailureEventException,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import (
    StatesErrorName,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import (
    StatesErrorNameType,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_dynamodb as dynamodb,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.state_task import StateTask
from moto.stepfunctions.parser.asl.eval.evaluation_details import AWSExecutionDetails
from moto.stepfunctions.parser.backend.execution import Execution

from rehearsal.authorization import current
from rehearsal.authorization.authorizer import AssumeError
from rehearsal.authorization.on_behalf import STATES_NOT_TRUSTED
from rehearsal.authorization.policy_error import PolicyError
from rehearsal.provider import Cloud

_SESSION = "execution"


class Calls:
    """Where the interpreter sends its calls: the emulator that was asked last.

    All emulators of a process share one state, so that any of them is the right one.
    """

    endpoint = ""


class ExecutionRole(str):
    """The ARN of an execution's role, which also knows the execution's state machine.

    moto hands the ARN from the execution to each call, and nothing else.
    """

    def __new__(cls, role_arn: str, _source_arn: str) -> "ExecutionRole":
        """Be the role's ARN."""
        return super().__new__(cls, role_arn)

    def __init__(self, _role_arn: str, source_arn: str) -> None:
        """Take the ARNs of a role, and of the state machine for which it is assumed."""
        self._source_arn = source_arn
        self._cloud: Cloud | None = None
        self._lock = Lock()

    def __deepcopy__(self, _memo: Any) -> "ExecutionRole":
        """Stay the same: the session is shared."""
        return self

    def cloud(self, region: str) -> Cloud:
        """Return the emulated AWS as this role sees it; its session lasts for the execution.

        Raises:
            AssumeError: the trust policy does not let Step Functions assume it.
            PolicyError: the trust policy is not understood.
        """
        with self._lock:
            if self._cloud is None:
                everything = Cloud(Calls.endpoint, region)
                self._cloud = everything.acting_as(self._credentials(everything))
            return self._cloud

    def _credentials(self, everything: Cloud) -> Mapping[str, Any]:
        authorizer = current.authorizer()
        if authorizer is not None:
            return authorizer.assume_as_service(str(self), "states", _SESSION, self._source_arn)
        answer = everything.client("sts").assume_role(RoleArn=str(self), RoleSessionName=_SESSION)
        return dict(answer["Credentials"])


def get_start_aws_execution_details(execution: Any) -> AWSExecutionDetails:
    """Give the interpreter a role that knows its state machine; aws:SourceArn is not in moto."""
    return AWSExecutionDetails(
        account=execution.account_id,
        region=execution.region_name,
        role_arn=ExecutionRole(execution.role_arn, execution.state_machine.arn),
    )


def boto_client_for(region: str, service: str, state_credentials: Any) -> Any:
    """Return a client for a task, with the credentials of the execution's role.

    moto's goes to port 5000 with fixed credentials, and reads the machine's AWS configuration.
    """
    client = state_credentials.role_arn.cloud(region).client(service)
    client.meta.events.register("after-call.*.*", _identify, unique_id=_identify.__name__)
    return client


def _identify(parsed: dict[str, Any], **_: Any) -> None:
    """Give an answer a request id where it has none; moto's texts of errors fail without one."""
    parsed.setdefault("ResponseMetadata", {}).setdefault("RequestId", str(uuid.uuid4()))


def _trusted(original: Callable[..., Any]) -> Callable[..., Any]:
    def eval_state_credentials(task: Any, env: Any) -> Any:
        """Fail a task whose role cannot be assumed; moto assumes none."""
        credentials = original(task, env)
        if not isinstance(credentials.role_arn, ExecutionRole):
            raise failed(env, "A rehearsal runs no task that has Credentials of its own.")
        try:
            credentials.role_arn.cloud(env.aws_execution_details.region)
        except (AssumeError, PolicyError) as error:
            raise failed(env, f"{STATES_NOT_TRUSTED} {error}") from error
        return credentials

    return eval_state_credentials


def failed(
    env: Any, cause: str, event_type: HistoryEventType = HistoryEventType.TaskFailed
) -> FailureEventException:
    """Return a task's failure, which is States.TaskFailed for a Retry or a Catch."""
    failure = StatesErrorNameType.StatesTaskFailed
    details: Any = {"taskFailedEventDetails": {"error": failure.to_name(), "cause": cause}}
    return FailureEventException(
        FailureEvent(
            env=env,
            error_name=StatesErrorName(typ=failure),
            event_type=event_type,
            event_details=details,
        )
    )


def _keeping_failures(original: Callable[..., Any]) -> Callable[..., Any]:
    def from_error(task: Any, env: Any, ex: Exception) -> Any:
        """Keep a failure that has a name; moto makes each one of DynamoDB's tasks DynamoDB's."""
        if isinstance(ex, FailureEventException):
            return ex.failure_event
        return original(task, env, ex)

    return from_error


_DYNAMODB = dynamodb.StateTaskServiceDynamoDB

PATCHES = (
    (Execution, "_get_start_aws_execution_details", get_start_aws_execution_details),
    (StateTask, "_eval_state_credentials", _trusted(StateTask._eval_state_credentials)),
    (_DYNAMODB, "_from_error", _keeping_failures(_DYNAMODB._from_error)),
)
