"""ARNs and condition keys of Amazon S3's buckets and objects, and what their encryption asks."""

from collections.abc import Iterator, Mapping

from rehearsal.authorization.asked.context import Context
from rehearsal.authorization.asked.key_use import used
from rehearsal.authorization.asked.look import Encryption, Look
from rehearsal.authorization.asked.request import Request, is_arn
from rehearsal.authorization.question import Question

_VERSION_ACTIONS: Mapping[str, str] = {
    "s3:GetObject": "s3:GetObjectVersion",
    "s3:GetObjectAcl": "s3:GetObjectVersionAcl",
    "s3:GetObjectTagging": "s3:GetObjectVersionTagging",
    "s3:PutObjectTagging": "s3:PutObjectVersionTagging",
    "s3:DeleteObjectTagging": "s3:DeleteObjectVersionTagging",
    "s3:DeleteObject": "s3:DeleteObjectVersion",
}
"""What is asked instead where a request names a version."""

_EXISTING_TAGS = {"s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectTagging"}
"""Actions with s3:ExistingObjectTag that the rehearsal has use for."""


def bucket(request: Request) -> str:
    """Return the ARN of the bucket that a request names.

    Raises:
        UnmappedError: it names an access point.
    """
    return bucket_arn(request, request["Bucket"])


def bucket_arn(request: Request, name: str) -> str:
    """Return a bucket's ARN.

    Raises:
        UnmappedError: the name is an access point's ARN.
    """
    if is_arn(name):
        raise request.unmapped("through an access point")
    return f"arn:{request.partition}:s3:::{name}"


def versioned(action: str, request: Request) -> str:
    """Return the action, or the one for a version where the request names one."""
    return _VERSION_ACTIONS[action] if request.parameters.get("VersionId") else action


def s3_keys(request: Request) -> Context:
    """Return the keys that all requests to S3 have.

    Amazon S3 API Reference, "Amazon S3 Signature Version 4 Authentication Specific Policy Keys".
    """
    return {
        "s3:authType": "REST-QUERY-STRING" if request.presigned else "REST-HEADER",
        "s3:signatureversion": "AWS4-HMAC-SHA256",
        "s3:ResourceAccount": request.account,
    }


def key_question(
    request: Request, action: str, look: Look, key: str, version: str | None = None
) -> Question:
    """Ask for an action on an object of the bucket that the request names."""
    context = s3_keys(request)
    version = version or request.parameters.get("VersionId")
    if version and "Version" in action:
        context["s3:versionid"] = version
    if action in _EXISTING_TAGS:
        for name, text in look.object_tags(request["Bucket"], key).items():
            context[f"s3:ExistingObjectTag/{name}"] = text
    return Question(action, f"{bucket(request)}/{key}", context)


def tag_keys(tags: Mapping[str, str]) -> Context:
    """Return the keys of the tags that a request gives an object."""
    if not tags:
        return {}
    named: Context = {f"s3:RequestObjectTag/{name}": text for name, text in tags.items()}
    return {**named, "s3:RequestObjectTagKeys": tuple(tags)}


def decryption(
    request: Request, name: str, key: str, encryption: Encryption | None
) -> Iterator[Question]:
    """Ask for kms:Decrypt, where an object is encrypted with a customer's key."""
    if encryption:
        yield used(
            request, "kms:Decrypt", encryption.key_arn, _bound(request, name, key, encryption)
        )


def data_key(
    request: Request, name: str, key: str, encryption: Encryption | None
) -> Iterator[Question]:
    """Ask for kms:GenerateDataKey, where an object is to be encrypted with a customer's key."""
    if encryption:
        bound = _bound(request, name, key, encryption)
        yield used(request, "kms:GenerateDataKey", encryption.key_arn, bound)


def _bound(request: Request, name: str, key: str, encryption: Encryption) -> dict[str, str]:
    """Return S3's encryption context.

    Amazon S3 User Guide, "Using server-side encryption with AWS KMS keys", "Encryption context":
    the object's ARN, or the bucket's with an S3 Bucket Key.
    """
    arn = bucket_arn(request, name)
    return {"aws:s3:arn": arn if encryption.by_bucket else f"{arn}/{key}"}
