"""Compute: instances, environments and queues."""

from typing import Any

import pytest

from tests import deployed
from tests.deployed import OTHER_VALUES

ENVIRONMENT = "aws:batch/computeEnvironment:ComputeEnvironment"
QUEUE = "aws:batch/jobQueue:JobQueue"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
PROFILE = "arn:aws:iam::123456789012:instance-profile/metaflow-compute-instance"

DEFAULT_TYPES = [
    "m6i.large",
    "m6i.xlarge",
    "m6i.2xlarge",
    "m6i.4xlarge",
    "c6i.xlarge",
    "c6i.2xlarge",
    "r6i.large",
    "r6i.xlarge",
    "r6i.2xlarge",
]

LARGE = {
    "name": "large",
    "instanceTypes": ["r7i.4xlarge"],
    "minVcpus": 16,
    "maxVcpus": 640,
    "diskGib": 500,
}
TWO_QUEUES: dict[str, Any] = {"queues": [{"name": "default"}, LARGE]}


def environment(stack: str, name: str, subnets: list[str], **resources: Any) -> dict[str, Any]:
    return {
        "namePrefix": f"metaflow-{stack}_{name}-",
        "type": "MANAGED",
        "computeResources": {
            "type": "EC2",
            "allocationStrategy": "BEST_FIT_PROGRESSIVE",
            "instanceRole": PROFILE,
            "subnets": subnets,
            "securityGroupIds": ["SecurityGroup:metaflow-groups-jobs.id"],
            "ec2Configurations": [{"imageType": "ECS_AL2023"}],
            "launchTemplate": {
                "launchTemplateId": f"LaunchTemplate:metaflow-compute-{name}.id",
                "version": "7",
            },
            **resources,
        },
        # Batch's longest; running jobs end before their instances are replaced.
        "updatePolicy": {"terminateJobsOnUpdate": False, "jobExecutionTimeoutMinutes": 360},
    }


def subnets(tier: str, letters: str) -> list[str]:
    return [f"Subnet:metaflow-net-{tier}-us-east-1{letter}.id" for letter in letters]


@pytest.mark.parametrize(
    ("stack", "max_vcpus", "where"),
    [("dev", 64, subnets("public", "ab")), ("prod", 256, subnets("private", "abc"))],
)
def test_the_default_environment_is_exactly(stack: str, max_vcpus: int, where: list[str]) -> None:
    # Without a service role of its own, so that changes happen in place.
    assert deployed.inputs(deployed.deploy_stack(stack), ENVIRONMENT) == environment(
        stack, "default", where, instanceTypes=DEFAULT_TYPES, minVcpus=0, maxVcpus=max_vcpus
    )


def test_a_second_queue_has_its_own_environment() -> None:
    deployment = deployed.deploy_stack("dev", **TWO_QUEUES)
    found = deployed.inputs(deployment, ENVIRONMENT, "metaflow-compute-large")
    assert found == environment(
        "dev",
        "large",
        subnets("public", "ab"),
        instanceTypes=["r7i.4xlarge"],
        minVcpus=16,
        maxVcpus=640,
    )
    queue = deployed.inputs(deployment, QUEUE, "metaflow-compute-large")
    assert queue["computeEnvironmentOrders"] == [
        {
            "order": 0,
            "computeEnvironment": (
                "arn:aws:batch:us-east-1:123456789012:compute-environment/metaflow-compute-large"
            ),
        }
    ]


@pytest.mark.parametrize(("name", "gib"), [("default", 100), ("large", 500)])
def test_instances_have_imdsv2_and_an_encrypted_disk(name: str, gib: int) -> None:
    deployment = deployed.deploy_stack("dev", **TWO_QUEUES)
    template = deployed.inputs(deployment, TEMPLATE, f"metaflow-compute-{name}")
    tags = {
        "Application": "metaflow",
        "Stack": "dev",
        "ManagedBy": "pulumi",
        "Name": f"metaflow-compute-{name}",
    }
    assert template == {
        "updateDefaultVersion": True,
        "metadataOptions": {
            "httpEndpoint": "enabled",
            "httpTokens": "required",
            "httpPutResponseHopLimit": 1,
        },
        "blockDeviceMappings": [
            {
                "deviceName": "/dev/xvda",
                "ebs": {
                    "volumeSize": gib,
                    "volumeType": "gp3",
                    "encrypted": "true",
                    "deleteOnTermination": "true",
                },
            }
        ],
        "tagSpecifications": [
            {"resourceType": "instance", "tags": tags},
            {"resourceType": "volume", "tags": tags},
        ],
    }


REASONS = [
    "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
    "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
    "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
]
"""AWS Batch User Guide, "Resource:JobQueue blocked" and the API's JobStateTimeLimitAction."""


@pytest.mark.parametrize(("settings", "seconds"), [({}, 3600), (OTHER_VALUES, 600)])
def test_jobs_that_can_never_run_are_cancelled(settings: dict[str, Any], seconds: int) -> None:
    assert deployed.inputs(deployed.deploy_stack("dev", **settings), QUEUE) == {
        "state": "ENABLED",
        "priority": 1,
        "computeEnvironmentOrders": [
            {
                "order": 0,
                "computeEnvironment": (
                    "arn:aws:batch:us-east-1:123456789012:"
                    "compute-environment/metaflow-compute-default"
                ),
            }
        ],
        "jobStateTimeLimitActions": [
            {"reason": reason, "state": "RUNNABLE", "action": "CANCEL", "maxTimeSeconds": seconds}
            for reason in REASONS
        ],
    }


def test_the_first_queue_is_the_default_one() -> None:
    deployment = deployed.deploy_stack("dev", queues=[LARGE, {"name": "default"}])
    prefix = "arn:aws:batch:us-east-1:123456789012:job-queue/metaflow-compute"
    assert deployment.outputs["jobQueueArn"] == f"{prefix}-large"
    assert deployment.outputs["jobQueueArns"] == [f"{prefix}-large", f"{prefix}-default"]
