"""Which account a stack is deployed to, which a policy pack is not told."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress

from pulumi_policy import PolicyResource
from pulumi_policy.proxy import UnknownValueError

from rules.iam.conditions import fixed_text
from rules.iam.documents import Placed, judge_allowing
from rules.iam.locations import Kind
from rules.iam.statements import Statement, account_of
from rules.reading import known

_SOURCE_ACCOUNT = "aws:sourceaccount"


def own_account(resources: Collection[PolicyResource]) -> str | None:
    """Return the account that a stack is deployed to, None where nothing tells.

    It is the one in the ARNs of the stack's own resources. In the preview of a new stack there are
    none; then it is the one that all conditions on aws:SourceAccount name. Principals are never
    asked, since those may be anybody.
    """
    found = Counter(_accounts_of_arns(resources))
    if found:
        return found.most_common(1)[0][0]
    sources = {account for one in resources for account in _sources(one)}
    return sources.pop() if len(sources) == 1 else None


def _accounts_of_arns(resources: Iterable[PolicyResource]) -> Iterator[str]:
    for one in resources:
        arn = known(one.props, "arn")
        account = account_of(arn) if isinstance(arn, str) else None
        if account is not None:
            yield account


def _sources(resource: PolicyResource) -> set[str]:
    """Return the accounts on whose behalf a resource's documents let services act."""
    found: set[str] = set()

    def judge(_placed: Placed, statement: Statement) -> None:
        for condition in statement.conditions:
            if condition.key.lower() == _SOURCE_ACCOUNT:
                found.update(filter(fixed_text, condition.values))

    with suppress(UnknownValueError):
        kinds = (Kind.TRUST, Kind.RESOURCE)
        judge_allowing(resource.resource_type, resource.props, kinds, judge)
    return found
