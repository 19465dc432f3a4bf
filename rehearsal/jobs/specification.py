"""What a job is to run: its definition with what the submission overrides."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_IMAGE_COMMAND = ("python3",)
"""What the image of Metaflow's jobs, python:X.Y, runs when no command is given."""

LOG_GROUP = "/aws/batch/job"
"""Where Batch logs unless the job says otherwise (AWS Batch User Guide, "awslogs log driver")."""


@dataclass(frozen=True)
class Resources:
    """What a job needs of an instance: vCPUs, memory in MiB, GPUs."""

    vcpus: float
    memory: int
    gpus: int


@dataclass(frozen=True)
class Specification:
    """What each attempt of a job runs.

    Attributes:
        command: the program and its arguments, parameters put in.
        environment: variables by name.
        resources: what it needs.
        requirements: the same, as DescribeJobs answers it.
        role_arn: the job's role, or None.
        attempts: how often it is tried.
        conditions: the retry strategy's evaluateOnExit.
        timeout: seconds that an attempt may take, or None.
        log_options: group and prefix of the log stream, or None where the driver is not awslogs.
    """

    command: tuple[str, ...]
    environment: Mapping[str, str]
    resources: Resources
    requirements: Sequence[Mapping[str, str]]
    role_arn: str | None
    attempts: int
    conditions: Sequence[Mapping[str, str]]
    timeout: int | None
    log_options: tuple[str, str] | None


def specify(definition: Mapping[str, Any], request: Mapping[str, Any]) -> Specification:
    """Put a submission over a job definition.

    Args:
        definition: as DescribeJobDefinitions answers it.
        request: the input of SubmitJob.
    """
    container = definition["containerProperties"]
    overrides = request.get("containerOverrides") or {}
    needs = _requirements(container, overrides)
    retries = request.get("retryStrategy") or definition.get("retryStrategy") or {}
    timeout = request.get("timeout") or definition.get("timeout") or {}
    return Specification(
        command=_command(
            overrides.get("command") or container.get("command") or _IMAGE_COMMAND,
            parameters(definition, request),
        ),
        environment={**_pairs(container), **_pairs(overrides)},
        resources=Resources(
            vcpus=float(needs.get("VCPU", 1)),
            memory=int(needs.get("MEMORY", 0)),
            gpus=int(needs.get("GPU", 0)),
        ),
        requirements=[{"type": kind, "value": value} for kind, value in needs.items()],
        role_arn=container.get("jobRoleArn"),
        attempts=int(retries.get("attempts", 1)),
        conditions=retries.get("evaluateOnExit") or (),
        timeout=timeout.get("attemptDurationSeconds"),
        log_options=_log_options(container, definition["jobDefinitionName"]),
    )


def parameters(definition: Mapping[str, Any], request: Mapping[str, Any]) -> dict[str, str]:
    """Return the parameters of a job; the submission's win."""
    return {**(definition.get("parameters") or {}), **(request.get("parameters") or {})}


def _command(command: Sequence[str], values: Mapping[str, str]) -> tuple[str, ...]:
    """Put parameters in the places of Ref::name; the longest name that is there is meant."""
    if not values:
        return tuple(command)
    names = sorted(values, key=len, reverse=True)
    pattern = re.compile("Ref::(" + "|".join(re.escape(name) for name in names) + ")")
    return tuple(pattern.sub(lambda found: values[found[1]], part) for part in command)


def _pairs(container: Mapping[str, Any]) -> dict[str, str]:
    return {one["name"]: one.get("value", "") for one in container.get("environment") or ()}


def _requirements(container: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, str]:
    """Return what is required by type.

    An override's deprecated `vcpus` and `memory` do not override the definition's
    resourceRequirements (Batch API Reference, ContainerOverrides).
    """
    found: dict[str, str] = {}
    for source in (container, overrides):
        found.update(
            {
                kind: str(source[name])
                for kind, name in (("VCPU", "vcpus"), ("MEMORY", "memory"))
                if source.get(name)
            }
        )
    for source in (container, overrides):
        found.update(
            {one["type"]: one["value"] for one in source.get("resourceRequirements") or ()}
        )
    return found


def _log_options(container: Mapping[str, Any], name: str) -> tuple[str, str] | None:
    given = container.get("logConfiguration") or {}
    if given.get("logDriver", "awslogs") != "awslogs":
        return None
    options = given.get("options") or {}
    return options.get("awslogs-group", LOG_GROUP), options.get("awslogs-stream-prefix", name)
