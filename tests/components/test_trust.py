"""Who may assume each role: every trust policy in full."""

import json
from typing import Any

import pytest

from tests import deployed
from tests.deployed import OTHER_VALUES


def service(name: str, source: str) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"Service": f"{name}.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": "123456789012"},
            "ArnLike": {"aws:SourceArn": source.format("us-east-1:123456789012")},
        },
    }


def unconditional(name: str) -> dict[str, Any]:
    found = service(name, "")
    del found["Condition"]
    return found


def trusted_in(stack: str) -> dict[str, dict[str, Any]]:
    return {
        "metaflow-db-monitoring": service("monitoring.rds", "arn:aws:rds:{}:db:*"),
        "metaflow-service-execution": service("ecs-tasks", "arn:aws:ecs:{}:*"),
        "metaflow-service-task": service("ecs-tasks", "arn:aws:ecs:{}:*"),
        "metaflow-compute-job": service("ecs-tasks", "arn:aws:ecs:{}:*"),
        "metaflow-compute-instance": unconditional("ec2"),
        "metaflow-rotation-redeployment": service(
            "states", "arn:aws:states:{}:stateMachine:metaflow-rotation-*"
        ),
        "metaflow-rotation-start": service(
            "events", "arn:aws:events:{}:rule/metaflow-rotation-rotated"
        ),
        "metaflow-flows-state-machine": service(
            "states", f"arn:aws:states:{{}}:stateMachine:metaflow-{stack}_*"
        ),
        "metaflow-flows-schedule": service(
            "events", f"arn:aws:events:{{}}:rule/metaflow-{stack}_*"
        ),
        "metaflow-users-role": {
            "Effect": "Allow",
            "Principal": {"AWS": ["arn:aws:iam::123456789012:root"]},
            "Action": "sts:AssumeRole",
        },
    }


PROD_ONLY = {
    "metaflow-net-flow-logs-role": service("vpc-flow-logs", "arn:aws:ec2:{}:vpc-flow-log/*"),
    "metaflow-gateway-account-role": unconditional("apigateway"),
}


@pytest.mark.parametrize(
    ("stack", "expected"), [("dev", trusted_in("dev")), ("prod", trusted_in("prod") | PROD_ONLY)]
)
def test_every_role_is_assumed_by_exactly(stack: str, expected: dict[str, Any]) -> None:
    trust = deployed.documents(
        deployed.deploy_stack(stack), "aws:iam/role:Role", "assumeRolePolicy"
    )
    assert trust == {
        name: {"Version": "2012-10-17", "Statement": [statement]}
        for name, statement in expected.items()
    }


def test_the_users_role_trusts_whom_the_settings_name() -> None:
    people = ["arn:aws:iam::999999999999:role/scientists", "arn:aws:iam::999999999999:user/ada"]
    deployment = deployed.deploy_stack("dev", **OTHER_VALUES)
    role = deployed.inputs(deployment, "aws:iam/role:Role", "metaflow-users-role")
    assert json.loads(role["assumeRolePolicy"])["Statement"] == [
        {"Effect": "Allow", "Principal": {"AWS": people}, "Action": "sts:AssumeRole"}
    ]
    assert role["maxSessionDuration"] == 12 * 3600
