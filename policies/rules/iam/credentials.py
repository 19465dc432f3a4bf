"""Long-lived credentials, and policies that stick to users."""

from pulumi_policy import Severity

from rules.rule import About, Report, Subject, resource_rule

_GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide"

_CREDENTIALS = {
    "aws:iam/accessKey:AccessKey": "access key",
    "aws:iam/serviceSpecificCredential:ServiceSpecificCredential": "service-specific credential",
}


def _temporary(subject: Subject, report: Report) -> None:
    report(
        "Programs must work with a role's temporary credentials; this is a long-lived "
        f"{_CREDENTIALS[subject.type]} of an IAM user."
    )


no_access_keys = resource_rule(
    About(
        name="iam-no-access-keys",
        description="There are no access keys or service-specific credentials of IAM users.",
        severity=Severity.HIGH,
        remediation="Let the program assume a role: by its AWS service, OIDC or Roles Anywhere.",
        url=f"{_GUIDE}/best-practices.html#bp-workloads-use-roles",
    ),
    _CREDENTIALS,
    _temporary,
)

_LISTS = {
    "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive": "policyArns",
    "aws:iam/policyAttachment:PolicyAttachment": "users",
}
"""Types that attach policies to users if a list is not empty."""

_USER_POLICIES = (
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    *_LISTS,
)


def _through_groups(subject: Subject, report: Report) -> None:
    key = _LISTS.get(subject.type)
    # An element that is unknown is there all the same, so the list is counted, not read.
    if key is None or len(subject.props.get(key) or ()) > 0:
        kind = subject.type.rpartition(":")[2]
        report(
            "IAM users must get policies through groups or roles; this "
            f"{kind} gives one to a user{f' by {key}' if key else ''}."
        )


no_user_policies = resource_rule(
    About(
        name="iam-no-user-policies",
        description="No policy is attached to an IAM user or stands in one.",
        severity=Severity.LOW,
        remediation="Attach the policy to a role, or to a group that the user belongs to.",
        url=f"{_GUIDE}/best-practices.html#bp-users-federation-idp",
        control="IAM.2",
    ),
    _USER_POLICIES,
    _through_groups,
)

POLICIES = [no_access_keys, no_user_policies]
