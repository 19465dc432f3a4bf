"""What rules of EventBridge a data scientist can make: schedules, and which patterns besides."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal import stack_files
from rehearsal.authorization import people
from rehearsal.rehearse import ROOT
from rehearsal.stage import stage
from tests.rehearsal.standing import deployed


@pytest.fixture(scope="module")
def put_rule() -> Iterator[Any]:
    """Yield what makes a rule of a flow's name, as a data scientist."""
    config = stack_files.read_stack(ROOT, "dev")
    with stage(config.region, None) as stands:
        outputs = deployed(stands, "dev").outputs
        role = outputs["userRoleArn"]
        found = stands.authorizer.assume(role, people.trusted(role), "schedules")
        cloud = stands.cloud.acting_as(found)
        name = f"{outputs['stateMachinePrefix']}_Flow"
        yield lambda **rule: cloud.client("events").put_rule(Name=name, **rule)["RuleArn"]


def test_a_schedule_is_made(put_rule: Any) -> None:
    assert put_rule(ScheduleExpression="rate(1 hour)")


@pytest.mark.parametrize(
    "pattern",
    [
        {"source": ["aws.ec2"]},
        {"detail-type": ["EC2 Instance State-change Notification"]},
        {"account": ["123456789012"], "source": ["aws.ec2"]},
        {"account": ["123456789012"], "detail-type": ["Job State Change"]},
    ],
    ids=json.dumps,
)
def test_a_pattern_that_names_a_source_or_a_type_is_refused(
    put_rule: Any, pattern: dict[str, Any]
) -> None:
    with pytest.raises(ClientError, match=r"not authorized to perform: events:PutRule"):
        put_rule(EventPattern=json.dumps(pattern))


@pytest.mark.parametrize(
    "pattern",
    [{"account": ["123456789012"]}, {"source": [{"prefix": "aws."}]}],
    ids=json.dumps,
)
def test_other_patterns_cannot_be_refused(put_rule: Any, pattern: dict[str, Any]) -> None:
    """The keys are of literal values only (Service Authorization Reference, Amazon EventBridge)."""
    assert put_rule(EventPattern=json.dumps(pattern))
