"""What must hold before anything of a stack is registered: asked of AWS, at each preview."""

from collections.abc import Mapping

import pulumi

from components import (
    adopted,
    arns,
    database_snapshot,
    existence,
    gateway_front,
    partitions,
)
from components.aws_environment import AwsEnvironment
from components.database_snapshot import WantedDatabase
from settings import Settings

_LONGEST_LABEL = 48
"""State machines have 80 characters (Step Functions API Reference, CreateStateMachine), of which
the names of flows need some; names in DNS have 63, and those of functions 64."""


def check_label(label: str) -> None:
    """Refuse what names would begin with that leaves too little of AWS's lengths.

    Raises:
        pulumi.RunError: it is too long, as the name of a stack may be.
    """
    if len(label) > _LONGEST_LABEL:
        raise pulumi.RunError(
            f"The stack's name makes the prefix {label} of {len(label)} characters; allowed: up to "
            f"{_LONGEST_LABEL}. Set a shorter one with: pulumi config set namePrefix <value>"
        )


def check(
    settings: Settings,
    environment: AwsEnvironment,
    database_tags: Mapping[str, str],
    opts: pulumi.ResourceOptions | None,
) -> None:
    """Refuse what a stack cannot be made with; registers nothing.

    Args:
        settings: those of the stack.
        environment: where it is deployed.
        database_tags: what the stack's own database has, where it stands already.
        opts: the top component's, of which the provider asks AWS.

    Raises:
        pulumi.RunError: the partition lacks something, or what is used is elsewhere or cannot be.
    """
    partitions.check(
        environment.partition,
        distributed_map=settings.distributed_map,
        image_caches=bool(settings.image_caches),
    )
    arns.check(environment, settings.arns())
    database_snapshot.check(
        opts,
        settings.db_snapshot_identifier,
        WantedDatabase(
            tags=database_tags,
            engine_version=settings.db_engine_version,
            storage=settings.db_allocated_storage,
        ),
    )
    keys = (settings.datastore_kms_key_arn, settings.db_secret_kms_key_arn)
    adopted.check(
        opts,
        environment,
        bucket_name=settings.datastore_bucket_name,
        key_arns=sorted({arn for arn in keys if arn}),
    )
    existence.check(
        opts,
        policy_arns={key: arn for key, arn in settings.arns() if key.startswith("jobPolicyArns")},
        secret_arn=settings.db_secret_arn,
    )
    gateway_front.check(opts, settings)
