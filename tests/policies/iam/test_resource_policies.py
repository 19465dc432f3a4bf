"""Policies of resources: whom they let in."""

import json
from typing import Any

import pytest
from pulumi_policy import PolicyResource

from rules.iam.resource_policies import (
    no_not_principal,
    no_public_principal,
    private_api_bounded,
)
from tests.policies.harness import UNKNOWN, judge, judge_stack, resource

BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
API = "aws:apigateway/restApi:RestApi"
API_POLICY = "aws:apigateway/restApiPolicy:RestApiPolicy"
STATEMENT: dict[str, Any] = {
    "Sid": "Open",
    "Effect": "Allow",
    "Principal": "*",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::bucket/*",
}
IN_OUR_ORGANISATION = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def public(token: str = BUCKET_POLICY, key: str = "policy", **changed: Any) -> list[str]:
    props = {key: document({**STATEMENT, **changed})}
    return judge(no_public_principal, token, props).violations


@pytest.mark.parametrize(
    "changed",
    [
        {"Principal": {"AWS": "123456789012"}},
        {"Principal": {"Service": "logs.amazonaws.com"}},
        {"Effect": "Deny"},
        {"Condition": IN_OUR_ORGANISATION},
        {"Condition": {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}},
        {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:eu-west-1:123456789012:t"}}},
    ],
    ids=str,
)
def test_not_public(changed: dict[str, Any]) -> None:
    assert public(**changed) == []


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"Principal": {"AWS": "*"}},
        {"Principal": {"AWS": ["123456789012", "*"]}},
        {"Principal": {"AWS": "arn:aws:iam::*:role/reader"}},
        {"Principal": {"Service": "*"}},
        {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        {"Condition": {"StringLike": {"aws:PrincipalOrgID": "*"}}},
        {"Condition": {"IpAddress": {"aws:SourceIp": ["198.51.100.0/24", "0.0.0.0/0"]}}},
        {"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}},
        {"Condition": {"StringLike": {"aws:Referer": "https://example.com/*"}}},
        {"Condition": {"StringEquals": {"kms:EncryptionContext:app": "prod"}}},
    ],
    ids=str,
)
def test_public(changed: dict[str, Any]) -> None:
    assert public(**changed) == [
        "The policy in policy must not let everybody in without a condition on who calls; "
        "statement Open has the principal *."
    ]


@pytest.mark.parametrize(
    ("token", "key"),
    [
        ("aws:s3/bucket:Bucket", "policy"),
        ("aws:s3/bucketV2:BucketV2", "policy"),
        ("aws:kms/key:Key", "policy"),
        ("aws:secretsmanager/secretPolicy:SecretPolicy", "policy"),
        ("aws:sqs/queue:Queue", "policy"),
        ("aws:sns/topicPolicy:TopicPolicy", "policy"),
        ("aws:ecr/repositoryPolicy:RepositoryPolicy", "policy"),
        ("aws:opensearch/domain:Domain", "accessPolicies"),
        ("aws:cloudwatch/logResourcePolicy:LogResourcePolicy", "policyDocument"),
    ],
)
def test_public_elsewhere(token: str, key: str) -> None:
    assert len(public(token, key)) == 1


def test_an_api_is_told_apart_by_its_methods() -> None:
    assert public(API_POLICY) == []


def test_a_denial_beside_it_bounds() -> None:
    denial = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-1"}},
    }
    props = {"policy": document(STATEMENT, denial)}
    assert judge(no_public_principal, BUCKET_POLICY, props).violations == []


def test_not_principal() -> None:
    other = {key: value for key, value in STATEMENT.items() if key != "Principal"}
    excepted = {**other, "NotPrincipal": {"AWS": "999999999999"}}
    props = {"policy": document(excepted)}
    assert judge(no_not_principal, BUCKET_POLICY, props).violations == [
        "The policy in policy must name whom it lets in; statement Open allows by NotPrincipal, "
        "which lets everybody else in."
    ]
    denied = {"policy": document({**excepted, "Effect": "Deny"})}
    assert judge(no_not_principal, BUCKET_POLICY, denied).violations == []
    named = {"policy": document(STATEMENT)}
    assert judge(no_not_principal, BUCKET_POLICY, named).violations == []


@pytest.mark.parametrize("rule", [no_public_principal, no_not_principal], ids=lambda r: r.name)
def test_missing_unknown_and_another_type(rule: Any) -> None:
    assert judge(rule, BUCKET_POLICY, {"bucket": "b"}).violations == []
    assert judge(rule, BUCKET_POLICY, {"policy": UNKNOWN}).unknown
    assert not judge(rule, "aws:iam/policy:Policy", {}).applicable


CALLABLE = {
    "Sid": "Call",
    "Effect": "Allow",
    "Principal": "*",
    "Action": "execute-api:Invoke",
    "Resource": "execute-api:/*",
}
OURS_ONLY = {**CALLABLE, "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}}
OPEN = (
    "The policy of a private REST API must name the endpoints, networks or accounts that may call "
    "it; statement Call lets every network in."
)


def api(types: Any = "PRIVATE", **props: Any) -> PolicyResource:
    configuration = {"types": types}
    return resource(API, "api", {"id": "a1", "endpointConfiguration": configuration, **props})


def apart(statement: dict[str, Any], api_id: str = "a1") -> PolicyResource:
    return resource(API_POLICY, "policy", {"restApiId": api_id, "policy": document(statement)})


def test_a_private_api_with_an_open_policy() -> None:
    judged = api(policy=document(CALLABLE))
    verdict = judge_stack(private_api_bounded, [judged])
    assert (verdict.violations, verdict.urns) == ([OPEN], [judged.urn])
    assert judge_stack(
        private_api_bounded, [api(["private"], policy=document(CALLABLE))]
    ).violations


def test_a_private_api_with_an_open_policy_apart() -> None:
    policy = apart(CALLABLE)
    verdict = judge_stack(private_api_bounded, [api(), policy])
    assert (verdict.violations, verdict.urns) == ([OPEN], [policy.urn])


def test_an_open_policy_is_reported_once() -> None:
    policy = apart(CALLABLE)
    verdict = judge_stack(private_api_bounded, [api(policy=document(CALLABLE)), policy])
    assert verdict.urns == [policy.urn]


@pytest.mark.parametrize(
    "resources",
    [
        [api(policy=document(OURS_ONLY))],
        [api(), apart(OURS_ONLY)],
        [api("REGIONAL", policy=document(CALLABLE))],
        [api("REGIONAL"), apart(CALLABLE)],
        [api(), apart(CALLABLE, "another")],
        [api()],
        [api(policy=document({**CALLABLE, "Principal": {"AWS": "123456789012"}}))],
        [resource(API, "api", {"id": "a1", "policy": document(CALLABLE)})],
    ],
    ids=[
        "inline",
        "apart",
        "regional",
        "regional-apart",
        "of-another",
        "without",
        "named",
        "edge",
    ],
)
def test_apis_that_are_bounded_or_not_private(resources: list[PolicyResource]) -> None:
    assert judge_stack(private_api_bounded, resources).violations == []


@pytest.mark.parametrize("key", ["aws:SourceIp", "aws:VpcSourceIp"])
def test_addresses_do_not_bound_a_private_api(key: str) -> None:
    statement = {**CALLABLE, "Condition": {"IpAddress": {key: "10.0.0.0/16"}}}
    assert judge_stack(private_api_bounded, [api(policy=document(statement))]).violations == [OPEN]


def test_a_private_api_whose_policy_denies_other_networks() -> None:
    denial = {
        **CALLABLE,
        "Effect": "Deny",
        "Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-1"}},
    }
    judged = api(policy=document(CALLABLE, denial))
    assert judge_stack(private_api_bounded, [judged]).violations == []


def test_unknown_private_apis() -> None:
    open_one = resource(
        API, "open", {"id": "a2", "endpointConfiguration": {"types": "PRIVATE"}, "policy": None}
    )
    preview = resource(API_POLICY, "p", {"restApiId": UNKNOWN, "policy": document(CALLABLE)})
    preview.property_dependencies = {"restApiId": [open_one]}
    verdict = judge_stack(private_api_bounded, [api(UNKNOWN), open_one, preview])
    assert verdict.unknown
    assert verdict.violations == [OPEN]
    assert judge_stack(private_api_bounded, [api(policy=UNKNOWN)]).unknown
    assert not judge_stack(private_api_bounded, [apart(CALLABLE)]).applicable
