"""Which conditions of a statement keep strangers out: their operator, key and values together.

A condition counts if it fails where its key is missing and none of its values stands for
everybody. Operators: AWS IAM User Guide, "IAM JSON policy elements: Condition operators".
"""

import re
from collections.abc import Callable, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

from rules.iam.statements import Condition, Document, Statement

Fixed = Callable[[str], bool]
"""Says whether a value stands for somebody in particular."""

_AFFIRMING = frozenset(
    (
        "stringequals",
        "stringequalsignorecase",
        "stringlike",
        "arnequals",
        "arnlike",
        "ipaddress",
        "bool",
    )
)
_DENYING = frozenset(
    (
        "stringnotequals",
        "stringnotequalsignorecase",
        "stringnotlike",
        "arnnotequals",
        "arnnotlike",
        "notipaddress",
    )
)
_OPEN = re.compile(r"[*?]|\$\{")

_WIDEST_PREFIX = {4: 8, 6: 32}
"""Shortest prefix of an address range that S3 does not call public (Amazon S3 User Guide, "The
meaning of public")."""


def fixed_text(value: str) -> bool:
    """Say whether a value has neither a wildcard nor a policy variable."""
    return value != "" and _OPEN.search(value) is None


def fixed_arn(value: str) -> bool:
    """Say whether an ARN belongs to one account, or is a whole name where ARNs carry none."""
    parts = value.split(":", 5)
    if len(parts) < 6:  # noqa: PLR2004 an ARN has six parts
        return fixed_text(value)
    if parts[4]:
        return fixed_text(parts[4])
    return fixed_text(parts[5].removesuffix("/*"))


def arn_of_account(value: str) -> bool:
    """Say whether an ARN belongs to one account and has the account's number."""
    parts = value.split(":", 5)
    return len(parts) == 6 and parts[0] == "arn" and fixed_text(parts[4])  # noqa: PLR2004


def fixed_range(value: str) -> bool:
    """Say whether a range of addresses is small enough to be somebody's."""
    try:
        network = ip_network(value, strict=False)
    except ValueError:
        return False
    return network.prefixlen >= _WIDEST_PREFIX[network.version]


def joined_ranges(values: Sequence[str]) -> Sequence[str]:
    """Return ranges of addresses with neighbours joined, as they are where one is none."""
    try:
        networks = [ip_network(value, strict=False) for value in values]
    except ValueError:
        return values
    fours = collapse_addresses(one for one in networks if isinstance(one, IPv4Network))
    sixes = collapse_addresses(one for one in networks if isinstance(one, IPv6Network))
    return [str(one) for one in (*fours, *sixes)]


def fixed_path(value: str) -> bool:
    """Say whether a path of organisational units is within one organisation."""
    return fixed_text(value.split("/")[0])


def _is_true(value: str) -> bool:
    return value.lower() == "true"


def _fixed_session(value: str) -> bool:
    return fixed_text(value.split(":")[0])


ORGANISATIONS: Mapping[str, Fixed] = {
    "aws:principalorgid": fixed_text,
    "aws:principalorgpaths": fixed_path,
    "aws:sourceorgid": fixed_text,
    "aws:sourceorgpaths": fixed_path,
}
"""Keys that tell whose organisation a caller belongs to."""

_CONTEXT = "kms:encryptioncontext:"
_CONTEXT_OF_ANY = f"{_CONTEXT}*"

_SOURCES_OF_CALLERS: Mapping[str, Fixed] = {
    "aws:sourceaccount": fixed_text,
    "aws:sourcearn": fixed_arn,
    "aws:sourceowner": fixed_text,
    "aws:sourceorgid": fixed_text,
    "aws:sourceorgpaths": fixed_path,
    "kms:calleraccount": fixed_text,
}

SOURCES: Mapping[str, Fixed] = {**_SOURCES_OF_CALLERS, _CONTEXT_OF_ANY: arn_of_account}
"""Keys that tell on whose behalf a service calls (AWS IAM User Guide, "The confused deputy
problem"; `aws:SourceOwner` is Amazon SNS's, the last two are AWS KMS's).

The encryption context is what a caller writes into the request, so only a service's tells
something: the ARN of the resource that it encrypts (AWS KMS Developer Guide, "Encryption
context")."""

NETWORKS: Mapping[str, Fixed] = {
    "aws:sourceip": fixed_range,
    "aws:sourcevpc": fixed_text,
    "aws:sourcevpcarn": fixed_arn,
    "aws:sourcevpce": fixed_text,
    "aws:vpceaccount": fixed_text,
    "aws:vpceorgid": fixed_text,
    "aws:vpceorgpaths": fixed_path,
    "vpc-lattice-svcs:sourcevpc": fixed_text,
    "vpc-lattice-svcs:sourcevpcowneraccount": fixed_text,
}
"""Keys that tell where a call comes from. `aws:VpcSourceIp` is none of them: every network may use
the same private addresses (AWS IAM User Guide, "AWS global condition context keys")."""

CALLERS: Mapping[str, Fixed] = {
    **ORGANISATIONS,
    **_SOURCES_OF_CALLERS,
    **NETWORKS,
    "aws:principalarn": fixed_arn,
    "aws:principalaccount": fixed_text,
    "aws:userid": _fixed_session,
    "s3:dataaccesspointaccount": fixed_text,
    "s3:dataaccesspointarn": fixed_arn,
    "elasticfilesystem:accessedviamounttarget": _is_true,
}
"""Keys that tell who calls (Amazon S3 User Guide, "The meaning of public"; Amazon EFS User Guide,
"Blocking public access to EFS file systems"; AWS IAM User Guide, "AWS global condition context
keys")."""


def requires(condition: Condition, keys: Mapping[str, Fixed]) -> bool:
    """Say whether a condition lets only those pass whom one of some keys names.

    Args:
        condition: of a statement that allows.
        keys: condition keys in small letters, with what makes a value a particular one.
    """
    quantifier, _, operator = condition.operator.lower().rpartition(":")
    if operator not in _AFFIRMING or quantifier == "forallvalues":
        return False
    fixed = _judge(condition.key, keys)
    return fixed is not None and _all(condition, fixed)


def excludes(condition: Condition, keys: Mapping[str, Fixed]) -> bool:
    """Say whether a condition of a denial meets everybody but those whom one of some keys names."""
    quantifier, _, operator = condition.operator.lower().rpartition(":")
    if operator.removesuffix("ifexists") not in _DENYING or quantifier == "foranyvalue":
        return False
    fixed = _judge(condition.key, keys)
    return fixed is not None and _all(condition, fixed)


def bounded(statement: Statement, document: Document, keys: Mapping[str, Fixed]) -> bool:
    """Say whether a statement lets only particular callers in, by itself or by a denial beside it.

    A denial that is known after the update only may be such a one, and so counts until then.

    Args:
        statement: one that allows.
        document: the document that it stands in.
        keys: condition keys that count.
    """
    if any(requires(one, keys) for one in statement.conditions):
        return True
    return not document.denials_known or any(
        not one.allows and _covers(one, statement) and _only_excludes(one, keys)
        for one in document.statements
    )


def _judge(key: str, keys: Mapping[str, Fixed]) -> Fixed | None:
    lowered = key.lower()
    return keys.get(_CONTEXT_OF_ANY if lowered.startswith(_CONTEXT) else lowered)


def _all(condition: Condition, fixed: Fixed) -> bool:
    values: Sequence[str] = condition.values
    if fixed is fixed_range:
        values = joined_ranges(values)
    return len(values) > 0 and all(fixed(value) for value in values)


def _only_excludes(denial: Statement, keys: Mapping[str, Fixed]) -> bool:
    return len(denial.conditions) > 0 and all(excludes(one, keys) for one in denial.conditions)


def _covers(denial: Statement, statement: Statement) -> bool:
    """Say whether a denial is about everybody and about all that a statement allows."""
    return (
        any(one.value == "*" for one in denial.principals)
        and within(statement.actions, denial.actions)
        and (not statement.resources or within(statement.resources, denial.resources))
    )


def within(narrow: tuple[str, ...], wide: tuple[str, ...]) -> bool:
    """Say whether each of some texts fits one of some patterns; there is at least one text."""
    return len(narrow) > 0 and all(any(_fits(one, pattern) for pattern in wide) for one in narrow)


def _fits(text: str, pattern: str) -> bool:
    """Compare with a wildcard at the end only, which is how denials are written."""
    if pattern.endswith("*"):
        return text.lower().startswith(pattern[:-1].lower())
    return text.lower() == pattern.lower()
