"""Rules about all policies of a role, user or group taken together."""

from collections.abc import Mapping

from pulumi_policy import Severity

from rules.iam import wording
from rules.iam.escalations import Escalation, Powers, escalations
from rules.iam.holder_tables import TYPES
from rules.iam.holders import Holder, judge_attachments, judge_holders
from rules.iam.reference import PERMISSIONS
from rules.iam.stored_data import HANDED_OUT
from rules.reading import number
from rules.rule import About, Stack, StackReport, stack_rule

_GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide"


def _privilege_escalation(stack: Stack, report: StackReport) -> None:
    def judge(holder: Holder) -> None:
        found = escalations(holder)
        if found:
            ways = wording.some([_way(one) for one in found], "other way", "other ways")
            report(
                f"The {holder.kind} {holder.name} must not be able to gain more than its policies "
                f"allow; it can by {ways}.",
                holder.urn,
            )

    judge_holders(stack, judge)


def _way(found: Escalation) -> str:
    return f"{found.name} ({'; '.join(found.grants)})"


no_privilege_escalation = stack_rule(
    About(
        name="iam-no-privilege-escalation",
        description="No role, user or group can give itself more than its policies say.",
        severity=Severity.CRITICAL,
        remediation="Name the role in iam:PassRole, or take away one of the actions named.",
        url="https://cloudsplaining.readthedocs.io/en/latest/glossary/privilege-escalation/",
    ),
    TYPES,
    _privilege_escalation,
)


def _resource_exposure(stack: Stack, report: StackReport) -> None:
    def judge(holder: Holder) -> None:
        found = {
            action.name: source
            for action, source in Powers(holder).open_actions().items()
            if PERMISSIONS in action.levels and action.name.lower() not in HANDED_OUT
        }
        if found:
            sources = sorted(set(found.values()))
            report(
                f"The {holder.kind} {holder.name} must not decide who has access to resources "
                f"that nobody named; it is allowed {wording.actions(list(found))} by "
                f"{wording.some(sources, 'other policy', 'other policies')}.",
                holder.urn,
            )

    judge_holders(stack, judge)


no_resource_exposure = stack_rule(
    About(
        name="iam-no-resource-exposure",
        description="Who has access can be changed for named resources only.",
        severity=Severity.HIGH,
        remediation="Name the ARNs whose permissions are managed, or bound them by a condition.",
        url="https://cloudsplaining.readthedocs.io/en/latest/glossary/resource-exposure/",
    ),
    TYPES,
    _resource_exposure,
)

_INLINE_LIMITS: Mapping[str, int] = {"role": 10240, "user": 2048, "group": 5120}
"""Characters of all inline policies together. AWS IAM User Guide, "IAM and AWS STS quotas"."""


def _inline_policies_size(stack: Stack, report: StackReport) -> None:
    def judge(holder: Holder) -> None:
        sizes = [one.document.size for one in holder.held if one.inline]
        limit = _INLINE_LIMITS.get(holder.kind)
        # A document that is too long by itself is told of where it stands.
        if limit is None or sum(sizes) <= limit or any(one > limit for one in sizes):
            return
        report(
            f"The {holder.kind} {holder.name} must keep its inline policies within {limit} "
            f"characters together, not counting white space; {len(sizes)} policies have "
            f"{sum(sizes)}.",
            holder.urn,
        )

    judge_holders(stack, judge)


inline_policies_size = stack_rule(
    About(
        name="iam-inline-policies-size",
        description="The inline policies of a role, user or group fit AWS's quota together.",
        severity=Severity.MEDIUM,
        remediation="Move statements into managed policies, which have a quota each.",
        url=f"{_GUIDE}/reference_iam-quotas.html#reference_iam-quotas-entity-length",
    ),
    TYPES,
    _inline_policies_size,
)


def _policies_attached(stack: Stack, report: StackReport) -> None:
    maximum = number(stack.thresholds["maximum"]) or 0

    def judge(holder: Holder) -> None:
        if len(holder.attached) > maximum:
            report(
                f"The {holder.kind} {holder.name} must have at most {maximum:.0f} managed "
                f"policies; {len(holder.attached)} are attached.",
                holder.urn,
            )

    judge_attachments(stack, judge)


policies_attached = stack_rule(
    About(
        name="iam-policies-attached",
        description="No role, user or group has more managed policies than AWS attaches.",
        severity=Severity.MEDIUM,
        remediation="Merge policies, or ask AWS for a higher quota and set `maximum` to it.",
        url=f"{_GUIDE}/reference_iam-quotas.html#reference_iam-quotas-entities",
        thresholds={
            "maximum": {
                "type": "integer",
                "minimum": 0,
                "description": "How many managed policies may be attached.",
                "default": 10,
            }
        },
    ),
    TYPES,
    _policies_attached,
)

POLICIES = [
    no_privilege_escalation,
    no_resource_exposure,
    inline_policies_size,
    policies_attached,
]
