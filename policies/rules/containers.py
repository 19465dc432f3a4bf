"""Rules about the containers of ECS task definitions and Batch job definitions."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from pulumi_policy import Severity

from rules.clear_text import clear_text
from rules.container_definitions import (
    DAEMON_DEFINITION,
    JOB_DEFINITION,
    KINDS,
    TASK_DEFINITION,
    Container,
    judge_containers,
    judge_tasks,
)
from rules.reading import elements, flag, judge_each, mapping
from rules.rule import About, Report, Subject, resource_rule

_ECS = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"

# linux/capability.h: each of these is enough to take over the host.
_HOST_CAPABILITIES = {"ALL", "DAC_READ_SEARCH", "SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO"}

_SECRET_ARN = re.compile(
    r"arn:[a-z-]+:(?:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:|ssm:[a-z0-9-]+:[0-9]{12}:parameter/)."
)


def _each_container(
    judge: Callable[[str, Container, Report], None],
) -> Callable[[Subject, Report], None]:
    def check(subject: Subject, report: Report) -> None:
        kind = KINDS[subject.type]
        judge_containers(subject.type, subject.props, lambda one: judge(kind, one, report))

    return check


def _not_privileged(kind: str, container: Container, report: Report) -> None:
    settings = container.settings
    places = (settings, mapping(settings.get("securitycontext")))
    if any(flag(one.get("privileged")) for one in places):
        report(
            f"The {kind} must not run privileged containers; privileged is true for "
            f"{container.name}, and must be false."
        )
    capabilities = mapping(mapping(settings.get("linuxparameters")).get("capabilities"))
    added = {str(one).upper() for key in ("add", "adds") for one in elements(capabilities.get(key))}
    if added & _HOST_CAPABILITIES:
        report(
            f"The {kind} must not add capabilities that take over the host; {container.name} adds "
            f"{', '.join(sorted(added & _HOST_CAPABILITIES))}, and must add none of them."
        )


container_not_privileged = resource_rule(
    About(
        name="container-not-privileged",
        description="Containers are not privileged, and have no capability that amounts to it.",
        severity=Severity.HIGH,
        remediation="Leave privileged out, and add only the capabilities that the program needs.",
        url=f"{_ECS}/security-tasks-containers.html",
        control="ECS.4",
    ),
    (TASK_DEFINITION, JOB_DEFINITION, DAEMON_DEFINITION),
    _each_container(_not_privileged),
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


def _no_secrets_in_environment(kind: str, container: Container, report: Report) -> None:
    for name, value in container.environment:
        found = clear_text(name, value)
        if found is not None:
            report(
                f"The {kind} must not hold secrets in clear text; environment variable {name} of "
                f"{container.name} {found}, and must come from Secrets Manager or SSM through "
                "secrets."
            )


container_no_secrets_in_environment = resource_rule(
    About(
        name="container-no-secrets-in-environment",
        description="No secret stands in clear text among a container's environment variables.",
        severity=Severity.HIGH,
        remediation="Store the value in Secrets Manager or as an SSM SecureString, and name it "
        "under secrets with valueFrom.",
        url=f"{_ECS}/specifying-sensitive-data.html",
        control="ECS.8",
    ),
    KINDS,
    _each_container(_no_secrets_in_environment),
)


def _secrets_by_arn(kind: str, container: Container, report: Report) -> None:
    options = mapping(container.settings.get("logconfiguration")).get("secretoptions")
    for secrets in (container.settings.get("secrets"), options):
        for secret in elements(secrets):
            name = mapping(secret).get("name")
            if not _SECRET_ARN.match(str(mapping(secret).get("valuefrom"))):
                report(
                    f"The {kind} must name secrets by ARN; valueFrom of secret {name} of "
                    f"{container.name} is no ARN of a Secrets Manager secret or SSM parameter."
                )


container_secrets_by_arn = resource_rule(
    About(
        name="container-secrets-by-arn",
        description="Secrets of containers are named by ARN. ECS also takes a parameter's bare "
        "name, but that cannot be told from a secret written there by mistake.",
        severity=Severity.MEDIUM,
        remediation="Set valueFrom to the ARN of a Secrets Manager secret or SSM parameter.",
        url=f"{_ECS}/secrets-envvar-secrets-manager.html",
    ),
    KINDS,
    _each_container(_secrets_by_arn),
)


POLICIES = [
    container_not_privileged,
    container_no_host_namespaces,
    container_no_secrets_in_environment,
    container_secrets_by_arn,
]
