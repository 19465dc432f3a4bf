from typing import Any

import pytest

from rules.images import not_public, scanned_on_push, tags_immutable
from tests.policies.harness import UNKNOWN, Verdict, judge

REPOSITORY = "aws:ecr/repository:Repository"
PUBLIC = "aws:ecrpublic/repository:Repository"


@pytest.mark.parametrize("mutability", ["IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION"])
def test_tags_that_stay(mutability: str) -> None:
    assert judge(tags_immutable, REPOSITORY, {"imageTagMutability": mutability}) == Verdict()


@pytest.mark.parametrize(
    ("props", "found"),
    [
        ({}, "missing"),
        ({"imageTagMutability": "MUTABLE"}, "MUTABLE"),
        ({"imageTagMutability": "MUTABLE_WITH_EXCLUSION"}, "MUTABLE_WITH_EXCLUSION"),
    ],
)
def test_tags_that_move(props: dict[str, Any], found: str) -> None:
    assert judge(tags_immutable, REPOSITORY, props).violations == [
        "The ECR repository must keep what a tag names; imageTagMutability is "
        f"{found}, and must be IMMUTABLE or IMMUTABLE_WITH_EXCLUSION."
    ]


def test_images_that_are_scanned() -> None:
    props = {"imageScanningConfiguration": {"scanOnPush": True}}
    assert judge(scanned_on_push, REPOSITORY, props) == Verdict()


@pytest.mark.parametrize(
    ("props", "found"),
    [({}, "missing"), ({"imageScanningConfiguration": {"scanOnPush": False}}, "false")],
)
def test_images_that_are_not_scanned(props: dict[str, Any], found: str) -> None:
    assert judge(scanned_on_push, REPOSITORY, props).violations == [
        "The ECR repository must scan images when they are pushed; "
        f"imageScanningConfiguration.scanOnPush is {found}."
    ]


def test_a_public_repository() -> None:
    assert judge(not_public, PUBLIC, {}).violations == [
        "Images must be kept in a private repository; everybody may pull from a public one."
    ]
    assert not judge(not_public, REPOSITORY, {}).applicable


def test_unknown_values() -> None:
    assert judge(tags_immutable, REPOSITORY, {"imageTagMutability": UNKNOWN}).unknown
    props = {"imageScanningConfiguration": UNKNOWN}
    assert judge(scanned_on_push, REPOSITORY, props).unknown
