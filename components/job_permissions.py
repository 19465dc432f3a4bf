"""What jobs may do beyond Metaflow's own needs: statements of their role, and its policies."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import iam
from components.aws_environment import AwsEnvironment


@dataclass(frozen=True, kw_only=True)
class JobPermissions:
    """What the role of jobs is granted; plain values, and nothing of it is the stack's own."""

    secret_arns: Sequence[str] = ()
    """Secrets of Secrets Manager that jobs read."""

    read_buckets: Sequence[str] = ()
    """Names of buckets that jobs list and read."""

    read_write_buckets: Sequence[str] = ()
    """Names of buckets that jobs list, read and write."""

    key_arns: Sequence[str] = ()
    """KMS keys that encrypt those secrets and buckets."""

    policy_arns: Sequence[str] = ()
    """Managed policies that are attached to the role."""

    assumable_role_arns: Sequence[str] = ()
    """Roles that jobs assume."""

    describable_repositories: Sequence[str] = ()
    """ECR repositories of the account and region that jobs describe."""


def grant(
    name: str,
    role: aws.iam.Role,
    environment: AwsEnvironment,
    permissions: JobPermissions,
    opts: pulumi.ResourceOptions,
) -> None:
    """Grant permissions to a role; registers nothing where there are none.

    Args:
        name: what the logical names of its policies begin with.
        role: the role.
        environment: where the stack is deployed.
        permissions: what is granted.
        opts: of each policy.
    """
    documents = {
        "secrets": iam.secret_statements(
            environment, permissions.secret_arns, permissions.key_arns
        ),
        "permissions": [
            *_bucket_statements(environment, permissions),
            *_key_statements(environment, permissions),
            *_other_statements(environment, permissions),
        ],
    }
    for suffix, statements in documents.items():
        if statements:
            aws.iam.RolePolicy(
                f"{name}-{suffix}", role=role.name, policy=iam.document(statements), opts=opts
            )
    for arn in permissions.policy_arns:
        aws.iam.RolePolicyAttachment(
            f"{name}-{_name_of_policy(arn)}", role=role.name, policy_arn=arn, opts=opts
        )


def _name_of_policy(arn: str) -> str:
    """Return `<account>-<path and name>`, which no other policy has."""
    owner, _, policy = arn.split(":", 4)[4].partition(":policy/")
    return f"{owner}-{policy.replace('/', '-')}"


def _bucket_statements(
    environment: AwsEnvironment, permissions: JobPermissions
) -> list[iam.Statement]:
    """Return what Metaflow's S3 client calls, which deletes nothing.

    Source: `metaflow/plugins/datatools/s3`.
    """
    reading = _buckets(environment, permissions.read_buckets)
    writing = _buckets(environment, permissions.read_write_buckets)
    actions = {
        "ListBuckets": (["s3:ListBucket"], [*reading, *writing]),
        "ReadBuckets": (["s3:GetObject"], [f"{one}/*" for one in reading]),
        "ReadAndWriteBuckets": (
            ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"],
            [f"{one}/*" for one in writing],
        ),
    }
    return [
        iam.allow(sid, names, resources) for sid, (names, resources) in actions.items() if resources
    ]


def _buckets(environment: AwsEnvironment, names: Sequence[str]) -> list[str]:
    return [f"arn:{environment.partition}:s3:::{name}" for name in names]


def _key_statements(
    environment: AwsEnvironment, permissions: JobPermissions
) -> list[iam.Statement]:
    """Return what S3 asks of a key in the name of who reads and writes.

    Amazon S3 User Guide, "Using server-side encryption with AWS KMS keys": kms:Decrypt to read,
    kms:GenerateDataKey to write, both for an upload in parts.
    """
    writes = bool(permissions.read_write_buckets)
    if not permissions.key_arns or not (writes or permissions.read_buckets):
        return []
    actions = ["kms:GenerateDataKey", "kms:Decrypt"] if writes else ["kms:Decrypt"]
    return [iam.allow_through(environment, "KeysOfBuckets", actions, permissions.key_arns, "s3")]


def _other_statements(
    environment: AwsEnvironment, permissions: JobPermissions
) -> list[iam.Statement]:
    repositories = [
        environment.arn("ecr", f"repository/{name}")
        for name in permissions.describable_repositories
    ]
    actions = {
        "AssumeRoles": ("sts:AssumeRole", list(permissions.assumable_role_arns)),
        "DescribeRepositories": ("ecr:DescribeRepositories", repositories),
    }
    return [
        iam.allow(sid, [action], resources)
        for sid, (action, resources) in actions.items()
        if resources
    ]
