"""The settings of the S3 datastore."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from settings.checks import problem_of_bucket, problem_of_key
from settings.parts import Conflicts, Rule, SettingsModel, allowed, rejecting


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

    datastore_bucket_name: Annotated[
        str, rejecting(problem_of_bucket), allowed("the name of a bucket of the stack's region")
    ] = ""
    """A bucket of yours to use, of which nothing is changed; empty means one of the stack's."""

    datastore_kms_key_arn: Annotated[
        str, rejecting(problem_of_key), allowed("the ARN of a KMS key of the stack's region")
    ] = ""
    """A KMS key of yours that encrypts the bucket; empty means none."""


def _datastore(settings: DatastoreSettings) -> Conflicts:
    if settings.datastore_retained and settings.datastore_force_destroy:
        yield (
            "datastoreForceDestroy",
            "true together with datastoreRetained",
            "false for a bucket that is kept",
        )


def _key(settings: DatastoreSettings) -> Conflicts:
    if settings.datastore_kms_key and settings.datastore_kms_key_arn:
        yield "datastoreKmsKey", "true together with datastoreKmsKeyArn", "one of the two"


def _adopted(settings: DatastoreSettings) -> Conflicts:
    if not settings.datastore_bucket_name:
        return
    if settings.is_changed("datastore_old_version_days"):
        yield (
            "datastoreOldVersionDays",
            f"{settings.datastore_old_version_days} together with datastoreBucketName",
            "nothing for a bucket that is not the stack's",
        )
    if settings.datastore_force_destroy:
        yield (
            "datastoreForceDestroy",
            "true together with datastoreBucketName",
            "false for a bucket that is not the stack's",
        )
    if settings.datastore_kms_key:
        yield (
            "datastoreKmsKey",
            "true together with datastoreBucketName",
            "false for a bucket that is not the stack's; datastoreKmsKeyArn names its key",
        )


RULES: Sequence[Rule] = (
    Rule(_datastore, frozenset({"datastore_retained", "datastore_force_destroy"})),
    Rule(_key, frozenset({"datastore_kms_key", "datastore_kms_key_arn"})),
    Rule(
        _adopted,
        frozenset(
            {
                "datastore_bucket_name",
                "datastore_force_destroy",
                "datastore_kms_key",
                "datastore_old_version_days",
            }
        ),
    ),
)
