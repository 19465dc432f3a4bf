"""What a stack uses without having made it: bucket, key, database and role of somebody else's."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import pulumi
import pulumi_aws as aws

from components import aws_environment
from components.aws_environment import AwsEnvironment
from components.database_connection import DatabaseConnection
from components.existence import look_up


@dataclass(frozen=True, kw_only=True)
class AdoptedDatastore:
    """A bucket that is used as it is, in place of `Datastore`.

    Attributes:
        bucket_name: its name.
        bucket_arn: its ARN.
        key_arn: the KMS key that encrypts it, where it has one.
    """

    bucket_name: pulumi.Output[str]
    bucket_arn: pulumi.Output[str]
    key_arn: pulumi.Output[str] | None


@dataclass(frozen=True, kw_only=True)
class AdoptedDatabase:
    """A database that is used as it is, in place of `MetadataDatabase`.

    Attributes:
        connection: how the service reaches it.
        host: its host name.
        secret_arn: the secret that opens it.
    """

    connection: DatabaseConnection
    host: pulumi.Output[str]
    secret_arn: pulumi.Output[str]


def datastore(environment: AwsEnvironment, bucket_name: str, key_arn: str) -> AdoptedDatastore:
    """Return a bucket by its name, with the key that encrypts it; empty for none."""
    return AdoptedDatastore(
        bucket_name=pulumi.Output.from_input(bucket_name),
        bucket_arn=pulumi.Output.from_input(f"arn:{environment.partition}:s3:::{bucket_name}"),
        key_arn=pulumi.Output.from_input(key_arn) if key_arn else None,
    )


def database(connection: DatabaseConnection) -> AdoptedDatabase:
    """Return a database by its connection."""
    return AdoptedDatabase(
        connection=connection,
        host=pulumi.Output.from_input(connection.host),
        secret_arn=pulumi.Output.from_input(connection.secret_arn),
    )


def check(
    opts: pulumi.ResourceOptions | None,
    environment: AwsEnvironment,
    *,
    bucket_name: str,
    key_arns: Sequence[str],
) -> None:
    """Ask AWS whether what is adopted can be used; registers nothing.

    Args:
        opts: the options of the component that is about to be registered, whose provider is asked.
        environment: where the stack is deployed.
        bucket_name: the datastore's bucket; empty for none.
        key_arns: KMS keys of the stack's region.

    Raises:
        pulumi.RunError: something cannot be used, with the reasons.
    """
    options = aws_environment.invoke_options(opts)
    problems = [
        *(_bucket_problems(bucket_name, environment, options) if bucket_name else ()),
        *(problem for arn in key_arns for problem in _key_problems(arn, options)),
    ]
    if problems:
        raise pulumi.RunError("\n".join(problems))


def _bucket_problems(
    name: str, environment: AwsEnvironment, options: pulumi.InvokeOptions
) -> list[str]:
    ask = partial(aws.s3.get_bucket, bucket=name, opts=options)
    region = look_up("datastoreBucketName", name, ask).bucket_region
    if region == environment.region:
        return []
    return [f"The bucket {name} is in {region}, the stack in {environment.region}."]


def _key_problems(arn: str, options: pulumi.InvokeOptions) -> list[str]:
    key = aws.kms.get_key(key_id=arn, opts=options)
    problems = [] if key.enabled else [f"The key {arn} is {key.key_state}, not Enabled."]
    if key.key_spec != "SYMMETRIC_DEFAULT":
        problems.append(f"The key {arn} is {key.key_spec}; S3 and Secrets Manager take symmetric.")
    return problems
