"""Which conditions keep strangers out."""

from collections.abc import Mapping
from typing import Any

import pytest

from rules.iam.conditions import (
    CALLERS,
    ORGANISATIONS,
    SOURCES,
    Fixed,
    bounded,
    excludes,
    fixed_arn,
    fixed_range,
    requires,
)
from rules.iam.statements import Condition, Document, parse

OURS = "o-a1b2c3d4e5"


def condition(operator: str, key: str, *values: str) -> Condition:
    return Condition(operator, key, values)


@pytest.mark.parametrize(
    ("operator", "counts"),
    [
        ("StringEquals", True),
        ("stringequals", True),
        ("StringEqualsIgnoreCase", True),
        ("StringLike", True),
        ("ArnEquals", True),
        ("ArnLike", True),
        ("ForAnyValue:StringEquals", True),
        ("StringEqualsIfExists", False),
        ("ForAllValues:StringEquals", False),
        ("StringNotEquals", False),
        ("StringNotLike", False),
        ("Null", False),
        ("NumericEquals", False),
        ("NoSuchOperator", False),
    ],
)
def test_operators_that_fail_without_the_key(operator: str, counts: bool) -> None:
    assert requires(condition(operator, "aws:PrincipalOrgID", OURS), CALLERS) is counts


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("aws:SourceAccount", "123456789012", "*"),
        ("AWS:SOURCEACCOUNT", "123456789012", "12345678901?"),
        ("aws:SourceOwner", "123456789012", "${aws:SourceAccount}"),
        ("aws:SourceArn", "arn:aws:sns:*:123456789012:*", "arn:aws:sns:eu-west-1:*:topic"),
        ("aws:PrincipalOrgID", OURS, "o-*"),
        ("aws:PrincipalOrgPaths", f"{OURS}/r-1/*", "o-*/r-1/*"),
        ("aws:SourceOrgID", OURS, ""),
        ("aws:SourceOrgPaths", f"{OURS}/*", "*"),
        ("aws:PrincipalArn", "arn:aws:iam::123456789012:role/*", "arn:aws:iam::*:role/worker"),
        ("aws:PrincipalAccount", "123456789012", "*"),
        ("aws:userid", "AROAEXAMPLE:*", "*:worker"),
        ("aws:SourceVpc", "vpc-1", "vpc-*"),
        ("aws:SourceVpcArn", "arn:aws:ec2:*:123456789012:vpc/*", "arn:aws:ec2:*:*:vpc/*"),
        ("aws:VpceAccount", "123456789012", "*"),
        ("aws:VpceOrgID", OURS, "*"),
        ("aws:VpceOrgPaths", f"{OURS}/*", "*"),
        ("vpc-lattice-svcs:SourceVpc", "vpc-1", "*"),
        ("vpc-lattice-svcs:SourceVpcOwnerAccount", "123456789012", "*"),
        ("aws:SourceVpce", "vpce-1", "vpce-?"),
        ("aws:SourceIp", "198.51.100.0/24", "0.0.0.0/0"),
        ("kms:CallerAccount", "123456789012", "*"),
        ("s3:DataAccessPointAccount", "123456789012", "*"),
        ("s3:DataAccessPointArn", "arn:aws:s3:*:123456789012:accesspoint/*", "arn:aws:s3:*"),
    ],
)
def test_values_that_name_somebody(key: str, good: str, bad: str) -> None:
    operator = "IpAddress" if key == "aws:SourceIp" else "StringLike"
    assert requires(condition(operator, key, good), CALLERS)
    assert not requires(condition(operator, key, bad), CALLERS)
    assert not requires(condition(operator, key, good, bad), CALLERS)


LOGS_CONTEXT = "kms:EncryptionContext:aws:logs:arn"
OUR_LOGS = "arn:aws:logs:eu-west-1:123456789012:log-group:*"


@pytest.mark.parametrize(
    ("value", "counts"),
    [
        (OUR_LOGS, True),
        ("arn:aws:logs:*:*:log-group:*", False),
        ("arn:aws:s3:::bucket", False),
        ("urn:aws:logs:eu-west-1:123456789012:log-group:a", False),
        ("123456789012", False),
        ("prod", False),
    ],
)
def test_a_services_encryption_context_counts_with_an_account(value: str, counts: bool) -> None:
    assert requires(condition("ArnLike", LOGS_CONTEXT, value), SOURCES) is counts


@pytest.mark.parametrize("key", [LOGS_CONTEXT, "kms:EncryptionContext:app"])
def test_an_encryption_context_is_what_anybody_writes(key: str) -> None:
    assert not requires(condition("StringEquals", key, OUR_LOGS), CALLERS)


@pytest.mark.parametrize(
    ("values", "counts"),
    [
        (["198.51.100.0/24", "203.0.113.0/24"], True),
        (["10.0.0.0/8", "12.0.0.0/8"], True),
        (["10.0.0.0/8", "11.0.0.0/8"], False),
        ([f"{first}.0.0.0/8" for first in range(256)], False),
        (["2001:db8::/32", "198.51.100.0/24"], True),
        (["2001:db8::/32", "2001:db9::/32"], False),
    ],
    ids=["apart", "far apart", "neighbours", "all", "both versions", "neighbours of version 6"],
)
def test_ranges_are_judged_together(values: list[str], counts: bool) -> None:
    assert requires(condition("IpAddress", "aws:SourceIp", *values), CALLERS) is counts
    assert excludes(condition("NotIpAddress", "aws:SourceIp", *values), CALLERS) is counts


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        (SOURCES, {"aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths"}),
        (ORGANISATIONS, {"aws:PrincipalOrgID", "aws:SourceOrgID", "aws:SourceOrgPaths"}),
    ],
    ids=["sources", "organisations"],
)
def test_keys_of_some_kind(keys: Mapping[str, Fixed], names: set[str]) -> None:
    candidates = {
        "aws:SourceAccount",
        "aws:SourceOrgID",
        "aws:SourceOrgPaths",
        "aws:PrincipalOrgID",
        "aws:SourceVpce",
    }
    found = {key for key in candidates if requires(condition("StringEquals", key, "1"), keys)}
    assert found == names


def test_no_value_names_nobody_and_other_keys_do_not_count() -> None:
    assert not requires(condition("StringEquals", "aws:SourceAccount"), SOURCES)
    assert not requires(condition("StringEquals", "aws:UserAgent", "ours"), CALLERS)
    assert not requires(condition("StringEquals", "aws:PrincipalOrgID", OURS), SOURCES)
    assert not requires(condition("IpAddress", "aws:VpcSourceIp", "10.0.0.0/16"), CALLERS)


def test_mount_targets_count_when_true() -> None:
    key = "elasticfilesystem:AccessedViaMountTarget"
    assert requires(condition("Bool", key, "true"), CALLERS)
    assert not requires(condition("Bool", key, "false"), CALLERS)
    assert not requires(condition("Bool", "aws:SecureTransport", "true"), CALLERS)


@pytest.mark.parametrize(
    ("arn", "fixed"),
    [
        ("arn:aws:s3:::bucket", True),
        ("arn:aws:s3:::bucket/*", True),
        ("arn:aws:s3:::bucket-*", False),
        ("arn:aws:s3:::*", False),
        ("arn:aws:apigateway:eu-west-1::/restapis/a1/*", True),
        ("arn:aws:apigateway:eu-west-1::/restapis/*/stages/live", False),
        ("arn:*:sqs:*:123456789012:*", True),
        ("arn:aws:sqs:eu-west-1:${aws:PrincipalAccount}:q", False),
        ("arn:aws:sqs:eu-west-1:*", False),
        ("*", False),
        ("", False),
    ],
)
def test_arns_of_one_account(arn: str, fixed: bool) -> None:
    assert fixed_arn(arn) is fixed


@pytest.mark.parametrize(
    ("value", "fixed"),
    [
        ("10.0.0.0/8", True),
        ("192.0.2.1", True),
        ("0.0.0.0/1", False),
        ("12.0.0.0/7", False),
        ("2001:db8::/32", True),
        ("2001:d00::/24", False),
        ("::/0", False),
        ("10.*", False),
        ("", False),
    ],
)
def test_ranges_that_are_somebodys(value: str, fixed: bool) -> None:
    assert fixed_range(value) is fixed


ALLOW = {
    "Effect": "Allow",
    "Principal": "*",
    "Action": ["s3:GetObject", "s3:ListBucket"],
    "Resource": ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"],
}
DENY = {
    "Effect": "Deny",
    "Principal": {"AWS": "*"},
    "Action": "s3:*",
    "Resource": ["arn:aws:s3:::bucket*"],
    "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}},
}


def document(**changed: Any) -> Document:
    return parse({"Version": "2012-10-17", "Statement": [ALLOW, {**DENY, **changed}]})


def bounded_by_denial(**changed: Any) -> bool:
    found = document(**changed)
    return bounded(found.statements[0], found, CALLERS)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"Principal": "*"},
        {"Principal": {"AWS": ["123456789012", "*"]}},
        {"Action": ["S3:GetObject", "s3:ListBucket"]},
        {"Action": "*", "Resource": "*"},
        {"Condition": {"StringNotEqualsIfExists": {"aws:SourceVpce": "vpce-1"}}},
        {"Condition": {"ForAllValues:StringNotEquals": {"aws:SourceVpce": "vpce-1"}}},
        {"Condition": {"StringNotEqualsIgnoreCase": {"aws:SourceVpce": "vpce-1"}}},
        {"Condition": {"StringNotLike": {"aws:SourceVpce": "vpce-1"}}},
        {"Condition": {"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:*"}}},
        {"Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:*"}}},
        {"Condition": {"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}}},
        {"Condition": {"StringNotEquals": {"aws:SourceVpce": "v", "aws:PrincipalOrgID": "o"}}},
    ],
    ids=str,
)
def test_a_denial_of_all_others_bounds(changed: dict[str, Any]) -> None:
    assert bounded_by_denial(**changed)


@pytest.mark.parametrize(
    "changed",
    [
        {"Effect": "Allow"},
        {"Principal": {"AWS": "123456789012"}},
        {"Action": []},
        {"Action": ["s3:GetObject", "s3:List"]},
        {"Action": "s3:GetObject"},
        {"Resource": "arn:aws:s3:::bucket/*"},
        {"Resource": "arn:aws:s3:::other*"},
        {"Condition": {}},
        {"Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}},
        {"Condition": {"StringNotLike": {"aws:SourceVpce": "vpce-*"}}},
        {"Condition": {"ForAnyValue:StringNotEquals": {"aws:SourceVpce": "vpce-1"}}},
        {"Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {
            "Condition": {
                "StringNotEquals": {"aws:SourceVpce": "vpce-1"},
                "StringLike": {"aws:UserAgent": "curl*"},
            }
        },
    ],
    ids=str,
)
def test_a_denial_of_some_bounds_nothing(changed: dict[str, Any]) -> None:
    assert not bounded_by_denial(**changed)
