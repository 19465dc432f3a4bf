"""What settings name and must exist: AWS is asked for it before anything is registered."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

import pulumi
import pulumi_aws as aws

from components import aws_environment
from components.arns import command_to_set

_Found = TypeVar("_Found")

_NOT_FOUND = "couldn't find resource"
"""How the provider tells that something is not there (`internal/retry/error.go`)."""

_DENIED = "AccessDenied"
"""What is in the error codes of IAM and Secrets Manager when the deployer may not look."""


def check(
    opts: pulumi.ResourceOptions | None, *, policy_arns: Mapping[str, str], secret_arn: str
) -> None:
    """Refuse what does not exist; what the deployer may not look at is taken for there.

    A secret of another account can be read by whom its policy names, and be hidden from others.

    Args:
        opts: the options of the component that is about to be registered, whose provider is asked.
        policy_arns: managed policies, by the keys that name them.
        secret_arn: the database's secret; empty for none.

    Raises:
        pulumi.RunError: something does not exist; one line for each.
    """
    options = aws_environment.invoke_options(opts)
    problems = [
        f"{key} is {arn}, a policy that does not exist. {command_to_set(key)}"
        for key, arn in policy_arns.items()
        if _is_missing(partial(aws.iam.get_policy, arn=arn, opts=options))
    ]
    if secret_arn and _is_missing(partial(_secret, secret_arn, options)):
        problems.append(
            f"dbSecretArn is {secret_arn}, a secret that does not exist, or that is being deleted. "
            f"{command_to_set('dbSecretArn')}"
        )
    if problems:
        raise pulumi.RunError("\n".join(problems))


def look_up(key: str, value: str, ask: Callable[[], _Found]) -> _Found:
    """Return what AWS has of what a setting names.

    Args:
        key: the setting.
        value: what it is set to.
        ask: asks AWS for it.

    Raises:
        pulumi.RunError: AWS shows no such thing; one line, with AWS's reason.
    """
    try:
        return ask()
    # The SDK knows no narrower error of an invoke.
    except Exception as error:
        reason = " ".join(str(error).split())
        raise pulumi.RunError(
            f"{key} is {value}, which could not be looked up: {reason}. {command_to_set(key)}"
        ) from error


def _secret(arn: str, options: pulumi.InvokeOptions) -> aws.secretsmanager.GetSecretResult:
    return aws.secretsmanager.get_secret(arn=arn, region=arn.split(":")[3], opts=options)


def _is_missing(ask: Callable[[], object]) -> bool:
    try:
        ask()
    # The SDK knows no narrower error of an invoke.
    except Exception as error:
        if _NOT_FOUND in str(error):
            return True
        if _DENIED in str(error):
            return False
        raise
    return False
