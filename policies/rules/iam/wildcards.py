"""Rules about statements that allow more than they name."""

from collections.abc import Callable

from pulumi_policy import Severity

from rules.iam import wording
from rules.iam.documents import Kind, Placed, judge_documents, types
from rules.iam.globs import has_wildcard
from rules.iam.statements import Statement, account_of
from rules.rule import About, Report, Subject, resource_rule

_GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
_EVERYWHERE = tuple(Kind)
_PERMISSION = "aws:lambda/permission:Permission"
_GRANTING = (Kind.IDENTITY, Kind.RESOURCE, Kind.TRUST)


def judge_statements(
    subject: Subject, kinds: tuple[Kind, ...], judge: Callable[[Placed, Statement], None]
) -> None:
    """Judge every allowing statement of a resource's documents of some kinds.

    Raises:
        UnknownValueError: a document is known after the update only.
    """

    def judge_document(placed: Placed) -> None:
        for statement in placed.document.allowing:
            judge(placed, statement)

    judge_documents(subject.type, subject.props, kinds, judge_document)


def _is_default_key_policy(placed: Placed, statement: Statement) -> bool:
    """Say whether a statement is the one that lets an account's IAM policies use its key.

    Source: AWS KMS Developer Guide, "Default key policy".
    """
    roots = all(
        one.kind == "AWS" and (one.value.isdigit() or one.value.endswith(":root"))
        for one in statement.principals
    )
    accounts = {account_of(one.value) for one in statement.principals}
    return (
        placed.location.service == "kms"
        and {one.lower() for one in statement.actions} == {"kms:*"}
        and roots
        and len(accounts) == 1
    )


def _wildcard_actions(subject: Subject, report: Report) -> None:
    if subject.type == _PERMISSION:
        action = subject.props.get("action")
        if isinstance(action, str) and has_wildcard(action):
            report(f"The Lambda permission must name the action that it allows; it has {action}.")

    def judge(placed: Placed, statement: Statement) -> None:
        found = [one for one in statement.actions if "*" in one or "?" in one]
        if found and not _is_default_key_policy(placed, statement):
            report(
                f"The policy document in {placed.where} must name each action that it allows; "
                f"{statement.label} allows "
                f"{wording.some(found, 'other pattern', 'other patterns')}."
            )

    judge_statements(subject, _GRANTING, judge)


no_wildcard_actions = resource_rule(
    About(
        name="iam-no-wildcard-actions",
        description="Policies name each action that they allow.",
        severity=Severity.HIGH,
        remediation="List the actions that are used. A pattern also allows what AWS adds later.",
        url=f"{_GUIDE}/best-practices.html#grant-least-privilege",
        control="IAM.21",  # which only asks that no action is a whole service
    ),
    {*types(*_GRANTING), _PERMISSION},
    _wildcard_actions,
)


def _not_action(subject: Subject, report: Report) -> None:
    def judge(placed: Placed, statement: Statement) -> None:
        if statement.not_actions:
            left_out = wording.some(statement.not_actions, "other pattern", "other patterns")
            report(
                f"The policy document in {placed.where} must name the actions that it allows; "
                f"{statement.label} has NotAction and allows everything but {left_out}."
            )

    judge_statements(subject, _EVERYWHERE, judge)


no_not_action = resource_rule(
    About(
        name="iam-no-not-action",
        description="No statement allows everything except some actions.",
        severity=Severity.CRITICAL,
        remediation="Write Action with the actions that are used, or Deny with NotAction.",
        url=f"{_GUIDE}/reference_policies_elements_notaction.html",
    ),
    types(*_EVERYWHERE),
    _not_action,
)


def _not_resource(subject: Subject, report: Report) -> None:
    def judge(placed: Placed, statement: Statement) -> None:
        if statement.not_resources:
            report(
                f"The policy document in {placed.where} must name the resources that it is about; "
                f"{statement.label} has NotResource and allows its actions on "
                f"{wording.resources(statement)}."
            )

    judge_statements(subject, _EVERYWHERE, judge)


no_not_resource = resource_rule(
    About(
        name="iam-no-not-resource",
        description="No statement allows something on every resource except some.",
        severity=Severity.HIGH,
        remediation="Write Resource with the ARNs that are used, or Deny with NotResource.",
        url=f"{_GUIDE}/reference_policies_elements_notresource.html",
    ),
    types(*_EVERYWHERE),
    _not_resource,
)

POLICIES = [no_wildcard_actions, no_not_action, no_not_resource]
