"""The rule about defining Batch jobs: whoever may, must not make privileged ones."""

from pulumi_policy import Severity

from rules.iam.documents import Kind, Placed, judge_documents, types
from rules.iam.reference import matches
from rules.iam.statements import Condition
from rules.rule import About, Report, Subject, resource_rule

_DEFINE = "batch:RegisterJobDefinition"
_KEY = "batch:Privileged"


def _refuses_privileged(condition: Condition) -> bool:
    """Say whether a condition lets through unprivileged jobs only.

    A request that does not ask for a privileged container lacks the key (Service Authorization
    Reference, "Actions, resources, and condition keys for AWS Batch").
    """
    operator = condition.operator.lower().removesuffix("ifexists")
    refused = all(value.lower() == "false" for value in condition.values)
    return condition.key.lower() == _KEY.lower() and operator == "bool" and refused


def _judge(placed: Placed, report: Report) -> None:
    for statement in placed.document.allowing:
        defines = any(matches(pattern, _DEFINE) for pattern in statement.actions)
        if defines and not any(map(_refuses_privileged, statement.conditions)):
            report(
                f"The policy in {placed.where} must allow {_DEFINE} for unprivileged jobs only; "
                f"{statement.label} has no condition {_KEY} false, so that a job can be root on "
                "the instance that it shares with others."
            )


def _no_privileged_jobs(subject: Subject, report: Report) -> None:
    judge_documents(
        subject.type, subject.props, [Kind.IDENTITY], lambda placed: _judge(placed, report)
    )


no_privileged_jobs = resource_rule(
    About(
        name="iam-no-privileged-jobs",
        description="Whoever may define Batch jobs may not define privileged ones.",
        severity=Severity.HIGH,
        remediation='Add the condition {"BoolIfExists": {"batch:Privileged": "false"}}.',
        url="https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html",
    ),
    types(Kind.IDENTITY),
    _no_privileged_jobs,
)

POLICIES = [no_privileged_jobs]
