"""The settings of what jobs may do beyond Metaflow's own needs."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from settings.checks import problem_of_list, problem_of_secrets
from settings.granted import problem_of_repositories, problem_of_roles
from settings.parts import Conflicts, Rule, SettingsModel, allowed, rejecting
from settings.values import BucketName, KeyArn, PlainRepository, PolicyArn, RoleArn, SecretArn

MOST_BUCKETS = 10
"""Buckets in both lists: the inline policies of a role hold 10,240 characters together."""


class JobPermissionsSettings(SettingsModel):
    """What the role of jobs is granted beside the datastore and the table of foreach state."""

    job_secret_arns: Annotated[
        tuple[SecretArn, ...],
        Field(max_length=20, strict=False),
        rejecting(problem_of_secrets),
        allowed(
            "up to 20 different ARNs of secrets with their six random characters, or -?????? for "
            "them; 2500 characters together; not RDS's own (rds!)"
        ),
    ] = ()
    """Secrets of Secrets Manager that flows may read with `@secrets`; a customer managed KMS key
    that encrypts one belongs into jobKmsKeyArns."""

    job_read_buckets: Annotated[
        tuple[BucketName, ...],
        Field(max_length=MOST_BUCKETS, strict=False),
        rejecting(problem_of_list),
        allowed("names of general purpose buckets, each once; up to 10 with jobReadWriteBuckets"),
    ] = ()
    """Other buckets that jobs may list and read."""

    job_read_write_buckets: Annotated[
        tuple[BucketName, ...],
        Field(max_length=MOST_BUCKETS, strict=False),
        rejecting(problem_of_list),
        allowed("names of general purpose buckets, each once; up to 10 with jobReadBuckets"),
    ] = ()
    """Other buckets that jobs may list, read and write; they delete nothing there."""

    job_kms_key_arns: Annotated[
        tuple[KeyArn, ...],
        Field(max_length=5, strict=False),
        rejecting(problem_of_list),
        allowed("up to 5 different ARNs of keys, not of aliases"),
    ] = ()
    """Customer managed KMS keys of those buckets and secrets; jobs use them through S3 and Secrets
    Manager only."""

    job_policy_arns: Annotated[
        tuple[PolicyArn, ...],
        Field(max_length=10, strict=False),
        rejecting(problem_of_list),
        allowed(
            "up to 10 different ARNs of managed policies of the account or of AWS; not "
            "AdministratorAccess, PowerUserAccess or IAMFullAccess"
        ),
    ] = ()
    """Managed policies that are attached to the role of jobs as they are."""

    job_assumable_role_arns: Annotated[
        tuple[RoleArn, ...],
        Field(max_length=10, strict=False),
        rejecting(problem_of_roles),
        allowed("up to 10 different ARNs of roles, without wildcards; 1200 characters together"),
    ] = ()
    """Roles that jobs may assume, such as one that deploys a model; each role's trust policy must
    let them, too."""

    job_describable_repositories: Annotated[
        tuple[PlainRepository, ...],
        Field(max_length=10, strict=False),
        rejecting(problem_of_repositories),
        allowed("up to 10 different names, without wildcards; 600 characters together"),
    ] = ()
    """ECR repositories of the account and region that code of jobs may describe, to find the
    address of an image."""


def _buckets(settings: JobPermissionsSettings) -> Conflicts:
    reading, writing = settings.job_read_buckets, settings.job_read_write_buckets
    for name in sorted(set(reading) & set(writing)):
        yield "jobReadBuckets", f"{name}, which jobReadWriteBuckets has too", "each bucket once"
    if len(reading) + len(writing) > MOST_BUCKETS:
        found = f"{len(reading)} names beside {len(writing)} in jobReadWriteBuckets"
        yield "jobReadBuckets", found, f"up to {MOST_BUCKETS} in both"


def _keys(settings: JobPermissionsSettings) -> Conflicts:
    kept = (settings.job_read_buckets, settings.job_read_write_buckets, settings.job_secret_arns)
    if settings.job_kms_key_arns and not any(kept):
        yield (
            "jobKmsKeyArns",
            "set without a bucket or secret that a key encrypts",
            "keys beside jobReadBuckets, jobReadWriteBuckets or jobSecretArns",
        )


RULES: Sequence[Rule] = (
    Rule(_buckets, frozenset({"job_read_buckets", "job_read_write_buckets"})),
    Rule(
        _keys,
        frozenset(
            {"job_kms_key_arns", "job_read_buckets", "job_read_write_buckets", "job_secret_arns"}
        ),
    ),
)
