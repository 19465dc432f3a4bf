"""State machines: their life, what drifts, and what is refused."""

import json
from typing import Any

import pytest

from rehearsal.provider import Cloud, Provider, RefusedError

MACHINE = "aws:sfn/stateMachine:StateMachine"
GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:/executions"


def definition(**states: Any) -> str:
    return json.dumps({"StartAt": "Go", "States": {"Go": {"Type": "Succeed"}, **states}})


def role(cloud: Cloud, name: str = "machines", service: str = "states.amazonaws.com") -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    answer = cloud.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    return str(answer["Role"]["Arn"])


def test_a_machine_lives(rig: Any) -> None:
    given = {
        "definition": definition(),
        "roleArn": role(rig.cloud),
        "loggingConfiguration": {"level": "ALL", "logDestination": f"{GROUP}:*"},
        "tracingConfiguration": {"enabled": True},
        "tags": {"a": "1", "b": "2"},
    }
    changed = {
        **given,
        "definition": definition(End={"Type": "Fail"}),
        "loggingConfiguration": {"level": "ERROR", "logDestination": f"{GROUP}:*"},
        "tags": {"b": "3"},
    }
    created = rig.live(MACHINE, "redeploy", given, changed)
    assert created.id.endswith(f":stateMachine:{created.outputs['name']}")
    assert created.outputs["loggingConfiguration"]["level"] == "ERROR"
    assert created.outputs["tags"] == {"b": "3"}


def test_leaving_the_logging_out_turns_nothing_off(rig: Any) -> None:
    given = {"definition": definition(), "roleArn": role(rig.cloud)}
    logging = {"level": "ALL", "includeExecutionData": True, "logDestination": f"{GROUP}:*"}
    created = rig.create(MACHINE, "m", **given, loggingConfiguration=logging)
    changed = rig.update(MACHINE, "m", created, name=created.outputs["name"], **given)
    assert changed.outputs["loggingConfiguration"] == logging


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "definition is not valid JSON"),
        ("[]", "definition has no States"),
        ('{"StartAt": "Go", "States": {}}', "definition has no States"),
        (definition().replace('"Go", "States"', '"Elsewhere", "States"'), "starts at 'Elsewhere'"),
        (definition(A={"Type": "Do"}), r"definition.A has the Type 'Do'; allowed are Task, Pass"),
        (definition(A={"Type": "Pass"}), r"definition.A has neither Next nor End"),
        (definition(A={"Type": "Pass", "Next": "B"}), r"definition.A goes to 'B'"),
        (definition(A={"Type": "Choice", "Choices": [{"Next": "B"}]}), r"A goes to 'B'"),
        (
            definition(A={"Type": "Parallel", "End": True, "Branches": [{}]}),
            r"definition.A.Branches\[0\] has no States",
        ),
        (
            definition(A={"Type": "Map", "End": True, "ItemProcessor": {"StartAt": "x"}}),
            r"definition.A.ItemProcessor has no States",
        ),
    ],
)
def test_a_plan_refuses_a_definition(rig: Any, text: str, words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        rig.create(MACHINE, "m", definition=text, roleArn=role(rig.cloud))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"roleArn": "machines"}, "roleArn is 'machines'; the provider takes an ARN"),
        ({"type": "FAST"}, "type is 'FAST'; the provider allows STANDARD, EXPRESS"),
        (
            {"loggingConfiguration": {"level": "ALL", "logDestination": GROUP}},
            r"the log group .*:/executions must end with :\*",
        ),
        ({"loggingConfiguration": {"level": "ALL"}}, "a level other than OFF demands a log group"),
        (
            {"loggingConfiguration": {"level": "SOME"}},
            "loggingConfiguration.level is 'SOME'; AWS allows ALL, ERROR, FATAL, OFF",
        ),
        (
            {"roleArn": "arn:aws:iam::123456789012:role/nobody"},
            "the role arn:aws:iam::123456789012:role/nobody does not exist",
        ),
    ],
)
def test_a_machine_is_refused(rig: Any, change: dict[str, Any], words: str) -> None:
    given = {"definition": definition(), "roleArn": role(rig.cloud), **change}
    with pytest.raises(RefusedError, match=words):
        rig.create(MACHINE, "m", **given)


def test_a_role_that_trusts_another_service_is_refused(rig: Any) -> None:
    other = role(rig.cloud, "batch", "batch.amazonaws.com")
    with pytest.raises(RefusedError, match="authorized to assume the provided role"):
        rig.create(MACHINE, "m", definition=definition(), roleArn=other)


def test_a_name_in_use_by_another_definition_is_refused(rig: Any) -> None:
    given = {"name": "redeploy", "roleArn": role(rig.cloud)}
    rig.create(MACHINE, "m", definition=definition(), **given)
    rig.create(MACHINE, "m", definition=definition(), **given)
    with pytest.raises(RefusedError, match="StateMachineAlreadyExists"):
        rig.create(MACHINE, "m", definition=definition(A={"Type": "Fail"}), **given)


def test_drift_of_a_machine_shows(rig: Any) -> None:
    created = rig.create(
        MACHINE,
        "m",
        definition=definition(),
        roleArn=role(rig.cloud),
        loggingConfiguration={"level": "ALL", "logDestination": f"{GROUP}:*"},
        tags={"a": "1"},
    )
    client = rig.cloud.client("stepfunctions")
    other = role(rig.cloud, "other")
    client.update_state_machine(
        stateMachineArn=created.id,
        roleArn=other,
        definition=definition(A={"Type": "Fail"}),
        loggingConfiguration={"level": "OFF"},
    )
    client.untag_resource(resourceArn=created.id, tagKeys=["a"])
    read = rig.read(MACHINE, created)
    assert read["roleArn"] == other
    assert "Fail" in read["definition"]
    assert read["loggingConfiguration"] == {"level": "OFF"}
    assert read["tags"] == {}


def test_the_arn_carries_the_partition(rig: Any, emulator: str) -> None:
    provider = Provider(Cloud(emulator, "us-gov-west-1"))
    urn = rig.urn(MACHINE, "m")
    given = {"definition": definition(), "roleArn": role(provider.cloud)}
    machine = provider.create(MACHINE, urn, provider.check(MACHINE, urn, given))
    assert machine.id.startswith("arn:aws-us-gov:states:us-gov-west-1:123456789012:stateMachine:m-")
