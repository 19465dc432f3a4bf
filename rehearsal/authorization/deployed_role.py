"""A deployed role: whether a service may assume it, and what it may do."""

from collections.abc import Mapping
from typing import Any

from rehearsal.authorization import documents
from rehearsal.authorization.documents import Kind
from rehearsal.authorization.evaluation import Principal, decide
from rehearsal.authorization.question import Question
from rehearsal.provider import Cloud


class DeployedRole:
    """A deployed role with its trust policy, its permissions and its permissions boundary."""

    def __init__(self, cloud: Cloud, arn: str) -> None:
        """Read a role's documents.

        Raises:
            botocore.exceptions.ClientError: there is no such role.
            PolicyError: one of its policies cannot be judged.
        """
        iam, name = cloud.client("iam"), arn.rpartition("/")[2]
        role = iam.get_role(RoleName=name)["Role"]
        self.arn = str(role["Arn"])
        self._trust = documents.read(
            f"{name} (trust policy)", role["AssumeRolePolicyDocument"], Kind.TRUST
        )
        boundary = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
        inline = iam.list_role_policies(RoleName=name)["PolicyNames"]
        attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        texts = {
            policy: iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            for policy in inline
        } | {one["PolicyArn"]: _managed(iam, one["PolicyArn"]) for one in attached}
        self._principal = Principal(
            arn=f"{self.arn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/session",
            account=self.arn.split(":")[4],
            role_arn=self.arn,
            policies=tuple(documents.read(label, text) for label, text in texts.items()),
            boundary=documents.read(boundary, _managed(iam, boundary)) if boundary else None,
        )

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


def _managed(iam: Any, arn: str) -> Mapping[str, Any]:
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    found = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    return dict(found)
