"""What bounds a grant: the names in its resources, or a condition about what is acted on."""

import re
from functools import lru_cache

from rules.iam import globs
from rules.iam.reference import Action, expand, invert
from rules.iam.statements import Condition, Statement

_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}|(\*)")
_PLACES = frozenset(("Partition", "Region", "Account"))
_ARN_PARTS = 6

_KNOWN_PREFIXES = frozenset(("ec2", "elasticfilesystem", "kms"))
"""Services whose identifiers all begin alike: `i-`, `vpc-`, `fs-`, `mrk-`."""

UNBOUNDING_KEYS: frozenset[str] = frozenset(
    key.lower()
    for key in (
        # The principal itself: always true for whoever has the policy. AWS IAM User Guide, "AWS
        # global condition context keys", properties of the principal and of the role session.
        "aws:AssumedRoot",
        "aws:Ec2InstanceSourcePrivateIPv4",
        "aws:Ec2InstanceSourceVpc",
        "aws:FederatedProvider",
        "aws:PrincipalAccount",
        "aws:PrincipalArn",
        "aws:PrincipalIsAWSService",
        "aws:PrincipalOrgID",
        "aws:PrincipalOrgPaths",
        "aws:PrincipalServiceName",
        "aws:PrincipalServiceNamesList",
        "aws:PrincipalTag/*",
        "aws:PrincipalType",
        "aws:SourceIdentity",
        "aws:TokenIssueTime",
        "aws:userid",
        "aws:username",
        "ec2:RoleDelivery",
        "ec2:SourceInstanceARN",
        "kms:CallerAccount",
        "lambda:SourceFunctionArn",
        "ssm:SourceInstanceARN",
        # What else is in the request: it narrows a call, not the resources that it can be about.
        "batch:Privileged",
        "events:TargetArn",
        "events:source",
        "kms:ViaService",
        "s3:delimiter",
        "s3:max-keys",
        "s3:prefix",
        # The whole account, or the whole of a region.
        "aws:RequestedRegion",
        "aws:ResourceAccount",
        "aws:ResourceOrgID",
        "aws:ResourceOrgPaths",
        "ec2:Region",
        "s3:ResourceAccount",
        # How and when the request is made, not what it is about.
        "aws:CurrentTime",
        "aws:EpochTime",
        "aws:Referer",
        "aws:SecureTransport",
        "aws:UserAgent",
        "aws:ViaAWSService",
        "s3:TlsVersion",
        "s3:authType",
        "s3:signatureAge",
        "s3:signatureversion",
        "s3:x-amz-content-sha256",
    )
)
"""Condition keys that say nothing about what is acted on; a condition on them bounds nothing."""

_WITH_WILDCARDS = frozenset(("stringlike", "arnlike", "arnequals"))
_MATCHES_EVERYTHING = re.compile(r"(arn:[^:]*:?)?[*?:/]*")


def bounds(condition: Condition) -> bool:
    """Say whether a condition bounds what is acted on.

    It does not where it is about something else, where it holds although the key is absent, or
    where one of its values matches everything.
    """
    if _says_nothing(condition.key) or not needs_its_key(condition):
        return False
    operator = condition.operator.lower().removeprefix("foranyvalue:")
    if operator in _WITH_WILDCARDS:
        return not any(_MATCHES_EVERYTHING.fullmatch(value) for value in condition.values)
    if operator == "ipaddress":
        return not any(value.endswith("/0") for value in condition.values)
    return True


def needs_its_key(condition: Condition) -> bool:
    """Say whether a condition fails where the request has no such key."""
    operator = condition.operator.lower()
    if operator == "null":
        return all(value.lower() == "false" for value in condition.values)
    holds = operator.startswith("forallvalues:") or operator.endswith("ifexists")
    return not holds and "not" not in operator


def _says_nothing(key: str) -> bool:
    name, slash, _ = key.lower().partition("/")
    return f"{name}/*" in UNBOUNDING_KEYS if slash else name in UNBOUNDING_KEYS


@lru_cache(maxsize=8192)
def probe(template: str) -> str | None:
    """Return the glob of resources that nobody named, None for a type of a single resource.

    The first variable part of the resource's name is what a person or AWS chose; region and
    account, and everything below that name, may be anything.

    Args:
        template: a resource type's ARN, such as `arn:${Partition}:s3:::${BucketName}/${Key}`.
    """
    head = template.split(":", _ARN_PARTS - 1)
    name = head.pop()
    service = head[2] if len(head) > 2 else ""  # noqa: PLR2004 an ARN's third part is its service
    named = [False]

    def stand_in(found: re.Match[str]) -> str:
        if found[1] in _PLACES:
            return globs.SEGMENT
        if named[0]:
            return globs.ANYTHING
        named[0] = True
        made_by_aws = service in _KNOWN_PREFIXES and (found[1] or "").endswith("Id")
        return (globs.IDENTIFIER if made_by_aws else globs.UNNAMED) + globs.MARK

    ending = _PLACEHOLDER.sub(stand_in, name)
    if not named[0]:
        return None
    return ":".join([*map(_part, head), ending])


def _part(part: str) -> str:
    """Return the glob of a part of an ARN before its name; a region is never left out."""
    return _PLACEHOLDER.sub(
        lambda found: (globs.LETTER if found[1] == "Region" else "") + globs.SEGMENT, part
    )


@lru_cache(maxsize=8192)
def every(template: str) -> str:
    """Return the glob of all resources of a type, by its ARN template; a name is never empty."""
    head = template.split(":", _ARN_PARTS - 1)
    name = _PLACEHOLDER.sub(globs.ONE + globs.ANYTHING, head.pop(), count=1)
    return ":".join([*map(_part, head), _PLACEHOLDER.sub(globs.ANYTHING, name)])


@lru_cache(maxsize=65536)
def is_unbounded(action: Action, resource: str) -> bool:
    """Say whether a resource pattern covers resources of an action that nobody named.

    Args:
        action: an action; one without resource types works on `*` only.
        resource: an ARN with wildcards, as a statement has it.
    """
    pattern = globs.glob(resource)
    if not pattern.strip(globs.ANYTHING):
        return True
    probes = (probe(template) for template in action.templates)
    return any(one is not None and globs.meet(pattern, one) for one in probes)


@lru_cache(maxsize=65536)
def can_act_on(action: Action, resource: str) -> bool:
    """Say whether a resource pattern covers any resource of an action at all.

    Args:
        action: an action.
        resource: an ARN with wildcards, as a statement has it.
    """
    pattern = globs.glob(resource)
    if not pattern.strip(globs.ANYTHING):
        return True
    return any(globs.meet(pattern, every(template)) for template in action.templates)


def is_restrictable(action: Action) -> bool:
    """Say whether AWS offers anything that would narrow an action.

    A resource type does. Where there is none a condition key does for what changes something, as
    long as it is one that bounds.
    """
    if action.templates:
        return True
    return not action.reads and not all(_says_nothing(key) for key in action.keys)


@lru_cache(maxsize=4096)
def allowed(statement: Statement) -> tuple[Action, ...]:
    """Return the actions that a statement is about, each once."""
    if statement.not_actions:
        return invert(statement.not_actions)
    found = (one for pattern in statement.actions for one in expand(pattern))
    return tuple(dict.fromkeys(found))


def is_open(action: Action, statement: Statement) -> bool:
    """Say whether a statement bounds an action neither by resources nor by a condition."""
    if any(bounds(one) for one in statement.conditions):
        return False
    if statement.not_resources:
        return True
    return any(is_unbounded(action, one) for one in statement.resources)


@lru_cache(maxsize=4096)
def open_actions(statement: Statement) -> tuple[Action, ...]:
    """Return the actions of a statement that could be bounded, and are not."""
    if any(bounds(one) for one in statement.conditions):
        return ()
    return tuple(
        one for one in allowed(statement) if is_restrictable(one) and is_open(one, statement)
    )
