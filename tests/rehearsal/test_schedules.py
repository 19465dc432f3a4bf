"""A schedule that is fired starts its targets as EventBridge would, or says why not."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from rehearsal import schedules
from rehearsal.provider.cloud import ADMINISTRATOR
from rehearsal.schedules import ScheduleError
from rehearsal.stage import Stage
from rehearsal.stage import stage as rehearsal_stage
from tests.rehearsal.emulator import state_machines
from tests.rehearsal.emulator.state_machines import ACCOUNT, REGION, allow, machine_arn, of_states

ECHO = of_states(Only={"Type": "Pass"})


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with rehearsal_stage(REGION, None) as stands:
        state_machines.put_machine(stands.cloud, "echo", ECHO)
        yield stands


def rule_arn(name: str) -> str:
    return f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{name}"


def put_rule(stage: Stage, name: str, **more: Any) -> str:
    settings = {"ScheduleExpression": "cron(0 * * * ? *)", "State": "ENABLED", **more}
    stage.cloud.client("events").put_rule(
        Name=name, **{key: value for key, value in settings.items() if value}
    )
    return name


def starter(stage: Stage, name: str, source: str | None = None, machine: str = "echo") -> str:
    """Make a role with which a rule can start a state machine."""
    may = [allow("states:StartExecution", machine_arn(machine))]
    return state_machines.put_role(stage.cloud, name, "events", source or rule_arn(name), may)


def put_target(stage: Stage, rule: str, role: str | None, **more: Any) -> None:
    """Put a target; AWS and the cloud's own clients refuse some of those that are put here."""
    lenient = boto3.client(
        "events",
        region_name=REGION,
        endpoint_url=stage.cloud.endpoint,
        aws_access_key_id=ADMINISTRATOR,
        aws_secret_access_key=ADMINISTRATOR,
    )
    target = {"Id": "first", "Arn": machine_arn("echo"), **more}
    lenient.put_targets(Rule=rule, Targets=[{**target, **({"RoleArn": role} if role else {})}])


def fire(stage: Stage, rule: str) -> list[str]:
    return schedules.fire(stage.cloud, stage.authorizer, rule)


def given(stage: Stage, execution: str) -> Any:
    return json.loads(state_machines.ended(stage.cloud, execution)["input"])


def problem(stage: Stage, rule: str) -> str:
    """Fire a rule that cannot be fired; return the one line that says why."""
    before = executions(stage)
    with stage.authorizer.ledger.expecting_denials(), pytest.raises(ScheduleError) as raised:
        fire(stage, rule)
    assert executions(stage) == before
    assert "\n" not in str(raised.value)
    return str(raised.value)


def executions(stage: Stage) -> list[Any]:
    client = stage.cloud.client("stepfunctions")
    return list(client.list_executions(stateMachineArn=machine_arn("echo"))["executions"])


def test_the_target_is_started_with_its_input_as_the_rules_role(stage: Stage) -> None:
    rule, role = put_rule(stage, "hourly"), starter(stage, "hourly")
    put_target(stage, rule, role, Input='{"Parameters": "{}"}')
    [execution] = fire(stage, rule)
    assert given(stage, execution) == {"Parameters": "{}"}
    assert stage.authorizer.ledger.used(role) == {"states:StartExecution"}


def test_each_firing_is_an_execution(stage: Stage) -> None:
    rule = put_rule(stage, "often")
    put_target(stage, rule, starter(stage, "often"), Input="{}")
    assert len({one for _ in range(3) for one in fire(stage, rule)}) == 3


def test_without_an_input_the_target_gets_the_event(stage: Stage) -> None:
    rule = put_rule(stage, "event")
    put_target(stage, rule, starter(stage, "event"))
    [execution] = fire(stage, rule)
    event = given(stage, execution)
    # Amazon EventBridge Events Reference, "Amazon EventBridge Scheduled Event".
    assert event["detail-type"] == "Scheduled Event"
    assert (event["source"], event["account"], event["region"]) == ("aws.events", ACCOUNT, REGION)
    assert (event["resources"], event["detail"]) == ([rule_arn(rule)], {})
    age = datetime.now(UTC) - datetime.fromisoformat(event["time"])
    assert abs(age.total_seconds()) < 60


NOT_FIRED = {
    "disabled": ({"State": "DISABLED"}, "is DISABLED; only an ENABLED one fires"),
    "pattern": (
        {"ScheduleExpression": None, "EventPattern": '{"source": ["aws.ec2"]}'},
        "has no schedule; it waits for events",
    ),
}


@pytest.mark.parametrize(("settings", "words"), NOT_FIRED.values(), ids=NOT_FIRED)
def test_only_an_enabled_schedule_fires(
    stage: Stage, request: pytest.FixtureRequest, settings: dict[str, Any], words: str
) -> None:
    name = f"not-{request.node.callspec.id}"
    rule = put_rule(stage, name, **settings)
    put_target(stage, rule, starter(stage, name), Input="{}")
    assert problem(stage, rule) == f"The rule {rule} {words}."


def test_a_rule_that_is_not_there_is_named(stage: Stage) -> None:
    assert problem(stage, "nowhere") == "There is no rule nowhere on the default event bus."


def test_a_rule_without_a_target_starts_nothing(stage: Stage) -> None:
    rule = put_rule(stage, "aimless")
    assert problem(stage, rule) == "The rule aimless has no target; nothing is started."


def test_a_role_for_another_rule_is_not_assumed(stage: Stage) -> None:
    rule, role = put_rule(stage, "thief"), starter(stage, "thief", rule_arn("owner"))
    put_target(stage, rule, role, Input="{}")
    words = problem(stage, rule)
    assert words.startswith("The target first of the rule thief was not started: ")
    assert f"events.amazonaws.com may not assume {role}" in words
    assert f"aws:SourceArn {rule_arn(rule)}" in words


def test_a_trust_policy_that_nobody_understands_is_named(stage: Stage) -> None:
    rule, role = put_rule(stage, "riddle"), starter(stage, "riddle", "arn:aws:events")
    put_target(stage, rule, role, Input="{}")
    assert "'arn:aws:events' is not an ARN" in problem(stage, rule)


def test_a_role_that_may_not_start_it_does_not(stage: Stage) -> None:
    rule, role = put_rule(stage, "weak"), starter(stage, "weak", machine="another")
    put_target(stage, rule, role, Input="{}")
    words = problem(stage, rule)
    assert "assumed-role/weak/" in words
    assert (
        f"not authorized to perform: states:StartExecution on resource: {machine_arn('echo')}"
        in words
    )


UNABLE = {
    "no role": ({}, "names no role with which EventBridge could start it"),
    "another kind": (
        {"Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:queue"},
        f"is arn:aws:sqs:{REGION}:{ACCOUNT}:queue; a rehearsal starts state machines only",
    ),
    "a part of the event": (
        {"InputPath": "$.detail"},
        "transforms its input; a rehearsal takes Input or the event",
    ),
}


@pytest.mark.parametrize(("target", "words"), UNABLE.values(), ids=UNABLE)
def test_a_target_that_is_not_started_is_named(
    stage: Stage, request: pytest.FixtureRequest, target: dict[str, Any], words: str
) -> None:
    name = f"unable-{list(UNABLE).index(request.node.callspec.id)}"
    rule = put_rule(stage, name)
    put_target(stage, rule, starter(stage, name) if target else None, **target)
    assert problem(stage, rule) == f"The target first of the rule {rule} {words}."


def test_a_target_that_fails_does_not_hold_the_others(stage: Stage) -> None:
    rule = put_rule(stage, "several")
    role = starter(stage, "several")
    put_target(stage, rule, None, Id="a")
    put_target(stage, rule, role, Id="b", Input='{"from": "b"}')
    put_target(stage, rule, None, Id="c")
    with pytest.raises(ScheduleError) as raised:
        fire(stage, rule)
    assert [line[:12] for line in str(raised.value).splitlines()] == [
        "The target a",
        "The target c",
    ]
    assert given(stage, executions(stage)[0]["executionArn"]) == {"from": "b"}
