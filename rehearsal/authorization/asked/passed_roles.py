"""Roles that a request hands to a service."""

from collections.abc import Iterable, Iterator

from rehearsal.authorization.asked.request import Request
from rehearsal.authorization.question import Question


def passed(request: Request, service: str, roles: Iterable[str | None]) -> Iterator[Question]:
    """Ask iam:PassRole for each role that a request hands over.

    AWS IAM User Guide, "Grant a user permissions to pass a role to an AWS service". Batch, Step
    Functions, EventBridge and ECS document iam:PassedToService only, so iam:AssociatedResourceArn
    is left out: what needs it is not allowed.

    Args:
        request: the request.
        service: the principal of the service that will assume them.
        roles: names or ARNs; None for a role that is not given.
    """
    for role in dict.fromkeys(role for role in roles if role):
        context = {"iam:PassedToService": service}
        yield Question("iam:PassRole", request.role_arn(role), context)
