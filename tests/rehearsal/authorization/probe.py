"""A question about policies with the answer that AWS's documentation gives, and its source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rehearsal.authorization import documents
from rehearsal.authorization.documents import Document, Kind
from rehearsal.authorization.evaluation import Decision, Principal, decide
from rehearsal.authorization.question import Question

ACCOUNT = "111122223333"
OTHER = "444455556666"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/examplerole"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/examplerole/session"
USER = f"arn:aws:iam::{ACCOUNT}:user/exampleuser"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"

Values = str | tuple[str, ...]


@dataclass(frozen=True)
class ConditionProbe:
    """Whether a condition holds for a request's context.

    Attributes:
        name: what it is about; unique.
        condition: the Condition element.
        context: the request's condition keys.
        holds: AWS's answer.
        source: the page and section that gives it.
        version: of the policy language.
    """

    name: str
    condition: Mapping[str, Mapping[str, Any]]
    context: Mapping[str, Values]
    holds: bool
    source: str
    version: str = "2012-10-17"


@dataclass(frozen=True)
class MatchProbe:
    """Whether a statement's elements cover an action on a resource.

    Attributes:
        name: what it is about; unique.
        elements: Action or NotAction, Resource or NotResource; `s3:*` and `*` where missing.
        action: what is asked.
        resource: the ARN.
        covered: AWS's answer.
        source: the page and section that gives it.
        context: the request's condition keys.
        version: of the policy language.
    """

    name: str
    elements: Mapping[str, Any]
    action: str
    resource: str
    covered: bool
    source: str
    context: Mapping[str, Values] = field(default_factory=dict)
    version: str = "2012-10-17"


@dataclass(frozen=True)
class Caller:
    """Who asks, with policies not yet read; each is one statement or several.

    Attributes: as `Principal` has them.
    """

    arn: str = SESSION
    account: str = ACCOUNT
    role_arn: str | None = None
    service: str | None = None
    federated: str | None = None
    canonical_user: str | None = None
    policies: Sequence[Mapping[str, Any]] = ()
    boundary: Sequence[Mapping[str, Any]] | None = None
    session: Sequence[Mapping[str, Any]] | None = None

    def principal(self) -> Principal:
        """Return the principal with its policies read; a session's role by its ARN."""
        assumed = self.arn.split(":assumed-role/")
        role = f"arn:aws:iam::{self.account}:role/{assumed[1].split('/')[0]}" if assumed[1:] else ""
        return Principal(
            arn=self.arn,
            account=self.account,
            role_arn=self.role_arn or role or None,
            service=self.service,
            federated=self.federated,
            canonical_user=self.canonical_user,
            policies=(document("identity", self.policies),) if self.policies else (),
            boundary=None if self.boundary is None else document("boundary", self.boundary),
            session_policies=() if self.session is None else (document("session", self.session),),
        )


@dataclass(frozen=True)
class DecisionProbe:
    """What is decided on a request, and by which statement.

    Attributes:
        name: what it is about; unique.
        caller: who asks.
        action: what is asked.
        resource: the ARN.
        answer: AWS's, with the label of the statement that decides.
        source: the page and section that gives it.
        policy: the resource's policy; None where it has none.
        kind: of the resource's policy; a trust policy and a key's decide by themselves.
        key: whether the resource is a KMS key.
        context: the request's condition keys.
    """

    name: str
    caller: Caller
    action: str
    resource: str
    answer: Decision
    source: str
    policy: Sequence[Mapping[str, Any]] | None = None
    kind: Kind = Kind.RESOURCE
    key: bool = False
    context: Mapping[str, Values] = field(default_factory=dict)

    def decision(self) -> Decision:
        """Ask the evaluator."""
        policy = None if self.policy is None else document("resource", self.policy, kind=self.kind)
        return decide(
            Question(self.action, self.resource, self.context),
            self.caller.principal(),
            policy,
            resource_policy_decides=self.key or self.kind is Kind.TRUST,
        )


NOT_ALLOWED = Decision(False, False, None)
"""An implicit deny."""


def allowed_by(label: str) -> Decision:
    """Return that a statement allows."""
    return Decision(True, False, label)


def denied_by(label: str) -> Decision:
    """Return that a statement denies."""
    return Decision(False, True, label)


def document(
    label: str,
    statements: Sequence[Mapping[str, Any]],
    *,
    kind: Kind = Kind.IDENTITY,
    version: str = "2012-10-17",
) -> Document:
    """Read statements as a document."""
    return documents.read(label, {"Version": version, "Statement": list(statements)}, kind)


def statement(effect: str, action: Any, resource: Any, **others: Any) -> dict[str, Any]:
    """Return a statement; the resource None is left out, as in a trust policy."""
    made = {"Effect": effect, "Action": action, **others}
    return made if resource is None else {**made, "Resource": resource}


def allow(action: Any, resource: Any = "*", **others: Any) -> dict[str, Any]:
    """Return a statement that allows."""
    return statement("Allow", action, resource, **others)


def deny(action: Any, resource: Any = "*", **others: Any) -> dict[str, Any]:
    """Return a statement that denies."""
    return statement("Deny", action, resource, **others)


def aws(*names: str) -> dict[str, Any]:
    """Return AWS principals."""
    return {"AWS": list(names) if len(names) > 1 else names[0]}
