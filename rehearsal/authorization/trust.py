"""Whether a deployed role lets a service assume it."""

from rehearsal.authorization import callers
from rehearsal.authorization.evaluation import Principal, decide
from rehearsal.authorization.question import Question


def trusts(role_arn: str, service: str, source_arn: str, source_account: str) -> bool:
    """Tell whether a service may assume a role on behalf of a resource.

    Args:
        role_arn: the role.
        service: the service's principal, such as `events.amazonaws.com`.
        source_arn: the resource, which the service gives as aws:SourceArn.
        source_account: its account, given as aws:SourceAccount.

    Raises:
        KeyError: there is no such role.
        PolicyError: the trust policy is not understood, or a condition of it has no answer.
    """
    context = {"aws:SourceArn": source_arn, "aws:SourceAccount": source_account}
    return decide(
        Question("sts:AssumeRole", role_arn, context),
        Principal(arn=service, account=source_account, service=service),
        callers.trust_policy(role_arn),
        resource_policy_decides=True,
    ).allowed
