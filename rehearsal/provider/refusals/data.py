"""Refusals of databases, keys, tables, secrets and logs."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rehearsal.provider.refusals.rds import REFUSALS as RDS_REFUSALS
from rehearsal.provider.refusals.refusal import Parameters, Refusal

if TYPE_CHECKING:
    from rehearsal.provider.cloud import Cloud


def _statements(policy: str) -> list[Mapping[str, Any]]:
    """Return the statements that allow something."""
    statements = json.loads(policy).get("Statement", [])
    listed = statements if isinstance(statements, list) else [statements]
    return [statement for statement in listed if statement.get("Effect") == "Allow"]


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())


def _principals(statement: Mapping[str, Any], kind: str) -> list[str]:
    principal = statement.get("Principal", {})
    return ["*"] if principal == "*" else _listed(principal.get(kind))


def _locked_out(_: "Cloud", parameters: Parameters) -> str | None:
    policy = parameters.get("Policy")
    if not policy or parameters.get("BypassPolicyLockoutSafetyCheck"):
        return None
    for statement in _statements(policy):
        actions = {action.lower() for action in _listed(statement.get("Action"))}
        if _principals(statement, "AWS") and actions & {
            "*",
            "kms:*",
            "kms:put*",
            "kms:putkeypolicy",
        }:
            return None
    return (
        "MalformedPolicyDocumentException: the new key policy will not allow you to update the key "
        "policy in the future; let the account's root do kms:*"
    )


def _key_closed_to_logs(cloud: "Cloud", parameters: Parameters) -> str | None:
    key = parameters.get("kmsKeyId")
    if not key:
        return None
    policy = cloud.client("kms").get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    service = f"logs.{cloud.region}."
    for statement in _statements(policy):
        if any(name.startswith(service) for name in _principals(statement, "Service")):
            return None
    return (
        f"the KMS key {key} is not allowed to be used with a log group; its policy must let "
        f"logs.{cloud.region}.<suffix> encrypt and decrypt"
    )


def _no_rotation_function(cloud: "Cloud", parameters: Parameters) -> str | None:
    secret = cloud.client("secretsmanager").describe_secret(SecretId=parameters["SecretId"])
    known = parameters.get("RotationLambdaARN") or secret.get("RotationLambdaARN")
    if known or secret.get("OwningService"):
        return None
    return (
        "no Lambda rotation function ARN is associated with this secret; only a secret that "
        "another service manages rotates without one"
    )


_ROLE_TARGETS = (":states:", ":ecs:", ":batch:", ":kinesis:", ":execute-api:")


def _target_without_role(_: "Cloud", parameters: Parameters) -> str | None:
    for target in parameters.get("Targets", ()):
        if not target.get("RoleArn") and any(kind in target["Arn"] for kind in _ROLE_TARGETS):
            return f"RoleArn is required for target {target['Arn']}"
    return None


def _log_destination(_: "Cloud", parameters: Parameters) -> str | None:
    logging = parameters.get("loggingConfiguration") or {}
    destinations = logging.get("destinations") or ()
    if logging.get("level", "OFF") != "OFF" and not destinations:
        return "InvalidLoggingConfiguration: a level other than OFF demands a log group"
    for destination in destinations:
        group = destination["cloudWatchLogsLogGroup"]["logGroupArn"]
        if not group.endswith(":*"):
            return f"InvalidLoggingConfiguration: the log group {group} must end with :*"
    return None


def _role_not_assumable(cloud: "Cloud", parameters: Parameters) -> str | None:
    role_arn = parameters.get("roleArn")
    if not role_arn:
        return None
    iam = cloud.client("iam")
    try:
        role = iam.get_role(RoleName=role_arn.rsplit("/", 1)[-1])["Role"]
    except iam.exceptions.NoSuchEntityException:
        return f"the role {role_arn} does not exist"
    trusted = json.dumps(role["AssumeRolePolicyDocument"])
    for statement in _statements(trusted):
        if any(name.startswith("states.") for name in _principals(statement, "Service")):
            return None
    return (
        "neither the global service principal states.amazonaws.com, nor the regional one is "
        f"authorized to assume the provided role {role_arn}"
    )


def _machine_exists(cloud: "Cloud", parameters: Parameters) -> str | None:
    client = cloud.client("stepfunctions")
    machine_arn = cloud.arn("states", f"stateMachine:{parameters['name']}")
    try:
        machine = client.describe_state_machine(stateMachineArn=machine_arn)
    except client.exceptions.StateMachineDoesNotExist:
        return None
    same = all(machine[name] == parameters[name] for name in ("definition", "roleArn"))
    return None if same else f"StateMachineAlreadyExists: {machine_arn}"


REFUSALS: tuple[Refusal, ...] = (
    *RDS_REFUSALS,
    Refusal(
        service="kms",
        operations=("CreateKey", "PutKeyPolicy"),
        source="https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
        problem=_locked_out,
    ),
    Refusal(
        service="logs",
        operations=("CreateLogGroup", "AssociateKmsKey"),
        source=(
            "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html"
        ),
        problem=_key_closed_to_logs,
    ),
    Refusal(
        service="secretsmanager",
        operations=("RotateSecret",),
        source=(
            "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html"
        ),
        problem=_no_rotation_function,
    ),
    Refusal(
        service="events",
        operations=("PutTargets",),
        source="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html",
        problem=_target_without_role,
    ),
    Refusal(
        service="stepfunctions",
        operations=("CreateStateMachine", "UpdateStateMachine"),
        source="https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html",
        problem=_log_destination,
    ),
    Refusal(
        service="stepfunctions",
        operations=("CreateStateMachine", "UpdateStateMachine"),
        source="https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html",
        problem=_role_not_assumable,
    ),
    Refusal(
        service="stepfunctions",
        operations=("CreateStateMachine",),
        source=(
            "https://docs.aws.amazon.com/step-functions/latest/apireference/"
            "API_CreateStateMachine.html"
        ),
        problem=_machine_exists,
    ),
)
