"""Lets the emulator's Step Functions execute state machines.

What moto 5.2.5 (pinned exactly) lacks for that is patched in the modules beside this one, each
function with its reason. The interpreter takes a second to import, so it is patched when a first
request needs it.
"""

import logging
import sys
from functools import cache
from threading import Lock
from typing import Any

from moto.core.config import default_user_config
from moto.moto_server.threaded_moto_server import ThreadedMotoServer
from moto.stepfunctions import responses

_INTERPRETER = "moto.stepfunctions.parser"
_PREPARING = Lock()


@cache
def apply() -> None:
    """Let moto execute state machines, from the first request to Step Functions on."""
    # It logs a page about each failure, which the execution's history tells as well.
    logging.getLogger(_INTERPRETER).setLevel(logging.CRITICAL)
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    responses.StepFunctionResponse.stepfunction_backend = property(_backend)  # type: ignore[assignment]
    ThreadedMotoServer.stop = _stop_server  # type: ignore[method-assign, assignment]


def _backend(response: Any) -> Any:
    """Prepare the interpreter, and note where this emulator listens, which moto does not know."""
    from rehearsal.emulator import stepfunctions_role

    with _PREPARING:
        _patch_interpreter()
    endpoint = response.normalized_request.host_url.rstrip("/")
    stepfunctions_role.Calls.endpoint = endpoint
    return responses.get_backend(response.current_account, response.region)


@cache
def _patch_interpreter() -> None:
    from rehearsal.emulator import (
        stepfunctions_deletion,
        stepfunctions_execution,
        stepfunctions_integration,
        stepfunctions_machine,
        stepfunctions_map,
        stepfunctions_path,
        stepfunctions_role,
    )

    for patches in (
        stepfunctions_deletion,
        stepfunctions_execution,
        stepfunctions_integration,
        stepfunctions_machine,
        stepfunctions_map,
        stepfunctions_role,
    ):
        for owner, name, function in patches.PATCHES:
            setattr(owner, name, function)
    # The modules that call these functions imported them by their names.
    functions = (
        stepfunctions_role.boto_client_for,
        stepfunctions_path.extract_json,
    )
    for name, module in list(sys.modules.items()):
        if name.startswith(_INTERPRETER):
            for function in functions:
                if hasattr(module, function.__name__):
                    setattr(module, function.__name__, function)


_original_stop = ThreadedMotoServer.stop


def _stop_server(server: ThreadedMotoServer) -> None:
    """End the executions before the server stops; moto leaves their threads behind.

    They would go on for as long as their tasks do, and call a server that is gone.
    """
    if "rehearsal.emulator.stepfunctions_execution" in sys.modules:
        from rehearsal.emulator import stepfunctions_execution

        stepfunctions_execution.end_all()
    _original_stop(server)
