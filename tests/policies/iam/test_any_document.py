"""Every rule answers whatever document it is given."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from pulumi_policy import ResourceValidationPolicy, StackValidationPolicy

from rules.iam.locations import LOCATIONS, Location
from rules.least_privilege_iam import POLICIES
from tests.policies.harness import judge, judge_stack, resource
from tests.policies.iam.strategies import documents

PLACES = {
    (one.type, one.key): one
    for one in LOCATIONS
    if one.type
    in (
        "aws:iam/policy:Policy",
        "aws:iam/role:Role",
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:kms/key:Key",
        "aws:apigateway/restApi:RestApi",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        "aws:s3control/multiRegionAccessPointPolicy:MultiRegionAccessPointPolicy",
    )
}
"""A few locations, each kind of document and each form of key among them."""

QUICK = settings(
    max_examples=40, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)


def props_with(location: Location, document: Any) -> dict[str, Any]:
    """Return properties with a document where a location says."""
    outer, _, inner = location.key.partition(".")
    if outer.endswith("[]"):
        return {outer.removesuffix("[]"): [{"name": "inline", inner: document}]}
    return {outer: {inner: document}} if inner else {outer: document}


def test_the_places_are_found() -> None:
    assert len(PLACES) == 8
    assert {one.kind for one in PLACES.values()} == {one.kind for one in LOCATIONS}


@QUICK
@given(document=documents())
def test_no_document_makes_a_rule_raise(document: Any) -> None:
    resources = [
        resource(
            one.type,
            f"resource-{number}",
            {
                "arn": "arn:aws:sqs:eu-west-1:123456789012:queue",
                "endpointConfiguration": {"types": "PRIVATE"},
                **props_with(one, document),
            },
        )
        for number, one in enumerate(PLACES.values())
    ]
    for rule in POLICIES:
        if isinstance(rule, StackValidationPolicy):
            assert not judge_stack(rule, resources).unknown
        else:
            assert isinstance(rule, ResourceValidationPolicy)
            for one in resources:
                assert not judge(rule, one.resource_type, dict(one.props)).unknown
