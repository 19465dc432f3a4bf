"""Policies of endpoints: what they let through."""

import json
from typing import Any

import pytest

from rules.iam.resource_policies import endpoint_policy_bounded, no_not_principal
from tests.policies.harness import UNKNOWN, judge

ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


GUARD = {"Sid": "All", "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
ENDPOINT_TYPES = [ENDPOINT, "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy"]


def endpoint(*statements: dict[str, Any], token: str = ENDPOINT, config: Any = None) -> list[str]:
    props = {"policy": document(*statements)} if statements else {}
    return judge(endpoint_policy_bounded, token, props, config).violations


@pytest.mark.parametrize("token", ENDPOINT_TYPES)
@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"Action": "s3:*"},
        {"Action": ["s3:GetObject", "*"]},
        {"Principal": {"AWS": "*"}},
        {"Resource": ["arn:aws:s3:::bucket", "*"]},
        {"Action": "*:*"},
        {"Action": "s3:**"},
        {"Action": ["s3:Get*", "s3:Put*", "s3:List*", "s3:D*"]},
        {"Action": ["s3:GetObject", "s3:*t*"]},
        {"Resource": "**"},
        {"Resource": ["arn:aws:s3:::*", "arn:aws:s3:::*/*"]},
        {"Action": "s3:*", "Resource": "arn:aws:s3:::*a*"},
        {"Condition": {"StringLike": {"aws:PrincipalArn": "*"}}},
        {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        {"Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}},
        {"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}},
        {"Condition": {"StringLike": {"aws:ResourceOrgID": "*"}}},
        {"Condition": {"StringEqualsIfExists": {"aws:ResourceAccount": "123456789012"}}},
    ],
    ids=str,
)
def test_an_endpoint_policy_that_is_no_guard(token: str, changed: dict[str, Any]) -> None:
    assert endpoint({**GUARD, **changed}, token=token) == [
        "The endpoint policy must bound what passes; statement All lets everybody do nearly "
        "everything to every resource."
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"Action": "s3:GetObject"},
        {"Resource": "arn:aws:s3:::bucket/*"},
        {"Principal": {"AWS": "123456789012"}},
        {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}},
        {"Effect": "Deny"},
        {"Action": "s3:Get*"},
        {
            "Action": [
                "execute-api:InvalidateCache",
                "execute-api:Invoke",
                "execute-api:ManageConnections",
            ]
        },
        {"Action": ["ssmmessages:OpenDataChannel", "ssmmessages:OpenControlChannel"]},
        {"Condition": {"StringEquals": {"aws:ResourceAccount": "123456789012"}}},
        {"Condition": {"StringEquals": {"s3:ResourceAccount": "123456789012"}}},
        {"Condition": {"StringEquals": {"aws:PrincipalAccount": "123456789012"}}},
        {"Condition": {"StringEquals": {"aws:ResourceOrgID": "o-1"}}},
        {"Condition": {"ForAnyValue:StringLike": {"aws:ResourceOrgPaths": "o-1/r-1/*"}}},
        {"Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/*"}}},
        {"Condition": {"StringEquals": {"aws:ResourceTag/stack": "prod"}}},
    ],
    ids=str,
)
def test_an_endpoint_policy_that_is_one(changed: dict[str, Any]) -> None:
    assert endpoint({**GUARD, **changed}) == []


DENIAL = {**GUARD, "Effect": "Deny"}
EXCEPT_NAMED = {
    **{key: value for key, value in DENIAL.items() if key != "Resource"},
    "NotResource": ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"],
}


@pytest.mark.parametrize(
    "denial",
    [
        {**DENIAL, "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}},
        {**DENIAL, "Condition": {"StringNotEquals": {"aws:ResourceAccount": "123456789012"}}},
        EXCEPT_NAMED,
        {**EXCEPT_NAMED, "Principal": {"AWS": "*"}},
    ],
    ids=["callers", "resources", "named", "everybody"],
)
def test_an_endpoint_policy_with_a_denial_of_all_others(denial: dict[str, Any]) -> None:
    assert endpoint(GUARD, denial) == []


@pytest.mark.parametrize(
    "denial",
    [
        {**DENIAL, "Action": "s3:DeleteObject"},
        {**DENIAL, "Resource": "arn:aws:s3:::bucket/*"},
        {**DENIAL, "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {**DENIAL, "Condition": {"StringNotLike": {"aws:PrincipalArn": "*"}}},
        {**EXCEPT_NAMED, "NotResource": ["arn:aws:s3:::bucket", "arn:aws:s3:::*"]},
        {**EXCEPT_NAMED, "NotResource": []},
        {**EXCEPT_NAMED, "Effect": "Allow"},
        {**EXCEPT_NAMED, "Principal": {"AWS": "123456789012"}},
        {**EXCEPT_NAMED, "Action": "s3:GetObject"},
        {**EXCEPT_NAMED, "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
    ],
    ids=[
        "one action",
        "one bucket",
        "TLS",
        "nobody",
        "a wildcard",
        "nothing",
        "allowed",
        "one account",
        "reading",
        "sometimes",
    ],
)
def test_an_endpoint_policy_with_another_denial(denial: dict[str, Any]) -> None:
    assert len(endpoint(GUARD, denial)) == 1


def test_an_endpoint_policy_for_all_but_some() -> None:
    statement = {key: value for key, value in GUARD.items() if key != "Principal"}
    props = {"policy": document({**statement, "NotPrincipal": {"AWS": "999999999999"}})}
    assert len(judge(no_not_principal, ENDPOINT, props).violations) == 1


def test_the_policy_of_a_database_network_is_judged() -> None:
    props = {"s3PolicyDocument": document(GUARD)}
    assert judge(endpoint_policy_bounded, "aws:odb/network:Network", props).violations


def test_a_missing_endpoint_policy() -> None:
    assert endpoint() == []
    required = {"required": True}
    assert endpoint(config=required) == [
        "The VPC endpoint must have a policy that bounds what passes; it has none."
    ]
    assert endpoint({**GUARD, "Action": "s3:GetObject"}, config=required) == []
    assert endpoint(token=ENDPOINT_TYPES[1], config=required) == []
    balancer = {"vpcEndpointType": "GatewayLoadBalancer"}
    assert judge(endpoint_policy_bounded, ENDPOINT, balancer, required).violations == []


def test_unknown_endpoint_policies() -> None:
    assert judge(endpoint_policy_bounded, ENDPOINT, {"policy": UNKNOWN}).unknown
    assert not judge(endpoint_policy_bounded, "aws:ec2/vpc:Vpc", {}).applicable
