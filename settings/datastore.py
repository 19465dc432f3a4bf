"""The settings of the S3 datastore."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from settings.parts import Conflicts, Rule, SettingsModel, allowed


class DatastoreSettings(SettingsModel):
    """The bucket of artifacts and code packages."""

    datastore_kms_key: Annotated[bool, allowed("true or false")] = False
    """Whether the bucket has a KMS key of its own instead of S3's keys; once true it stays
    true, since objects written under the key need it."""

    datastore_retained: Annotated[bool, allowed("true or false")] = False
    """Whether the bucket outlives the stack."""

    datastore_force_destroy: Annotated[bool, allowed("true or false")] = False
    """Whether destroying the stack empties the bucket first."""

    datastore_old_version_days: Annotated[int, Field(ge=1, le=3650), allowed("1 to 3650")] = 30
    """Days for which replaced and deleted objects are kept."""


def _datastore(settings: DatastoreSettings) -> Conflicts:
    if settings.datastore_retained and settings.datastore_force_destroy:
        yield (
            "datastoreForceDestroy",
            "true together with datastoreRetained",
            "false for a bucket that is kept",
        )


RULES: Sequence[Rule] = (
    Rule(_datastore, frozenset({"datastore_retained", "datastore_force_destroy"})),
)
