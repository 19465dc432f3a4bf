"""What settings put into the profile, seen in the jobs and state machines that Metaflow makes."""

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal import executions
from rehearsal.exercises import Hands
from rehearsal.exercises.exercise import FLOWS
from tests.rehearsal.scenarios import OWN_FLOW
from tests.rehearsal.standing import standing

SETTINGS: dict[str, Any] = {
    "jobImage": "metaflow/jobs:1",
    "jobImageRegistry": "ecr/hub",
    "jobTags": {"CostCentre": "42"},
    "compressStateMachines": True,
    "distributedMap": True,
}
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/hub/metaflow/jobs:1"


@pytest.fixture(scope="module")
def hands() -> Iterator[Hands]:
    with standing("dev", SETTINGS) as found:
        yield found


def test_jobs_have_the_image_of_the_registry_and_the_tags(hands: Hands, tmp_path: Path) -> None:
    flow = tmp_path / "own_flow.py"
    flow.write_text(textwrap.dedent(OWN_FLOW))
    hands.runner.started_run(flow, "run", "--with", "batch")
    batch = hands.stands.cloud.client("batch")
    queue = hands.deployment.outputs["jobQueueArn"]
    ids = [
        one["jobId"]
        for one in batch.list_jobs(jobQueue=queue, jobStatus="SUCCEEDED")["jobSummaryList"]
    ]
    found = batch.describe_jobs(jobs=ids)["jobs"]
    assert len(found) == 2
    assert {one["container"]["image"] for one in found} == {IMAGE}
    for one in found:
        assert one["tags"]["CostCentre"] == "42"
        assert one["tags"]["metaflow-stack"] == "metaflow-dev"
        assert one["tags"]["app"] == "metaflow"


def definition(hands: Hands, *options: str) -> str:
    flow = FLOWS / "foreach_flow.py"
    hands.runner.step_functions(flow, "create", *options)
    states = hands.stands.cloud.client("stepfunctions")
    [arn] = [
        one["stateMachineArn"]
        for one in states.list_state_machines()["stateMachines"]
        if one["name"].endswith("_ForeachFlow")
    ]
    return str(states.describe_state_machine(stateMachineArn=arn)["definition"])


@pytest.mark.thorough
def test_the_commands_of_a_compressed_state_machine_come_from_the_datastore(hands: Hands) -> None:
    long = definition(hands, "--no-compress-state-machine")
    short = definition(hands)
    assert len(short) < len(long)
    assert hands.deployment.outputs["bucketName"] in short
    pathspec = hands.runner.trigger(FLOWS / "foreach_flow.py")
    executions.await_success(hands.stands.cloud, pathspec.rpartition("/sfn-")[2])


@pytest.mark.thorough
def test_a_distributed_map_leaves_its_results_below_one_prefix(hands: Hands) -> None:
    written = json.loads(definition(hands, "--use-distributed-map"))
    maps = [one for one in written["States"].values() if one["Type"] == "Map"]
    assert any("ResultWriter" in one for one in maps)
    pathspec = hands.runner.trigger(FLOWS / "foreach_flow.py")
    executions.await_success(hands.stands.cloud, pathspec.rpartition("/sfn-")[2])
    bucket = hands.deployment.outputs["bucketName"]
    listed = hands.stands.cloud.client("s3").list_objects_v2(
        Bucket=bucket, Prefix="metaflow/sfn_distributed_map_output/"
    )["Contents"]
    assert {one["Key"].rpartition("/")[2] for one in listed} == {
        "SUCCEEDED_0.json",
        "manifest.json",
    }
    ledger = hands.stands.authorizer.ledger
    assert [str(one) for one in ledger.unexpected_denials()] == []
    assert ledger.faults == []
