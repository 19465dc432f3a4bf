"""What AWS services do at once with a role that a request hands to them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from rehearsal.authorization.asked import Request
from rehearsal.authorization.question import Question

_MANAGED_RULE = "rule/StepFunctionsGetEventsForBatchJobsRule"
_RULE_ACTIONS = ("events:PutRule", "events:PutTargets", "events:DescribeRule")
_LOG_ACTIONS = (
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
)


@dataclass(frozen=True)
class Act:
    """What a service does with a role.

    Attributes:
        role_arn: the role.
        questions: what is asked of the role's policies.
        failure: AWS's words after the role's ARN where they do not allow it.
    """

    role_arn: str
    questions: tuple[Question, ...]
    failure: str


def acts(request: Request) -> Iterable[Act]:
    """Return what the service that a request reaches does with the roles in it."""
    act = _ACTS.get((request.service, request.operation))
    return act(request) if act else ()


def _state_machine(request: Request) -> Iterator[Act]:
    """Step Functions tries the role when a state machine is made or changed.

    AWS Step Functions Developer Guide, "IAM policies for calling AWS Batch": a managed rule tells
    it of ended jobs; "Logging using CloudWatch Logs": the eight actions of log delivery.
    """
    role, definition = request.parameters.get("roleArn"), request.parameters.get("definition")
    if role and definition and "batch:submitJob.sync" in definition:
        rule = request.arn("events", _MANAGED_RULE)
        questions = tuple(Question(action, rule) for action in _RULE_ACTIONS)
        yield Act(role, questions, "is not authorized to create managed-rule.")
    logging = request.parameters.get("loggingConfiguration") or {}
    if role and logging.get("level", "OFF") != "OFF":
        questions = tuple(Question(action, "*") for action in _LOG_ACTIONS)
        yield Act(role, questions, "is not authorized to access the Log Destination")


_ACTS: Mapping[tuple[str, str], Callable[[Request], Iterable[Act]]] = {
    ("stepfunctions", "CreateStateMachine"): _state_machine,
    ("stepfunctions", "UpdateStateMachine"): _state_machine,
}
"""By service and operation, as botocore names them."""
