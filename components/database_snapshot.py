"""The snapshot that a database is made of: asked for before anything is registered."""

import pulumi
import pulumi_aws as aws

from components import aws_environment


def check(
    opts: pulumi.ResourceOptions | None, identifier: str, *, engine_version: str, storage: int
) -> None:
    """Refuse a snapshot whose database would be replaced or refused once it stands.

    RDS keeps encryption, version and size of a snapshot: an unencrypted one would be replaced by
    the next update, which wants encryption (`internal/service/rds/instance.go`).

    Args:
        opts: the options of the component that is about to be registered, whose provider is asked.
        identifier: name or ARN of the snapshot; empty for none.
        engine_version: major version of the database that is made.
        storage: its storage, GiB.

    Raises:
        pulumi.RunError: the snapshot does not fit.
    """
    if not identifier:
        return
    found = aws.rds.get_snapshot(
        db_snapshot_identifier=identifier,
        include_shared=True,
        opts=aws_environment.invoke_options(opts),
    )
    problems = [
        text
        for text, holds in (
            (f"is of {found.engine}, not of postgres", found.engine == "postgres"),
            (
                f"is of PostgreSQL {found.engine_version}; set dbEngineVersion to that major "
                "version, and raise it later",
                found.engine_version.split(".")[0] == engine_version,
            ),
            (
                "is not encrypted; copy it with `aws rds copy-db-snapshot --kms-key-id "
                "alias/aws/rds`, and name the copy",
                found.encrypted,
            ),
            (
                f"has {found.allocated_storage} GiB; set dbAllocatedStorage to no less",
                found.allocated_storage <= storage,
            ),
        )
        if not holds
    ]
    if problems:
        raise pulumi.RunError(f"The snapshot {identifier} {'; it '.join(problems)}.")
