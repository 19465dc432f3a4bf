"""Every method of escalation is found, and only whole."""

from collections.abc import Mapping
from typing import Any

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


def ways(*statements: Mapping[str, Any]) -> list[str]:
    """Return the names of the ways to escalate that a role has by some statements."""
    holder = Holder(kind="role", name="worker", urn="urn", names={("role", "worker")})
    holder.hold([Held(source="p", document=parse(document(*statements)), inline=True)])
    return [one.name for one in escalations(holder)]


def found(*actions: str, on: str = "*") -> list[str]:
    return ways(allow(list(actions), on))


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


TRAIN = allow("sagemaker:CreateTrainingJob", "arn:aws:sagemaker:*:*:training-job/metaflow-*")


@pytest.mark.parametrize(
    ("roles", "escalates"),
    [("role/*e*", True), ("role/A*", True), ("role/*", True), ("role/metaflow_*", False)],
)
def test_one_letter_names_no_role_that_is_passed(roles: str, escalates: bool) -> None:
    passing = allow("iam:PassRole", f"arn:aws:iam::123456789012:{roles}")
    expected = ["PassExistingRoleToNewSageMakerTrainingJob"] if escalates else []
    assert ways(passing, TRAIN) == expected


ITSELF = "arn:aws:iam::123456789012:role/worker"


@pytest.mark.parametrize(
    ("policy", "escalates"),
    [
        ("arn:aws:iam::aws:policy/AdministratorAccess", True),
        ("arn:aws:iam::aws:policy/*", True),
        ("arn:aws:iam::*:policy/*", True),
        ("arn:aws:iam::123456789012:policy/*", True),
        ("arn:aws:iam::123456789012:policy/metaflow_*", False),
        ("arn:aws:iam::aws:policy/AmazonS3OutpostsReadOnlyAccess", False),
    ],
)
@pytest.mark.parametrize("on", ["*", ITSELF], ids=["anything", "itself"])
def test_attaching_policies_that_give_everything(on: str, policy: str, escalates: bool) -> None:
    attaching = allow("iam:AttachRolePolicy", on, when={"ArnLike": {"iam:PolicyARN": policy}})
    assert bool(ways(attaching)) is escalates


@pytest.mark.parametrize(
    "condition",
    [
        {"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}},
        {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    ],
    ids=["from anywhere", "with a second factor"],
)
def test_a_condition_on_the_call_keeps_nobody_from_itself(condition: dict[str, Any]) -> None:
    assert ways(allow("iam:PutRolePolicy", ITSELF, when=condition))
