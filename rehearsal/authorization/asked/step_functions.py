"""What requests to AWS Step Functions ask."""

from collections.abc import Iterator, Mapping

from rehearsal.authorization.asked.context import Context, given, listed_tags, request_tags
from rehearsal.authorization.asked.look import Look
from rehearsal.authorization.asked.mapping import Operation, one
from rehearsal.authorization.asked.passed_roles import passed
from rehearsal.authorization.asked.request import Request
from rehearsal.authorization.question import Question

_PARTS_OF_A_MACHINE = 7
"""Parts of a state machine's ARN between colons; a version's or an alias' has one more."""


def _deploying(request: Request, _look: Look) -> Iterator[Question]:
    """Ask for creating or changing a state machine, and for what goes with it.

    AWS Step Functions API Reference, CreateStateMachine: states:TagResource with tags. AWS Step
    Functions Developer Guide, "Authorization for versions and aliases": states:
    PublishStateMachineVersion with `publish`. AWS IAM User Guide, "Grant a user permissions to pass
    a role to an AWS service": iam:PassRole for the role, on a change where it is given.
    """
    name = request.parameters.get("name")
    arn = request.parameters.get("stateMachineArn") or request.arn("states", f"stateMachine:{name}")
    tags = request_tags(listed_tags(request.parameters.get("tags")))
    yield Question(f"states:{request.operation}", arn, tags)
    if tags:
        yield Question("states:TagResource", arn, tags)
    if request.parameters.get("publish"):
        yield Question("states:PublishStateMachineVersion", arn)
    yield from passed(request, "states.amazonaws.com", [request.parameters.get("roleArn")])


def _on_machine(request: Request, _look: Look) -> Iterator[Question]:
    """Ask for a state machine, with the version or the alias as a key of the context.

    AWS Step Functions Developer Guide, "Authorization for versions and aliases": the ARN is the
    state machine's, not the version's or the alias'; states:StateMachineQualifier tells which.
    """
    arn, context = _unqualified(request["stateMachineArn"])
    yield Question(f"states:{request.operation}", arn, context)


def _unqualified(arn: str) -> tuple[str, Context]:
    parts = arn.split(":")
    qualifier = parts[_PARTS_OF_A_MACHINE:]
    context: Context = {"states:StateMachineQualifier": tuple(qualifier)} if qualifier else {}
    return ":".join(parts[:_PARTS_OF_A_MACHINE]), context


def _listing_executions(request: Request, look: Look) -> Iterator[Question]:
    if request.parameters.get("mapRunArn"):
        yield Question("states:ListExecutions", request["mapRunArn"])
    else:
        yield from _on_machine(request, look)


def _on_execution(request: Request, look: Look) -> Iterator[Question]:
    """Ask for an execution by its own ARN, which begins with `execution:`, and its machine's tags.

    Service authorization reference, AWS Step Functions: StopExecution, DescribeExecution and
    GetExecutionHistory have the resource type execution, not statemachine, and aws:ResourceTag.
    Executions have the tags of their state machine (AWS Step Functions Developer Guide, "Creating
    tag-based IAM policies").
    """
    arn = request["executionArn"]
    machine, _, _ = arn.replace(":execution:", ":stateMachine:", 1).rpartition(":")
    tags = {f"aws:ResourceTag/{name}": text for name, text in look.tags(machine).items()}
    yield Question(f"states:{request.operation}", arn, tags)


def _on_resource(request: Request, _look: Look) -> Iterator[Question]:
    context = {
        **request_tags(listed_tags(request.parameters.get("tags"))),
        **given({"aws:TagKeys": "tagKeys"}, request.parameters),
    }
    yield Question(f"states:{request.operation}", request["resourceArn"], context)


OPERATIONS: Mapping[str, Operation] = {
    "ListStateMachines": one("states:ListStateMachines"),
    "CreateStateMachine": _deploying,
    "UpdateStateMachine": _deploying,
    "DescribeStateMachine": _on_machine,
    "DeleteStateMachine": _on_machine,
    "StartExecution": _on_machine,
    "ListExecutions": _listing_executions,
    "StopExecution": _on_execution,
    "RedriveExecution": _on_execution,
    "DescribeExecution": _on_execution,
    "DescribeStateMachineForExecution": _on_execution,
    "GetExecutionHistory": _on_execution,
    "TagResource": _on_resource,
    "UntagResource": _on_resource,
    "ListTagsForResource": _on_resource,
}
