"""Which conditions bound what a statement is about: they say something of the resource.

Conditions that say nothing about what is acted on bound nothing. A condition that says something
bounds if it fails where its key is missing and none of its values leaves everything in.
"""

from collections.abc import Mapping

from rules.iam.managed_names import may_be_broad
from rules.iam.names import is_named
from rules.iam.statements import Condition

_GLOBAL = "aws:"
_OF_REQUEST = frozenset(("aws:requesttag/*", "aws:tagkeys"))
_GLOBAL_ABOUT_RESOURCES = frozenset(("aws:resourcetag/*", *_OF_REQUEST))
"""AWS's global keys that say something of one resource; all others are about who calls, from
where, when and how, or about a whole account or region (AWS IAM User Guide, "AWS global condition
context keys")."""

UNBOUNDING_KEYS: frozenset[str] = frozenset(
    key.lower()
    for key in (
        # Who calls. Amazon EC2 User Guide, "Condition keys for Amazon EC2"; AWS KMS Developer
        # Guide, "AWS KMS condition keys"; AWS Lambda Developer Guide, "Working with source
        # function ARN".
        "ec2:RoleDelivery",
        "ec2:SourceInstanceARN",
        "kms:CallerAccount",
        "lambda:SourceFunctionArn",
        "ssm:SourceInstanceARN",
        # What else is in the request: it narrows a call, not the resources that it can be about.
        "batch:Privileged",
        "events:TargetArn",
        "events:detail-type",
        "events:source",
        "kms:ViaService",
        "s3:delimiter",
        "s3:max-keys",
        "s3:prefix",
        "sts:ExternalId",
        "sts:RoleSessionName",
        "sts:SourceIdentity",
        # The whole account, or the whole of a region.
        "ec2:Region",
        "s3:ResourceAccount",
        # How the request is made.
        "s3:TlsVersion",
        "s3:authType",
        "s3:signatureAge",
        "s3:signatureversion",
        "s3:x-amz-content-sha256",
    )
)
"""Condition keys that say nothing about what is acted on; a condition on them bounds nothing."""

_AFFIRMING = frozenset(
    (
        "arnequals",
        "arnlike",
        "bool",
        "numericequals",
        "stringequals",
        "stringequalsignorecase",
        "stringlike",
    )
)
"""Operators that ask for certain values. Limits of numbers and dates can be set so that everything
is within them, and `Null` only asks that there is some value."""

_WITH_WILDCARDS = frozenset(("stringlike", "arnlike", "arnequals"))

_ALL_VALUES: Mapping[str, frozenset[str]] = {
    "ec2:metadatahttpendpoint": frozenset(("enabled", "disabled")),
    "ec2:metadatahttptokens": frozenset(("optional", "required")),
    "ec2:rootdevicetype": frozenset(("ebs", "instance-store")),
    "ec2:tenancy": frozenset(("default", "dedicated", "host")),
}
"""Every value of keys that have few (Service Authorization Reference, "Condition keys for Amazon
EC2")."""
_TRUE_OR_FALSE = frozenset(("true", "false"))

_OF_POLICIES = frozenset(("iam:policyarn", "iam:permissionsboundary"))


def bounds(condition: Condition) -> bool:
    """Say whether a condition bounds what is acted on."""
    if says_nothing(condition.key) or not affirms(condition):
        return False
    operator, key = _operator(condition), condition.key.lower()
    wide = may_be_broad if key in _OF_POLICIES else _is_no_value
    with_wildcards = operator in _WITH_WILDCARDS or key in _OF_POLICIES
    return not (
        _has_all(_TRUE_OR_FALSE if operator == "bool" else _ALL_VALUES.get(key), condition)
        or (with_wildcards and not all(map(is_named, condition.values)))
        or any(map(wide, condition.values))
    )


def affirms(condition: Condition) -> bool:
    """Say whether a condition asks for certain values, and fails where there is none."""
    return _operator(condition) in _AFFIRMING


def _operator(condition: Condition) -> str:
    return condition.operator.lower().removeprefix("foranyvalue:")


def _is_no_value(_value: str) -> bool:
    return False


def _has_all(values: frozenset[str] | None, condition: Condition) -> bool:
    return values is not None and values <= {one.lower() for one in condition.values}


def needs_its_key(condition: Condition) -> bool:
    """Say whether a condition fails where the request has no such key."""
    operator = condition.operator.lower()
    if operator == "null":
        return all(value.lower() == "false" for value in condition.values)
    holds = operator.startswith("forallvalues:") or operator.endswith("ifexists")
    return not holds and "not" not in operator


def says_nothing(key: str) -> bool:
    """Say whether a condition key is about something else than what is acted on."""
    pattern = _pattern(key)
    if pattern.startswith(_GLOBAL):
        return pattern not in _GLOBAL_ABOUT_RESOURCES
    return pattern in UNBOUNDING_KEYS


def is_of_request(key: str) -> bool:
    """Say whether a condition key is about the tags that a request has for a resource."""
    return _pattern(key) in _OF_REQUEST


def _pattern(key: str) -> str:
    name, slash, _ = key.lower().partition("/")
    return f"{name}/*" if slash else name
