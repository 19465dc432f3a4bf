"""Requests that write to Amazon S3, and what they ask."""

from typing import Any

from rehearsal.authorization.asked import Encryption
from tests.rehearsal.authorization.asked.asking import Expected, StoredLook
from tests.rehearsal.authorization.asked.rows_of_s3 import (
    AT,
    BUCKET,
    BY_BUCKET,
    ENCRYPTED,
    KEY,
    KMS,
    OBJECT,
    OTHER_KEY,
    PERMISSIONS,
    REFERENCE,
    UPLOAD,
    row,
    use,
)

_CREATES = {"s3:ObjectCreationOperation": "true"}
_ADDS = {"s3:ObjectCreationOperation": "false"}


def _put(**context: Any) -> Expected:
    return "s3:PutObject", OBJECT, {**_CREATES, **context}


_WRITING = [
    row("PutObject", "", AT, [_put()], PERMISSIONS),
    row("PutObject", "encrypted", AT, [_put(), use("GenerateDataKey")], KMS, ENCRYPTED),
    row(
        "PutObject",
        "bucket-key",
        AT,
        [_put(), use("GenerateDataKey", bound=BUCKET)],
        KMS,
        BY_BUCKET,
    ),
    row(
        "PutObject",
        "other-key",
        {**AT, "ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "alias/other"},
        [
            _put(
                **{
                    "s3:x-amz-server-side-encryption": "aws:kms",
                    "s3:x-amz-server-side-encryption-aws-kms-key-id": "alias/other",
                }
            ),
            use("GenerateDataKey", OTHER_KEY),
        ],
        KMS,
        ENCRYPTED,
    ),
    row(
        "PutObject",
        "other-key-as-the-bucket-key",
        {**AT, "SSEKMSKeyId": "alias/other"},
        [
            _put(**{"s3:x-amz-server-side-encryption-aws-kms-key-id": "alias/other"}),
            use("GenerateDataKey", OTHER_KEY, BUCKET),
        ],
        KMS,
        BY_BUCKET,
    ),
    row(
        "PutObject",
        "other-key-without-bucket-key",
        {**AT, "SSEKMSKeyId": "alias/other", "BucketKeyEnabled": False},
        [
            _put(**{"s3:x-amz-server-side-encryption-aws-kms-key-id": "alias/other"}),
            use("GenerateDataKey", OTHER_KEY),
        ],
        KMS,
        BY_BUCKET,
    ),
    row(
        "PutObject",
        "without-the-key",
        {**AT, "ServerSideEncryption": "AES256"},
        [_put(**{"s3:x-amz-server-side-encryption": "AES256"})],
        KMS,
        ENCRYPTED,
    ),
    row(
        "PutObject",
        "tags-and-acl",
        {**AT, "Tagging": "team=ml&for=a%20b", "ACL": "public-read"},
        [
            _put(
                **{
                    "s3:x-amz-acl": "public-read",
                    "s3:RequestObjectTag/team": "ml",
                    "s3:RequestObjectTag/for": "a b",
                    "s3:RequestObjectTagKeys": ("team", "for"),
                }
            ),
            (
                "s3:PutObjectTagging",
                OBJECT,
                {
                    "s3:RequestObjectTag/team": "ml",
                    "s3:RequestObjectTag/for": "a b",
                    "s3:RequestObjectTagKeys": ("team", "for"),
                },
            ),
            ("s3:PutObjectAcl", OBJECT, {}),
        ],
        REFERENCE + "PutObject",
    ),
    row(
        "CreateMultipartUpload",
        "encrypted",
        AT,
        [("s3:PutObject", OBJECT, _ADDS), use("GenerateDataKey")],
        "S3 User Guide, Multipart upload API and permissions",
        ENCRYPTED,
    ),
    row(
        "UploadPart",
        "encrypted",
        {**UPLOAD, "PartNumber": 1},
        [("s3:PutObject", OBJECT, _ADDS), use("Decrypt")],
        "S3 User Guide, Multipart upload API and permissions",
        ENCRYPTED,
    ),
    row(
        "UploadPart",
        "",
        {**UPLOAD, "PartNumber": 1},
        [("s3:PutObject", OBJECT, _ADDS)],
        PERMISSIONS,
    ),
    row(
        "CompleteMultipartUpload",
        "encrypted",
        UPLOAD,
        [_put(), use("Decrypt")],
        "S3 User Guide, Multipart upload API and permissions",
        ENCRYPTED,
    ),
    row(
        "AbortMultipartUpload",
        "",
        UPLOAD,
        [("s3:AbortMultipartUpload", OBJECT, {})],
        PERMISSIONS,
    ),
    row("ListParts", "", UPLOAD, [("s3:ListMultipartUploadParts", OBJECT, {})], PERMISSIONS),
]

_TO: dict[str, Any] = {"Bucket": "store", "Key": "copy", "CopySource": "store/metaflow/a%20b"}
_COPY = f"{BUCKET}/copy"
_FROM_HERE = {**_CREATES, "s3:x-amz-copy-source": "store/metaflow/a%20b"}
_COPYING = [
    row(
        "CopyObject",
        "",
        _TO,
        [("s3:GetObject", f"{OBJECT} b", {}), ("s3:PutObject", _COPY, _FROM_HERE)],
        REFERENCE + "CopyObject",
    ),
    row(
        "CopyObject",
        "version-of-another-bucket",
        {**_TO, "CopySource": "/theirs/x?versionId=v1"},
        [
            ("s3:GetObjectVersion", "arn:aws:s3:::theirs/x", {"s3:versionid": "v1"}),
            (
                "s3:PutObject",
                _COPY,
                {**_CREATES, "s3:x-amz-copy-source": "/theirs/x?versionId=v1"},
            ),
        ],
        REFERENCE + "CopyObject",
    ),
    row(
        "CopyObject",
        "encrypted-and-tagged",
        _TO,
        [
            ("s3:GetObject", f"{OBJECT} b", {}),
            use("Decrypt", OTHER_KEY, f"{OBJECT} b"),
            ("s3:GetObjectTagging", f"{OBJECT} b", {}),
            ("s3:PutObjectTagging", _COPY, {}),
            ("s3:PutObject", _COPY, _FROM_HERE),
            use("GenerateDataKey", bound=_COPY),
        ],
        REFERENCE + "CopyObject",
        StoredLook(
            object_keys={"store/metaflow/a b": Encryption(OTHER_KEY)},
            object_tag_sets={"store/metaflow/a b": {"team": "ml"}},
            bucket_keys={"store": Encryption(KEY)},
        ),
    ),
    row(
        "UploadPartCopy",
        "",
        {**_TO, "UploadId": "u1", "PartNumber": 1},
        [
            ("s3:GetObject", f"{OBJECT} b", {}),
            ("s3:PutObject", _COPY, {**_ADDS, "s3:x-amz-copy-source": "store/metaflow/a%20b"}),
        ],
        REFERENCE + "UploadPartCopy",
    ),
]


ROWS = [*_WRITING, *_COPYING]
