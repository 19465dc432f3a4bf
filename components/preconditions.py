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
