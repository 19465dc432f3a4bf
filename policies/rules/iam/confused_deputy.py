"""Services that act for others: whom a policy lets them act for."""

import re

from pulumi_policy import Severity

from rules.iam.conditions import SOURCES, bounded, fixed_arn, fixed_text
from rules.iam.documents import Placed, judge_allowing
from rules.iam.locations import Kind, types
from rules.iam.statements import Statement
from rules.rule import About, Report, Subject, resource_rule

_DEPUTY = "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"

_SUFFIX = re.compile(
    r"(\.[a-z]+(-[a-z]+)+-\d+)?\."
    r"(amazonaws\.com(\.cn)?|amazonaws\.eu|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk"
    r"|csp\.hci\.ic\.gov)"
)
"""A region, and the DNS suffix of a partition (botocore's `partitions.json`)."""

WITHOUT_SOURCE = {
    # Amazon EC2 User Guide, "IAM roles for Amazon EC2": the trust policy has no condition; a role
    # reaches the account's own instances only, by iam:PassRole and an instance profile.
    "ec2": "EC2 hands a role to the account's own instances",
    # Amazon API Gateway Developer Guide, "Set up CloudWatch logging for REST APIs".
    "apigateway": "API Gateway takes the role of its own account's settings",
}
"""Services that send neither aws:SourceAccount nor aws:SourceArn, and why that is safe."""


def service_name(principal: str) -> str | None:
    """Return the service of a principal such as `logs.eu-west-1.amazonaws.com`, else None."""
    found = _SUFFIX.search(principal.lower())
    if found is None or found.end() != len(principal):
        return None
    return principal.lower()[: found.start()]


def _no_deputy(subject: Subject, report: Report) -> None:
    spared = frozenset(subject.thresholds["servicesWithoutSource"])

    def judge(placed: Placed, statement: Statement) -> None:
        for principal in statement.principals:
            name = service_name(principal.value) or principal.value
            if principal.kind != "Service" or name in spared:
                continue
            if not bounded(statement, placed.document, SOURCES):
                report(
                    f"The policy in {placed.where} must say on whose behalf {principal.value} may "
                    "act, by aws:SourceAccount or aws:SourceArn with an account; "
                    f"{statement.label} has {_conditions(statement)}."
                )

    judge_allowing(subject.type, subject.props, (Kind.TRUST, Kind.RESOURCE), judge)


def _conditions(statement: Statement) -> str:
    found = [f"{one.operator} {one.key} {', '.join(one.values)}" for one in statement.conditions]
    return f"only {' and '.join(found)}" if found else "no condition"


confused_deputy = resource_rule(
    About(
        name="iam-confused-deputy",
        description=(
            "Trust and resource policies let an AWS service act only on behalf of a named account, "
            "resource or organisation."
        ),
        severity=Severity.HIGH,
        remediation=(
            "Add StringEquals aws:SourceAccount with your account, and ArnLike aws:SourceArn with "
            "the resources that act."
        ),
        url=_DEPUTY,
        thresholds={
            "servicesWithoutSource": {
                "type": "array",
                "items": {"type": "string", "minLength": 1},
                "default": sorted(WITHOUT_SOURCE),
                "description": "Services, such as `ec2`, that send no source and are spared.",
            }
        },
    ),
    types(Kind.TRUST, Kind.RESOURCE),
    _no_deputy,
)


def _permission(subject: Subject, report: Report) -> None:
    principal = subject.props.get("principal")
    if not isinstance(principal, str) or _named(subject, principal):
        return
    wanted = "principalOrgId" if principal == "*" else "sourceAccount, or sourceArn with an account"
    report(
        f"The Lambda permission must say whom it lets in by {wanted}; its principal is {principal}."
    )


def _named(subject: Subject, principal: str) -> bool:
    """Say whether the callers are somebody in particular."""
    if principal != "*" and service_name(principal) is None:
        return True
    bounds = {"principalOrgId": fixed_text, "sourceAccount": fixed_text, "sourceArn": fixed_arn}
    values = ((subject.props.get(key), fixed) for key, fixed in bounds.items())
    return any(isinstance(value, str) and fixed(value) for value, fixed in values)


lambda_permission_bounded = resource_rule(
    About(
        name="iam-lambda-permission-bounded",
        description="Lambda permissions for services or everybody name an account or organisation.",
        severity=Severity.HIGH,
        remediation="Set sourceAccount or sourceArn for a service, principalOrgId for everybody.",
        url=_DEPUTY,
        control="Lambda.1",
    ),
    ("aws:lambda/permission:Permission",),
    _permission,
)

POLICIES = [confused_deputy, lambda_permission_bounded]
