"""Reading what task and job definitions say of their containers.

Most definitions are JSON in one property. The provider reads them with Go's decoder, which takes
keys in any case (terraform-provider-aws, internal/service/ecs and batch), so keys are read in lower
case here. It refuses malformed JSON before any policy runs; nothing is read from it here. In newer
types containers are objects, in which the provider puts the names of lists into the plural.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rules.iam.statements import plain
from rules.reading import elements, judge_each, mapping

TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"
JOB_DEFINITION = "aws:batch/jobDefinition:JobDefinition"
DAEMON_DEFINITION = "aws:ecs/daemonTaskDefinition:DaemonTaskDefinition"
EXPRESS_SERVICE = "aws:ecs/expressGatewayService:ExpressGatewayService"

KINDS: Mapping[str, str] = {
    TASK_DEFINITION: "ECS task definition",
    JOB_DEFINITION: "Batch job definition",
    DAEMON_DEFINITION: "ECS daemon task definition",
    EXPRESS_SERVICE: "ECS Express service",
}
"""What people call each type that defines containers."""

_PROPERTIES: Mapping[str, tuple[str, ...]] = {
    TASK_DEFINITION: ("containerDefinitions",),
    JOB_DEFINITION: ("containerProperties", "ecsProperties", "eksProperties", "nodeProperties"),
}

# Properties that hold containers themselves, one or a list.
_CONTAINERS: Mapping[str, str] = {
    DAEMON_DEFINITION: "containerDefinitions",
    EXPRESS_SERVICE: "primaryContainer",
}


# The names of ECS and Kubernetes, and what Pulumi makes of them, by their keys in lower case.
_COMMANDS: Mapping[str, str] = {
    "command": "command",
    "commands": "commands",
    "entrypoint": "entryPoint",
    "entrypoints": "entryPoints",
    "args": "args",
}


@dataclass(frozen=True)
class Container:
    """One container of a definition.

    Attributes:
        name: how a sentence names it: `container web`, or `its container` if it has no name.
        settings: its definition, with keys in lower case.
    """

    name: str
    settings: Mapping[str, Any]

    @property
    def environment(self) -> Iterator[tuple[str, str]]:
        """Name and value of each environment variable."""
        # The names of ECS and Kubernetes, and what Pulumi makes of them.
        for key in ("environment", "environments", "env", "envs"):
            for one in elements(self.settings.get(key)):
                yield str(mapping(one).get("name", "")), str(mapping(one).get("value") or "")

    @property
    def labels(self) -> Mapping[str, Any]:
        """Its Docker labels, with names in lower case."""
        return mapping(self.settings.get("dockerlabels"))

    @property
    def log_options(self) -> Mapping[str, Any]:
        """The options of its log driver, with names in lower case."""
        return mapping(mapping(self.settings.get("logconfiguration")).get("options"))

    @property
    def commands(self) -> Iterator[tuple[str, str]]:
        """Each argument of what it runs, with the property that it stands in."""
        health = mapping(self.settings.get("healthcheck"))
        for holder, place in ((self.settings, ""), (health, "healthCheck.")):
            for key, name in _COMMANDS.items():
                for one in elements(holder.get(key)):
                    yield place + name, str(one)


def judge_tasks(
    type_token: str, props: Mapping[str, Any], judge: Callable[[Mapping[str, Any]], None]
) -> None:
    """Judge each group of containers that run together, and then raise the first unknown met.

    Args:
        type_token: `TASK_DEFINITION` or `JOB_DEFINITION`.
        props: the resource's properties.
        judge: judges the settings of one group, with keys in lower case.

    Raises:
        UnknownValueError: a definition is known after the update only.
    """

    def judge_property(key: str) -> None:
        for task in _tasks({key.lower(): read_definition(props.get(key))}):
            judge(task)

    judge_each(_PROPERTIES[type_token], judge_property)


def judge_containers(
    type_token: str, props: Mapping[str, Any], judge: Callable[[Container], None]
) -> None:
    """Judge each container of a task or job definition, and then raise the first unknown met.

    Args:
        type_token: one of `KINDS`.
        props: the resource's properties.
        judge: judges one container.

    Raises:
        UnknownValueError: a definition is known after the update only.
    """

    def judge_task(task: Mapping[str, Any]) -> None:
        for key in ("containers", "initcontainers"):
            for one in elements(task.get(key)):
                judge(container(one))

    if type_token in _CONTAINERS:
        judge_each(
            elements(props.get(_CONTAINERS[type_token])),
            lambda one: judge(container(read_definition(one))),
        )
    else:
        judge_tasks(type_token, props, judge_task)


def judge_host_paths(
    type_token: str, props: Mapping[str, Any], judge: Callable[[str, str], None]
) -> None:
    """Judge each volume that is a path of the host, by its name and that path.

    Args:
        type_token: one of `KINDS`.
        props: the resource's properties.
        judge: judges one volume.

    Raises:
        UnknownValueError: a volume, or a definition, is known after the update only.
    """

    def judge_volume(volume: Any) -> None:
        for path in _host_paths(mapping(volume)):
            judge(str(mapping(volume).get("name")), path)

    def judge_task(task: Mapping[str, Any]) -> None:
        # A single container of a job has volumes of its own; several share theirs.
        for holder in (task, *elements(task.get("containers"))):
            judge_each(elements(mapping(holder).get("volumes")), judge_volume)

    if type_token == JOB_DEFINITION:
        judge_tasks(type_token, props, judge_task)
    else:
        judge_each(elements(props.get("volumes")), judge_volume)


def _host_paths(volume: Mapping[str, Any]) -> Iterator[str]:
    """Yield the path that a volume names in one of the ways of ECS, Batch and Kubernetes."""
    for key in ("hostPath", "hostpath", "host", "hosts"):
        for source in elements(volume.get(key)):
            if isinstance(source, str):
                yield source
            for inner in ("sourcePath", "sourcepath", "path"):
                yield from elements(mapping(source).get(inner))


def _tasks(properties: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    # `container` is what a range of nodes calls its containerProperties.
    for key in ("containerdefinitions", "containerproperties", "container"):
        yield {"containers": properties.get(key)}
    for task in elements(mapping(properties.get("ecsproperties")).get("taskproperties")):
        yield mapping(task)
    pod = mapping(mapping(properties.get("eksproperties")).get("podproperties"))
    if pod:
        # AWS Batch API Reference, `EksPodProperties`: hostNetwork is true by default.
        yield {"hostnetwork": True, **pod}
    for nodes in elements(mapping(properties.get("nodeproperties")).get("noderangeproperties")):
        yield from _tasks(mapping(nodes))


def container(definition: Any) -> Container:
    """Return what a definition, with keys in lower case, says of one container."""
    settings = mapping(definition)
    name = settings.get("name")
    return Container(f"container {name}" if name else "its container", settings)


def read_definition(value: Any) -> Any:
    """Return JSON, or the object that it stands for, with keys in lower case; None for other text.

    Raises:
        UnknownValueError: a part of it is known after the update only.
    """
    return _parsed(value) if isinstance(value, str) else _folded(plain(value))


@lru_cache(maxsize=256)
def _parsed(text: str) -> Any:
    try:
        return _folded(json.loads(text))
    except (ValueError, RecursionError):
        return None


def _folded(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key).lower(): _folded(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_folded(one) for one in value]
    return value
