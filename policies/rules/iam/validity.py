"""Policy documents that AWS takes, and reads as they are meant."""

import re
from collections.abc import Iterator

from pulumi_policy import Severity

from rules.iam.documents import Placed, judge_documents
from rules.iam.locations import Kind, types
from rules.iam.statements import MalformedDocumentError, Statement
from rules.rule import About, Report, Subject, resource_rule

VERSION = "2012-10-17"
"""The only version in which policy variables are variables, not text."""

_GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
_ACTION = re.compile(r"\*|[A-Za-z0-9*?-]+:[A-Za-z0-9*?]+")
_PRINCIPALS = frozenset(("*", "AWS", "CanonicalUser", "Federated", "Service"))
_WITH_PRINCIPAL = (Kind.TRUST, Kind.RESOURCE)


def _valid(subject: Subject, report: Report) -> None:
    def malformed(where: str, error: MalformedDocumentError) -> None:
        report(f"The policy document in {where} must follow the grammar of IAM; it {error}.")

    def judge(placed: Placed) -> None:
        if placed.document.version != VERSION:
            report(
                f"The policy document in {placed.where} must have Version {VERSION}, or its "
                f"policy variables are plain text; it has {placed.document.version or 'none'}."
            )
        for statement in placed.document.statements:
            for fault in _faults(statement, placed.location.kind):
                report(
                    f"The policy document in {placed.where} must follow the grammar of IAM; its "
                    f"{statement.label} {fault}."
                )

    judge_documents(subject.type, subject.props, tuple(Kind), judge, malformed)


def _faults(statement: Statement, kind: Kind) -> Iterator[str]:
    actions = statement.actions + statement.not_actions
    if not actions:
        yield "names no action"
    # What an identity policy allows is looked up by iam-grants-take-effect.
    for action in actions if kind is not Kind.IDENTITY or not statement.allows else ():
        if not _ACTION.fullmatch(action):
            yield f"has the action {action}, which is not written as service:Action"
    for principal in statement.principals + statement.not_principals:
        if principal.kind not in _PRINCIPALS:
            yield f"names a principal of the kind {principal.kind}, which IAM does not have"
    yield from _missing_elements(statement, kind)


def _missing_elements(statement: Statement, kind: Kind) -> Iterator[str]:
    named = bool(statement.principals or statement.not_principals)
    if named and kind is Kind.IDENTITY:
        yield "names a principal, which an identity policy must not"
    if not named and kind in _WITH_PRINCIPAL:
        yield "names no principal"
    if kind is Kind.IDENTITY and not (statement.resources or statement.not_resources):
        yield "names no resource"


document_valid = resource_rule(
    About(
        name="iam-document-valid",
        description=f"Policy documents follow the grammar of IAM and have Version {VERSION}.",
        severity=Severity.MEDIUM,
        remediation=f'Write "Version": "{VERSION}" and mend what the message names.',
        url=f"{_GUIDE}/reference_policies_grammar.html",
    ),
    types(*Kind),
    _valid,
)


def _short(subject: Subject, report: Report) -> None:
    def judge(placed: Placed) -> None:
        location = placed.location
        trust = location.kind is Kind.TRUST
        limit = subject.thresholds["trustLimit"] if trust else location.limit
        # IAM leaves white space out of account, other services do not.
        bare = trust or location.kind is Kind.IDENTITY
        size = placed.document.size if bare else placed.document.length
        if limit is not None and size > limit:
            report(
                f"The policy document in {placed.where} must have at most {limit:g} characters; "
                f"it has {size}."
            )

    judge_documents(subject.type, subject.props, tuple(Kind), judge)


document_size = resource_rule(
    About(
        name="iam-document-size",
        description="Policy documents are within AWS's size limits.",
        severity=Severity.LOW,
        remediation="Shorten the document, or split it where several may be attached.",
        url=f"{_GUIDE}/reference_iam-quotas.html",
        thresholds={
            "trustLimit": {
                "type": "number",
                "minimum": 1,
                "maximum": 4096,
                "default": 2048,
                "description": "Characters of a trust policy; AWS raises its quota on request.",
            }
        },
    ),
    types(*Kind),
    _short,
)

POLICIES = [document_valid, document_size]
