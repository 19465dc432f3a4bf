"""EventBridge's schedules, fired by hand: the emulator has no clock that would fire them."""

import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from rehearsal import event_targets
from rehearsal.authorization.authorizer import Authorizer
from rehearsal.event_targets import TargetError
from rehearsal.provider import Cloud


class ScheduleError(Exception):
    """A rule was not fired, or not to all of its targets; a line for each reason."""


def fire(cloud: Cloud, authorizer: Authorizer, rule_name: str) -> list[str]:
    """Do what EventBridge does when a rule's time has come: start its targets.

    Amazon EventBridge User Guide, "Creating a rule that runs on a schedule" and "Using
    identity-based policies": the role of each target is assumed for the rule.

    Args:
        cloud: the emulated AWS.
        authorizer: tells whether the roles can be assumed.
        rule_name: a rule of the default event bus.

    Returns:
        The ARNs of the executions.

    Raises:
        ScheduleError: the rule is not there, disabled or no schedule, or a target was not started.
    """
    events = cloud.client("events")
    try:
        rule = events.describe_rule(Name=rule_name)
    except events.exceptions.ResourceNotFoundException as error:
        raise ScheduleError(f"There is no rule {rule_name} on the default event bus.") from error
    if rule["State"] != "ENABLED":
        raise ScheduleError(f"The rule {rule_name} is {rule['State']}; only an ENABLED one fires.")
    if not rule.get("ScheduleExpression"):
        raise ScheduleError(f"The rule {rule_name} has no schedule; it waits for events.")
    executions, problems = [], []
    targets = list(_targets(events, rule_name))
    for target in targets:
        try:
            event = _scheduled_event(cloud, rule)
            executions.append(event_targets.start(cloud, authorizer, rule, target, event))
        except TargetError as error:
            problems.append(str(error))
    if not targets:
        problems.append(f"The rule {rule_name} has no target; nothing is started.")
    if problems:
        raise ScheduleError("\n".join(problems))
    return executions


def _targets(events: Any, rule_name: str) -> Iterator[Mapping[str, Any]]:
    for page in events.get_paginator("list_targets_by_rule").paginate(Rule=rule_name):
        yield from page["Targets"]


def _scheduled_event(cloud: Cloud, rule: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a schedule's target gets (Amazon EventBridge Events Reference)."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": cloud.account_id,
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": cloud.region,
        "resources": [rule["Arn"]],
        "detail": {},
    }
