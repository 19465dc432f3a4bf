"""The rotation of the database's password, rehearsed: from the new secret to the new tasks."""

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from moto.events.models import EventPattern

from rehearsal import event_targets, rotation_events
from rehearsal.authorization import trust
from rehearsal.authorization.authorizer import Authorizer
from rehearsal.event_targets import TargetError
from rehearsal.provider import Cloud
from rehearsal.registrations import Registration
from rehearsal.rotation_events import Announcement, Event

_DATABASE = "aws:rds/instance:Instance"
_SERVICE = "aws:ecs/service:Service"

_MOST_DAYS = 30
"""Days between two rotations at most, so that no password lives long."""

_WAIT_SECONDS = 10.0
_POLL_SECONDS = 0.02
_ARN_PARTS = 7


@dataclass(frozen=True)
class _Aws:
    """The emulated AWS, and what tells whether roles can be assumed in it."""

    cloud: Cloud
    authorizer: Authorizer


@dataclass(frozen=True)
class _Reader:
    """A service whose tasks read the secret when they start."""

    arn: str
    cluster: str
    value_from: Sequence[str]


def rehearse(
    cloud: Cloud, authorizer: Authorizer, registrations: Iterable[Registration]
) -> list[str]:
    """Rotate every database's password, and follow what the rotation sets off.

    What AWS does by itself is done here: the rotation, the event, the match with the rules, the
    start of their targets. The rules, roles and state machines are the deployed ones.

    Args:
        cloud: the emulated AWS with a deployed program.
        authorizer: tells whether the rules' roles can be assumed.
        registrations: the program's resources.

    Returns:
        One sentence for whatever would leave a service with an old password; none when it held.
    """
    resources = list(registrations)
    secrets = [
        secret["secretArn"]
        for one in resources
        if one.type == _DATABASE
        for secret in one.outputs["masterUserSecrets"]
    ]
    if not secrets:
        return ["no database has a password that RDS manages, so none can be rotated"]
    services = [one.outputs for one in resources if one.type == _SERVICE]
    return [
        problem
        for secret in secrets
        for problem in _rotation(_Aws(cloud, authorizer), secret, _readers(cloud, secret, services))
    ]


def _rotation(aws: _Aws, secret_arn: str, readers: Sequence[_Reader]) -> list[str]:
    if not readers:
        return [f"no task of a service reads the secret {secret_arn}"]
    cloud, client = aws.cloud, aws.cloud.client("secretsmanager")
    before = _password(cloud, secret_arn)
    deployments = {one: _deployment(cloud, one) for one in readers}
    client.rotate_secret(SecretId=secret_arn)
    secret = client.describe_secret(SecretId=secret_arn)
    found = _schedule(secret)
    if _password(cloud, secret_arn) == before:
        return [*found, f"the rotation left the password in {secret_arn} as it was"]
    found += _reaction(aws, secret)
    return found or [
        problem for one in readers for problem in _result(cloud, secret_arn, one, deployments[one])
    ]


def _schedule(secret: Mapping[str, Any]) -> list[str]:
    days = secret.get("RotationRules", {}).get("AutomaticallyAfterDays", 0)
    if not secret.get("RotationEnabled"):
        return [f"nothing rotates the secret {secret['ARN']}: it has no rotation schedule"]
    if days > _MOST_DAYS:
        return [f"the secret {secret['ARN']} rotates every {days} days; {_MOST_DAYS} are allowed"]
    return []


def _readers(cloud: Cloud, secret_arn: str, services: Iterable[Mapping[str, Any]]) -> list[_Reader]:
    found = []
    for one in services:
        answer = cloud.client("ecs").describe_task_definition(taskDefinition=one["taskDefinition"])
        read = [
            secret["valueFrom"]
            for container in answer["taskDefinition"]["containerDefinitions"]
            for secret in container.get("secrets", ())
            if secret["valueFrom"].startswith(secret_arn)
        ]
        if read:
            found.append(_Reader(one["arn"], one["cluster"], tuple(dict.fromkeys(read))))
    return found


def _password(cloud: Cloud, secret_arn: str) -> str:
    """Return the current password, as RDS keeps it."""
    answer = cloud.client("secretsmanager").get_secret_value(SecretId=secret_arn)
    return str(json.loads(answer["SecretString"])["password"])


def _deployment(cloud: Cloud, reader: _Reader) -> str:
    """Return the id of a service's primary deployment."""
    answer = cloud.client("ecs").describe_services(cluster=reader.cluster, services=[reader.arn])
    deployments = answer["services"][0]["deployments"]
    return str(next(one["id"] for one in deployments if one["status"] == "PRIMARY"))


def _reaction(aws: _Aws, secret: Mapping[str, Any]) -> list[str]:
    """Send the rotation's events to the deployed rules, and start what these name."""
    events = aws.cloud.client("events")
    rules = [one for one in events.list_rules()["Rules"] if one["State"] == "ENABLED"]
    found, matched = [], False
    for announcement in rotation_events.after_rotation(aws.cloud, secret):
        for rule in (one for one in rules if _matches(one, announcement.event)):
            matched = True
            found += _too_wide(rule, announcement) or _targets(aws, rule, announcement.event)
    if not matched:
        return [
            f"no rule matches the events of a rotation of {secret['ARN']}, so its readers keep "
            "the old password"
        ]
    return found


def _matches(rule: Mapping[str, Any], event: Event) -> bool:
    pattern = rule.get("EventPattern")
    matches: Any = EventPattern.load(pattern).matches_event
    return bool(pattern and matches(event))


def _too_wide(rule: Mapping[str, Any], announcement: Announcement) -> list[str]:
    return [
        f"the rule {rule['Name']} also matches {what}"
        for what, event in announcement.others.items()
        if _matches(rule, event)
    ]


def _targets(aws: _Aws, rule: Mapping[str, Any], event: Event) -> list[str]:
    targets = aws.cloud.client("events").list_targets_by_rule(Rule=rule["Name"])["Targets"]
    if not targets:
        return [f"the rule {rule['Name']} has no target"]
    return [problem for target in targets for problem in _target(aws, rule, target, event)]


def _target(
    aws: _Aws, rule: Mapping[str, Any], target: Mapping[str, Any], event: Event
) -> list[str]:
    try:
        execution = event_targets.start(aws.cloud, aws.authorizer, rule, target, event)
    except TargetError as error:
        return [str(error)]
    client = aws.cloud.client("stepfunctions")
    return _ended(client, execution, target["Arn"]) or _roles_of_others(aws.cloud, rule, target)


def _roles_of_others(cloud: Cloud, rule: Mapping[str, Any], target: Mapping[str, Any]) -> list[str]:
    """List the roles that services may also assume for other accounts."""
    machine = target["Arn"]
    described = cloud.client("stepfunctions").describe_state_machine(stateMachineArn=machine)
    other = "".join(str((int(digit) + 1) % 10) for digit in cloud.account_id)
    return [
        f"the role {role} lets {service} assume it for other accounts too"
        for role, service, source_arn in (
            (target["RoleArn"], "events.amazonaws.com", rule["Arn"]),
            (described["roleArn"], "states.amazonaws.com", machine),
        )
        if trust.trusts(role, service, source_arn.replace(cloud.account_id, other), other)
    ]


def _ended(client: Any, arn: str, machine: str) -> list[str]:
    """See an execution through; list why it failed."""
    until = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < until:
        ended = client.describe_execution(executionArn=arn)
        if ended["status"] == "SUCCEEDED":
            return []
        history = client.get_execution_history(executionArn=arn)["events"]
        # A failed task would be tried again for minutes.
        failures = [one for one in history if one["type"] in _FAILURES]
        if failures or ended["status"] != "RUNNING":
            _stop(client, arn, ended["status"])
            return [f"the execution of {machine} failed: {_words(failures, ended)}"]
        time.sleep(_POLL_SECONDS)
    _stop(client, arn, "RUNNING")
    return [f"the execution of {machine} did not end within {_WAIT_SECONDS:.0f} seconds"]


_FAILURES = {
    "TaskFailed": "taskFailedEventDetails",
    "ExecutionFailed": "executionFailedEventDetails",
}
"""Types of events in an execution's history that tell of a failure, and where they tell it."""


def _stop(client: Any, execution_arn: str, status: str) -> None:
    if status == "RUNNING":
        client.stop_execution(executionArn=execution_arn)


def _words(failures: Sequence[Mapping[str, Any]], ended: Mapping[str, Any]) -> str:
    details = failures[0].get(_FAILURES[failures[0]["type"]], {}) if failures else ended
    texts = (details.get("error"), details.get("cause"))
    return ": ".join(" ".join(text.split()) for text in texts if text) or str(ended["status"])


def _result(cloud: Cloud, secret_arn: str, reader: _Reader, before: str) -> list[str]:
    """List why the service's new tasks would not run with the new password."""
    found = [
        f"new tasks of {reader.arn} would not get the new password by {value_from}"
        for value_from in reader.value_from
        if _read(cloud, value_from) != _password(cloud, secret_arn)
    ]
    if _deployment(cloud, reader) == before:
        found.append(f"{reader.arn} was not deployed anew, so its tasks keep the old password")
    return found


def _read(cloud: Cloud, value_from: str) -> str | None:
    """Return what ECS puts into a container's variable.

    `ARN:json-key:version-stage:version-id`, each of the three may be empty (Amazon ECS Developer
    Guide, "Pass Secrets Manager secrets through Amazon ECS environment variables").
    """
    parts = value_from.split(":")
    key, stage, version = [*parts[_ARN_PARTS:], "", "", ""][:3]
    choice = {"VersionStage": stage, "VersionId": version}
    answer = cloud.client("secretsmanager").get_secret_value(
        SecretId=":".join(parts[:_ARN_PARTS]),
        **{name: value for name, value in choice.items() if value},
    )
    text = str(answer["SecretString"])
    return json.loads(text).get(key) if key else text
