"""The rules of the pack `least-privilege-iam`, in the order in which its README lists them."""

from pulumi_policy import Policy

from rules import exemptions
from rules.iam import (
    confused_deputy,
    credentials,
    grants,
    managed,
    narrowing,
    other_accounts,
    pass_role,
    principals,
    privileged_jobs,
    resource_policies,
    trust,
    validity,
    wildcards,
)

POLICIES: list[Policy] = [
    *validity.POLICIES,
    *wildcards.POLICIES,
    *grants.POLICIES,
    *pass_role.POLICIES,
    *privileged_jobs.POLICIES,
    *narrowing.POLICIES,
    *principals.POLICIES,
    *managed.POLICIES,
    *trust.POLICIES,
    *confused_deputy.POLICIES,
    *other_accounts.POLICIES,
    *resource_policies.POLICIES,
    *credentials.POLICIES,
    exemptions.listed(),
]
