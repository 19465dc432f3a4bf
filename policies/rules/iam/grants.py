"""Rules about what each statement of an identity policy grants, and on which resources."""

from collections.abc import Callable
from typing import Any

from pulumi_policy import Severity

from rules.iam import bounds, reference, wording
from rules.iam.documents import Kind, Placed, types
from rules.iam.reference import PERMISSIONS, Action
from rules.iam.resource_conditions import needs_its_key
from rules.iam.statements import Condition, Statement
from rules.iam.stored_data import HANDED_OUT
from rules.iam.wildcards import judge_statements
from rules.reading import elements
from rules.rule import About, Report, Subject, resource_rule

_GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
_IDENTITY = (Kind.IDENTITY,)

_ALLOW: dict[str, Any] = {
    "allow": {
        "type": "array",
        "description": "Actions that may stand on resources that are not named.",
        "items": {"type": "string", "pattern": "^[a-z0-9-]+:[A-Za-z0-9]+$"},
        "default": [],
    }
}


def _hands_out(action: Action) -> bool:
    return action.name.lower() in HANDED_OUT


def _is_of_another_rule(action: Action) -> bool:
    """Say whether a rule of its own judges an action, whatever its access level."""
    return _hands_out(action) or PERMISSIONS in action.levels or action.name == "iam:PassRole"


def _reads(action: Action) -> bool:
    return action.reads and not _is_of_another_rule(action)


def _writes(action: Action) -> bool:
    return not action.reads and not _is_of_another_rule(action)


def _judge_open(
    subject: Subject, report: Report, wanted: Callable[[Action], bool], what: str
) -> None:
    """Report each statement with unbounded actions of one sort.

    A statement with NotAction or NotResource is unbounded as a whole; a rule of its own says so.

    Args:
        subject: the resource with the documents.
        report: where violations go.
        wanted: which actions the rule is about.
        what: what they do with resources, such as `reads`.
    """
    spared = {one.lower() for one in elements(subject.thresholds["allow"])}

    def judge(placed: Placed, statement: Statement) -> None:
        if statement.not_actions or statement.not_resources:
            return
        found = [
            one.name
            for one in bounds.open_actions(statement)
            if wanted(one) and one.name.lower() not in spared
        ]
        if found:
            report(
                f"The policy document in {placed.where} must bound what it {what}; "
                f"{statement.label} allows {wording.actions(found)} on "
                f"{wording.resources(statement)}{wording.conditions(statement)}."
            )

    judge_statements(subject, _IDENTITY, judge)


_NARROW = (
    "Name the ARNs, with a prefix of your own at least, or add a condition about the resource, "
    "such as aws:ResourceTag."
)

reads_bounded = resource_rule(
    About(
        name="iam-reads-bounded",
        description="What can be read or listed is named wherever AWS can tell resources apart.",
        severity=Severity.MEDIUM,
        remediation=_NARROW,
        url=f"{_GUIDE}/best-practices.html#grant-least-privilege",
        thresholds=_ALLOW,
    ),
    types(*_IDENTITY),
    lambda subject, report: _judge_open(subject, report, _reads, "reads"),
)

writes_bounded = resource_rule(
    About(
        name="iam-writes-bounded",
        description="What can be changed or tagged is named wherever AWS can tell resources apart.",
        severity=Severity.HIGH,
        remediation=_NARROW,
        url=f"{_GUIDE}/best-practices.html#grant-least-privilege",
        thresholds=_ALLOW,
    ),
    types(*_IDENTITY),
    lambda subject, report: _judge_open(subject, report, _writes, "changes"),
)

no_data_exfiltration = resource_rule(
    About(
        name="iam-no-data-exfiltration",
        description="Stored data and credentials are handed out from named resources only.",
        severity=Severity.HIGH,
        remediation=_NARROW,
        url="https://cloudsplaining.readthedocs.io/en/latest/glossary/data-exfiltration/",
        thresholds=_ALLOW,
    ),
    types(*_IDENTITY),
    lambda subject, report: _judge_open(subject, report, _hands_out, "hands out"),
)

_WITHOUT_TYPES_YET_ON_ARNS = frozenset(("logs:DescribeLogGroups",))
"""Authorized on an ARN (Amazon CloudWatch Logs User Guide, "CloudWatch Logs resources and
operations"), although the reference gives no resource type."""


def _grants_nothing(pattern: str, statement: Statement) -> bool:
    """Say whether none of a statement's resources is one that an action works on."""
    if not statement.resources:
        return False
    return not any(
        bounds.can_act_on(action, resource) or action.name in _WITHOUT_TYPES_YET_ON_ARNS
        for action in reference.expand(pattern)
        for resource in statement.resources
    )


def _never_holds(condition: Condition, statement: Statement) -> bool:
    """Say whether a condition needs a service's key that none of the service's actions has.

    A key of a service beside another service's actions may be one of the session's, and so may
    hold.
    """
    key = condition.key.lower()
    service = key.partition(":")[0]
    its_actions = [
        one for one in bounds.allowed(statement) if one.name.lower().startswith(f"{service}:")
    ]
    return (
        bool(its_actions)
        and needs_its_key(condition)
        and key not in _OF_THE_SESSION
        and service not in _WITH_UNLISTED_KEYS
        and not any(reference.covers(one.keys, key) for one in its_actions)
    )


_OF_THE_SESSION = frozenset(
    (
        "ec2:roledelivery",
        "ec2:sourceinstancearn",
        "lambda:sourcefunctionarn",
        "ssm:sourceinstancearn",
    )
)
"""Keys that are in every request of a role's session on AWS's machines.

Amazon EC2 User Guide, "Condition keys for Amazon EC2"; AWS Lambda Developer Guide, "Working with
source function ARN".
"""

_WITH_UNLISTED_KEYS = frozenset(("iot",))
"""Services with condition keys beside the reference's.

AWS IoT Core Developer Guide, "Thing policy variables".
"""


def _effect(subject: Subject, report: Report) -> None:
    def judge(placed: Placed, statement: Statement) -> None:
        document = f"The policy document in {placed.where}"
        strangers = [one for one in statement.actions if not reference.expand(one)]
        if strangers:
            report(
                f"{document} must allow actions that AWS has; {statement.label} allows "
                f"{wording.actions(strangers)}, which AWS's service authorization reference does "
                "not know."
            )
        known = [one for one in statement.actions if one not in strangers]
        idle = [one for one in known if _grants_nothing(one, statement)]
        if idle:
            report(
                f"{document} must allow actions on resources that they work on; "
                f"{statement.label} allows {wording.actions(idle)} on "
                f"{wording.resources(statement)}, which grants nothing."
            )
        unmet = [one.key for one in statement.conditions if known and _never_holds(one, statement)]
        if unmet:
            report(
                f"{document} must set conditions that can hold; {statement.label} has one on "
                f"{wording.some(unmet, 'other key', 'other keys')}, which none of its actions "
                "knows, and so grants nothing."
            )

    judge_statements(subject, _IDENTITY, judge)


grants_take_effect = resource_rule(
    About(
        name="iam-grants-take-effect",
        description="Every allowed action exists and works on a resource that stands beside it.",
        severity=Severity.MEDIUM,
        remediation="Look the action up: correct its name, or the resource's type in the ARN.",
        url="https://docs.aws.amazon.com/service-authorization/latest/reference/"
        "reference_policies_actions-resources-contextkeys.html",
    ),
    types(*_IDENTITY),
    _effect,
)

POLICIES = [reads_bounded, writes_bounded, no_data_exfiltration, grants_take_effect]
