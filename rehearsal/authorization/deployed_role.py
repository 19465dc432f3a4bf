"""A deployed role: whether a service may assume it, and what it may do."""

from rehearsal.authorization import callers
from rehearsal.authorization.evaluation import Principal, decide
from rehearsal.authorization.question import Question


class DeployedRole:
    """A deployed role with its trust policy, its permissions and its permissions boundary."""

    def __init__(self, arn: str) -> None:
        """Read a role's documents.

        Raises:
            KeyError: there is no such role.
            PolicyError: one of its policies cannot be judged.
        """
        self.arn = arn
        self._trust = callers.trust_policy(arn)
        self._principal = callers.role(arn)

    def trusts(self, service: str, source_arn: str, source_account: str) -> bool:
        """Tell whether a service may assume the role on behalf of a resource.

        Args:
            service: the service's principal, such as `events.amazonaws.com`.
            source_arn: the resource, which the service gives as aws:SourceArn.
            source_account: its account, given as aws:SourceAccount.

        Raises:
            PolicyError: a condition of the trust policy has no answer.
        """
        context = {"aws:SourceArn": source_arn, "aws:SourceAccount": source_account}
        return decide(
            Question("sts:AssumeRole", self.arn, context),
            Principal(arn=service, account=source_account, service=service),
            self._trust,
            resource_policy_decides=True,
        ).allowed

    def allows(self, action: str, resource: str) -> bool:
        """Tell whether the role's policies allow an action on a resource's ARN.

        Raises:
            PolicyError: a condition of the policies has no answer.
        """
        return decide(Question(action, resource), self._principal).allowed
