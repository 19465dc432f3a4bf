"""State machines that are created or started again. For moto 5.2.5 (pinned exactly)."""

import uuid
from collections.abc import Callable
from typing import Any

from moto.core.exceptions import AWSError
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from rehearsal.emulator.stepfunctions_deletion import LOCK, refuse_deleted

_IDENTITY = {
    "definition": "definition",
    "sm_type": "type",
    "loggingConfiguration": "loggingConfiguration",
    "tracingConfiguration": "tracingConfiguration",
    "encryptionConfiguration": "encryptionConfiguration",
}
"""Parameters by which a creation is told from another, and where moto keeps them."""


class StateMachineAlreadyExists(AWSError):  # noqa: N818 AWS's own name of it
    """There is a state machine of this name that is not the same."""

    TYPE = "StateMachineAlreadyExists"
    STATUS = 400


def _refusing_others(original: Callable[..., Any]) -> Callable[..., Any]:
    def create_state_machine(backend: Any, name: str, **given: Any) -> Any:
        """Refuse to create another one of the same name; moto answers as if it had created it.

        Step Functions API Reference, CreateStateMachine: the same again is no error. Metaflow
        updates the state machine when it reads the error, which has the ARN between quotation
        marks (metaflow/plugins/aws/step_functions/step_functions_client.py, push).
        """
        for machine in [one for one in backend.state_machines if one.name == name]:
            refuse_deleted(backend, machine.arn)
            if any(
                given.get(parameter) not in (None, getattr(machine, attribute))
                for parameter, attribute in _IDENTITY.items()
            ):
                raise StateMachineAlreadyExists(f"State Machine Already Exists: '{machine.arn}'")
        return original(backend, name=name, **given)

    return create_state_machine


def _naming(original: Callable[..., Any]) -> Callable[..., Any]:
    def start_execution(
        backend: Any, state_machine_arn: str, name: str | None = None, *rest: Any, **named: Any
    ) -> Any:
        """Name an execution that is started without a name; moto calls it None."""
        with LOCK:
            refuse_deleted(backend, state_machine_arn)
            return original(backend, state_machine_arn, name or str(uuid.uuid4()), *rest, **named)

    return start_execution


PATCHES = (
    (
        StepFunctionsParserBackend,
        "create_state_machine",
        _refusing_others(StepFunctionsParserBackend.create_state_machine),
    ),
    (
        StepFunctionsParserBackend,
        "start_execution",
        _naming(StepFunctionsParserBackend.start_execution),
    ),
)
