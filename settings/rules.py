"""The rules between settings: those of each tier, and those between tiers."""

from collections.abc import Sequence, Set
from typing import TYPE_CHECKING

from settings import (
    adopted_database,
    compute,
    datastore,
    metadata_database,
    metadata_service,
    network,
    service_gateway,
    user_access,
)
from settings.checks import MOST_TAGS, problem_of_tags
from settings.parts import Conflicts, Rule

if TYPE_CHECKING:
    from settings.model import Settings


def _final_snapshot(settings: "Settings") -> Conflicts:
    if settings.deletion_protection and not settings.db_final_snapshot:
        yield (
            "dbFinalSnapshot",
            "false together with deletionProtection",
            "true for a protected database",
        )


def _adopted_database(settings: "Settings") -> Conflicts:
    if settings.db_host and settings.db_snapshot_identifier:
        yield (
            "dbSnapshotIdentifier",
            "set together with dbHost",
            "empty for a database that is there already",
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


_BETWEEN_TIERS = (
    Rule(_final_snapshot, frozenset({"deletion_protection", "db_final_snapshot"})),
    Rule(_adopted_database, frozenset({"db_host", "db_snapshot_identifier"})),
    Rule(_queue_tags, frozenset({"queues", "tags"})),
)

_RULES: Sequence[Rule] = (
    *network.RULES,
    *datastore.RULES,
    *metadata_database.RULES,
    *adopted_database.RULES,
    *metadata_service.RULES,
    *service_gateway.RULES,
    *compute.RULES,
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
