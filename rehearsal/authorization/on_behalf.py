"""What AWS services do at once with a role that a request hands to them."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from rehearsal.authorization import callers
from rehearsal.authorization.asked import Request
from rehearsal.authorization.evaluation import Principal
from rehearsal.authorization.question import Question

STATES_NOT_TRUSTED = (
    "Neither the global service principal states.amazonaws.com, nor the regional one is authorized "
    "to assume the provided role."
)
"""Step Functions' words (lumigo-io/lumigo-CLI issue 83, where the role trusts another region)."""

_ROLE = re.compile(r"arn:[^:]+:iam::\d{12}:role/.+")
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
        principal: who does it: the service itself, or a session of the role.
        questions: what is asked.
        failure: AWS's words where it is not allowed.
    """

    principal: Principal
    questions: tuple[Question, ...]
    failure: str


def acts(request: Request) -> Iterable[Act]:
    """Return what the service that a request reaches does with the roles in it.

    Each is to be done before the next is asked for: what cannot be assumed does nothing.

    Raises:
        PolicyError: a policy of a role is not understood.
    """
    act = _ACTS.get((request.service, request.operation))
    return act(request) if act else ()


def _state_machine(request: Request) -> Iterator[Act]:
    """Step Functions tries the role when a state machine is made or changed.

    It assumes it, then does with it what the definition and the logging ask for: AWS Step Functions
    Developer Guide, "IAM policies for calling AWS Batch": a managed rule tells it of ended jobs;
    "Logging using CloudWatch Logs": the eight actions of log delivery.
    """
    role, definition = request.parameters.get("roleArn"), request.parameters.get("definition")
    if role is None or not _ROLE.fullmatch(role):
        return
    yield _assuming(request, role)
    if definition and "batch:submitJob.sync" in definition:
        rule = request.arn("events", _MANAGED_RULE)
        yield _as_role(role, _RULE_ACTIONS, rule, "is not authorized to create managed-rule.")
    logging = request.parameters.get("loggingConfiguration") or {}
    if logging.get("level", "OFF") != "OFF":
        failure = "is not authorized to access the Log Destination"
        yield _as_role(role, _LOG_ACTIONS, "*", failure)


def _assuming(request: Request, role: str) -> Act:
    """Assume a role for a state machine, as its executions do.

    AWS Step Functions Developer Guide, "Creating an IAM role for your state machine", "Prevent
    cross-service confused deputy issue": aws:SourceArn and aws:SourceAccount are the state
    machine's. What aws:SourceArn is while the state machine is being created AWS does not say; here
    it is the ARN that it will have, which its name decides. Only the global service principal is
    asked for, here as when an execution starts, so that a role for the regional one is refused.
    """
    machine = request.parameters.get("stateMachineArn") or request.arn(
        "states", f"stateMachine:{request['name']}"
    )
    source = {"aws:SourceArn": machine, "aws:SourceAccount": request.account}
    return Act(
        callers.service("states", request.account),
        (Question("sts:AssumeRole", role, source),),
        STATES_NOT_TRUSTED,
    )


def _as_role(role: str, actions: Iterable[str], resource: str, failure: str) -> Act:
    questions = tuple(Question(action, resource) for action in actions)
    return Act(callers.role(role), questions, f"'{role}' {failure}")


_ACTS: Mapping[tuple[str, str], Callable[[Request], Iterable[Act]]] = {
    ("stepfunctions", "CreateStateMachine"): _state_machine,
    ("stepfunctions", "UpdateStateMachine"): _state_machine,
}
"""By service and operation, as botocore names them."""
