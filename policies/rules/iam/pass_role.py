"""The rule about which roles may be handed to which services."""

from pulumi_policy import Severity

from rules.iam import globs, reference, wording
from rules.iam.documents import Kind, Placed, types
from rules.iam.statements import Condition, Statement
from rules.iam.wildcards import judge_statements
from rules.rule import About, Report, Subject, resource_rule

ROLE_PASSING = "iam:PassRole"
_NAMING_OPERATORS = frozenset(("stringequals", "stringequalsignorecase", "stringlike"))
_ARN_PARTS = 6


def _names_role(resource: str) -> bool:
    """Say whether an ARN has no wildcard in what comes after the account."""
    parts = resource.split(":", _ARN_PARTS - 1)
    return len(parts) == _ARN_PARTS and not globs.has_wildcard(parts[-1])


def _names_service(condition: Condition) -> bool:
    """Say whether a condition lets a role be passed to named services only."""
    operator = condition.operator.lower().removeprefix("foranyvalue:")
    return (
        condition.key.lower() == "iam:passedtoservice"
        and operator in _NAMING_OPERATORS
        and not any(globs.has_wildcard(value) for value in condition.values)
    )


def _pass_role(subject: Subject, report: Report) -> None:
    def judge(placed: Placed, statement: Statement) -> None:
        if not reference.covers(statement.actions, ROLE_PASSING):
            return
        document = f"The policy document in {placed.where}"
        unnamed = [one for one in statement.resources if not _names_role(one)]
        if unnamed:
            report(
                f"{document} must name the roles that may be passed; {statement.label} allows "
                f"{ROLE_PASSING} on {wording.some(unnamed, 'other resource', 'other resources')}."
            )
        if not any(_names_service(one) for one in statement.conditions):
            report(
                f"{document} must name the services that roles may be passed to, by "
                f"iam:PassedToService; {statement.label} allows {ROLE_PASSING} to any."
            )

    judge_statements(subject, (Kind.IDENTITY,), judge)


pass_role_named = resource_rule(
    About(
        name="iam-pass-role-named",
        description="Only named roles can be passed, and only to named services.",
        severity=Severity.HIGH,
        remediation="Write the role's ARN, and StringEquals on iam:PassedToService.",
        url="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
    ),
    types(Kind.IDENTITY),
    _pass_role,
)

POLICIES = [pass_role_named]
