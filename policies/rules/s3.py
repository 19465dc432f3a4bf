"""Rules about single S3 resources: access blocks, access control lists, ownership."""

from collections.abc import Mapping
from typing import Any

from pulumi_policy import Severity

from rules.flags import shown
from rules.reading import elements, flag, judge_each, mapping
from rules.rule import About, Report, Subject, resource_rule

BUCKETS: Mapping[str, str] = {
    "aws:s3/bucket:Bucket": "S3 bucket",
    "aws:s3/bucketV2:BucketV2": "S3 bucket",
}

_S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"

PUBLIC_ACCESS_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"

_BLOCKS: Mapping[str, str] = {
    PUBLIC_ACCESS_BLOCK: "public access block of a bucket",
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock": "public access block of an account",
}

_BLOCK_FLAGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


def _block_complete(subject: Subject, report: Report) -> None:
    def judge(key: str) -> None:
        value = subject.props.get(key)
        if flag(value) is not True:
            report(
                f"The {_BLOCKS[subject.type]} must set all four flags to true; {key} is "
                f"{shown(value)}."
            )

    judge_each(_BLOCK_FLAGS, judge)


s3_public_access_block_complete = resource_rule(
    About(
        name="s3-public-access-block-complete",
        description="Public access blocks block all four ways.",
        severity=Severity.HIGH,
        remediation=f"Set {', '.join(_BLOCK_FLAGS)} to true; a missing one means false.",
        url=f"{_S3}/access-control-block-public-access.html",
        control="S3.8",
    ),
    _BLOCKS,
    _block_complete,
)

_WITH_ACL: Mapping[str, str] = {
    **BUCKETS,
    "aws:s3/bucketAcl:BucketAcl": "access control list of an S3 bucket",
    "aws:s3/bucketAclV2:BucketAclV2": "access control list of an S3 bucket",
    "aws:s3/bucketObject:BucketObject": "S3 object",
    "aws:s3/bucketObjectv2:BucketObjectv2": "S3 object",
    "aws:s3/objectCopy:ObjectCopy": "S3 object",
}

# Amazon S3 User Guide, "Access control list (ACL) overview": canned ACLs, predefined groups.
_PUBLIC_ACLS = ("public-read", "public-read-write", "authenticated-read", "website")
_PUBLIC_GROUPS = ("/groups/global/AllUsers", "/groups/global/AuthenticatedUsers")


def _no_public_acl(subject: Subject, report: Report) -> None:
    kind, props = _WITH_ACL[subject.type], subject.props

    def judge_grant(grant: Any) -> None:
        holder = mapping(mapping(grant).get("grantee", grant))
        uri = str(holder.get("uri"))
        if uri.endswith(_PUBLIC_GROUPS):
            group = uri.rsplit("/", 1)[-1]
            report(f"The {kind} must be private; it grants something to {group}.")

    def judge(key: str) -> None:
        value = props.get(key)
        if str(value).lower() in _PUBLIC_ACLS:
            report(f"The {kind} must be private; {key} is {value}, which is for everybody.")
        judge_each(elements(mapping(value).get("grants", value)), judge_grant)

    judge_each(("acl", "grants", "accessControlPolicy"), judge)


s3_no_public_acl = resource_rule(
    About(
        name="s3-no-public-acl",
        description="No access control list opens a bucket or an object to everybody.",
        severity=Severity.CRITICAL,
        remediation="Set acl to private and deploy, then remove it, or switch ACLs off with "
        "BucketOwnerEnforced: an ACL stays in force when it is only removed. Grant access to "
        "roles, by policies.",
        url=f"{_S3}/acl-overview.html",
    ),
    _WITH_ACL,
    _no_public_acl,
)

_OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"


def _acls_disabled(subject: Subject, report: Report) -> None:
    value = mapping(subject.props.get("rule")).get("objectOwnership")
    if value != "BucketOwnerEnforced":
        report(
            "The ownership controls of an S3 bucket must switch access control lists off; "
            f"objectOwnership is {shown(value)}, and must be BucketOwnerEnforced."
        )


s3_acls_disabled = resource_rule(
    About(
        name="s3-acls-disabled",
        description="Buckets do without access control lists.",
        severity=Severity.MEDIUM,
        remediation="Set objectOwnership to BucketOwnerEnforced, which is a new bucket's default.",
        url=f"{_S3}/about-object-ownership.html",
        control="S3.12",
    ),
    {_OWNERSHIP},
    _acls_disabled,
)

POLICIES = [
    s3_public_access_block_complete,
    s3_no_public_acl,
    s3_acls_disabled,
]
