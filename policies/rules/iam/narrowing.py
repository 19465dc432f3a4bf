"""Rules about conditions that narrow what named resources are used for."""

import re

from pulumi_policy import Severity

from rules.iam.documents import Kind, Placed, judge_documents, types
from rules.iam.reference import matches
from rules.iam.resource_conditions import needs_its_key
from rules.iam.statements import Statement
from rules.rule import About, Report, Subject, resource_rule

_REFERENCE = "https://docs.aws.amazon.com/service-authorization/latest/reference"
_OBJECTS = re.compile(r"(?P<bucket>arn:[^:]*:s3:::[^/*?]+)/(?P<key>.*)")


def _grants(statement: Statement, action: str) -> bool:
    return any(matches(pattern, action) for pattern in statement.actions)


def _narrowed(statement: Statement, key: str) -> bool:
    """Say whether a condition on a key fails without it and has no value that is anything."""
    return any(
        one.key.lower() == key.lower()
        and needs_its_key(one)
        and not any(value.strip("*") == "" for value in one.values)
        for one in statement.conditions
    )


def _buckets_by_prefix(placed: Placed) -> set[str]:
    """Return the buckets of which a document lets only some prefixes be read or written."""
    parts: set[str] = set()
    whole: set[str] = set()
    for statement in placed.document.allowing:
        if _grants(statement, "s3:GetObject") or _grants(statement, "s3:PutObject"):
            for resource in statement.resources:
                found = _OBJECTS.fullmatch(resource)
                if found:
                    (whole if found["key"].startswith("*") else parts).add(found["bucket"])
    return parts - whole


def _judge_listing(placed: Placed, report: Report) -> None:
    by_prefix = _buckets_by_prefix(placed)
    for statement in placed.document.allowing:
        if not _grants(statement, "s3:ListBucket") or _narrowed(statement, "s3:prefix"):
            continue
        for bucket in sorted(by_prefix.intersection(statement.resources)):
            report(
                f"The policy in {placed.where} must allow listing {bucket} by s3:prefix only, "
                f"since it gives objects of some prefixes only; {statement.label} has no such "
                "condition, so that the names of all others can be read."
            )


def _judge_targets(placed: Placed, report: Report) -> None:
    for statement in placed.document.allowing:
        if _grants(statement, "events:PutTargets") and not (
            _narrowed(statement, "events:TargetArn") or _by_service(statement)
        ):
            report(
                f"The policy in {placed.where} must name what rules may be aimed at, by a "
                f"condition on events:TargetArn; {statement.label} has none, so that a rule can "
                "start anything that EventBridge reaches."
            )


def _by_service(statement: Statement) -> bool:
    """Say whether only rules are meant whose whole names are given, such as an AWS service's."""
    return not any("*" in one or "?" in one for one in statement.resources)


def _listing(subject: Subject, report: Report) -> None:
    judge_documents(
        subject.type, subject.props, [Kind.IDENTITY], lambda one: _judge_listing(one, report)
    )


def _targets(subject: Subject, report: Report) -> None:
    judge_documents(
        subject.type, subject.props, [Kind.IDENTITY], lambda one: _judge_targets(one, report)
    )


listing_by_prefix = resource_rule(
    About(
        name="iam-listing-by-prefix",
        description="Whoever may use some prefixes of a bucket may list those only.",
        severity=Severity.MEDIUM,
        remediation="Add a StringLike condition on s3:prefix with the same prefixes.",
        url=f"{_REFERENCE}/list_amazons3.html",
    ),
    types(Kind.IDENTITY),
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
