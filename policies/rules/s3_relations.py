"""Rules about what every S3 bucket of a stack must have beside it."""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from pulumi_policy import PolicyResource, Severity

from rules.flags import shown
from rules.iam.statements import (
    Condition,
    MalformedDocumentError,
    Principal,
    Statement,
    parse,
    plain,
)
from rules.reading import elements, flag, given, judge_each, mapping, related
from rules.rule import About, Stack, StackReport, stack_rule
from rules.s3 import BUCKETS, PUBLIC_ACCESS_BLOCK

_S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"

_ENCRYPTION = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
)
_VERSIONING = (
    "aws:s3/bucketVersioning:BucketVersioning",
    "aws:s3/bucketVersioningV2:BucketVersioningV2",
)
_POLICY = "aws:s3/bucketPolicy:BucketPolicy"


def _beside(
    stack: Stack, bucket: PolicyResource, types: Collection[str] | str
) -> list[PolicyResource]:
    """Return the resources of some types that name a bucket in `bucket`."""
    return [one for one in stack.of_type(types) if related(one, "bucket", [bucket])]


def _at(value: Any, *keys: str) -> list[Any]:
    """Return the values at a path, in which objects may also be lists of objects."""
    found = list(elements(value))
    for key in keys:
        found = [inner for one in found for inner in elements(mapping(one).get(key))]
    return found


def _public_access_blocked(stack: Stack, report: StackReport) -> None:
    for bucket in stack.of_type(BUCKETS):
        if not _beside(stack, bucket, PUBLIC_ACCESS_BLOCK):
            report(
                "The S3 bucket must have its public access blocked, by a BucketPublicAccessBlock; "
                "the stack has none for it.",
                bucket.urn,
            )


s3_public_access_blocked = stack_rule(
    About(
        name="s3-public-access-blocked",
        description="Every bucket has a public access block.",
        severity=Severity.HIGH,
        remediation="Add aws.s3.BucketPublicAccessBlock with all four flags set.",
        url=f"{_S3}/access-control-block-public-access.html",
        control="S3.8",
    ),
    BUCKETS,
    _public_access_blocked,
)

_ALGORITHMS = ("AES256", "aws:kms", "aws:kms:dsse")

# The same rules, as the three forms of the configuration spell them.
_ENCRYPTION_PATHS = (
    ("rules", "applyServerSideEncryptionByDefault", "sseAlgorithm"),
    ("rule", "applyServerSideEncryptionByDefault", "sseAlgorithm"),
    ("rules", "applyServerSideEncryptionByDefaults", "sseAlgorithm"),
)
_INLINE_ENCRYPTION = ("serverSideEncryptionConfiguration", "serverSideEncryptionConfigurations")


def _encrypted(stack: Stack, report: StackReport) -> None:
    def judge(holder: PolicyResource, configuration: Any) -> None:
        found = [one for path in _ENCRYPTION_PATHS for one in _at(configuration, *path)]
        if not any(one in _ALGORITHMS for one in found):
            shown_as = ", ".join(str(one) for one in found) or "missing"
            report(
                f"The S3 bucket must encrypt its objects; sseAlgorithm is {shown_as}, and must be "
                f"one of {', '.join(_ALGORITHMS)}.",
                holder.urn,
            )

    def judge_bucket(bucket: PolicyResource) -> None:
        configurations = _beside(stack, bucket, _ENCRYPTION)
        judge_each(configurations, lambda one: judge(one, one.props))
        if not configurations:
            inline = [one for key in _INLINE_ENCRYPTION for one in elements(given(bucket, key))]
            judge(bucket, inline)

    judge_each(stack.of_type(BUCKETS), judge_bucket)


s3_encrypted = stack_rule(
    About(
        name="s3-encrypted",
        description="Every bucket says how its objects are encrypted.",
        severity=Severity.HIGH,
        remediation="Add aws.s3.BucketServerSideEncryptionConfiguration.",
        url=f"{_S3}/bucket-encryption.html",
    ),
    BUCKETS,
    _encrypted,
)


def _versioned(stack: Stack, report: StackReport) -> None:
    def judge(bucket: PolicyResource) -> None:
        settings = _beside(stack, bucket, _VERSIONING)
        if not settings:
            inline = [
                flag(mapping(one).get("enabled"))
                for key in ("versioning", "versionings")
                for one in elements(given(bucket, key))
            ]
            if True not in inline:
                report(
                    "The S3 bucket must keep old versions of its objects; the stack has no "
                    "BucketVersioning for it.",
                    bucket.urn,
                )
        judge_each(settings, judge_setting)

    def judge_setting(setting: PolicyResource) -> None:
        value = mapping(setting.props.get("versioningConfiguration")).get("status")
        if value != "Enabled":
            report(
                "The S3 bucket must keep old versions of its objects; the status of its "
                f"versioning is {shown(value)}, and must be Enabled.",
                setting.urn,
            )

    judge_each(stack.of_type(BUCKETS), judge)


s3_versioned = stack_rule(
    About(
        name="s3-versioned",
        description="Every bucket keeps old versions of its objects.",
        severity=Severity.MEDIUM,
        remediation="Add aws.s3.BucketVersioning with the status Enabled.",
        url=f"{_S3}/Versioning.html",
    ),
    BUCKETS,
    _versioned,
)

_EVERYBODY = (Principal("*", "*"), Principal("AWS", "*"))
_EVERY_ACTION = ("*", "s3:*")
# A character that no pattern has, so that only wildcards match it: the shortest name of an object,
# and the longest.
_OBJECTS = ("/\0", "/" + "\0" * 1024)


def _tls_only(stack: Stack, report: StackReport) -> None:
    def judge(bucket: PolicyResource) -> None:
        separate = _beside(stack, bucket, _POLICY)
        policies = [one.props.get("policy") for one in separate] or [given(bucket, "policy")]
        documents = [one for one in policies if one]
        refused = [one for document in documents for one in _refused_without_tls(document)]
        if refused and _covers_bucket(refused, bucket):
            return
        found = (
            "its policy does not deny s3:* to everybody, on the bucket and its objects, where "
            "aws:SecureTransport is false"
            if documents
            else "it has no policy that denies them"
        )
        report(
            f"The S3 bucket must refuse requests without TLS; {found}.",
            (separate or [bucket])[0].urn,
        )

    judge_each(stack.of_type(BUCKETS), judge)


def _refused_without_tls(document: Any) -> Iterator[str]:
    """Yield the resources that a policy keeps from everybody who comes without TLS."""
    try:
        statements = parse(plain(document)).statements
    except MalformedDocumentError:
        return
    for statement in statements:
        if _refuses_everybody(statement) and _without_tls(statement.conditions):
            yield from statement.resources


def _refuses_everybody(statement: Statement) -> bool:
    if statement.allows or not any(one in _EVERYBODY for one in statement.principals):
        return False
    return any(one.lower() in _EVERY_ACTION for one in statement.actions)


def _without_tls(conditions: Iterable[Condition]) -> bool:
    """Say whether a statement holds for every request without TLS, and needs nothing else."""
    found = [
        (one.operator.lower(), one.key.lower(), [value.lower() for value in one.values])
        for one in conditions
    ]
    wanted = ("aws:securetransport", ["false"])
    return found in ([("bool", *wanted)], [("boolifexists", *wanted)])


def _covers_bucket(patterns: Iterable[str], bucket: PolicyResource) -> bool:
    """Say whether ARN patterns together mean a bucket and all of its objects."""
    arn = str(bucket.props.get("arn"))
    globs = [re.escape(one).replace(r"\*", ".*").replace(r"\?", ".") for one in patterns]
    return all(
        any(re.fullmatch(one, target, re.DOTALL) for one in globs)
        for target in (arn, *(arn + name for name in _OBJECTS))
    )


s3_tls_only = stack_rule(
    About(
        name="s3-tls-only",
        description="Every bucket refuses requests without TLS.",
        severity=Severity.MEDIUM,
        remediation=(
            "Add to the bucket's policy a Deny of s3:* to everybody on the bucket's ARN and on "
            "its objects, with the condition Bool aws:SecureTransport false."
        ),
        url=f"{_S3}/security-best-practices.html",
        control="S3.5",
    ),
    BUCKETS,
    _tls_only,
)

POLICIES = [
    s3_public_access_blocked,
    s3_encrypted,
    s3_versioned,
    s3_tls_only,
]
