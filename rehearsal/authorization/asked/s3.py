"""What requests to Amazon S3 ask.

Unless a docstring says otherwise: Amazon S3 User Guide, "Required permissions for Amazon S3 API
operations", and the "Permissions" of each operation in the Amazon S3 API Reference.
"""

from collections.abc import Iterable, Iterator, Mapping

from rehearsal.authorization.asked import s3_writing
from rehearsal.authorization.asked.context import given, listed_tags
from rehearsal.authorization.asked.look import Look
from rehearsal.authorization.asked.mapping import Operation, one
from rehearsal.authorization.asked.request import Request
from rehearsal.authorization.asked.s3_resources import (
    bucket,
    decryption,
    key_question,
    s3_keys,
    tag_keys,
    versioned,
)
from rehearsal.authorization.question import Question

_LISTING = {"s3:prefix": "Prefix", "s3:delimiter": "Delimiter", "s3:max-keys": "MaxKeys"}


def _reading(request: Request, look: Look) -> Iterator[Question]:
    """Ask for reading an object.

    Amazon S3 API Reference, GetObject and HeadObject: s3:GetObject, or s3:GetObjectVersion with a
    version, for both; where the object does not exist, S3 answers 404 to who has s3:ListBucket and
    403 to who has not. So s3:ListBucket is asked for a missing object as well, with the key as
    s3:prefix, against which a condition on prefixes is held (kopia/kopia issue 3072; AWS documents
    no value). HeadObject decrypts only for a checksum.
    """
    name, key = request["Bucket"], request["Key"]
    version = request.parameters.get("VersionId")
    yield key_question(request, versioned("s3:GetObject", request), look, key)
    if version is None and look.lacks_object(name, key):
        context = {**s3_keys(request), "s3:prefix": key}
        yield Question("s3:ListBucket", bucket(request), context)
        return
    reads = request.operation == "GetObject" or request.parameters.get("ChecksumMode")
    if reads:
        yield from decryption(request, name, key, look.object_encryption(name, key, version))


def _listing(action: str) -> Operation:
    def asked(request: Request, _look: Look) -> Iterator[Question]:
        """Ask on the bucket; a parameter that is not given is no key of the context.

        Amazon S3 User Guide, "Bucket policy examples using condition keys": s3:prefix, s3:delimiter
        and s3:max-keys are the parameters of the request.
        """
        context = {**s3_keys(request), **given(_LISTING, request.parameters)}
        yield Question(action, bucket(request), context)

    return asked


def _on_bucket(action: str) -> Operation:
    return lambda request, _look: [Question(action, bucket(request), s3_keys(request))]


def _on_object(action: str) -> Operation:
    return lambda request, look: [key_question(request, action, look, request["Key"])]


def _on_object_version(action: str) -> Operation:
    """Ask for an object, or for one of its versions with an action of its own."""

    def asked(request: Request, look: Look) -> Iterable[Question]:
        action_asked = versioned(action, request)
        return [key_question(request, action_asked, look, request["Key"])]

    return asked


def _tagging(request: Request, look: Look) -> Iterator[Question]:
    tags = listed_tags(request.parameters.get("Tagging", {}).get("TagSet"))
    question = key_question(
        request, versioned("s3:PutObjectTagging", request), look, request["Key"]
    )
    yield Question(question.action, question.resource, {**question.context, **tag_keys(tags)})


def _deleting_many(request: Request, look: Look) -> Iterator[Question]:
    """Ask for each key by itself, with another action where a version is named.

    Amazon S3 API Reference, DeleteObjects: s3:DeleteObject, or s3:DeleteObjectVersion where a
    version is given; a key that may not be deleted is an error of its own within a 200.
    """
    for entry in request["Delete"]["Objects"]:
        version = entry.get("VersionId")
        action = "s3:DeleteObjectVersion" if version else "s3:DeleteObject"
        yield key_question(request, action, look, entry["Key"], version)


OPERATIONS: Mapping[str, Operation] = {
    "GetObject": _reading,
    "HeadObject": _reading,
    "GetObjectTagging": _on_object_version("s3:GetObjectTagging"),
    "PutObjectTagging": _tagging,
    "DeleteObjectTagging": _on_object_version("s3:DeleteObjectTagging"),
    "GetObjectAcl": _on_object_version("s3:GetObjectAcl"),
    "DeleteObject": _on_object_version("s3:DeleteObject"),
    "DeleteObjects": _deleting_many,
    "ListObjects": _listing("s3:ListBucket"),
    "ListObjectsV2": _listing("s3:ListBucket"),
    "ListObjectVersions": _listing("s3:ListBucketVersions"),
    # There is no s3:HeadBucket.
    "HeadBucket": _on_bucket("s3:ListBucket"),
    "ListBuckets": one("s3:ListAllMyBuckets"),
    "GetBucketLocation": _on_bucket("s3:GetBucketLocation"),
    "GetBucketVersioning": _on_bucket("s3:GetBucketVersioning"),
    "GetBucketPolicy": _on_bucket("s3:GetBucketPolicy"),
    "GetBucketTagging": _on_bucket("s3:GetBucketTagging"),
    "GetBucketEncryption": _on_bucket("s3:GetEncryptionConfiguration"),
    "ListMultipartUploads": _on_bucket("s3:ListBucketMultipartUploads"),
    "ListParts": _on_object("s3:ListMultipartUploadParts"),
    "AbortMultipartUpload": _on_object("s3:AbortMultipartUpload"),
    **s3_writing.OPERATIONS,
}
