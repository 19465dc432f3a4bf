"""Step Functions state machines."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from rehearsal.provider.changes import as_given, tag_changes, with_tags
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.plan_checks import arn, json_text, one_of, problems
from rehearsal.provider.resource_type import (
    AutoName,
    Input,
    RefusedError,
    ResourceType,
    Values,
)
from rehearsal.provider.shapes import found, tag_list, tag_map
from rehearsal.provider.unfinished import made

_STATE_TYPES = ("Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map")
"""https://docs.aws.amazon.com/step-functions/latest/dg/workflow-states.html"""

_ENDING = ("Succeed", "Fail", "Choice")
"""States that take neither Next nor End."""


def _check(inputs: Values) -> list[str]:
    """Check the definition, as the plan does by a call of ValidateStateMachineDefinition."""
    found_problems = problems(
        inputs, {"definition": json_text, "roleArn": arn, "type": one_of(("STANDARD", "EXPRESS"))}
    )
    if any(problem.startswith("definition") for problem in found_problems):
        return found_problems
    return found_problems + list(_definition(json.loads(inputs["definition"]), "definition"))


def _definition(definition: Any, path: str) -> Iterable[str]:
    states = definition.get("States") if isinstance(definition, Mapping) else None
    if not isinstance(states, Mapping) or not states:
        yield f"{path} has no States"
        return
    start = definition.get("StartAt")
    if start not in states:
        yield f"{path} starts at {start!r}, which is none of its states: {', '.join(states)}"
    for name, state in states.items():
        yield from _state(state, states, f"{path}.{name}")


def _state(state: Any, states: Mapping[str, Any], path: str) -> Iterable[str]:
    kind = state.get("Type") if isinstance(state, Mapping) else None
    if kind not in _STATE_TYPES:
        yield f"{path} has the Type {kind!r}; allowed are {', '.join(_STATE_TYPES)}"
        return
    if kind not in _ENDING and "Next" not in state and state.get("End") is not True:
        yield f"{path} has neither Next nor End"
    for target in _targets(state):
        if target not in states:
            yield f"{path} goes to {target!r}, which is no state beside it"
    for index, branch in enumerate(state.get("Branches", ())):
        yield from _definition(branch, f"{path}.Branches[{index}]")
    for inner in ("ItemProcessor", "Iterator"):
        if inner in state:
            yield from _definition(state[inner], f"{path}.{inner}")


def _targets(state: Mapping[str, Any]) -> list[Any]:
    """List the states that a state can go to."""
    rules = [state, *state.get("Choices", ()), *state.get("Catch", ())]
    targets = [rule["Next"] for rule in rules if "Next" in rule]
    return [*targets, *([state["Default"]] if "Default" in state else [])]


def _configuration(inputs: Values) -> dict[str, Any]:
    """Return the parameters that creation and update share.

    A block that the program leaves out is not sent, so that its removal changes nothing in AWS
    (internal/service/sfn/state_machine.go).
    """
    parameters: dict[str, Any] = {
        "definition": inputs["definition"],
        "roleArn": inputs["roleArn"],
    }
    logging = inputs.get("loggingConfiguration")
    if logging:
        parameters["loggingConfiguration"] = {
            "level": logging.get("level", "OFF"),
            "includeExecutionData": logging.get("includeExecutionData", False),
        }
        if logging.get("logDestination"):
            group = {"logGroupArn": logging["logDestination"]}
            parameters["loggingConfiguration"]["destinations"] = [{"cloudWatchLogsLogGroup": group}]
    if inputs.get("tracingConfiguration"):
        enabled = inputs["tracingConfiguration"].get("enabled", False)
        parameters["tracingConfiguration"] = {"enabled": enabled}
    return parameters


def _create(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    answer = cloud.client("stepfunctions").create_state_machine(
        name=inputs["name"],
        type=inputs["type"],
        tags=tag_list(inputs.get("tags"), "key", "value"),
        **_configuration(inputs),
    )
    machine = made(answer["stateMachineArn"])
    return machine, _read(cloud, machine, inputs) or {}


def _read(cloud: Cloud, machine_arn: str, state: Values) -> Values | None:
    client = cloud.client("stepfunctions")
    call = client.describe_state_machine
    machine = found(call, "StateMachineDoesNotExist", stateMachineArn=machine_arn)
    if machine is None:
        return None
    logging = machine.get("loggingConfiguration") or {}
    destinations = [
        destination["cloudWatchLogsLogGroup"]["logGroupArn"]
        for destination in logging.get("destinations") or ()
    ]
    answered = {
        "level": logging.get("level", "OFF"),
        "includeExecutionData": logging.get("includeExecutionData", False),
        **({"logDestination": destinations[0]} if destinations else {}),
    }
    tracing = {"enabled": machine.get("tracingConfiguration", {}).get("enabled", False)}
    tags = client.list_tags_for_resource(resourceArn=machine_arn)["tags"]
    return {
        "arn": machine_arn,
        "name": machine["name"],
        "type": machine["type"],
        "creationDate": machine["creationDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        "status": machine["status"],
        "definition": machine["definition"],
        "roleArn": machine["roleArn"],
        "loggingConfiguration": as_given(state.get("loggingConfiguration", answered), answered),
        "tracingConfiguration": as_given(state.get("tracingConfiguration", tracing), tracing),
        **with_tags(state, tag_map(tags)),
    }


def _update(cloud: Cloud, machine_arn: str, state: Values, inputs: Values) -> Values:
    client = cloud.client("stepfunctions")
    client.update_state_machine(stateMachineArn=machine_arn, **_configuration(inputs))
    changed, removed = tag_changes(state.get("tags"), inputs.get("tags"))
    if removed:
        client.untag_resource(resourceArn=machine_arn, tagKeys=removed)
    if changed:
        client.tag_resource(resourceArn=machine_arn, tags=tag_list(changed, "key", "value"))
    outputs = _read(cloud, machine_arn, inputs)
    if outputs is None:
        raise RefusedError(f"the state machine {machine_arn} is gone")
    return outputs


def _delete(cloud: Cloud, machine_arn: str, _: Values) -> None:
    cloud.client("stepfunctions").delete_state_machine(stateMachineArn=machine_arn)


RESOURCE_TYPES: tuple[ResourceType, ...] = (
    ResourceType(
        token="aws:sfn/stateMachine:StateMachine",
        inputs={
            "name": Input(),
            "type": Input(default="STANDARD"),
            "definition": Input(required=True),
            "roleArn": Input(required=True),
            "loggingConfiguration": Input(),
            "tracingConfiguration": Input(),
            "tags": Input(),
        },
        auto_name=AutoName(max_length=80),
        check=_check,
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
    ),
)
"""The rows of this module."""
