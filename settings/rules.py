"""The rules between settings: those of each tier, and those between tiers."""

from collections.abc import Mapping, Sequence, Set
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from pydantic.alias_generators import to_camel

from settings import (
    adopted_database,
    adopted_network,
    compute,
    datastore,
    gateway_front,
    images,
    job_permissions,
    metadata_database,
    metadata_service,
    network,
    service_gateway,
    user_access,
)
from settings.checks import MOST_TAGS, is_private_ecr_image, problem_of_tags
from settings.network import MOST_JOB_GROUPS
from settings.parts import Conflicts, Rule

if TYPE_CHECKING:
    from settings.model import Settings


_DEPENDENT: Mapping[str, Sequence[str]] = {
    "api_quota_period": ("api_quota_limit",),
    "api_waf_rate_limit": ("api_waf",),
    "db_port": ("db_host",),
    "image_repository_keep": ("image_repository", "image_caches"),
    "image_repository_untagged_days": ("image_repository", "image_caches"),
}
"""Values that say nothing unless one of some other settings is in use."""


def _idle(settings: "Settings") -> Conflicts:
    for field, others in _DEPENDENT.items():
        in_use = any(getattr(settings, one) for one in others)
        if not in_use and settings.is_changed(field):
            words, value = " or ".join(map(to_camel, others)), getattr(settings, field)
            yield to_camel(field), f"{value} without {words}", f"only together with {words}"


def _final_snapshot(settings: "Settings") -> Conflicts:
    if settings.deletion_protection and not settings.db_final_snapshot:
        yield (
            "dbFinalSnapshot",
            "false together with deletionProtection",
            "true for a protected database",
        )


def _image_deletion(settings: "Settings") -> Conflicts:
    if settings.deletion_protection and settings.image_repository_force_delete:
        yield (
            "imageRepositoryForceDelete",
            "true together with deletionProtection",
            "false for a protected repository",
        )


def _adopted_database(settings: "Settings") -> Conflicts:
    if settings.db_host and settings.db_snapshot_identifier:
        yield (
            "dbSnapshotIdentifier",
            "set together with dbHost",
            "empty for a database that is there already",
        )


def _database_network(settings: "Settings") -> Conflicts:
    """Networks that overlap can neither be peered nor routed to each other."""
    if settings.vpc_id or not settings.db_cidr:
        return
    if IPv4Network(settings.db_cidr).overlaps(IPv4Network(settings.vpc_cidr)):
        yield (
            "vpcCidr",
            f"{settings.vpc_cidr}, which overlaps dbCidr {settings.db_cidr}",
            "a network of which dbCidr has no address, or the database's VPC by vpcId",
        )


def _queue_tags(settings: "Settings") -> Conflicts:
    """Tags of a queue stand beside the stack's, of which AWS takes 50 together with its own."""
    for place, queue in enumerate(settings.queues):
        together = {**settings.tags, **queue.tags}
        problem = problem_of_tags(together)
        if len(together) > MOST_TAGS or problem:
            found = problem or f"{len(together)} together with the stack's tags"
            allowed = f"up to {MOST_TAGS} together with the stack's tags, none differing in case"
            yield f"queues[{place}].tags", found, allowed


def _multi_node(settings: "Settings") -> Conflicts:
    """Tasks of several nodes have addresses of their own, which are never public ones."""
    for place, queue in enumerate(settings.queues):
        if queue.multi_node and not settings.private_subnets:
            yield (
                f"queues[{place}].multiNode",
                "true in public subnets, where no node of a job could reach AWS",
                "true with privateSubnets true",
            )
        if queue.multi_node and len(settings.job_security_group_ids) == MOST_JOB_GROUPS:
            yield (
                "jobSecurityGroupIds",
                f"{MOST_JOB_GROUPS} groups with a multi-node queue, whose nodes have one more",
                f"up to {MOST_JOB_GROUPS - 1} ids of security groups with a multi-node queue",
            )


def _image_within_reach(settings: "Settings") -> Conflicts:
    """Endpoints lead to private ECR registries only."""
    if settings.nat_gateways == "none" and not is_private_ecr_image(settings.service_image):
        yield (
            "serviceImage",
            f"{settings.service_image} with natGateways none, which leaves no way to its registry",
            "an image in a private ECR repository of the stack's region",
        )


_BETWEEN_TIERS = (
    Rule(_idle, frozenset(_DEPENDENT).union(*_DEPENDENT.values())),
    Rule(_multi_node, frozenset({"queues", "private_subnets", "job_security_group_ids"})),
    Rule(_image_within_reach, frozenset({"service_image", "nat_gateways"})),
    Rule(_final_snapshot, frozenset({"deletion_protection", "db_final_snapshot"})),
    Rule(_image_deletion, frozenset({"deletion_protection", "image_repository_force_delete"})),
    Rule(_adopted_database, frozenset({"db_host", "db_snapshot_identifier"})),
    Rule(_database_network, frozenset({"vpc_id", "vpc_cidr", "db_cidr"})),
    Rule(_queue_tags, frozenset({"queues", "tags"})),
)

_RULES: Sequence[Rule] = (
    *network.RULES,
    *adopted_network.RULES,
    *datastore.RULES,
    *metadata_database.RULES,
    *adopted_database.RULES,
    *metadata_service.RULES,
    *service_gateway.RULES,
    *gateway_front.RULES,
    *compute.RULES,
    *images.RULES,
    *job_permissions.RULES,
    *user_access.RULES,
    *_BETWEEN_TIERS,
)


def conflicts(settings: "Settings", unusable: Set[str] = frozenset()) -> list[tuple[str, str, str]]:
    """List all conflicts: key at fault, what was found, what is allowed.

    Args:
        settings: the settings.
        unusable: names of fields whose own value is at fault; rules about them are left out.
    """
    return [
        conflict
        for rule in _RULES
        if not rule.fields & unusable
        for conflict in rule.conflicts(settings)
    ]
