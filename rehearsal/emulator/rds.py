"""What moto's RDS lacks: the snapshot before an upgrade to another major version.

For moto 5.2.5 (pinned exactly).
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from moto.rds.models import RDSBackend


@cache
def apply() -> None:
    """Patch moto's RDS, once a process."""
    RDSBackend.modify_db_instance = _keeping_a_copy(  # type: ignore[method-assign]
        RDSBackend.modify_db_instance
    )


def _keeping_a_copy(original: Callable[..., Any]) -> Callable[..., Any]:
    def modify_db_instance(backend: Any, identifier: str, db_kwargs: dict[str, Any]) -> Any:
        """Take a snapshot before a major upgrade where backups are on, as RDS does.

        Amazon RDS User Guide, "How to perform a major version upgrade for RDS for PostgreSQL".
        """
        [database] = backend.describe_db_instances(identifier)
        before = str(database.engine_version)
        after = str(db_kwargs.get("engine_version") or before)
        if database.backup_retention_period and _major(before) != _major(after):
            backend.create_auto_snapshot(identifier, _name(identifier, before, after))
        return original(backend, identifier, db_kwargs)

    return modify_db_instance


def _major(version: str) -> str:
    return version.split(".", maxsplit=1)[0]


def _name(identifier: str, before: str, after: str) -> str:
    versions = f"{before}-to-{after}".replace(".", "-")
    return f"rds:preupgrade-{identifier}-{versions}-{datetime.now(UTC):%Y-%m-%d-%H-%M-%S}"
