"""Tasks that call AWS services, and Batch's that wait for a job's end.

For moto 5.2.5 (pinned exactly), which leaves out the names of parameters and responses.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.loaders import create_loader
from botocore.model import OperationModel, ServiceModel
from moto.stepfunctions.parser.api import HistoryEventType
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service as tasks,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_batch as batch,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_callback as callback,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.resource import (
    ResourceCondition,
)

from rehearsal.emulator.stepfunctions_execution import pause
from rehearsal.emulator.stepfunctions_map import may_stop
from rehearsal.emulator.stepfunctions_role import boto_client_for, failed

_LOOK_SECONDS = 0.25
"""Between two looks at a job. On AWS an event tells of its end at once; moto looks each half
second, of which a flow waits for a half at each step. A look takes 4 ms of the processor."""

_STOPPED = "Step Functions stopped waiting for this job."


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


def eval_sync(_task: Any, env: Any, sync_resolver: Callable[[], Any], **_: Any) -> Any:
    """Wait until a task's work has ended; leave at once when nobody waits for the task any more.

    moto sleeps on for half a second, and then passes on an empty result, with which it notes that
    the task succeeded. It also starts a thread for each task that waits for a token, which such a
    task is never sent.
    """
    while env.is_running():
        result = sync_resolver()
        if result:
            return result
        pause(env, _LOOK_SECONDS)
    raise failed(env, _STOPPED, HistoryEventType.TaskStateAborted)


def _cancelling(original: Callable[..., Any]) -> Callable[..., Any]:
    def eval_integration_pattern(task: Any, env: Any, **given: Any) -> None:
        """Terminate the job of a task that nobody waits for any more; moto lets it run.

        AWS Step Functions Developer Guide, "Run a Job (.sync)": where an execution is stopped, or
        another branch or iteration fails, Step Functions makes a best effort to cancel the task.
        """
        job = env.stack[-1]["JobId"]
        try:
            original(task, env=env, **given)
        finally:
            waited = task.resource.condition == ResourceCondition.Sync
            if waited and not env.is_running() and may_stop(env):
                client = boto_client_for(
                    given["resource_runtime_part"].region, "batch", given["state_credentials"]
                )
                # Without the right to do so the job runs on, as on AWS.
                with suppress(ClientError):
                    client.terminate_job(jobId=job, reason=_STOPPED)

    return eval_integration_pattern


_TASK = tasks.StateTaskService
_BATCH, _CALLBACK = batch.StateTaskServiceBatch, callback.StateTaskServiceCallback

PATCHES = (
    (_TASK, "_normalise_parameters", normalise_parameters),
    (_TASK, "_normalise_response", normalise_response),
    (_TASK, "_from_boto_response_value", _telling_times(_TASK._from_boto_response_value)),
    (_CALLBACK, "_eval_sync", eval_sync),
    (_BATCH, "_eval_integration_pattern", _cancelling(_CALLBACK._eval_integration_pattern)),
)
