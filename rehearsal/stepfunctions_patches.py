"""What the emulator's Step Functions lacks: executions whose service integrations work.

Every function stands in the place of a function of moto 5.2.5 (pinned exactly); its docstring says
why. The interpreter takes a second to import, so it is patched when a first request needs it.
"""

import logging
import sys
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from threading import Lock
from typing import Any

from botocore import xform_name
from botocore.loaders import create_loader
from botocore.model import OperationModel, ServiceModel
from moto.core.config import default_user_config
from moto.stepfunctions import responses

from rehearsal.provider import Cloud

_INTERPRETER = "moto.stepfunctions.parser"
_PREPARING = Lock()


class _Calls:
    """Where the interpreter sends its calls: the emulator that was asked last.

    All emulators of a process share one state, so that any of them is the right one.
    """

    endpoint = ""


@cache
def apply() -> None:
    """Let moto execute state machines, from the first request to Step Functions on."""
    # It logs a page about each failure, which the execution's history tells as well.
    logging.getLogger(_INTERPRETER).setLevel(logging.CRITICAL)
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    responses.StepFunctionResponse.stepfunction_backend = property(_backend)  # type: ignore[assignment]


def _backend(response: Any) -> Any:
    """Prepare the interpreter, and note where this emulator listens, which moto does not know."""
    _Calls.endpoint = response.normalized_request.host_url.rstrip("/")
    with _PREPARING:
        _patch_interpreter()
    return responses.get_backend(response.current_account, response.region)


@cache
def _patch_interpreter() -> None:
    from moto.stepfunctions.parser import models
    from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
        state_task_service as tasks,
    )

    backend, task = models.StepFunctionsParserBackend, tasks.StateTaskService
    for owner, name, function in (
        (backend, "start_execution", _naming(backend.start_execution)),
        (task, "_normalise_parameters", normalise_parameters),
        (task, "_normalise_response", normalise_response),
        (task, "_from_boto_response_value", _telling_times(task._from_boto_response_value)),
    ):
        setattr(owner, name, function)
    # The modules that make calls imported the function by its name.
    for name, module in list(sys.modules.items()):
        if name.startswith(_INTERPRETER) and hasattr(module, boto_client_for.__name__):
            setattr(module, boto_client_for.__name__, boto_client_for)


def _naming(original: Callable[..., Any]) -> Callable[..., Any]:
    def start_execution(
        backend: Any, state_machine_arn: str, name: str | None = None, *rest: Any, **named: Any
    ) -> Any:
        """Name an execution that is started without a name; moto calls it None."""
        return original(backend, state_machine_arn, name or str(uuid.uuid4()), *rest, **named)

    return start_execution


def boto_client_for(region: str, service: str, state_credentials: Any) -> Any:
    """Return a client for a task, with the credentials of the execution's role.

    moto's goes to port 5000 with fixed credentials, and reads the machine's AWS configuration.
    """
    sts = _administrator(_Calls.endpoint, region).client("sts")
    answer = sts.assume_role(RoleArn=state_credentials.role_arn, RoleSessionName="execution")
    role = answer["Credentials"]
    credentials = {
        "aws_access_key_id": role["AccessKeyId"],
        "aws_secret_access_key": role["SecretAccessKey"],
        "aws_session_token": role["SessionToken"],
    }
    return Cloud(_Calls.endpoint, region, credentials=credentials).client(service)


@cache
def _administrator(endpoint: str, region: str) -> Cloud:
    return Cloud(endpoint, region)


def normalise_parameters(
    task: Any,
    parameters: Any,
    boto_service_name: str | None = None,
    service_action_name: str | None = None,
) -> None:
    """Rename PascalCase parameters to the API's own names; moto left that out.

    AWS Step Functions Developer Guide, "Using AWS SDK service integrations": parameters are
    PascalCase, also where the API's are not.
    """
    operation = _operation(task, boto_service_name, service_action_name)
    if operation and operation.input_shape:
        task._to_boto_request(parameters, operation.input_shape)


def normalise_response(
    task: Any,
    response: Any,
    boto_service_name: str | None = None,
    service_action_name: str | None = None,
) -> None:
    """Rename a response's members to PascalCase, as Step Functions does; moto left that out."""
    operation = _operation(task, boto_service_name, service_action_name)
    if operation and operation.output_shape:
        task._from_boto_response(response, operation.output_shape)


def _telling_times(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def from_boto_response_value(value: Any) -> Any:
        """Return a time as text; moto keeps it as it is, and fails to describe the execution.

        AWS Step Functions Developer Guide, "Using AWS SDK service integrations": ISO 8601.
        """
        if isinstance(value, datetime):
            return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return original(value)

    return staticmethod(from_boto_response_value)


def _operation(task: Any, service: str | None, action: str | None) -> OperationModel | None:
    """Return botocore's model of the operation that a task calls, or None when there is none."""
    model = _service_model(task._get_boto_service_name(service))
    method = task._get_boto_service_action(action)
    names = (name for name in model.operation_names if xform_name(name) == method)
    found = next(names, None)
    return model.operation_model(found) if found else None


@cache
def _service_model(service: str) -> ServiceModel:
    """Read a service model without a session, which would read the machine's configuration."""
    return ServiceModel(create_loader().load_service_model(service, "service-2"), service)
