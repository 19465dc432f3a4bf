"""Refusals of ECS task definitions, as RegisterTaskDefinition words them where it is known."""

import graphlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rehearsal.provider.refusals.refusal import Parameters, Refusal

if TYPE_CHECKING:
    from rehearsal.provider.cloud import Cloud

_GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
_REFERENCE = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference"

_GIB = 1024
FARGATE_SIZES = {
    256: (512, 1 * _GIB, 2 * _GIB),
    512: range(1 * _GIB, 4 * _GIB + 1, _GIB),
    1024: range(2 * _GIB, 8 * _GIB + 1, _GIB),
    2048: range(4 * _GIB, 16 * _GIB + 1, _GIB),
    4096: range(8 * _GIB, 30 * _GIB + 1, _GIB),
    8192: range(16 * _GIB, 60 * _GIB + 1, 4 * _GIB),
    16384: range(32 * _GIB, 120 * _GIB + 1, 8 * _GIB),
}
"""The memory in MiB that Fargate offers for each number of CPU units.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
"""

_HEALTH_CHECK_RANGES = {
    "interval": (5, 300),
    "timeout": (2, 120),
    "retries": (1, 10),
    "startPeriod": (0, 300),
}
"""https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html, in seconds."""

_MUST_EXIT = ("COMPLETE", "SUCCESS")


def _containers(parameters: Parameters) -> list[Any]:
    return list(parameters["containerDefinitions"])


def _on_fargate(parameters: Parameters) -> bool:
    return "FARGATE" in (parameters.get("requiresCompatibilities") or ())


def _fargate_size(_: "Cloud", parameters: Parameters) -> str | None:
    if not _on_fargate(parameters):
        return None
    cpu, memory = parameters.get("cpu"), parameters.get("memory")
    if cpu is None or memory is None:
        return f"cpu is {cpu} and memory is {memory}; Fargate needs both for the whole task"
    if not str(cpu).isdigit() or int(cpu) not in FARGATE_SIZES:
        return (
            f"Invalid 'cpu' setting for task: {cpu}; "
            f"Fargate offers {', '.join(map(str, FARGATE_SIZES))} units"
        )
    if str(memory).isdigit() and int(memory) in FARGATE_SIZES[int(cpu)]:
        return None
    sizes = FARGATE_SIZES[int(cpu)]
    return (
        f"No Fargate configuration exists for given values: {cpu} CPU units with {memory} MiB; "
        f"{sizes[0]} to {sizes[-1]} MiB in steps are offered"
    )


def _network_mode(_: "Cloud", parameters: Parameters) -> str | None:
    mode = parameters.get("networkMode")
    if _on_fargate(parameters) and mode != "awsvpc":
        return f"Fargate only supports network mode 'awsvpc', not {mode!r}"
    return None


def _host_ports(_: "Cloud", parameters: Parameters) -> str | None:
    if parameters.get("networkMode") != "awsvpc":
        return None
    used: dict[tuple[int, str], str] = {}
    for container in _containers(parameters):
        for mapping in container.get("portMappings", ()):
            port = mapping["containerPort"]
            if mapping.get("hostPort") not in (None, 0, port):
                return (
                    f"hostPort {mapping['hostPort']} of {container['name']} differs from "
                    f"containerPort {port}; with network mode awsvpc they must match"
                )
            owner = used.setdefault((port, mapping.get("protocol", "tcp")), container["name"])
            if owner != container["name"]:
                return f"{owner} and {container['name']} both use the port {port}"
    return None


def _execution_role(_: "Cloud", parameters: Parameters) -> str | None:
    if parameters.get("executionRoleArn"):
        return None
    for container in _containers(parameters):
        logging = container.get("logConfiguration") or {}
        if container.get("secrets") or logging.get("secretOptions"):
            return (
                "When you are specifying container secrets, you must also specify a value for "
                f"'executionRoleArn': {container['name']} has secrets"
            )
        if _on_fargate(parameters) and logging.get("logDriver") == "awslogs":
            return (
                "Fargate requires task definition to have execution role ARN to support log "
                f"driver awslogs: {container['name']} uses it"
            )
    return None


def _names(_: "Cloud", parameters: Parameters) -> str | None:
    names = [container.get("name") for container in _containers(parameters)]
    double = sorted({name for name in names if names.count(name) > 1})
    return f"two containers have the name {double[0]}" if double else None


def _essential(_: "Cloud", parameters: Parameters) -> str | None:
    if any(container.get("essential", True) for container in _containers(parameters)):
        return None
    return "no container is essential; at least one must be"


def _health_checks(_: "Cloud", parameters: Parameters) -> str | None:
    for container in _containers(parameters):
        check = container.get("healthCheck") or {}
        for name, (least, most) in _HEALTH_CHECK_RANGES.items():
            if name in check and not least <= check[name] <= most:
                return (
                    f"healthCheck.{name} of {container['name']} is {check[name]}; "
                    f"{least} to {most} are allowed"
                )
        if check and check["command"][:1] not in (["CMD"], ["CMD-SHELL"], ["NONE"]):
            return f"healthCheck.command of {container['name']} begins with no CMD or CMD-SHELL"
    return None


def _dependencies(_: "Cloud", parameters: Parameters) -> str | None:
    containers = {container["name"]: container for container in _containers(parameters)}
    graph = {
        name: [each["containerName"] for each in container.get("dependsOn", ())]
        for name, container in containers.items()
    }
    found = next(filter(None, _dependency_problems(containers)), None)
    if found:
        return found
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return f"the containers depend on each other in a cycle: {' -> '.join(error.args[1])}"
    return None


def _dependency_problems(containers: dict[str, Any]) -> Iterable[str | None]:
    for name, container in containers.items():
        for dependency in container.get("dependsOn", ()):
            yield _dependency_problem(name, dependency, containers)


def _dependency_problem(
    name: str, dependency: dict[str, str], containers: dict[str, Any]
) -> str | None:
    wanted, condition = dependency["containerName"], dependency["condition"]
    target = containers.get(wanted)
    if target is None:
        return f"{name} depends on {wanted}, which is no container of the task definition"
    if condition == "HEALTHY" and not target.get("healthCheck"):
        return f"{name} waits for {wanted} to be HEALTHY, but {wanted} has no healthCheck"
    if condition in _MUST_EXIT and target.get("essential", True):
        return (
            f"{name} waits for {wanted} to reach {condition}, but {wanted} is essential; "
            "its end would stop the task"
        )
    return None


_PROBLEMS = (
    (_fargate_size, f"{_GUIDE}/task-cpu-memory-error.html"),
    (_network_mode, f"{_GUIDE}/task_definition_parameters.html#network_mode"),
    (_host_ports, f"{_REFERENCE}/API_PortMapping.html"),
    (_execution_role, "https://github.com/hashicorp/terraform-provider-aws/issues/6503"),
    (_names, f"{_GUIDE}/task_definition_parameters.html#standard_container_definition_params"),
    (_essential, f"{_REFERENCE}/API_ContainerDefinition.html"),
    (_health_checks, f"{_REFERENCE}/API_HealthCheck.html"),
    (_dependencies, f"{_REFERENCE}/API_ContainerDependency.html"),
)

REFUSALS: tuple[Refusal, ...] = tuple(
    Refusal(service="ecs", operations=("RegisterTaskDefinition",), source=source, problem=problem)
    for problem, source in _PROBLEMS
)
"""The rows of this module."""
