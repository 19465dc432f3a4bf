"""Other accounts that a stack's policies let in."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from pulumi_policy import PolicyResource, Severity
from pulumi_policy.proxy import UnknownValueError

from rules.iam.conditions import ORGANISATIONS, bounded, fixed_text
from rules.iam.documents import Placed, judge_allowing
from rules.iam.locations import Kind, types
from rules.iam.statements import Statement, account_of
from rules.reading import judge_each
from rules.rule import About, Stack, StackReport, stack_rule

_ACCOUNT_IN_ARN = re.compile(r"\barn:[\w-]+:[\w-]*:[\w-]*:([0-9]{12}):")

_KEYS = {"sts:externalid": fixed_text, **ORGANISATIONS}


def own_account(resources: Iterable[PolicyResource]) -> str | None:
    """Return the account that a stack is deployed to, None where nothing tells.

    A policy pack is not told the account. Most ARNs that a stack has are of its own resources, so
    the account that most of them carry is taken for the stack's.
    """
    found = Counter(
        account
        for one in resources
        for text in _texts(one.props)
        for account in _ACCOUNT_IN_ARN.findall(text)
    )
    return found.most_common(1)[0][0] if found else None


def _texts(value: Any) -> Iterator[str]:
    """Yield every known text in a value."""
    if isinstance(value, str):
        yield value
        return
    keys: Iterable[Any] = ()
    if isinstance(value, Mapping):
        keys = value
    elif isinstance(value, Sequence):
        keys = range(len(value))
    for key in keys:
        with suppress(UnknownValueError):
            yield from _texts(value[key])


def _others_bounded(stack: Stack, report: StackReport) -> None:
    own = own_account(stack.resources)
    if own is None:
        return
    known = frozenset((own, *stack.thresholds["trustedAccounts"]))

    def judge_resource(one: PolicyResource) -> None:
        def judge(placed: Placed, statement: Statement) -> None:
            if bounded(statement, placed.document, _KEYS):
                return
            for principal in _strangers(statement, known):
                report(
                    f"The policy in {placed.where} must bound another account than the stack's "
                    f"{own} by {_wanted(placed)}; {statement.label} lets {principal} in.",
                    one.urn,
                )

        judge_allowing(one.resource_type, one.props, (Kind.TRUST, Kind.RESOURCE), judge)

    judge_each(stack.resources, judge_resource)


def _strangers(statement: Statement, known: Collection[str]) -> list[str]:
    """Return the principals of accounts that are not known."""
    named = [one.value for one in statement.principals if one.kind == "AWS"]
    return [one for one in named if account_of(one) not in (None, *known)]


def _wanted(placed: Placed) -> str:
    if placed.location.kind is Kind.TRUST:
        return "sts:ExternalId or aws:PrincipalOrgID"
    return "aws:PrincipalOrgID"


other_accounts_bounded = stack_rule(
    About(
        name="iam-other-accounts-bounded",
        description=(
            "Other accounts need an external id or membership of an organisation, or are listed."
        ),
        severity=Severity.HIGH,
        remediation=(
            "Add a condition on sts:ExternalId (a trust policy) or aws:PrincipalOrgID, or list the "
            "account in trustedAccounts."
        ),
        url="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html",
        thresholds={
            "trustedAccounts": {
                "type": "array",
                "items": {"type": "string", "pattern": "^[0-9]{12}$"},
                "default": [],
                "description": "Other accounts, by number, that policies may let in.",
            }
        },
    ),
    types(Kind.TRUST, Kind.RESOURCE),
    _others_bounded,
)

POLICIES = [other_accounts_bounded]
