"""Rules about conditions that narrow what named resources are used for."""

import re
from collections.abc import Callable, Iterable

from pulumi_policy import Severity

from rules.iam import globs
from rules.iam.bounds import is_unbounded
from rules.iam.documents import Kind, Placed, judge_documents, types
from rules.iam.holder_tables import TYPES
from rules.iam.holders import Holder, judge_holders
from rules.iam.names import is_named
from rules.iam.reference import find, matches
from rules.iam.resource_conditions import affirms
from rules.iam.statements import Statement
from rules.rule import About, Report, Stack, StackReport, Subject, resource_rule, stack_rule

_REFERENCE = "https://docs.aws.amazon.com/service-authorization/latest/reference"
_LISTING = "s3:ListBucket"
_OBJECTS = re.compile(r"(?P<bucket>arn:[^:]*:s3:::[^/]+)(?P<key>/.*|(?<=\*))")
"""An ARN of objects; one that ends with its bucket and a wildcard also means what is in it."""


def _grants(statement: Statement, action: str) -> bool:
    return any(matches(pattern, action) for pattern in statement.actions)


def _narrowed(statement: Statement, key: str, named: Callable[[str], bool]) -> bool:
    """Say whether a condition on a key asks for values each of which names something."""
    return any(
        one.key.lower() == key.lower() and affirms(one) and all(map(named, one.values))
        for one in statement.conditions
    )


def _begins_with_text(prefix: str) -> bool:
    return prefix != "" and not globs.has_wildcard(prefix[:1])


def _buckets_by_prefix(statements: Iterable[Statement]) -> list[str]:
    """Return the buckets of which statements together let only some prefixes be used."""
    parts: set[str] = set()
    whole: set[str] = set()
    for statement in statements:
        if _grants(statement, "s3:GetObject") or _grants(statement, "s3:PutObject"):
            for found in filter(None, map(_OBJECTS.fullmatch, statement.resources)):
                everything = not found["key"] or found["key"].startswith("/*")
                (whole if everything else parts).add(found["bucket"])
    return sorted(one for one in parts if not any(_overlap(one, other) for other in whole))


def _overlap(one: str, other: str) -> bool:
    return globs.meet(globs.arn(one), globs.arn(other))


def _is_any_bucket(resource: str) -> bool:
    """Say whether listing a resource is listing a bucket that nobody named; a rule reports that."""
    action = find(_LISTING)
    return action is not None and is_unbounded(action, resource)


def _judge_listing(holder: Holder, report: StackReport) -> None:
    if any(one.document.left_out for one in holder.held):
        return  # what is left out may allow the rest of the bucket
    allowing = [found for found in holder.statements if found[1].allows]
    by_prefix = _buckets_by_prefix(statement for _, statement in allowing)
    for source, statement in allowing:
        if not _grants(statement, _LISTING):
            continue
        if _narrowed(statement, "s3:prefix", _begins_with_text):
            continue
        named = [one for one in statement.resources if not _is_any_bucket(one)]
        for bucket in by_prefix:
            if any(_overlap(bucket, one) for one in named):
                report(
                    f"The {holder.kind} {holder.name} must be allowed to list {bucket} by "
                    "s3:prefix only, since it is given objects of some prefixes only; "
                    f"{statement.label} of {source} has no such condition, so that the names of "
                    "all others can be read.",
                    holder.urn,
                )


def _judge_targets(placed: Placed, report: Report) -> None:
    for statement in placed.document.allowing:
        if _grants(statement, "events:PutTargets") and not (
            _narrowed(statement, "events:TargetArn", is_named) or _by_service(statement)
        ):
            report(
                f"The policy in {placed.where} must name what rules may be aimed at, by a "
                f"condition on events:TargetArn; {statement.label} has none that does, so that a "
                "rule can start anything that EventBridge reaches."
            )


def _by_service(statement: Statement) -> bool:
    """Say whether only rules are meant whose whole names are given, such as an AWS service's."""
    return not any("*" in one or "?" in one for one in statement.resources)


def _listing(stack: Stack, report: StackReport) -> None:
    judge_holders(stack, lambda holder: _judge_listing(holder, report))


def _targets(subject: Subject, report: Report) -> None:
    judge_documents(
        subject.type, subject.props, [Kind.IDENTITY], lambda one: _judge_targets(one, report)
    )


listing_by_prefix = stack_rule(
    About(
        name="iam-listing-by-prefix",
        description="Whoever may use some prefixes of a bucket may list those only.",
        severity=Severity.MEDIUM,
        remediation="Add a StringLike condition on s3:prefix with the same prefixes.",
        url=f"{_REFERENCE}/list_amazons3.html",
    ),
    TYPES,
    _listing,
)

event_targets_named = resource_rule(
    About(
        name="iam-event-targets-named",
        description="Whoever may aim EventBridge rules may aim them at named targets only.",
        severity=Severity.MEDIUM,
        remediation="Add an ArnLike condition on events:TargetArn.",
        url=f"{_REFERENCE}/list_amazoneventbridge.html",
    ),
    types(Kind.IDENTITY),
    _targets,
)

POLICIES = [listing_by_prefix, event_targets_named]
