"""Each rule about a single S3 resource."""

from collections.abc import Mapping
from typing import Any

import pytest
from pulumi_policy import ResourceValidationPolicy

from rules import s3
from rules.s3 import (
    PUBLIC_ACCESS_BLOCK,
    s3_acls_disabled,
    s3_no_public_acl,
    s3_public_access_block_complete,
)
from tests.deployed import deploy_stack
from tests.policies.harness import UNKNOWN, judge

ACCOUNT_BLOCK = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
BUCKET = "aws:s3/bucket:Bucket"
BUCKET_V2 = "aws:s3/bucketV2:BucketV2"
ACL = "aws:s3/bucketAcl:BucketAcl"
ACL_V2 = "aws:s3/bucketAclV2:BucketAclV2"
OBJECT = "aws:s3/bucketObject:BucketObject"
OBJECT_V2 = "aws:s3/bucketObjectv2:BucketObjectv2"
COPY = "aws:s3/objectCopy:ObjectCopy"
OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"

FLAGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
COMPLETE = dict.fromkeys(FLAGS, True)

EVERYBODY = "http://acs.amazonaws.com/groups/global/AllUsers"
EVERY_ACCOUNT = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
LOG_DELIVERY = "http://acs.amazonaws.com/groups/s3/LogDelivery"


@pytest.mark.parametrize("token", [PUBLIC_ACCESS_BLOCK, ACCOUNT_BLOCK])
def test_a_complete_block(token: str) -> None:
    assert judge(s3_public_access_block_complete, token, COMPLETE).violations == []
    texts = dict.fromkeys(FLAGS, "true")
    assert judge(s3_public_access_block_complete, token, texts).violations == []


@pytest.mark.parametrize(
    ("token", "kind"), [(PUBLIC_ACCESS_BLOCK, "a bucket"), (ACCOUNT_BLOCK, "an account")]
)
@pytest.mark.parametrize("key", FLAGS)
def test_an_incomplete_block(token: str, kind: str, key: str) -> None:
    message = f"The public access block of {kind} must set all four flags to true; {key} is {{}}."
    props: dict[str, Any] = {**COMPLETE, key: False}
    assert judge(s3_public_access_block_complete, token, props).violations == [
        message.format("false")
    ]
    del props[key]
    assert judge(s3_public_access_block_complete, token, props).violations == [
        message.format("missing")
    ]


def test_an_unknown_flag_hides_no_other_one() -> None:
    props = {**COMPLETE, FLAGS[0]: UNKNOWN, FLAGS[3]: False}
    verdict = judge(s3_public_access_block_complete, PUBLIC_ACCESS_BLOCK, props)
    assert [FLAGS[3] in message for message in verdict.violations] == [True]
    assert verdict.unknown


WITH_ACL: Mapping[str, str] = {
    BUCKET: "S3 bucket",
    BUCKET_V2: "S3 bucket",
    ACL: "access control list of an S3 bucket",
    ACL_V2: "access control list of an S3 bucket",
    OBJECT: "S3 object",
    OBJECT_V2: "S3 object",
    COPY: "S3 object",
}


@pytest.mark.parametrize(
    "acl", ["public-read", "public-read-write", "authenticated-read", "website"]
)
@pytest.mark.parametrize("token", WITH_ACL)
def test_a_public_acl(token: str, acl: str) -> None:
    assert judge(s3_no_public_acl, token, {"acl": acl}).violations == [
        f"The {WITH_ACL[token]} must be private; acl is {acl}, which is for everybody."
    ]


def test_removing_an_acl_is_no_remedy() -> None:
    # The provider leaves a bucket's ACL as it is when the resource goes.
    assert str(s3_no_public_acl.remediation_steps).startswith(
        "Set acl to private and deploy, then remove it"
    )


def grants(token: str, *uris: str) -> dict[str, Any]:
    """Return the properties that grant something to groups."""
    if token not in (ACL, ACL_V2):
        return {"grants": [{"type": "Group", "permissions": ["READ"], "uri": uri} for uri in uris]}
    found = [{"permission": "READ", "grantee": {"type": "Group", "uri": uri}} for uri in uris]
    return {"accessControlPolicy": {"grants": found}}


@pytest.mark.parametrize("uri", [EVERYBODY, EVERY_ACCOUNT])
@pytest.mark.parametrize("token", [BUCKET, BUCKET_V2, ACL, ACL_V2, COPY])
def test_a_public_grant(token: str, uri: str) -> None:
    group = uri.rsplit("/", 1)[-1]
    verdict = judge(s3_no_public_acl, token, grants(token, LOG_DELIVERY, uri))
    assert verdict.violations == [
        f"The {WITH_ACL[token]} must be private; it grants something to {group}."
    ]


@pytest.mark.parametrize("token", WITH_ACL)
def test_what_is_private(token: str) -> None:
    for props in ({}, {"acl": "private"}, {"acl": "log-delivery-write"}):
        assert judge(s3_no_public_acl, token, props).violations == []
    assert judge(s3_no_public_acl, token, grants(token, LOG_DELIVERY)).violations == []
    owner = {"accessControlPolicy": {"grants": [{"grantee": {"id": "0123"}}]}}
    assert judge(s3_no_public_acl, token, owner).violations == []


@pytest.mark.parametrize(
    "unknown",
    [{"acl": UNKNOWN}, {"grants": [UNKNOWN]}, {"accessControlPolicy": {"grants": [UNKNOWN]}}],
    ids=["acl", "grant", "grant of a policy"],
)
def test_an_unknown_acl_hides_no_grant(unknown: Mapping[str, Any]) -> None:
    public = {"acl": "public-read"} if "acl" not in unknown else grants(BUCKET, EVERYBODY)
    verdict = judge(s3_no_public_acl, BUCKET, {**public, **unknown})
    assert len(verdict.violations) == 1
    assert verdict.unknown


def test_ownership_by_the_bucket() -> None:
    props = {"rule": {"objectOwnership": "BucketOwnerEnforced"}}
    assert judge(s3_acls_disabled, OWNERSHIP, props).violations == []


@pytest.mark.parametrize("value", ["BucketOwnerPreferred", "ObjectWriter", None])
def test_ownership_by_the_writer(value: str | None) -> None:
    props = {"rule": {} if value is None else {"objectOwnership": value}}
    assert judge(s3_acls_disabled, OWNERSHIP, props).violations == [
        "The ownership controls of an S3 bucket must switch access control lists off; "
        f"objectOwnership is {value or 'missing'}, and must be BucketOwnerEnforced."
    ]


@pytest.mark.parametrize("props", [{"rule": UNKNOWN}, {"rule": {"objectOwnership": UNKNOWN}}])
def test_ownership_that_nobody_knows(props: Mapping[str, Any]) -> None:
    verdict = judge(s3_acls_disabled, OWNERSHIP, props)
    assert verdict.unknown
    assert verdict.violations == []


@pytest.mark.parametrize("rule", s3.POLICIES, ids=lambda rule: rule.name)
def test_other_types_are_not_judged(rule: ResourceValidationPolicy) -> None:
    assert not judge(rule, "aws:ec2/vpc:Vpc", {}).applicable


@pytest.mark.parametrize("rule", s3.POLICIES, ids=lambda rule: rule.name)
def test_prod_passes(rule: ResourceValidationPolicy) -> None:
    for one in deploy_stack("prod").registrations:
        assert judge(rule, one.type, one.inputs).violations == []
