"""Rotation of secrets that another service owns, such as a database's master password."""

import json
from typing import Any

from rehearsal.provider.changes import as_given
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.plan_checks import between, problems
from rehearsal.provider.resource_type import Input, ResourceType, Values
from rehearsal.provider.shapes import camel, found, pascal, reported
from rehearsal.provider.unfinished import made

_PASSWORD_LENGTH = 28


def _check(inputs: Values) -> list[str]:
    rules = inputs.get("rotationRules")
    if inputs.get("rotationEnabled") is False:
        return ["rotationRules and rotationEnabled false exclude each other"] if rules else []
    if not rules:
        return ["rotationRules is required unless rotationEnabled is false"]
    found_problems = problems(rules, {"automaticallyAfterDays": between(1, 1000)})
    given = [name for name in ("automaticallyAfterDays", "scheduleExpression") if rules.get(name)]
    if len(given) != 1:
        found_problems.append(
            "rotationRules takes exactly one of automaticallyAfterDays and scheduleExpression; "
            f"found {' and '.join(given) or 'none'}"
        )
    return found_problems


def set_current_value(cloud: Cloud, secret_id: str, changes: Values) -> None:
    """Give a managed secret a new current value, as the service that owns it does.

    Args:
        cloud: the emulated AWS.
        secret_id: name or ARN of the secret.
        changes: the keys of its JSON value to replace.
    """
    client = cloud.client("secretsmanager")
    value = json.loads(client.get_secret_value(SecretId=secret_id)["SecretString"])
    client.put_secret_value(SecretId=secret_id, SecretString=json.dumps({**value, **changes}))


def new_password(cloud: Cloud) -> str:
    """Return a random password, made by Secrets Manager."""
    answer = cloud.client("secretsmanager").get_random_password(
        PasswordLength=_PASSWORD_LENGTH, ExcludePunctuation=True
    )
    return str(answer["RandomPassword"])


def _rotate(cloud: Cloud, inputs: Values) -> str:
    """Set the rotation's rule, and rotate at once unless the program says not to."""
    parameters: dict[str, Any] = {"RotationRules": pascal(inputs["rotationRules"])}
    if inputs.get("rotationLambdaArn"):
        parameters["RotationLambdaARN"] = inputs["rotationLambdaArn"]
    answer = cloud.client("secretsmanager").rotate_secret(
        SecretId=inputs["secretId"], RotateImmediately=inputs["rotateImmediately"], **parameters
    )
    return str(answer["ARN"])


def _create(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    secret_arn = made(_apply(cloud, inputs))
    return secret_arn, _read(cloud, secret_arn, inputs) or {}


def _apply(cloud: Cloud, inputs: Values) -> str:
    """Start or stop the rotation; return the secret's ARN."""
    if inputs.get("rotationEnabled") is False:
        client = cloud.client("secretsmanager")
        return str(client.cancel_rotate_secret(SecretId=inputs["secretId"])["ARN"])
    return _rotate(cloud, inputs)


def _read(cloud: Cloud, secret_arn: str, state: Values) -> Values | None:
    call = cloud.client("secretsmanager").describe_secret
    secret = found(call, "ResourceNotFoundException", SecretId=secret_arn)
    if secret is None or secret.get("DeletedDate"):
        return None
    enabled = bool(secret.get("RotationEnabled"))
    running = {"secretId": state.get("secretId", secret_arn), "rotationEnabled": enabled}
    if not enabled:
        # As resourceSecretRotationRead does, so that the next update puts the rotation back.
        return {**running, **reported(state, {"rotationRules": None, "rotationLambdaArn": None})}
    lambda_arn = {"rotationLambdaArn": secret.get("RotationLambdaARN") or None}
    running |= reported(state, lambda_arn)
    rules = state.get("rotationRules") or camel(secret["RotationRules"])
    if rules.get("scheduleExpression"):
        # The emulator keeps days only.
        return running
    current = {**rules, "automaticallyAfterDays": secret["RotationRules"]["AutomaticallyAfterDays"]}
    return {**running, "rotationRules": as_given(rules, current)}


def _update(cloud: Cloud, secret_arn: str, _: Values, inputs: Values) -> Values:
    _apply(cloud, inputs)
    return _read(cloud, secret_arn, inputs) or {}


def _delete(cloud: Cloud, secret_arn: str, _: Values) -> None:
    """Stop the rotation; the weekly one that RDS had set does not come back."""
    cloud.client("secretsmanager").cancel_rotate_secret(SecretId=secret_arn)


RESOURCE_TYPES: tuple[ResourceType, ...] = (
    ResourceType(
        token="aws:secretsmanager/secretRotation:SecretRotation",
        inputs={
            "secretId": Input(required=True),
            "rotationRules": Input(),
            "rotationEnabled": Input(),
            "rotationLambdaArn": Input(),
            "rotateImmediately": Input(default=True),
        },
        check=_check,
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
    ),
)
"""The rows of this module."""
