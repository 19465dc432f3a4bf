"""Targets of EventBridge's rules, started as EventBridge does it."""

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.authorization.authorizer import AssumeError, Authorizer
from rehearsal.authorization.policy_error import PolicyError
from rehearsal.provider import Cloud

_SESSION = "rule"
_TRANSFORMING = ("InputPath", "InputTransformer")


class TargetError(Exception):
    """A target was not started; the message says which and why."""


def start(
    cloud: Cloud,
    authorizer: Authorizer,
    rule: Mapping[str, Any],
    target: Mapping[str, Any],
    event: Mapping[str, Any],
) -> str:
    """Start a state machine that is the target of a rule, with the target's role.

    Amazon EventBridge User Guide, "Using identity-based policies": events.amazonaws.com assumes the
    role for the rule.

    Args:
        cloud: the emulated AWS.
        authorizer: tells whether the role can be assumed.
        rule: as ListRules answers it.
        target: as ListTargetsByRule answers it.
        event: what the target gets if it names no input.

    Returns:
        The execution's ARN.

    Raises:
        TargetError: the target cannot be started.
    """
    what = f"The target {target['Id']} of the rule {rule['Name']}"
    if ":stateMachine:" not in target["Arn"]:
        raise TargetError(f"{what} is {target['Arn']}; a rehearsal starts state machines only.")
    if not target.get("RoleArn"):
        raise TargetError(f"{what} names no role with which EventBridge could start it.")
    if any(target.get(name) for name in _TRANSFORMING):
        raise TargetError(f"{what} transforms its input; a rehearsal takes Input or the event.")
    try:
        credentials = authorizer.assume_as_service(
            target["RoleArn"], "events", _SESSION, rule["Arn"]
        )
        role = cloud.acting_as(credentials)
        execution = role.client("stepfunctions").start_execution(
            stateMachineArn=target["Arn"], input=target.get("Input") or json.dumps(event)
        )
    except (AssumeError, PolicyError, ClientError) as error:
        raise TargetError(f"{what} was not started: {error}") from error
    return str(execution["executionArn"])
