"""No condition of a deployed policy looks for a key that the authorization never supplies."""

import json
from collections.abc import Iterator
from typing import Any

from rehearsal.authorization import callers
from rehearsal.authorization.question import Question
from tests import deployed
from tests.components.grants import SETTINGS
from tests.rehearsal.authorization.asked.asking import ACCOUNT, AWS, asked
from tests.rehearsal.authorization.asked.every_row import ROWS
from tests.rehearsal.authorization.worker_role import PERSON

OF_SERVICES = {"aws:SourceArn", "aws:SourceAccount"}
"""Keys with which services assume roles, see `Authorizer.assume_as_service`."""


def documents(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the policies in a resource's inputs, which are JSON in them."""
    if isinstance(value, str) and '"Statement"' in value:
        yield from documents(json.loads(value))
    elif isinstance(value, dict):
        if "Statement" in value:
            yield value
        for one in value.values():
            yield from documents(one)
    elif isinstance(value, list):
        for one in value:
            yield from documents(one)


def conditioned() -> set[str]:
    """Return the condition keys of every stack in which the grants are tested."""
    return {
        family(key)
        for settings in SETTINGS
        for resource in deployed.deploy_stack(**settings).registrations
        for document in documents(resource.inputs)
        for statement in document["Statement"]
        for test in statement.get("Condition", {}).values()
        for key in test
    }


def family(key: str) -> str:
    """Return a key in lower case without the tag's own name, as keys are compared."""
    return key.partition("/")[0].lower()


def supplied() -> set[str]:
    questions = [question for row in ROWS for question in asked(row, AWS)]
    nothing = Question("sts:AssumeRole", "*", {})
    principals = [PERSON, callers.service("ecs-tasks", ACCOUNT)]
    questions += [callers.principal_keys(nothing, one) for one in principals]
    return {family(key) for one in questions for key in one.context} | {
        family(key) for key in OF_SERVICES
    }


def test_every_condition_key_that_is_deployed_is_supplied() -> None:
    found = conditioned()
    assert {"batch:privileged", "s3:prefix"} <= found
    assert found - supplied() == set()
