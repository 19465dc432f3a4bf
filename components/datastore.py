"""Datastore: the bucket of Metaflow's artifacts, and its key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import iam
from components.aws_environment import AwsEnvironment
from components.tags import named

_ABORT_UPLOADS_AFTER_DAYS = 7
_KEY_DELETION_WINDOW_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class DatastoreArgs:
    """Inputs of :class:`Datastore`; plain, since they decide which children exist and how."""

    environment: AwsEnvironment
    """Where the stack is deployed."""

    kms_key: bool
    """Whether the stack makes a KMS key for the bucket."""

    kms_key_arn: str | None
    """A KMS key that is there already; without any, S3's keys encrypt the bucket."""

    retained: bool
    """Whether the bucket stays when the stack is destroyed; its key always does."""

    force_destroy: bool
    """Whether destroying the stack empties the bucket first."""

    deletion_protection: bool
    """Whether Pulumi refuses to delete bucket and key."""

    old_version_days: int
    """Days for which replaced and deleted objects are kept."""

    tags: Mapping[str, str]
    """Tags of every taggable child."""


class Datastore(pulumi.ComponentResource):
    """A private, encrypted, versioned bucket that is reached by TLS only."""

    bucket_name: pulumi.Output[str]
    bucket_arn: pulumi.Output[str]
    key_arn: pulumi.Output[str] | None

    def __init__(
        self, name: str, args: DatastoreArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Register the bucket and what guards it."""
        super().__init__("metaflow:index:Datastore", name, {"kmsKey": args.kms_key}, opts)
        self._name, self._args = name, args
        self.key_arn = pulumi.Output.from_input(args.kms_key_arn) if args.kms_key_arn else None
        if args.kms_key:
            self.key_arn = self._key()
        bucket = aws.s3.Bucket(
            f"{name}-bucket",
            force_destroy=args.force_destroy,
            tags=named(args.tags, name),
            # One that was taken over keeps its name, which Pulumi did not choose.
            opts=self._options(protect=args.deletion_protection, ignored=["bucket"]),
        )
        self.bucket_name, self.bucket_arn = bucket.bucket, bucket.arn
        # One after the other: S3 answers 409 to puts on one bucket that overlap.
        ownership = aws.s3.BucketOwnershipControls(
            f"{name}-ownership",
            bucket=bucket.bucket,
            rule={"object_ownership": "BucketOwnerEnforced"},
            opts=self._options(),
        )
        public_access = aws.s3.BucketPublicAccessBlock(
            f"{name}-public-access",
            bucket=bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self._options(ownership),
        )
        encryption = self._encryption(public_access)
        versioning = aws.s3.BucketVersioning(
            f"{name}-versioning",
            bucket=bucket.bucket,
            versioning_configuration={"status": "Enabled"},
            opts=self._options(encryption),
        )
        policy = self._policy(versioning)
        self._lifecycle(policy)
        self.register_outputs({"bucket_name": self.bucket_name})

    def _options(
        self, *after: pulumi.Resource, protect: bool = False, ignored: Sequence[str] = ()
    ) -> pulumi.ResourceOptions:
        """Return a child's options; what guards a retained bucket is retained with it."""
        return pulumi.ResourceOptions(
            parent=self,
            depends_on=list(after),
            ignore_changes=list(ignored),
            protect=protect or None,
            retain_on_delete=self._args.retained or None,
        )

    def _key(self) -> pulumi.Output[str]:
        key = aws.kms.Key(
            f"{self._name}-key",
            description="Encrypts Metaflow's datastore",
            enable_key_rotation=True,
            deletion_window_in_days=_KEY_DELETION_WINDOW_DAYS,
            tags=named(self._args.tags, self._name),
            # Objects that were written under the key can never be read again without it.
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=self._args.deletion_protection or None,
                retain_on_delete=True,
            ),
        )
        return key.arn

    def _encryption(self, after: pulumi.Resource) -> pulumi.Resource:
        by_default = (
            aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs
        )
        default = by_default(sse_algorithm="AES256")
        if self.key_arn is not None:
            default = by_default(sse_algorithm="aws:kms", kms_master_key_id=self.key_arn)
        return aws.s3.BucketServerSideEncryptionConfiguration(
            f"{self._name}-encryption",
            bucket=self.bucket_name,
            rules=[
                aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
                    apply_server_side_encryption_by_default=default,
                    bucket_key_enabled=self.key_arn is not None,
                )
            ],
            opts=self._options(after),
        )

    def _policy(self, after: pulumi.Resource) -> pulumi.Resource:
        statement: iam.Statement = {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [self.bucket_arn, self.bucket_arn.apply(lambda arn: f"{arn}/*")],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        return aws.s3.BucketPolicy(
            f"{self._name}-policy",
            bucket=self.bucket_name,
            policy=iam.document([statement]),
            opts=self._options(after),
        )

    def _lifecycle(self, after: pulumi.Resource) -> None:
        aws.s3.BucketLifecycleConfiguration(
            f"{self._name}-lifecycle",
            bucket=self.bucket_name,
            rules=[
                {
                    "id": "abort-uploads",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "abort_incomplete_multipart_upload": {
                        "days_after_initiation": _ABORT_UPLOADS_AFTER_DAYS
                    },
                },
                {
                    "id": "expire-old-versions",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "noncurrent_version_expiration": {
                        "noncurrent_days": self._args.old_version_days
                    },
                    "expiration": {"expired_object_delete_marker": True},
                },
            ],
            opts=self._options(after),
        )
