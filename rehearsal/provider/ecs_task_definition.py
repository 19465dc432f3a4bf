"""ECS task definitions."""

import json
import re
from functools import cache
from typing import Any

import botocore.session
from botocore.validate import ParamValidator

from rehearsal.provider import service_model
from rehearsal.provider.changes import with_tags
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.ecs_common import api_tags, update_tags
from rehearsal.provider.resource_type import Input, ResourceType, Values
from rehearsal.provider.shapes import found, given, tag_map
from rehearsal.provider.unfinished import made

_FAMILY = re.compile(r"[0-9A-Za-z_-]{1,255}")
_ARN = re.compile(r"arn:[\w-]+:iam::\d{12}:role/.+")
_COMPATIBILITIES = ("EC2", "FARGATE", "EXTERNAL")
_NETWORK_MODES = ("bridge", "host", "awsvpc", "none")
_STORAGE_GIB = range(21, 201)
_PARAMETERS = {
    "family": "family",
    "cpu": "cpu",
    "memory": "memory",
    "networkMode": "networkMode",
    "requiresCompatibilities": "requiresCompatibilities",
    "executionRoleArn": "executionRoleArn",
    "taskRoleArn": "taskRoleArn",
    "runtimePlatform": "runtimePlatform",
}


def _create(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    storage = inputs.get("ephemeralStorage")
    answer = cloud.client("ecs").register_task_definition(
        containerDefinitions=json.loads(inputs["containerDefinitions"]),
        **given(inputs, _PARAMETERS),
        **({"ephemeralStorage": {"sizeInGiB": storage["sizeInGib"]}} if storage else {}),
        **api_tags(inputs),
    )
    arn = answer["taskDefinition"]["taskDefinitionArn"]
    family = made(inputs["family"], arn=arn)
    return family, _outputs(cloud, arn, inputs) or {}


def _outputs(cloud: Cloud, arn: str, state: Values) -> Values | None:
    """Read one revision; it never changes but for its status and its tags."""
    answer = found(
        cloud.client("ecs").describe_task_definition,
        "ClientException",
        taskDefinition=arn,
        include=["TAGS"],
    )
    if answer is None or answer["taskDefinition"]["status"] != "ACTIVE":
        return None
    return {
        "arn": arn,
        "arnWithoutRevision": arn.rsplit(":", 1)[0],
        "revision": answer["taskDefinition"]["revision"],
        **with_tags(state, tag_map(answer.get("tags"))),
    }


def _read(cloud: Cloud, resource_id: str, state: Values) -> Values | None:
    """Read a revision; to import it, its ARN stands for its id, which is its family alone."""
    if state:
        return _outputs(cloud, state["arn"], state)
    outputs = _outputs(cloud, resource_id, {})
    return outputs and {**_registered(cloud, resource_id), **outputs}


def _registered(cloud: Cloud, arn: str) -> dict[str, Any]:
    """Return what a revision was registered with, as the inputs have it."""
    call = cloud.client("ecs").describe_task_definition
    definition = call(taskDefinition=arn)["taskDefinition"]
    storage = definition.get("ephemeralStorage")
    given_as = {there: here for here, there in _PARAMETERS.items()}
    return {
        "id": definition["family"],
        "containerDefinitions": json.dumps(definition["containerDefinitions"]),
        **({"ephemeralStorage": {"sizeInGib": storage["sizeInGiB"]}} if storage else {}),
        **given(definition, given_as),
    }


def _update(cloud: Cloud, _: str, state: Values, inputs: Values) -> Values:
    update_tags(cloud, state["arn"], state, inputs)
    return _outputs(cloud, state["arn"], inputs) or {}


def _delete(cloud: Cloud, _: str, state: Values) -> None:
    if not state.get("skipDestroy"):
        cloud.client("ecs").deregister_task_definition(taskDefinition=state["arn"])


@cache
def _registration() -> Any:
    """Return botocore's model of RegisterTaskDefinition."""
    model = botocore.session.Session().get_service_model("ecs")
    return model.operation_model("RegisterTaskDefinition")


def _container_problems(text: str) -> list[str]:
    """List what does not fit the API in the container definitions.

    The real provider drops a key that the API does not know without a word; a misspelt `secrets`
    or `healthCheck` would go unnoticed, so that it is refused here.
    """
    try:
        containers = json.loads(text)
    except ValueError as error:
        return [f"containerDefinitions is not valid JSON: {error}"]
    if not isinstance(containers, list) or not all(isinstance(each, dict) for each in containers):
        return ["containerDefinitions is not a list of objects"]
    parameters = {"family": "check", "containerDefinitions": containers}
    report = ParamValidator().validate(parameters, _registration().input_shape)
    if report.has_errors():
        return str(report.generate_report()).splitlines()
    return service_model.violations(_registration(), parameters)


def _check(inputs: Values) -> list[str]:
    problems = _container_problems(inputs["containerDefinitions"])
    if not _FAMILY.fullmatch(inputs["family"]):
        problems.append(
            f"family is {inputs['family']!r}; 1 to 255 letters, digits, - and _ are allowed"
        )
    for kind in inputs.get("requiresCompatibilities") or ():
        if kind not in _COMPATIBILITIES:
            problems.append(
                f"requiresCompatibilities has {kind!r}; {', '.join(_COMPATIBILITIES)} are allowed"
            )
    if inputs.get("networkMode") not in (None, *_NETWORK_MODES):
        problems.append(
            f"networkMode is {inputs['networkMode']!r}; {', '.join(_NETWORK_MODES)} are allowed"
        )
    for name in ("executionRoleArn", "taskRoleArn"):
        if inputs.get(name) and not _ARN.fullmatch(inputs[name]):
            problems.append(f"{name} is {inputs[name]!r}; the ARN of a role is needed")
    storage = (inputs.get("ephemeralStorage") or {}).get("sizeInGib", _STORAGE_GIB.start)
    if storage not in _STORAGE_GIB:
        problems.append(f"ephemeralStorage.sizeInGib is {storage}; 21 to 200 are allowed")
    return problems


ROW = ResourceType(
    token="aws:ecs/taskDefinition:TaskDefinition",
    inputs={
        "family": Input(required=True),
        "containerDefinitions": Input(required=True),
        "cpu": Input(),
        "memory": Input(),
        "networkMode": Input(),
        "requiresCompatibilities": Input(),
        "executionRoleArn": Input(),
        "taskRoleArn": Input(),
        "runtimePlatform": Input(),
        "ephemeralStorage": Input(),
        "skipDestroy": Input(default=False),
        "tags": Input(),
    },
    check=_check,
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
)
"""The row of this module."""
