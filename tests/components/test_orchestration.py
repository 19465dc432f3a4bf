"""Orchestration: the table of foreach state and the log of executions."""

from typing import Any

import pytest

from tests import deployed
from tests.components.grants import BUCKET, DEV, KEY, PROD, STATES, Grant, granted
from tests.deployed import OTHER_VALUES

TABLE = "aws:dynamodb/table:Table"


def table(protected: bool, restorable: bool) -> dict[str, Any]:
    return {
        "hashKey": "pathspec",
        "attributes": [{"name": "pathspec", "type": "S"}],
        "billingMode": "PAY_PER_REQUEST",
        "ttl": {"attributeName": "ttl", "enabled": True},
        "serverSideEncryption": {"enabled": True},
        "pointInTimeRecovery": {"enabled": restorable},
        "deletionProtectionEnabled": protected,
    }


@pytest.mark.parametrize(
    ("stack", "settings", "expected"),
    [
        ("dev", {}, table(protected=False, restorable=False)),
        ("prod", {}, table(protected=True, restorable=True)),
        ("dev", OTHER_VALUES, table(protected=False, restorable=True)),
        ("prod", {"deletionProtection": False}, table(protected=False, restorable=True)),
    ],
)
def test_the_table_is_exactly(
    stack: str, settings: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert deployed.inputs(deployed.deploy_stack(stack, **settings), TABLE) == expected


@pytest.mark.parametrize(
    ("settings", "name"),
    [({}, "metaflow-prod"), ({"namePrefix": "science"}, "science")],
)
def test_the_log_of_executions_has_a_retention(settings: dict[str, Any], name: str) -> None:
    deployment = deployed.deploy_stack("prod", **settings)
    group = deployed.inputs(
        deployment, "aws:cloudwatch/logGroup:LogGroup", "metaflow-flows-executions"
    )
    assert group == {"name": f"/aws/vendedlogs/states/{name}", "retentionInDays": 365}


MACHINES = "metaflow-flows-state-machine"


def maps(stack: str) -> dict[str, Grant]:
    return {
        "StartMapRuns": (
            ["states:StartExecution"],
            [f"{STATES}:stateMachine:metaflow-{stack}_*"],
            {},
        ),
        "FollowMapRuns": (
            ["states:DescribeExecution", "states:StopExecution"],
            [f"{STATES}:execution:metaflow-{stack}_*:*"],
            {},
        ),
        "MapResults": (
            [
                "s3:GetObject",
                "s3:PutObject",
                "s3:ListMultipartUploadParts",
                "s3:AbortMultipartUpload",
            ],
            [f"{BUCKET}/metaflow/sfn_distributed_map_output/*"],
            {},
        ),
    }


KEY_OF_RESULTS: dict[str, Grant] = {
    "KeyOfMapResults": (
        ["kms:GenerateDataKey", "kms:Decrypt"],
        [KEY],
        {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}},
    )
}


def test_distributed_maps_take_grants_of_the_state_machines_alone() -> None:
    dev = granted(deployed.deploy_stack("dev", distributedMap=True))
    assert {holder: dev[holder] for holder in DEV} == {**DEV, MACHINES: DEV[MACHINES] | maps("dev")}
    prod = granted(deployed.deploy_stack("prod", distributedMap=True))
    assert prod[MACHINES] == PROD[MACHINES] | maps("prod") | KEY_OF_RESULTS


def test_the_state_machines_policy_holds_all_queues_and_maps() -> None:
    queues = [{"name": f"longest-{number:04}"} for number in range(49)]
    settings = {"queues": queues, "distributedMap": True, "namePrefix": "a" * 32}
    deployment = deployed.deploy_stack("prod", **settings)
    policy = deployed.only(deployment, "aws:iam/rolePolicy:RolePolicy", MACHINES).inputs["policy"]
    # An automatic name adds eight characters to each queue's, and less than fifty to the rest.
    assert len(policy.replace(" ", "")) + 8 * 49 + 50 <= 10240


def test_the_profile_compresses_state_machines_if_it_is_set() -> None:
    compressed = deployed.deploy_stack("dev", compressStateMachines=True)
    assert compressed.outputs["compressStateMachine"] == "True"
    plain = deployed.deploy_stack("dev")
    assert "compressStateMachine" not in plain.outputs
    assert granted(compressed) == granted(plain)


def test_the_tags_of_jobs_stand_beside_the_stacks() -> None:
    outputs = deployed.deploy_stack("dev", jobTags={"Team": "data"}).outputs
    assert outputs["jobTags"] == '{"Team": "data", "metaflow-stack": "metaflow-dev"}'
