"""EventBridge rules and targets: their life, what drifts, and what is refused."""

import json
from typing import Any

import pytest

from rehearsal.provider import Cloud, Provider, RefusedError

RULE = "aws:cloudwatch/eventRule:EventRule"
TARGET = "aws:cloudwatch/eventTarget:EventTarget"

PATTERN = json.dumps({"source": ["aws.secretsmanager"], "detail-type": ["Rotation"]})
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:redeploy"
ROLE = "arn:aws:iam::123456789012:role/events"


def test_a_rule_lives(rig: Any) -> None:
    created = rig.live(
        RULE,
        "rotated",
        {"eventPattern": PATTERN, "description": "d", "tags": {"a": "1", "b": "2"}},
        {"eventPattern": '{"source": ["other"]}', "state": "DISABLED", "tags": {"b": "3"}},
    )
    assert created.outputs["state"] == "DISABLED"
    assert created.outputs["tags"] == {"b": "3"}
    assert "description" not in created.outputs


def test_a_target_lives(rig: Any) -> None:
    rule = rig.create(RULE, "rotated", eventPattern=PATTERN)
    given = {"rule": rule.id, "arn": MACHINE, "roleArn": ROLE, "targetId": "redeploy"}
    created = rig.live(TARGET, "t", {**given, "input": '{"a": 1}'}, {**given, "inputPath": "$.x"})
    assert created.id == f"{rule.id}-redeploy"


def test_a_target_names_itself(rig: Any) -> None:
    rule = rig.create(RULE, "rotated", eventPattern=PATTERN)
    created = rig.live(TARGET, "t", {"rule": rule.id, "arn": MACHINE, "roleArn": ROLE})
    assert created.outputs["targetId"].startswith("terraform-")


def test_a_rule_keeps_its_targets_when_it_changes(rig: Any) -> None:
    rule = rig.create(RULE, "rotated", eventPattern=PATTERN)
    target = rig.create(TARGET, "t", rule=rule.id, arn=MACHINE, roleArn=ROLE)
    changed = rig.update(RULE, "rotated", rule, name=rule.id, scheduleExpression="rate(1 day)")
    assert rig.read(TARGET, target) == target.outputs
    with pytest.raises(RefusedError, match="Rule can't be deleted since it has targets"):
        rig.delete(RULE, changed)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "one of eventPattern and scheduleExpression is required"),
        ({"eventPattern": "{"}, "eventPattern is not valid JSON"),
        ({"eventPattern": json.dumps(["x" * 4096])}, "has 4100 characters; the provider allows"),
        ({"eventPattern": PATTERN, "state": "ON"}, "state is 'ON'; the provider allows ENABLED"),
        ({"scheduleExpression": "every day"}, "ScheduleExpression is not valid"),
    ],
)
def test_a_rule_is_refused(rig: Any, given: dict[str, Any], words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        rig.create(RULE, "r", **given)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"arn": "redeploy"}, "arn is 'redeploy'; the provider takes an ARN"),
        ({"input": "no"}, "input is not valid JSON"),
        ({"input": "{}", "inputPath": "$"}, "input and inputPath exclude each other"),
        ({"input": json.dumps("x" * 8192)}, "input has 8194 characters; the provider allows 8192"),
        ({"roleArn": None}, f"RoleArn is required for target {MACHINE}"),
    ],
)
def test_a_target_is_refused(rig: Any, change: dict[str, Any], words: str) -> None:
    rule = rig.create(RULE, "rotated", eventPattern=PATTERN)
    given = {"rule": rule.id, "arn": MACHINE, "roleArn": ROLE, **change}
    with pytest.raises(RefusedError, match=words):
        rig.create(TARGET, "t", **given)


def test_drift_of_a_rule_shows(rig: Any) -> None:
    created = rig.create(RULE, "rotated", eventPattern=PATTERN, tags={"a": "1"})
    client = rig.cloud.client("events")
    client.disable_rule(Name=created.id)
    client.untag_resource(ResourceARN=created.outputs["arn"], TagKeys=["a"])
    read = rig.read(RULE, created)
    assert read["state"] == "DISABLED"
    assert read["tags"] == {}


def test_drift_of_a_target_shows(rig: Any) -> None:
    rule = rig.create(RULE, "rotated", eventPattern=PATTERN)
    created = rig.create(TARGET, "t", rule=rule.id, arn=MACHINE, roleArn=ROLE, input="{}")
    other = {"Id": created.outputs["targetId"], "Arn": f"{MACHINE}-2", "RoleArn": f"{ROLE}-2"}
    rig.cloud.client("events").put_targets(Rule=rule.id, Targets=[other])
    read = rig.read(TARGET, created)
    assert read["arn"] == f"{MACHINE}-2"
    assert read["roleArn"] == f"{ROLE}-2"
    assert read["input"] is None


def test_the_arn_carries_the_partition(rig: Any, emulator: str) -> None:
    provider = Provider(Cloud(emulator, "cn-north-1"))
    urn = rig.urn(RULE, "r")
    rule = provider.create(RULE, urn, provider.check(RULE, urn, {"eventPattern": PATTERN}))
    assert rule.outputs["arn"] == f"arn:aws-cn:events:cn-north-1:123456789012:rule/{rule.id}"
