"""A rotated password reaches the service: the schedule, the rule, and the redeployment."""

import json
from typing import Any

import pytest

from tests import deployed
from tests.components.grants import SERVICES as NAMES
from tests.deployed import OTHER_VALUES

SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!metaflow-db-postgres"
SERVICES = {
    stack: f"arn:aws:ecs:us-east-1:123456789012:service/metaflow-service-cluster/{name}"
    for stack, name in NAMES.items()
}
CLUSTER = "arn:aws:ecs:us-east-1:123456789012:cluster/metaflow-service-cluster"
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:metaflow-rotation-redeployment"
ROLE = "arn:aws:iam::123456789012:role/metaflow-rotation"


@pytest.mark.parametrize(("settings", "days"), [({}, 30), (OTHER_VALUES, 1)])
def test_the_password_rotates_on_schedule(settings: dict[str, Any], days: int) -> None:
    schedule = deployed.inputs(
        deployed.deploy_stack("dev", **settings), "aws:secretsmanager/secretRotation:SecretRotation"
    )
    assert schedule == {
        "secretId": SECRET,
        "rotateImmediately": False,
        "rotationRules": {"automaticallyAfterDays": days},
    }


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_a_rotation_of_this_secret_starts_the_redeployment(stack: str) -> None:
    deployment = deployed.deploy_stack(stack)
    rule = deployed.inputs(deployment, "aws:cloudwatch/eventRule:EventRule")
    assert json.loads(rule.pop("eventPattern")) == {
        "source": ["aws.secretsmanager"],
        "detail-type": ["Secret Label Updated"],
        "resources": [SECRET],
        "detail": {"labelUpdated": ["AWSCURRENT"]},
    }
    # Neither a state nor a schedule: the event alone fires it.
    assert rule == {"description": "The password of Metaflow's metadata database was rotated"}
    assert deployed.inputs(deployment, "aws:cloudwatch/eventTarget:EventTarget") == {
        "rule": "metaflow-rotation-rotated",
        "arn": MACHINE,
        "roleArn": f"{ROLE}-start",
    }


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_redeployment_starts_new_tasks_and_tries_again(stack: str) -> None:
    machine = deployed.inputs(deployed.deploy_stack(stack), "aws:sfn/stateMachine:StateMachine")
    definition = json.loads(machine.pop("definition"))
    assert machine == {"roleArn": f"{ROLE}-redeployment"}
    assert definition == {
        "Comment": "Deploys Metaflow's metadata service anew, with the new password",
        "StartAt": "Redeploy",
        "States": {
            "Redeploy": {
                "Type": "Task",
                "Resource": "arn:aws:states:::aws-sdk:ecs:updateService",
                "Parameters": {
                    "Cluster": CLUSTER,
                    "Service": SERVICES[stack],
                    "ForceNewDeployment": True,
                },
                "Retry": [
                    {
                        "ErrorEquals": ["States.TaskFailed"],
                        "IntervalSeconds": 30,
                        "MaxAttempts": 5,
                        "BackoffRate": 2,
                    }
                ],
                "End": True,
            }
        },
    }
