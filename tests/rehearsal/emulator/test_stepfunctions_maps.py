"""Distributed maps: an execution for each item, started, followed and written by the role."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.provider import Cloud
from rehearsal.stage import Stage, stage
from tests.rehearsal.emulator.state_machines import (
    ACCOUNT,
    REGION,
    allow,
    ended,
    machine_arn,
    of_states,
    put_machine,
    result,
    start,
)

BUCKET = "results"
OBJECTS = f"arn:aws:s3:::{BUCKET}/*"
EXECUTIONS = f"arn:aws:states:{REGION}:{ACCOUNT}:execution:maps*"


@pytest.fixture(scope="module")
def stands() -> Iterator[Stage]:
    with stage(REGION, None) as found:
        found.cloud.client("s3").create_bucket(Bucket=BUCKET)
        yield found


def distributed(item: dict[str, Any]) -> dict[str, Any]:
    """Return a map as Metaflow writes it: legacy `Iterator`, results in S3."""
    return {
        "Type": "Map",
        "ItemsPath": "$.items",
        "Parameters": {"value.$": "$$.Map.Item.Value", "run.$": "$$.Execution.Name"},
        "Iterator": {
            **of_states(Item=item),
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        },
        "ResultWriter": {
            "Resource": "arn:aws:states:::s3:putObject",
            "Parameters": {"Bucket": BUCKET, "Prefix": "maps"},
        },
    }


def statements(name: str, without: str = "") -> list[dict[str, Any]]:
    granted = {
        "states:StartExecution": machine_arn(name),
        "states:DescribeExecution": EXECUTIONS,
        "s3:PutObject": OBJECTS,
        "s3:ListMultipartUploadParts": OBJECTS,
        "s3:AbortMultipartUpload": OBJECTS,
    }
    return [allow(action, on) for action, on in granted.items() if action != without]


def run(cloud: Cloud, name: str, item: dict[str, Any], without: str = "") -> dict[str, Any]:
    definition = of_states(Map=distributed(item))
    machine = put_machine(cloud, name, definition, *statements(name, without))
    return ended(cloud, start(cloud, machine, {"items": ["a", "b"]}))


def read(cloud: Cloud, key: str) -> Any:
    return json.loads(cloud.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read())


def test_results_stand_in_s3_by_executions_of_their_own(stands: Stage) -> None:
    found = run(stands.cloud, "maps", {"Type": "Pass"})
    assert found["status"] == "SUCCEEDED", found
    details = json.loads(found["output"])["ResultWriterDetails"]
    assert details["Bucket"] == BUCKET
    manifest = read(stands.cloud, details["Key"])
    assert manifest["ResultFiles"]["FAILED"] == []
    [file] = manifest["ResultFiles"]["SUCCEEDED"]
    results = read(stands.cloud, file["Key"])
    outputs = [json.loads(one["Output"]) for one in results]
    assert [one["value"] for one in outputs] == ["a", "b"]
    # Each item knows its own execution, as on AWS, and not its parent's.
    assert [one["run"] for one in outputs] == [one["Name"] for one in results]
    assert len({one["Name"] for one in results}) == 2
    assert all(":execution:maps/" in one["ExecutionArn"] for one in results)


@pytest.mark.parametrize(
    "action",
    [
        "states:StartExecution",
        "states:DescribeExecution",
        "s3:PutObject",
        "s3:ListMultipartUploadParts",
        "s3:AbortMultipartUpload",
    ],
)
def test_a_map_fails_without_a_permission(stands: Stage, action: str) -> None:
    with stands.authorizer.ledger.expecting_denials() as denials:
        found = run(stands.cloud, f"maps-{action.partition(':')[2]}", {"Type": "Pass"}, action)
    assert found["status"] == "FAILED"
    assert {one.action for one in denials} == {action}


def test_a_map_fails_with_an_item(stands: Stage) -> None:
    found = run(stands.cloud, "maps-failing", {"Type": "Fail", "Error": "Broken", "Cause": "c"})
    assert (found["status"], found["error"]) == ("FAILED", "Broken")


def test_a_map_may_have_results_without_any_item(stands: Stage) -> None:
    definition = of_states(Items=result({"items": []}), Map=distributed({"Type": "Pass"}))
    machine = put_machine(stands.cloud, "maps-empty", definition, *statements("maps-empty"))
    assert ended(stands.cloud, start(stands.cloud, machine))["status"] == "SUCCEEDED"
