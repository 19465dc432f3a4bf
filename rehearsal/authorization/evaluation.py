"""Whether the policies allow a caller what it asks, and which statement decides.

AWS IAM User Guide, "Policy evaluation logic" and its pages "How AWS enforcement code logic
evaluates requests to allow or deny access" and "Cross-account policy evaluation logic".
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rehearsal.authorization.documents import Document, Statement
from rehearsal.authorization.principals import Reach
from rehearsal.authorization.question import Question
from rehearsal.authorization.variables import Context

_ACCOUNT = re.compile(r"arn:[^:]*:[^:]*:[^:]*:(\d{12}):")
_ROOT = "the account's root user"


@dataclass(frozen=True)
class Principal:
    """Who asks.

    Attributes:
        arn: as AWS names the caller in messages: `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`
            or `arn:aws:iam::ACCOUNT:user/NAME`; the name itself, of a service.
        account: the 12 digits of the caller's account.
        role_arn: the ARN of the role, of a session.
        service: the service principal such as `ecs-tasks.amazonaws.com`, where a service itself
            asks; no identity policies count then.
        federated: the identity provider by which somebody signed in who asks to assume a role by
            web identity or SAML: its ARN or host. No identity policies count then.
        canonical_user: the account's canonical user id, which bucket policies may name.
        policies: the identity-based policies, a user's groups' included.
        boundary: the permissions boundary of the user or role.
        session_policies: what was passed when the session began; together they limit it.
    """

    arn: str
    account: str
    role_arn: str | None = None
    service: str | None = None
    federated: str | None = None
    canonical_user: str | None = None
    policies: tuple[Document, ...] = ()
    boundary: Document | None = None
    session_policies: tuple[Document, ...] = ()


@dataclass(frozen=True)
class Decision:
    """What the policies say.

    Attributes:
        allowed: whether the request is allowed.
        explicit: whether a Deny decided.
        statement: the label of the statement that decided, an identity-based policy's where that
            and a resource's policy both allow; None for an implicit deny.
    """

    allowed: bool
    explicit: bool
    statement: str | None


_IMPLICIT_DENY = Decision(False, False, None)


def decide(
    question: Question,
    principal: Principal,
    resource_policy: Document | None = None,
    *,
    resource_policy_decides: bool = False,
) -> Decision:
    """Decide on a request.

    Args:
        question: what is asked. The resource's account is in its ARN, or else in the context as
            `aws:ResourceAccount`; where neither has it, it is the caller's.
        principal: who asks.
        resource_policy: the policy of the resource, a role's trust policy included.
        resource_policy_decides: whether nothing is allowed that the resource's policy does not
            allow, if only by naming the caller's account: KMS keys and roles.

    Raises:
        PolicyError: a condition has no answer for this request.
    """
    context = _context(question)
    denial = next(_denials(question, context, principal, resource_policy), None)
    if denial is not None:
        return Decision(False, True, denial.label)
    reach, granting = _granted(question, context, principal, resource_policy)
    if principal.service is not None or principal.federated is not None:
        return _allowed_by(granting)
    limits = [principal.session_policies] if principal.session_policies else []
    limits += [(principal.boundary,)] if principal.boundary else []
    within = all(_allowing(question, context, one) is not None for one in limits)
    identity = _identity_grant(question, context, principal) if within else None
    if _is_foreign(question, context, principal):
        return _allowed_by(identity if reach is not None else None)
    if identity is not None and (reach is not None or not resource_policy_decides):
        return _allowed_by(identity)
    suffices = reach is Reach.DIRECT or (reach is Reach.ROLE and within)
    return _allowed_by(granting if suffices else None)


def _context(question: Question) -> Context:
    return {
        key.lower(): (value,) if isinstance(value, str) else tuple(value)
        for key, value in question.context.items()
    }


def _covering(
    question: Question, context: Context, documents: Iterable[Document], *, denies: bool
) -> Iterator[Statement]:
    action, resource = question.action, question.resource
    for document in documents:
        for one in document.statements:
            if one.denies is denies and one.covers(action, resource, context):
                yield one


def _denials(
    question: Question,
    context: Context,
    principal: Principal,
    resource_policy: Document | None,
) -> Iterator[Statement]:
    """Find the statements that deny, in whatever policy."""
    boundary = (principal.boundary,) if principal.boundary else ()
    own = (*principal.policies, *boundary, *principal.session_policies)
    yield from _covering(question, context, own, denies=True)
    if resource_policy is None:
        return
    for one in _covering(question, context, [resource_policy], denies=True):
        if one.principals and one.principals.denies(principal, bounded=bool(boundary)):
            yield one


def _granted(
    question: Question,
    context: Context,
    principal: Principal,
    resource_policy: Document | None,
) -> tuple[Reach | None, str | None]:
    """Return how directly the resource's policy allows it, and by which statement."""
    found: tuple[Reach | None, str | None] = (None, None)
    documents = [resource_policy] if resource_policy else []
    for one in _covering(question, context, documents, denies=False):
        reach = one.principals.allows(principal) if one.principals else None
        if reach is not None and (found[0] is None or reach > found[0]):
            found = (reach, one.label)
    return found


def _identity_grant(question: Question, context: Context, principal: Principal) -> str | None:
    """Return what in the identity's own policies allows it; a root user needs nothing."""
    if principal.arn.endswith(f":iam::{principal.account}:root"):
        return _ROOT
    return _allowing(question, context, principal.policies)


def _allowing(question: Question, context: Context, documents: Iterable[Document]) -> str | None:
    statement = next(_covering(question, context, documents, denies=False), None)
    return statement.label if statement else None


def _is_foreign(question: Question, context: Context, principal: Principal) -> bool:
    """Tell whether the resource is another account's."""
    found = _ACCOUNT.match(question.resource)
    owners = (found[1],) if found else context.get("aws:resourceaccount", ())
    return bool(owners) and owners != (principal.account,)


def _allowed_by(label: str | None) -> Decision:
    return Decision(True, False, label) if label is not None else _IMPLICIT_DENY
