"""Decides on each request to the emulated AWS by the policies that are deployed in it."""

from collections.abc import Iterable, Mapping
from typing import Any

from rehearsal.authorization import callers, on_behalf, resource_policies
from rehearsal.authorization.answers import Refusal
from rehearsal.authorization.asked import Request, UnmappedError, questions
from rehearsal.authorization.asked.emulated_look import EmulatedLook
from rehearsal.authorization.callers import UnknownKeyError
from rehearsal.authorization.evaluation import Decision, Principal, decide
from rehearsal.authorization.ledger import Ledger
from rehearsal.authorization.policy_error import PolicyError
from rehearsal.authorization.question import Question
from rehearsal.authorization.wire import Signed
from rehearsal.provider import Cloud

_DENIED = "AccessDenied"


class AssumeError(Exception):
    """A role's trust policy does not let somebody assume it; the message says who and which."""


class Authorizer:
    """Stands where AWS checks permissions. Thread safe.

    Attributes:
        ledger: every decision.
    """

    def __init__(self, cloud: Cloud) -> None:
        """Decide for one account and region of an emulated AWS."""
        self.ledger = Ledger()
        self._cloud = cloud
        self._look = EmulatedLook(cloud.account_id, cloud.region)

    def refusal(self, signed: Signed) -> Refusal | None:
        """Return why a request is refused; None where it is allowed."""
        cloud = self._cloud
        try:
            principal = callers.caller(signed.access_key, signed.session_token, cloud.partition)
            asked = Request(
                service=signed.service,
                operation=signed.operation,
                parameters=signed.parameters,
                region=signed.region,
                account=principal.account,
                partition=cloud.partition,
                source_ip=signed.source_ip,
                user_agent=signed.user_agent,
            )
            denied = self._denied(principal, questions(asked, self._look))
            return denied or self._denied_on_behalf(asked)
        except UnknownKeyError as error:
            return Refusal("UnrecognizedClient", str(error))
        except (UnmappedError, PolicyError) as error:
            self.ledger.fault(str(error))
            return Refusal(_DENIED, str(error))

    def assume(
        self,
        role_arn: str,
        principal: Principal,
        session_name: str,
        context: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Return credentials of a role for somebody whom its trust policy lets assume it.

        Args:
            role_arn: the role.
            principal: who assumes it: a service, or somebody with an ARN.
            session_name: name of the session.
            context: what comes with the request, such as aws:SourceArn.

        Raises:
            AssumeError: the trust policy does not let them, or there is no such role.
            PolicyError: the trust policy is not understood.
        """
        question = Question("sts:AssumeRole", role_arn, dict(context or {}))
        if self._decided(principal, question).allowed is False:
            raise AssumeError(
                f"{principal.arn} may not assume {role_arn}; its trust policy does not allow it"
                f"{_given(context)}."
            )
        answer = self._cloud.client("sts").assume_role(
            RoleArn=role_arn, RoleSessionName=session_name
        )
        return dict(answer["Credentials"])

    def assume_as_service(
        self, role_arn: str, service: str, session_name: str, source_arn: str
    ) -> dict[str, Any]:
        """Return credentials of a role for an AWS service.

        Args:
            role_arn: the role.
            service: name of the service, such as `ecs-tasks`.
            session_name: name of the session.
            source_arn: the resource on whose behalf the service acts.

        Raises:
            AssumeError: the trust policy does not let it, or there is no such role.
        """
        account = self._cloud.account_id
        return self.assume(
            role_arn,
            callers.service(service, account),
            session_name,
            {"aws:SourceArn": source_arn, "aws:SourceAccount": account},
        )

    def service_may(self, service: str, action: str, resource: str, source_arn: str) -> bool:
        """Tell whether a resource's policy lets an AWS service act on it.

        Args:
            service: name of the service, such as `apigateway`.
            action: what it does.
            resource: ARN of the resource.
            source_arn: the resource on whose behalf the service acts.

        Raises:
            PolicyError: the policy is not understood.
        """
        account = self._cloud.account_id
        context = {"aws:SourceArn": source_arn, "aws:SourceAccount": account}
        principal = callers.service(service, account)
        return self._decided(principal, Question(action, resource, context)).allowed

    def allows(self, role_arn: str, question: Question) -> bool:
        """Tell whether a role may do what an AWS service does with it beside its requests.

        Raises:
            PolicyError: a policy of the role is not understood.
        """
        return self._decided(callers.role(role_arn), question).allowed

    def _denied_on_behalf(self, request: Request) -> Refusal | None:
        """Ask for what a service does at once with a role that a request hands to it."""
        for act in on_behalf.acts(request):
            if self._denied(act.principal, act.questions) is not None:
                return Refusal(_DENIED, act.failure)
        return None

    def _denied(self, principal: Principal, asked: Iterable[Question]) -> Refusal | None:
        """Ask every question, so that the ledger has them all; return the first refusal."""
        decided = [(question, self._decided(principal, question)) for question in asked]
        denied = [(question, decision) for question, decision in decided if not decision.allowed]
        if not denied:
            return None
        resources = frozenset(question.resource for question, _ in denied)
        return Refusal(_DENIED, _words(principal, *denied[0]), resources)

    def _decided(self, principal: Principal, question: Question) -> Decision:
        asked = callers.principal_keys(question, principal)
        decision = decide(
            asked,
            principal,
            resource_policies.policy_of(asked),
            resource_policy_decides=asked.action.partition(":")[0] in resource_policies.DECIDING,
        )
        self.ledger.note(principal, asked, decision)
        return decision


def _words(principal: Principal, question: Question, decision: Decision) -> str:
    """Say it as AWS does (AWS IAM User Guide, "Troubleshoot access denied error messages")."""
    why = (
        f"with an explicit deny in {decision.statement}"
        if decision.explicit
        else f"because no identity-based policy allows the {question.action} action"
    )
    return (
        f"User: {principal.arn} is not authorized to perform: {question.action} "
        f"on resource: {question.resource} {why}"
    )


def _given(context: Mapping[str, str] | None) -> str:
    if not context:
        return ""
    return " with " + ", ".join(f"{key} {value}" for key, value in context.items())
