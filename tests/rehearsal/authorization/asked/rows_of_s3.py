"""Requests to Amazon S3 that write no object, and what they ask."""

from functools import partial
from typing import Any

from rehearsal.authorization.asked import Encryption
from tests.rehearsal.authorization.asked.asking import ACCOUNT, Expected, Row, StoredLook

BUCKET = "arn:aws:s3:::store"
OBJECT = f"{BUCKET}/metaflow/a"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234"
OTHER_KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/9999"
AT: dict[str, Any] = {"Bucket": "store", "Key": "metaflow/a"}
UPLOAD: dict[str, Any] = {**AT, "UploadId": "u1"}
REFERENCE = "S3 API Reference, "
PERMISSIONS = "S3 User Guide, Required permissions for Amazon S3 API operations"
KMS = "S3 User Guide, Using server-side encryption with AWS KMS keys"

ENCRYPTED = StoredLook(
    bucket_keys={"store": Encryption(KEY)},
    object_keys={"store/metaflow/a": Encryption(KEY)},
    upload_keys={"store/u1": Encryption(KEY)},
    keys={"alias/other": OTHER_KEY},
)
BY_BUCKET = StoredLook(
    bucket_keys={"store": Encryption(KEY, by_bucket=True)},
    object_keys={"store/metaflow/a": Encryption(KEY, by_bucket=True)},
    keys={"alias/other": OTHER_KEY},
)
_MISSING = StoredLook(missing_objects=frozenset({("store", "metaflow/a")}))
_TAGGED = StoredLook(object_tag_sets={"store/metaflow/a": {"team": "ml"}})


def use(action: str, key: str = KEY, bound: str = OBJECT) -> Expected:
    return (
        f"kms:{action}",
        key,
        {
            "kms:EncryptionContext:aws:s3:arn": bound,
            "kms:EncryptionContextKeys": ("aws:s3:arn",),
            "kms:ViaService": "s3.us-east-1.amazonaws.com",
            "kms:CallerAccount": ACCOUNT,
        },
    )


row = partial(Row, "s3")


def _bucket_row(operation: str, action: str) -> Row:
    return row(operation, "", {"Bucket": "store"}, [(action, BUCKET, {})], PERMISSIONS)


_READING = [
    row("GetObject", "", AT, [("s3:GetObject", OBJECT, {})], PERMISSIONS),
    row("HeadObject", "", AT, [("s3:GetObject", OBJECT, {})], REFERENCE + "HeadObject"),
    *(
        row(
            operation,
            "missing",
            AT,
            [
                ("s3:GetObject", OBJECT, {}),
                ("s3:ListBucket", BUCKET, {"s3:prefix": "metaflow/a"}),
            ],
            f"{REFERENCE}{operation}: 404 with s3:ListBucket, 403 without",
            _MISSING,
        )
        for operation in ("GetObject", "HeadObject")
    ),
    row(
        "GetObject",
        "version",
        {**AT, "VersionId": "v1"},
        [("s3:GetObjectVersion", OBJECT, {"s3:versionid": "v1"})],
        REFERENCE + "GetObject: with versionId, s3:GetObjectVersion and not s3:GetObject",
        _MISSING,
    ),
    row(
        "GetObject",
        "encrypted",
        AT,
        [("s3:GetObject", OBJECT, {}), use("Decrypt")],
        KMS,
        ENCRYPTED,
    ),
    row(
        "GetObject",
        "bucket-key",
        AT,
        [("s3:GetObject", OBJECT, {}), use("Decrypt", bound=BUCKET)],
        KMS + ", Encryption context",
        BY_BUCKET,
    ),
    row(
        "HeadObject",
        "encrypted",
        AT,
        [("s3:GetObject", OBJECT, {})],
        REFERENCE + "HeadObject: kms:Decrypt for the checksum only",
        ENCRYPTED,
    ),
    row(
        "HeadObject",
        "encrypted-checksum",
        {**AT, "ChecksumMode": "ENABLED"},
        [("s3:GetObject", OBJECT, {}), use("Decrypt")],
        REFERENCE + "HeadObject: kms:Decrypt for the checksum only",
        ENCRYPTED,
    ),
    row(
        "GetObject",
        "tagged",
        AT,
        [("s3:GetObject", OBJECT, {"s3:ExistingObjectTag/team": "ml"})],
        "S3 User Guide, Tagging and access control policies",
        _TAGGED,
    ),
]

_LISTING = [
    row(
        "HeadBucket",
        "",
        {"Bucket": "store"},
        [("s3:ListBucket", BUCKET, {})],
        REFERENCE + "HeadBucket",
    ),
    *(
        row(
            operation,
            "prefix",
            {"Bucket": "store", "Prefix": "metaflow/", "Delimiter": "/", "MaxKeys": 5},
            [
                (
                    action,
                    BUCKET,
                    {"s3:prefix": "metaflow/", "s3:delimiter": "/", "s3:max-keys": "5"},
                )
            ],
            "S3 User Guide, Bucket policy examples using condition keys",
        )
        for operation, action in (
            ("ListObjects", "s3:ListBucket"),
            ("ListObjectsV2", "s3:ListBucket"),
            ("ListObjectVersions", "s3:ListBucketVersions"),
        )
    ),
    row(
        "ListObjectsV2",
        "whole-bucket",
        {"Bucket": "store"},
        [("s3:ListBucket", BUCKET, {})],
        "S3 User Guide, Bucket policy examples using condition keys",
    ),
    row("ListBuckets", "", {}, [("s3:ListAllMyBuckets", "*", {})], PERMISSIONS),
    _bucket_row("ListMultipartUploads", "s3:ListBucketMultipartUploads"),
    _bucket_row("GetBucketLocation", "s3:GetBucketLocation"),
    _bucket_row("GetBucketVersioning", "s3:GetBucketVersioning"),
    _bucket_row("GetBucketPolicy", "s3:GetBucketPolicy"),
    _bucket_row("GetBucketTagging", "s3:GetBucketTagging"),
    _bucket_row("GetBucketEncryption", "s3:GetEncryptionConfiguration"),
]

_CHANGING = [
    row("DeleteObject", "", AT, [("s3:DeleteObject", OBJECT, {})], PERMISSIONS),
    row(
        "DeleteObject",
        "version",
        {**AT, "VersionId": "v1"},
        [("s3:DeleteObjectVersion", OBJECT, {"s3:versionid": "v1"})],
        REFERENCE + "DeleteObject",
    ),
    row(
        "DeleteObjects",
        "",
        {
            "Bucket": "store",
            "Delete": {"Objects": [{"Key": "metaflow/a"}, {"Key": "b", "VersionId": "v1"}]},
        },
        [
            ("s3:DeleteObject", OBJECT, {}),
            ("s3:DeleteObjectVersion", f"{BUCKET}/b", {"s3:versionid": "v1"}),
        ],
        REFERENCE + "DeleteObjects: one check for each key",
    ),
    row("GetObjectTagging", "", AT, [("s3:GetObjectTagging", OBJECT, {})], PERMISSIONS),
    row(
        "PutObjectTagging",
        "",
        {**AT, "Tagging": {"TagSet": [{"Key": "team", "Value": "ml"}]}},
        [
            (
                "s3:PutObjectTagging",
                OBJECT,
                {"s3:RequestObjectTag/team": "ml", "s3:RequestObjectTagKeys": ("team",)},
            )
        ],
        PERMISSIONS,
    ),
    row(
        "DeleteObjectTagging",
        "version",
        {**AT, "VersionId": "v1"},
        [("s3:DeleteObjectVersionTagging", OBJECT, {"s3:versionid": "v1"})],
        PERMISSIONS,
    ),
    row("GetObjectAcl", "", AT, [("s3:GetObjectAcl", OBJECT, {})], PERMISSIONS),
]

ROWS = [*_READING, *_LISTING, *_CHANGING]
