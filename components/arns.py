"""Where that stands which settings name by ARNs: in the stack's partition, region and account."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

import pulumi

from components.aws_environment import AwsEnvironment

_OF_THE_REGION = frozenset(
    {
        "apiCertificateArn",
        "apiWebAclArn",
        "datastoreKmsKeyArn",
        "dbSecretKmsKeyArn",
        "imageCaches.secretArn",
        "imageRepositoryKmsKeyArn",
    }
)
"""What AWS takes from the region alone in which it is used."""

_OF_ACCOUNTS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "apiCertificateArn": frozenset(),
        "apiWebAclArn": frozenset(),
        "imageCaches.secretArn": frozenset(),
        "jobPolicyArns": frozenset({"aws"}),
        "permissionsBoundaryArn": frozenset({"aws"}),
        "userRoleArn": frozenset(),
    }
)
"""What AWS takes from the stack's account alone, or from these beside it.

IAM attaches policies of the role's own account and of AWS (AWS IAM User Guide, "Managed policies
and inline policies").
"""


def check(environment: AwsEnvironment, arns: Iterable[tuple[str, str]]) -> None:
    """Refuse ARNs of what cannot be used where the stack is deployed.

    No partition's credentials reach another one, and IAM refuses policies that name its ARNs.

    Args:
        environment: where the stack is deployed.
        arns: the ARNs that are set, with their keys.

    Raises:
        pulumi.RunError: some are of elsewhere; one line for each.
    """
    problems = [problem for key, arn in arns if (problem := _problem(environment, key, arn))]
    if problems:
        raise pulumi.RunError("\n".join(problems))


def _problem(environment: AwsEnvironment, key: str, arn: str) -> str | None:
    _, partition, _, region, account, _ = arn.split(":", 5)
    setting = re.sub(r"\[\d+\]", "", key)
    allowed = [("partition", partition, {environment.partition})]
    if setting in _OF_THE_REGION:
        allowed.append(("region", region, {environment.region}))
    if setting in _OF_ACCOUNTS:
        allowed.append(("account", account, {environment.account_id, *_OF_ACCOUNTS[setting]}))
    wanted = [
        f"of the {kind} {' or '.join(sorted(names))}"
        for kind, found, names in allowed
        if found not in names
    ]
    if not wanted:
        return None
    return f"{key} is {arn}; allowed: one {', '.join(wanted)}. {command_to_set(key)}"


def command_to_set(key: str) -> str:
    """Return how to set a key, which may name an item of a list."""
    path = f"--path '{key}'" if "[" in key else key
    return f"Set it with: pulumi config set {path} <value>"
