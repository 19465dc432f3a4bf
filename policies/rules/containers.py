"""Rules about the containers of ECS task definitions and Batch job definitions."""

import re
from collections.abc import Mapping
from posixpath import normpath
from typing import Any

from pulumi_policy import Severity

from rules.container_definitions import (
    DAEMON_DEFINITION,
    JOB_DEFINITION,
    KINDS,
    TASK_DEFINITION,
    Container,
    judge_containers,
    judge_host_paths,
    judge_tasks,
)
from rules.reading import elements, flag, judge_each, mapping
from rules.rule import About, Report, Subject, resource_rule

_ECS = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"

# linux/capability.h: each of these is enough to take over the host.
_HOST_CAPABILITIES = {"ALL", "DAC_READ_SEARCH", "SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO"}

# Whoever has one of these has all of the host's files, or the socket of Docker or containerd, which
# starts privileged containers for everybody who asks.
_SOCKETS = ("docker.sock", "containerd", "containerd/containerd.sock")
_HOST_PATHS = {"/", "/var", "/run", "/var/run"} | {
    f"{folder}/{socket}" for folder in ("/run", "/var/run") for socket in _SOCKETS
}


def _not_privileged(subject: Subject, report: Report) -> None:
    kind = KINDS[subject.type]

    def judge_path(volume: str, path: str) -> None:
        if normpath(re.sub("/+", "/", path)) in _HOST_PATHS:
            report(
                f"The {kind} must not give containers its host; the host's path of volume {volume} "
                f"is {path}, and must be none of {', '.join(sorted(_HOST_PATHS))}."
            )

    def judge_privileges() -> None:
        judge_containers(
            subject.type, subject.props, lambda one: _judge_privileges(kind, one, report)
        )

    def judge_volumes() -> None:
        judge_host_paths(subject.type, subject.props, judge_path)

    judge_each((judge_privileges, judge_volumes), lambda step: step())


def _judge_privileges(kind: str, container: Container, report: Report) -> None:
    settings = container.settings
    places = (settings, mapping(settings.get("securitycontext")))
    if any(flag(one.get("privileged")) for one in places):
        report(
            f"The {kind} must not run privileged containers; privileged is true for "
            f"{container.name}, and must be false."
        )
    capabilities = mapping(mapping(settings.get("linuxparameters")).get("capabilities"))
    added = {
        str(one).upper().removeprefix("CAP_")
        for key in ("add", "adds")
        for one in elements(capabilities.get(key))
    }
    if added & _HOST_CAPABILITIES:
        report(
            f"The {kind} must not add capabilities that take over the host; {container.name} adds "
            f"{', '.join(sorted(added & _HOST_CAPABILITIES))}, and must add none of them."
        )


container_not_privileged = resource_rule(
    About(
        name="container-not-privileged",
        description="Containers are not privileged, and have no capability or path of their host "
        "that amounts to it.",
        severity=Severity.HIGH,
        remediation="Leave privileged out, add only the capabilities that the program needs, and "
        "mount a folder of its own.",
        url=f"{_ECS}/security-tasks-containers.html",
        control="ECS.4",
    ),
    (TASK_DEFINITION, JOB_DEFINITION, DAEMON_DEFINITION),
    _not_privileged,
)


_NOT_SHARED = {"networkMode": "awsvpc", "pidMode": "task", "ipcMode": "task"}
# AWS Batch API Reference, `EcsTaskProperties`: networkMode can be nothing but host.
_NOT_SHARED_BY_JOBS = ("pidMode", "ipcMode")


def _no_host_namespaces(subject: Subject, report: Report) -> None:
    def judge(key: str, value: Any) -> None:
        if str(value).lower() == "host":
            report(
                f"The {KINDS[subject.type]} must not share a namespace with its host; {key} is "
                f"host, and must be {_NOT_SHARED[key]}."
            )

    def judge_task(task: Mapping[str, Any]) -> None:
        for key in _NOT_SHARED_BY_JOBS:
            judge(key, task.get(key.lower()))
        if flag(task.get("hostnetwork", False)) is not False:
            report(
                "The Batch job definition must not share a namespace with its host; hostNetwork "
                "is true, as Batch takes a missing one, and must be false."
            )

    if subject.type == TASK_DEFINITION:
        judge_each(_NOT_SHARED, lambda key: judge(key, subject.props.get(key)))
    else:
        judge_tasks(subject.type, subject.props, judge_task)


container_no_host_namespaces = resource_rule(
    About(
        name="container-no-host-namespaces",
        description="Containers share neither network, processes nor memory with their host.",
        severity=Severity.HIGH,
        remediation="Set networkMode to awsvpc; leave pidMode and ipcMode out, or set them to "
        "task; set hostNetwork of pods to false.",
        url=f"{_ECS}/task_definition_parameters.html",
        control="ECS.3",
    ),
    (TASK_DEFINITION, JOB_DEFINITION),
    _no_host_namespaces,
)


POLICIES = [container_not_privileged, container_no_host_namespaces]
