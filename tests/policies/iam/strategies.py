"""Well-formed policy documents, for tests that a rule answers whatever it is given.

Grammar: AWS IAM User Guide, "Grammar of the IAM JSON policy language".
"""

import json
from typing import Any

from hypothesis import strategies as st

SOME_ACTIONS = (
    "*",
    "*:*",
    "s3:*",
    "S3:getobject",
    "s3:Get?bject",
    "iam:PassRole",
    "iam:Create*",
    "sts:AssumeRole",
    "sts:AssumeRoleWithWebIdentity",
    "sagemaker:CreateTrainingJob",
    "kms:Decrypt",
    "execute-api:Invoke",
    "nosuch:Action",
    "no-service",
    "",
)

SOME_RESOURCES = (
    "*",
    "arn:*",
    "arn:aws:s3:::bucket/*",
    "arn:aws:s3:::${aws:username}",
    "arn:aws:iam::123456789012:role/worker",
    "arn:aws-cn:iam::*:role/*",
    "arn:aws:kms:eu-west-1:123456789012:key/1",
    "execute-api:/*",
    "arn:aws",
    "",
)

SOME_PRINCIPALS = (
    "*",
    "123456789012",
    "999999999999",
    "arn:aws:iam::999999999999:root",
    "arn:aws:iam::123456789012:role/worker",
    "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
    "arn:aws:iam::123456789012:saml-provider/people",
    "AROAEXAMPLEID",
    "accounts.google.com",
    "cognito-identity.amazonaws.com",
    "ec2.amazonaws.com",
    "ecs-tasks.amazonaws.com.cn",
    "s3.eu-west-1.amazonaws.com",
    "",
)

SOME_OPERATORS = (
    "StringEquals",
    "stringlike",
    "StringNotEquals",
    "StringEqualsIfExists",
    "ArnLike",
    "ArnNotEquals",
    "IpAddress",
    "NotIpAddress",
    "Bool",
    "Null",
    "DateLessThan",
    "NumericLessThanEquals",
    "BinaryEquals",
    "ForAllValues:StringLike",
    "ForAnyValue:StringEquals",
    "ForAnyValue:ArnLikeIfExists",
    "NoSuchOperator",
)

SOME_KEYS = (
    "aws:SourceAccount",
    "AWS:sourcearn",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:PrincipalOrgID",
    "aws:PrincipalArn",
    "aws:SourceIp",
    "aws:SourceVpce",
    "aws:PrincipalTag/team",
    "aws:userid",
    "sts:ExternalId",
    "kms:CallerAccount",
    "iam:PassedToService",
    "token.actions.githubusercontent.com:sub",
    "SAML:aud",
    "cognito-identity.amazonaws.com:amr",
    "",
)

SOME_VALUES = (
    "*",
    "",
    "123456789012",
    "o-example",
    "arn:aws:s3:::bucket",
    "arn:*:*:*:*:*",
    "arn:aws:sns:eu-west-1:*:topic",
    "0.0.0.0/0",
    "10.0.0.0/8",
    "::/0",
    "no address",
    "ec2.amazonaws.com",
    "${aws:PrincipalAccount}",
    True,
    False,
    0,
    1.5,
)


def one_or_more(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return a single value, or a list of some, which may be empty."""
    return values | st.lists(values, max_size=3)


def _texts(samples: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from(samples) | st.text(max_size=12)


def principals() -> st.SearchStrategy[Any]:
    """Return what `Principal` and `NotPrincipal` may be."""
    kinds = st.sampled_from(("AWS", "Service", "Federated", "CanonicalUser"))
    return st.just("*") | st.dictionaries(kinds, one_or_more(_texts(SOME_PRINCIPALS)), max_size=3)


def conditions() -> st.SearchStrategy[Any]:
    """Return what `Condition` may be."""
    values = one_or_more(st.sampled_from(SOME_VALUES) | st.text(max_size=8))
    keys = st.dictionaries(_texts(SOME_KEYS), values, max_size=2)
    return st.dictionaries(st.sampled_from(SOME_OPERATORS), keys, max_size=2)


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    """Return one statement."""
    statement: dict[str, Any] = {"Effect": draw(st.sampled_from(("Allow", "Allow", "Deny")))}
    parts: tuple[tuple[str, st.SearchStrategy[Any], bool], ...] = (
        ("Action", one_or_more(_texts(SOME_ACTIONS)), True),
        ("Resource", one_or_more(_texts(SOME_RESOURCES)), False),
        ("Principal", principals(), False),
    )
    for element, values, needed in parts:
        if needed or draw(st.booleans()):
            negated = draw(st.sampled_from(("", "", "Not")))
            statement[f"{negated}{element}"] = draw(values)
    if draw(st.booleans()):
        statement["Condition"] = draw(conditions())
    if draw(st.booleans()):
        statement["Sid"] = draw(st.text(max_size=6))
    return statement


@st.composite
def documents(draw: st.DrawFn) -> Any:
    """Return a document, as an object or as JSON."""
    several = st.lists(statements(), min_size=1, max_size=3)
    document: dict[str, Any] = {"Statement": draw(statements() | several)}
    if draw(st.booleans()):
        document["Version"] = draw(st.sampled_from(("2012-10-17", "2008-10-17", "2020-01-01")))
    return document if draw(st.booleans()) else json.dumps(document)
