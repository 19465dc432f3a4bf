"""What a name or ARN must look like by which jobs are granted something.

Each check names the problem it found. IAM holds 10,240 characters of inline policies for a role
(AWS IAM User Guide, "IAM and AWS STS quotas"), from which the lengths of lists follow.
"""

import re
from collections.abc import Sequence

from settings.checks import problem_of_list, problem_of_repository

LONGEST_ROLES, LONGEST_REPOSITORIES = 1200, 600

_DOCUMENT = "the jobs' policies have"

_OTHER_KINDS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
"""Endings of aliases of access points, and of names of other kinds of buckets, whose ARNs differ
(Amazon S3 User Guide, "General purpose bucket naming rules")."""

_OVER_ALL = ("AdministratorAccess", "PowerUserAccess", "IAMFullAccess")
"""AWS managed policies with which code of jobs could give itself whatever it likes."""


def problem_of_bucket(name: str) -> str | None:
    """Name why a bucket cannot be meant (Amazon S3 User Guide, bucket naming rules)."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name) or ".." in name:
        return "no name of a bucket"
    if re.fullmatch(r"\d+\.\d+\.\d+\.\d+", name):
        return "an address, and no name of a bucket"
    if name.endswith(_OTHER_KINDS):
        return "no name of a general purpose bucket"
    return None


def problem_of_key(arn: str) -> str | None:
    """Name why a KMS key cannot be meant by an ARN.

    AWS KMS Developer Guide, "Specifying KMS keys in IAM policy statements": an alias in a statement
    is not the key behind it.
    """
    start = r"arn:aws(-[a-z]+)*:kms:[a-z]+(-[a-z]+)+-[0-9]+:[0-9]{12}:"
    if re.fullmatch(f"{start}alias/.+", arn):
        return "an alias, by which IAM means no key"
    key = r"key/(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    return None if re.fullmatch(start + key, arn) else "no ARN of a KMS key"


def problem_of_policy(arn: str) -> str | None:
    """Name why a managed policy cannot be attached to the role of jobs."""
    match = re.fullmatch(
        r"arn:aws(-[a-z]+)*:iam::(?P<owner>aws|[0-9]{12}):policy/([\w+=,.@-]+/)*(?P<name>[\w+=,.@-]{1,128})",
        arn,
    )
    if match is None:
        return "no ARN of a managed policy"
    if match["owner"] == "aws" and match["name"] in _OVER_ALL:
        return f"{match['name']} would let every job do whatever it likes"
    return None


def problem_of_role(arn: str) -> str | None:
    """Name why jobs cannot be let assume a role by an ARN."""
    match = re.fullmatch(
        r"arn:aws(-[a-z]+)*:iam::[0-9]{12}:role/(?P<path>([\w+=,.@-]+/)*)[\w+=,.@-]{1,64}", arn
    )
    if match is None:
        return "no ARN of a role"
    if match["path"].startswith("aws-service-role/"):
        return "only its AWS service can assume it"
    return None


def problem_of_plain_repository(name: str) -> str | None:
    """Name why an ECR repository cannot be meant by its name."""
    if re.search(r"[*?]", name):
        return "a pattern, where a name is needed"
    return problem_of_repository(name)


def problem_of_roles(arns: Sequence[str]) -> str | None:
    """Name why ARNs of roles cannot stand in one list."""
    return problem_of_list(arns, LONGEST_ROLES, _DOCUMENT)


def problem_of_repositories(names: Sequence[str]) -> str | None:
    """Name why names of repositories cannot stand in one list."""
    return problem_of_list(names, LONGEST_REPOSITORIES, _DOCUMENT)
