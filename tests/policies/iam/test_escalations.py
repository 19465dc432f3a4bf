"""Every method of escalation is found, and only whole."""

import pytest

from rules.iam import reference
from rules.iam.escalation_methods import METHODS, ON_ITSELF, ROLE_PASSING
from rules.iam.escalations import escalations
from rules.iam.holders import Held, Holder
from rules.iam.statements import parse
from tests.policies.iam.policy_documents import allow, document

SMALLEST = [
    name
    for name, actions in METHODS.items()
    if not any(other < actions for other in METHODS.values())
]


def found(*actions: str, on: str = "*") -> list[str]:
    holder = Holder(kind="role", name="worker", urn="urn")
    text = document(allow(list(actions), on))
    holder.hold([Held(source="p", document=parse(text), inline=True)])
    return [one.name for one in escalations(holder)]


@pytest.mark.parametrize("name", SMALLEST)
def test_a_method_is_found_whole_and_not_without_one_of_its_actions(name: str) -> None:
    actions = sorted(METHODS[name])
    assert name in found(*actions)
    for missing in actions:
        assert name not in found("s3:ListBucket", *(one for one in actions if one != missing))


@pytest.mark.parametrize("name", sorted(set(METHODS) - set(SMALLEST)))
def test_a_method_that_contains_another_one_is_told_of_as_that(name: str) -> None:
    told = found(*METHODS[name])
    assert told
    assert name not in told
    assert all(METHODS[one] < METHODS[name] for one in told)


def test_methods_name_actions_that_aws_has() -> None:
    actions = {one for named in (*METHODS.values(), *ON_ITSELF.values()) for one in named}
    assert [one for one in sorted(actions) if reference.find(one) is None] == []


@pytest.mark.parametrize("name", [one for one in SMALLEST if ROLE_PASSING in METHODS[one]])
def test_passing_named_roles_is_no_escalation(name: str) -> None:
    assert name not in found(*METHODS[name], on="arn:aws:iam::123456789012:role/job")
