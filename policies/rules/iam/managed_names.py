"""AWS managed policies that grant whole services or more, by their names."""

import re

from rules.iam import globs

_ARN_PARTS = 6
_AWS = "aws"
_PATH = "policy/"

_BROAD = re.compile(
    r"job-function/.+"
    r"|(.*/)?(ReadOnlyAccess|.*FullAccess.*|AdministratorAccess.*)"
    r"|(.*/)?.*(Administrator|PowerUser)(Access)?"
)
"""Names of AWS managed policies that grant all of one service or more (AWS Managed Policy
Reference Guide): *FullAccess, *_FullAccess, *FullAccess_v2 and so on."""

_AS_BROAD = frozenset(
    (
        "AWSLambdaExecute",
        "SageMakerStudioAdminIAMPermissiveExecutionPolicy",
        "SageMakerStudioUserIAMPermissiveExecutionPolicy",
        "SecretsManagerReadWrite",
        "service-role/AWSCodeStarServiceRole",
        "service-role/AWSElasticBeanstalkService",
        "service-role/AmazonEC2RoleforDataPipelineRole",
        "service-role/AmazonEC2RoleforSSM",
        "service-role/AmazonElasticMapReduceRole",
        "service-role/AmazonElasticMapReduceforEC2Role",
        "service-role/AmazonSSMAutomationRole",
    )
)
"""Names that do not tell: these grant a service as a whole, every object or secret, or any role
(AWS Managed Policy Reference Guide, the page of each)."""

_BROAD_PATTERNS = tuple(
    globs.glob(one)
    for one in (
        *_AS_BROAD,
        "AWS*FullAccess*",
        "AdministratorAccess*",
        "Amazon*FullAccess*",
        "CloudWatch*FullAccess*",
        "IAMFullAccess",
        "PowerUserAccess",
        "ReadOnlyAccess",
        "job-function/?*",
    )
)
"""The same by how AWS begins such names, to tell which of them a pattern may mean."""


def is_broad(name: str) -> bool:
    """Say whether an AWS managed policy of a name grants a whole service or more.

    Args:
        name: what follows `policy/` in the ARN.
    """
    return _BROAD.fullmatch(name) is not None or name in _AS_BROAD


def may_be_broad(arn: str) -> bool:
    """Say whether an ARN, or a pattern of ARNs, is one of a broad AWS managed policy."""
    parts = arn.split(":", _ARN_PARTS - 1)
    if len(parts) < _ARN_PARTS:
        return globs.has_wildcard(arn)
    if not globs.meet(globs.glob(parts[4]), _AWS):
        return False
    name = parts[-1].removeprefix(_PATH)
    if not globs.has_wildcard(name):
        return is_broad(name)
    return any(globs.meet(globs.glob(name), one) for one in _BROAD_PATTERNS)
