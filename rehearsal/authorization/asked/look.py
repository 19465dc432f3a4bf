"""What has to be known of the deployed resources to tell what a request asks; read-only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Encryption:
    """Encryption with a key of the customer.

    Attributes:
        key_arn: the key.
        by_bucket: whether one data key serves the whole bucket (S3 Bucket Keys).
    """

    key_arn: str
    by_bucket: bool = False


@dataclass(frozen=True)
class Secret:
    """A secret of Secrets Manager.

    Attributes:
        arn: its whole ARN, with the six characters at the end.
        key_arn: the customer's key that encrypts it, or None for the one that AWS manages.
        rotation_function_arn: the function that rotates it, or None.
    """

    arn: str
    key_arn: str | None = None
    rotation_function_arn: str | None = None


class Look(Protocol):
    """Looks at what is deployed in the request's account and region.

    Where a resource does not exist the answer is None, False or empty; nothing is raised.
    """

    def lacks_object(self, bucket: str, key: str) -> bool:
        """Tell whether a bucket is there, but no object with this key is in it."""

    def object_tags(self, bucket: str, key: str) -> Mapping[str, str]:
        """Return an object's tags."""

    def object_encryption(self, bucket: str, key: str, version: str | None) -> Encryption | None:
        """Return an object's encryption, where it is by a customer's key."""

    def bucket_encryption(self, bucket: str) -> Encryption | None:
        """Return what encrypts a bucket's new objects, where it is a customer's key."""

    def upload_encryption(self, bucket: str, upload: str) -> Encryption | None:
        """Return what encrypts a multipart upload, where it is a customer's key."""

    def key_arn(self, identifier: str) -> str | None:
        """Return a key's ARN, given by id, ARN or alias; None where AWS manages the key."""

    def secret(self, identifier: str) -> Secret | None:
        """Return a secret, given by name, by ARN, or by ARN without the last six characters."""

    def topic_key(self, arn: str) -> str | None:
        """Return the key that encrypts an SNS topic; None where there is none."""

    def tags(self, arn: str) -> Mapping[str, str]:
        """Return the tags of the resource with this ARN."""

    def partition_key(self, table: str) -> str | None:
        """Return the name of a DynamoDB table's partition key."""

    def has_rule(self, bus: str, name: str) -> bool:
        """Tell whether an event bus has a rule."""

    def task_definition_roles(self, task_definition: str) -> tuple[str, ...]:
        """Return the roles of an ECS task definition, given by family, revision or ARN."""
