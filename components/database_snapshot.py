"""The snapshot that a database is made of: asked for before anything is registered."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import pulumi
import pulumi_aws as aws

from components import aws_environment
from components.existence import look_up


@dataclass(frozen=True, kw_only=True)
class WantedDatabase:
    """The database that is made of a snapshot.

    Attributes:
        tags: by which the one of this stack is found once it stands.
        engine_version: version of PostgreSQL, with or without the minor one.
        storage: GiB.
    """

    tags: Mapping[str, str]
    engine_version: str
    storage: int


def check(opts: pulumi.ResourceOptions | None, identifier: str, database: WantedDatabase) -> None:
    """Refuse a snapshot whose database would be refused half-made, or replaced once it stands.

    RDS keeps encryption, version and size of a snapshot: an unencrypted one would be replaced by
    the next update, which wants encryption; the version and size that are wanted are asked for
    after the restoration (`internal/service/rds/instance.go`). Where the stack's database stands
    already, its snapshot counts no longer and may be gone.

    Args:
        opts: the options of the component that is about to be registered, whose provider is asked.
        identifier: name or ARN of the snapshot; empty for none.
        database: what is made of it.

    Raises:
        pulumi.RunError: the snapshot does not fit.
    """
    options = aws_environment.invoke_options(opts)
    if not identifier or _stands(database, options):
        return
    ask = partial(
        aws.rds.get_snapshot, db_snapshot_identifier=identifier, include_shared=True, opts=options
    )
    found = look_up("dbSnapshotIdentifier", identifier, ask)
    problems = [
        problem
        for problem in (
            _problem_of_version(found, database.engine_version, options),
            _problem_of_encryption(found),
            _problem_of_size(found.allocated_storage, database.storage),
        )
        if problem
    ]
    if problems:
        raise pulumi.RunError(f"The snapshot {identifier} {'; it '.join(problems)}.")


def _stands(database: WantedDatabase, options: pulumi.InvokeOptions) -> bool:
    standing = aws.rds.get_instances(tags=dict(database.tags), opts=options)
    return bool(standing.instance_identifiers)


def _problem_of_version(
    found: aws.rds.GetSnapshotResult, wanted: str, options: pulumi.InvokeOptions
) -> str | None:
    """Name what RDS would refuse to make of a snapshot's version: any lower one."""
    if found.engine != "postgres":
        return f"is of {found.engine}, not of postgres"
    if found.engine_version.split(".")[0] != wanted.split(".")[0]:
        return (
            f"is of PostgreSQL {found.engine_version}; set dbEngineVersion to that major version, "
            "and raise it later"
        )
    full = wanted if "." in wanted else _default_of(wanted, options)
    if _minor(full) >= _minor(found.engine_version):
        return None
    return (
        f"is of PostgreSQL {found.engine_version}, and RDS would make {full} of dbEngineVersion "
        f"{wanted}; set dbEngineVersion to {found.engine_version}"
    )


def _default_of(major: str, options: pulumi.InvokeOptions) -> str:
    """Return the full version that RDS takes a major version for."""
    answer = aws.rds.get_engine_version(
        engine="postgres", version=major, default_only=True, opts=options
    )
    return answer.version_actual


def _minor(version: str) -> int:
    """Return 22 of 14.22, and of 14.22-rds.20270415 as builds of Extended Support are named."""
    return int(version.split(".")[1].split("-")[0])


def _problem_of_encryption(found: aws.rds.GetSnapshotResult) -> str | None:
    if found.encrypted:
        return None
    return (
        "is not encrypted; copy it with `aws rds copy-db-snapshot --kms-key-id alias/aws/rds`, and "
        "name the copy"
    )


def _problem_of_size(size: int, wanted: int) -> str | None:
    """Name a growth that RDS refuses: one of less than a tenth (Amazon RDS User Guide, storage)."""
    least = -(-size * 11 // 10)
    if wanted == size or wanted >= least:
        return None
    return f"has {size} GiB; set dbAllocatedStorage to {size}, or to {least} or more"
