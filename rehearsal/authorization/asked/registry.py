"""Which operations are known, and what a request asks of IAM."""

from collections.abc import Mapping

from rehearsal.authorization.asked import (
    api_gateway,
    batch,
    dynamodb,
    ecr,
    ecs,
    events,
    logs,
    s3,
    secrets_manager,
    sns,
    step_functions,
    sts,
)
from rehearsal.authorization.asked.context import completed
from rehearsal.authorization.asked.look import Look
from rehearsal.authorization.asked.mapping import Operation
from rehearsal.authorization.asked.request import Request, UnmappedError
from rehearsal.authorization.question import Question

OPERATIONS: Mapping[str, Mapping[str, Operation]] = {
    "apigateway": api_gateway.OPERATIONS,
    "batch": batch.OPERATIONS,
    "dynamodb": dynamodb.OPERATIONS,
    "ecr": ecr.OPERATIONS,
    "ecs": ecs.OPERATIONS,
    "events": events.OPERATIONS,
    "logs": logs.OPERATIONS,
    "s3": s3.OPERATIONS,
    "secretsmanager": secrets_manager.OPERATIONS,
    "sns": sns.OPERATIONS,
    "stepfunctions": step_functions.OPERATIONS,
    "sts": sts.OPERATIONS,
}
"""What each operation asks, by botocore's names of service and operation."""


def questions(request: Request, look: Look) -> list[Question]:
    """Return what a request asks of IAM; it is allowed when every question is.

    The request's own action comes first, then what it implies: passed roles, tags at creation, and
    keys that the service uses on the caller's behalf. Keys of the principal (aws:PrincipalArn and
    the like) are not in the contexts.

    Raises:
        UnmappedError: it is not known what the operation asks, so that it must not be allowed.
    """
    operation = OPERATIONS.get(request.service, {}).get(request.operation)
    if operation is None:
        raise UnmappedError(
            f"It is not known what {request.service}:{request.operation} asks of IAM; map it "
            f"before something calls it. Known operations of {request.service}: "
            f"{', '.join(sorted(OPERATIONS.get(request.service, ()))) or 'none'}."
        )
    return [completed(question, request, look) for question in operation(request, look)]
