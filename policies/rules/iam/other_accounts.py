"""Other accounts that a stack's policies let in."""

import re
from dataclasses import dataclass

from pulumi_policy import PolicyResource, Severity

from rules.iam.conditions import ORGANISATIONS, bounded, fixed_text
from rules.iam.documents import Placed, judge_allowing
from rules.iam.locations import Kind, types
from rules.iam.own_account import own_account
from rules.iam.sharing import SHARED_TYPES, Share, shares
from rules.iam.statements import Principal, Statement, account_of
from rules.reading import judge_each, known
from rules.rule import About, Stack, StackReport, stack_rule

_KEYS = {"sts:externalid": fixed_text, **ORGANISATIONS}

_UNIQUE_ID = re.compile(r"A(IDA|ROA)[A-Z0-9]+")
"""AWS IAM User Guide, "IAM identifiers": unique identifiers of users and roles."""

_IDS = ("uniqueId", "s3CanonicalUserId")
"""Outputs that are such an identifier, or a canonical user's, of a resource of the stack."""


@dataclass(frozen=True)
class _Insiders:
    """Whom the stack knows: its own account, what is trusted, and its own identifiers."""

    own: str
    names: frozenset[str]

    def is_stranger(self, principal: Principal) -> bool:
        """Say whether a principal is of another account, or of one that it does not tell."""
        if principal.kind == "CanonicalUser" or _UNIQUE_ID.fullmatch(principal.value):
            return principal.value not in self.names
        account = account_of(principal.value) if principal.kind in ("AWS", "Federated") else None
        return account is not None and account not in self.names


def _others_bounded(stack: Stack, report: StackReport) -> None:
    own = stack.thresholds["account"] or own_account(stack.resources)
    if own is None:
        return
    ids = (known(one.props, key) for one in stack.resources for key in _IDS)
    ours = (one for one in ids if isinstance(one, str))
    insiders = _Insiders(own, frozenset((own, *ours, *stack.thresholds["trustedAccounts"])))

    def judge(one: PolicyResource) -> None:
        if one.resource_type in SHARED_TYPES:
            judge_each(
                shares(one.resource_type), lambda share: _judge_share(share, one, insiders, report)
            )
        else:
            _judge_documents(one, insiders, report)

    judge_each(stack.resources, judge)


def _judge_documents(resource: PolicyResource, insiders: _Insiders, report: StackReport) -> None:
    def judge(placed: Placed, statement: Statement) -> None:
        if bounded(statement, placed.document, _KEYS):
            return
        for principal in filter(insiders.is_stranger, statement.principals):
            report(
                f"The policy in {placed.where} must bound another account than the stack's "
                f"{insiders.own} by {_wanted(placed)}; {statement.label} lets "
                f"{_told(principal.value)} in.",
                resource.urn,
            )

    judge_allowing(resource.resource_type, resource.props, (Kind.TRUST, Kind.RESOURCE), judge)


def _judge_share(
    share: Share, resource: PolicyResource, insiders: _Insiders, report: StackReport
) -> None:
    def judge(principal: str) -> None:
        if insiders.is_stranger(Principal("AWS", principal)):
            report(
                f"The {share.what} must bound another account than the stack's {insiders.own} by "
                f"{share.bound or 'trustedAccounts'}; it lets {_told(principal)} in.",
                resource.urn,
            )

    share.judge(resource.props, judge)


def _told(principal: str) -> str:
    return principal if account_of(principal) else f"{principal}, which tells no account,"


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
            "account in trustedAccounts. Name users and roles by their ARNs."
        ),
        url="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html",
        thresholds={
            "account": {
                "type": "string",
                "pattern": "^([0-9]{12})?$",
                "default": "",
                "description": "The stack's own account; empty: the one its ARNs carry.",
            },
            "trustedAccounts": {
                "type": "array",
                "items": {
                    "type": "string",
                    "pattern": "^([0-9]{12}|[0-9a-f]{64}|A(IDA|ROA)[A-Z0-9]+)$",
                },
                "default": [],
                "description": (
                    "Other accounts, by number, that policies may let in, and users and roles that "
                    "are named by a canonical or unique identifier."
                ),
            },
        },
    ),
    {*types(Kind.TRUST, Kind.RESOURCE), *SHARED_TYPES},
    _others_bounded,
)

POLICIES = [other_accounts_bounded]
