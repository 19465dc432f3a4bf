"""When the policy of a VPC endpoint lets everything through, and so guards nothing."""

from collections import defaultdict
from collections.abc import Mapping

from rules.iam.conditions import (
    ORGANISATIONS,
    Fixed,
    bounded,
    fixed_arn,
    fixed_path,
    fixed_text,
    within,
)
from rules.iam.globs import has_wildcard
from rules.iam.names import is_named
from rules.iam.reference import expand
from rules.iam.resource_conditions import bounds
from rules.iam.statements import Document, Statement

_GUARDS: Mapping[str, Fixed] = {
    **ORGANISATIONS,
    "aws:principalaccount": fixed_text,
    "aws:principalarn": fixed_arn,
    "aws:resourceaccount": fixed_text,
    "aws:resourceorgid": fixed_text,
    "aws:resourceorgpaths": fixed_path,
    "s3:resourceaccount": fixed_text,
}
"""Keys that tell whose callers and whose resources may meet at an endpoint (AWS whitepaper
"Building a Data Perimeter on AWS"). Networks are none: whatever passes comes from the endpoint's
own."""


def lets_all_through(statement: Statement, document: Document) -> bool:
    """Say whether a statement of an endpoint's policy lets everybody do nearly everything.

    Args:
        statement: one that allows.
        document: the policy that it stands in; a denial of it may be what bounds.
    """
    return (
        for_everybody(statement)
        and not all(map(is_named, statement.resources))
        and _does_most(statement)
        and not any(map(bounds, statement.conditions))
        and not bounded(statement, document, _GUARDS)
        and not any(_keeps_to_named(one, statement) for one in document.statements)
    )


def for_everybody(statement: Statement) -> bool:
    """Say whether a principal of a statement is a wildcard."""
    return any("*" in one.value for one in statement.principals)


def _does_most(statement: Statement) -> bool:
    """Say whether a statement's patterns cover more than half of what some service does."""
    patterns = [one for one in statement.actions if has_wildcard(one)]
    if any(not one.strip("*:") for one in patterns):
        return True  # Reading every service would take long.
    covered: dict[str, set[str]] = defaultdict(set)
    for pattern in patterns:
        for action in expand(pattern):
            covered[action.name.partition(":")[0]].add(action.name)
    return any(2 * len(names) > len(expand(f"{service}:*")) for service, names in covered.items())


def _keeps_to_named(denial: Statement, statement: Statement) -> bool:
    """Say whether a denial leaves named resources only of what a statement allows."""
    return (
        not denial.allows
        and not denial.conditions
        and for_everybody(denial)
        and within(statement.actions, denial.actions)
        and len(denial.not_resources) > 0
        and all(map(is_named, denial.not_resources))
    )
