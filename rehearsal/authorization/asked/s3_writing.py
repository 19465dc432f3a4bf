"""What requests that write objects to Amazon S3 ask.

Unless a docstring says otherwise: Amazon S3 User Guide, "Required permissions for Amazon S3 API
operations", and the "Permissions" of each operation in the Amazon S3 API Reference.
"""

from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, unquote

from rehearsal.authorization.asked.context import Context, given
from rehearsal.authorization.asked.look import Encryption, Look
from rehearsal.authorization.asked.mapping import Operation
from rehearsal.authorization.asked.request import Request, is_arn
from rehearsal.authorization.asked.s3_resources import (
    bucket_arn,
    data_key,
    decryption,
    key_question,
    s3_keys,
    tag_keys,
)
from rehearsal.authorization.question import Question

_HEADERS = {
    "s3:x-amz-acl": "ACL",
    "s3:x-amz-copy-source": "CopySource",
    "s3:x-amz-grant-full-control": "GrantFullControl",
    "s3:x-amz-grant-read": "GrantRead",
    "s3:x-amz-grant-read-acp": "GrantReadACP",
    "s3:x-amz-grant-write-acp": "GrantWriteACP",
    "s3:x-amz-metadata-directive": "MetadataDirective",
    "s3:x-amz-server-side-encryption": "ServerSideEncryption",
    "s3:x-amz-server-side-encryption-aws-kms-key-id": "SSEKMSKeyId",
    "s3:x-amz-server-side-encryption-customer-algorithm": "SSECustomerAlgorithm",
    "s3:x-amz-storage-class": "StorageClass",
    "s3:x-amz-website-redirect-location": "WebsiteRedirectLocation",
    "s3:if-match": "IfMatch",
    "s3:if-none-match": "IfNoneMatch",
    "s3:object-lock-mode": "ObjectLockMode",
    "s3:object-lock-legal-hold": "ObjectLockLegalHoldStatus",
}

_FURTHER = {
    "Tagging": "s3:PutObjectTagging",
    "ACL": "s3:PutObjectAcl",
    "GrantFullControl": "s3:PutObjectAcl",
    "GrantRead": "s3:PutObjectAcl",
    "GrantReadACP": "s3:PutObjectAcl",
    "GrantWriteACP": "s3:PutObjectAcl",
    "ObjectLockMode": "s3:PutObjectRetention",
    "ObjectLockLegalHoldStatus": "s3:PutObjectLegalHold",
}
"""What a parameter asks besides s3:PutObject (Amazon S3 API Reference, PutObject)."""

_TAGGING = {"s3:PutObject", "s3:PutObjectTagging"}
_CREATES = {"PutObject", "CopyObject", "CompleteMultipartUpload"}


def _putting(request: Request, look: Look) -> Iterator[Question]:
    """Ask for writing, for what goes with it, and for a data key.

    Amazon S3 User Guide, "Using server-side encryption with AWS KMS keys": kms:GenerateDataKey to
    upload. CreateMultipartUpload begins the upload with it as well.
    """
    key = request["Key"]
    actions = [action for name, action in _FURTHER.items() if request.parameters.get(name)]
    for action in dict.fromkeys(["s3:PutObject", *actions]):
        yield _write(request, look, action)
    yield from data_key(request, request["Bucket"], key, _target(request, look))


def _write(request: Request, look: Look, action: str) -> Question:
    question = key_question(request, action, look, request["Key"])
    context: Context = {**question.context}
    if action == "s3:PutObject":
        # Amazon S3 User Guide, "Enforce conditional writes on Amazon S3 buckets".
        context["s3:ObjectCreationOperation"] = "true" if request.operation in _CREATES else "false"
        context.update(given(_HEADERS, request.parameters))
    if action in _TAGGING:
        context.update(tag_keys(dict(parse_qsl(request.parameters.get("Tagging") or ""))))
    return Question(question.action, question.resource, context)


def _target(request: Request, look: Look) -> Encryption | None:
    """Return the encryption that the request names, or else the bucket's."""
    by_default = look.bucket_encryption(request["Bucket"])
    named = request.parameters.get("ServerSideEncryption")
    key = request.parameters.get("SSEKMSKeyId")
    if named is None and key is None:
        return by_default
    arn = look.key_arn(key) if key else None
    by_bucket = request.parameters.get("BucketKeyEnabled")
    if by_bucket is None:
        by_bucket = by_default.by_bucket if by_default else False
    return Encryption(arn, by_bucket) if arn else None


def _part(request: Request, look: Look) -> Iterator[Question]:
    """Ask for a part, or for the end of an upload.

    Amazon S3 User Guide, "Uploading and copying objects using multipart upload", "Multipart upload
    API and permissions": s3:PutObject for each; kms:Decrypt on the key, by which S3 encrypts parts
    with one data key, and reads them before it completes the object.
    """
    name, key = request["Bucket"], request["Key"]
    yield _write(request, look, "s3:PutObject")
    upload = look.upload_encryption(name, request["UploadId"])
    yield from decryption(request, name, key, upload)


def _copying(request: Request, look: Look) -> Iterator[Question]:
    """Ask for reading the source and for writing the copy.

    Amazon S3 API Reference, CopyObject: s3:GetObject (s3:GetObjectVersion with a version) on the
    source, kms:Decrypt on its key; s3:GetObjectTagging and s3:PutObjectTagging where the source has
    tags that are to be copied.
    """
    name, key, version = _source(request)
    yield from _reading_source(request, look)
    copies_tags = request.parameters.get("TaggingDirective", "COPY") == "COPY"
    if copies_tags and look.object_tags(name, key):
        suffix = "VersionTagging" if version else "Tagging"
        source = f"{bucket_arn(request, name)}/{key}"
        yield Question(f"s3:GetObject{suffix}", source, s3_keys(request))
        yield _write(request, look, "s3:PutObjectTagging")
    yield from _putting(request, look)


def _copying_part(request: Request, look: Look) -> Iterator[Question]:
    yield from _reading_source(request, look)
    yield from _part(request, look)


def _reading_source(request: Request, look: Look) -> Iterator[Question]:
    name, key, version = _source(request)
    context = {**s3_keys(request), **({"s3:versionid": version} if version else {})}
    action = "s3:GetObjectVersion" if version else "s3:GetObject"
    yield Question(action, f"{bucket_arn(request, name)}/{key}", context)
    yield from decryption(request, name, key, look.object_encryption(name, key, version))


def _source(request: Request) -> tuple[str, str, str | None]:
    """Return bucket, key and version of a copy's source.

    Amazon S3 API Reference, CopyObject, x-amz-copy-source: bucket and key with a slash between
    them, URL-encoded, and perhaps `?versionId=`.
    """
    path, _, query = request["CopySource"].partition("?versionId=")
    name, _, key = unquote(path).lstrip("/").partition("/")
    if is_arn(name):
        raise request.unmapped("from an access point")
    return name, key, query or None


OPERATIONS: Mapping[str, Operation] = {
    "PutObject": _putting,
    "CreateMultipartUpload": _putting,
    "UploadPart": _part,
    "CompleteMultipartUpload": _part,
    "CopyObject": _copying,
    "UploadPartCopy": _copying_part,
}
