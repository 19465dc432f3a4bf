"""Rules about secrets in what ECS and Batch are told of containers."""

import re
from collections.abc import Iterator
from typing import Any

from pulumi_policy import Severity

from rules.clear_text import clear_text, secret_in
from rules.container_definitions import KINDS, Container, judge_containers
from rules.container_overrides import OVERRIDERS, judge_overrides
from rules.reading import elements, mapping
from rules.rule import About, Report, Subject, resource_rule

_ECS = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"

_SECRET_ARN = re.compile(
    r"arn:[a-z-]+:(?:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:|ssm:[a-z0-9-]+:[0-9]{12}:parameter/)."
)


def _no_secrets_in_environment(subject: Subject, report: Report) -> None:
    def judge(container: Container) -> None:
        for place, found in _found_in(container):
            report(
                f"The {kind} must not hold secrets in clear text; {place} of {container.name} "
                f"{found}, and must come from Secrets Manager or SSM through secrets."
            )

    if subject.type in OVERRIDERS:
        kind = OVERRIDERS[subject.type]
        judge_overrides(subject.type, subject.props, judge)
    else:
        kind = KINDS[subject.type]
        judge_containers(subject.type, subject.props, judge)


def _found_in(container: Container) -> Iterator[tuple[str, str]]:
    """Yield each place of a container that holds a secret, and what shows it."""
    named: list[tuple[str, str, Any]] = [
        *(("environment variable", name, value) for name, value in container.environment),
        *(("Docker label", name, value) for name, value in container.labels.items()),
        *(("log option", name, value) for name, value in container.log_options.items()),
    ]
    for what, name, value in named:
        found = clear_text(name, str(value))
        if found is not None:
            yield f"{what} {name}", found
    for place, argument in container.commands:
        kind = secret_in(argument)
        if kind is not None:
            yield place, f"holds {kind}"


container_no_secrets_in_environment = resource_rule(
    About(
        name="container-no-secrets-in-environment",
        description="No secret stands in clear text among a container's environment variables, "
        "arguments, labels and log options, nor in what overrides them.",
        severity=Severity.HIGH,
        remediation="Store the value in Secrets Manager or as an SSM SecureString, and name it "
        "under secrets, or secretOptions of the logs, with valueFrom.",
        url=f"{_ECS}/specifying-sensitive-data.html",
        control="ECS.8",
    ),
    {**KINDS, **OVERRIDERS},
    _no_secrets_in_environment,
)


def _secrets_by_arn(subject: Subject, report: Report) -> None:
    judge_containers(
        subject.type, subject.props, lambda one: _judge_secrets(KINDS[subject.type], one, report)
    )


def _judge_secrets(kind: str, container: Container, report: Report) -> None:
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
    _secrets_by_arn,
)


POLICIES = [container_no_secrets_in_environment, container_secrets_by_arn]
