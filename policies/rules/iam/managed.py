"""AWS managed policies that grant whole services or more."""

import re
from collections.abc import Collection
from typing import Any

from pulumi_policy import Severity

from rules.iam.managed_names import is_broad
from rules.reading import elements, judge_each
from rules.rule import About, Report, Subject, resource_rule

_ATTACHMENTS = {
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "policyArn",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": "policyArn",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": "policyArn",
    "aws:iam/policyAttachment:PolicyAttachment": "policyArn",
    "aws:iam/role:Role": "managedPolicyArns",
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": "policyArns",
    "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive": "policyArns",
    "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive": "policyArns",
    "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment": "managedPolicyArn",
    "aws:ssoadmin/managedPolicyAttachmentsExclusive:ManagedPolicyAttachmentsExclusive": (
        "managedPolicyArns"
    ),
}
"""Where managed policies are attached: type token and property."""

_AWS_MANAGED = re.compile(r"arn:[^:]*:iam::aws:policy/(?P<name>.+)")


def _broad(arn: Any, allowed: Collection[str]) -> bool:
    found = _AWS_MANAGED.fullmatch(arn) if isinstance(arn, str) else None
    return (
        found is not None
        and is_broad(found["name"])
        and arn not in allowed
        and found["name"] not in allowed
    )


def _narrow(subject: Subject, report: Report) -> None:
    allowed = frozenset(subject.thresholds["allow"])
    key = _ATTACHMENTS[subject.type]

    def judge(arn: Any) -> None:
        if _broad(arn, allowed):
            report(
                "No AWS managed policy that grants a whole service or more must be attached; "
                f"{key} has {arn}."
            )

    judge_each(elements(subject.props.get(key)), judge)


no_broad_managed_policies = resource_rule(
    About(
        name="iam-no-broad-managed-policies",
        description=(
            "No administrator, power-user, job-function, ReadOnlyAccess or *FullAccess policy of "
            "AWS is attached, nor another that grants as much."
        ),
        severity=Severity.HIGH,
        remediation="Attach a policy of your own with the actions and resources that are used.",
        url="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
        thresholds={
            "allow": {
                "type": "array",
                "items": {"type": "string", "minLength": 1},
                "default": [],
                "description": "ARNs, or names after `policy/`, that may be attached all the same.",
            }
        },
    ),
    _ATTACHMENTS,
    _narrow,
)

POLICIES = [no_broad_managed_policies]
