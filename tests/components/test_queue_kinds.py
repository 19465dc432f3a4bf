"""What stands behind a queue of each kind."""

import base64
from typing import Any

import pytest

from rehearsal.mocks import Deployment
from tests import deployed

ENVIRONMENT = "aws:batch/computeEnvironment:ComputeEnvironment"
QUEUE = "aws:batch/jobQueue:JobQueue"
POLICY = "aws:batch/schedulingPolicy:SchedulingPolicy"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
PLACEMENT = "aws:ec2/placementGroup:PlacementGroup"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
ROLE = "aws:iam/role:Role"
ARN = "arn:aws:batch:us-east-1:123456789012:compute-environment/metaflow-compute"

USER_DATA = 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="=="\n\n--==--\n'
QUEUES: list[dict[str, Any]] = [
    {"name": "default"},
    {
        "name": "cheap",
        "kind": "spot",
        "maximumPricePercent": 60,
        "onDemandBehind": True,
        "minVcpus": 4,
        "priority": 5,
        "jobStateTimeLimitSeconds": 600,
        "tags": {"Team": "vision"},
    },
    {
        "name": "own",
        "imageId": "ami-0123456789abcdef0",
        "metadataHopLimit": 2,
        "userData": USER_DATA,
    },
    {"name": "gpu", "kind": "gpu"},
    {"name": "gpu-cheap", "kind": "spot", "instanceTypes": ["g5.xlarge"]},
    {"name": "serverless", "kind": "fargate", "maxVcpus": 8},
    {"name": "both", "kind": "fargate-spot", "onDemandBehind": True},
    {
        "name": "shares",
        "fairShare": {"shares": {"a": 0.5}, "decaySeconds": 3600, "computeReservation": 10},
    },
    {"name": "several", "multiNode": True, "tags": {"Team": "models"}},
    {
        "name": "fast",
        "kind": "gpu",
        "multiNode": True,
        "efa": True,
        "instanceTypes": ["g5.8xlarge"],
    },
]


@pytest.fixture(scope="module")
def stack() -> Deployment:
    return deployed.deploy_stack("prod", queues=QUEUES)


def resources(stack: Deployment, name: str) -> dict[str, Any]:
    found: dict[str, Any] = deployed.inputs(stack, ENVIRONMENT, f"metaflow-compute-{name}")
    return dict(found["computeResources"])


def behind(stack: Deployment, name: str) -> list[str]:
    orders = deployed.inputs(stack, QUEUE, f"metaflow-compute-{name}")["computeEnvironmentOrders"]
    assert [one["order"] for one in orders] == list(range(len(orders)))
    return [one["computeEnvironment"].removeprefix(f"{ARN}-") for one in orders]


def test_spot_bids_and_falls_back_to_instances_on_demand(stack: Deployment) -> None:
    assert behind(stack, "cheap") == ["cheap", "cheap-on-demand"]
    spot, on_demand = resources(stack, "cheap"), resources(stack, "cheap-on-demand")
    assert spot["type"] == "SPOT"
    assert spot["allocationStrategy"] == "SPOT_PRICE_CAPACITY_OPTIMIZED"
    assert (spot["bidPercentage"], spot["minVcpus"]) == (60, 4)
    # No role for fleets: Batch needs one for BEST_FIT only.
    assert "spotIamFleetRole" not in spot
    assert on_demand["type"] == "EC2"
    assert on_demand["allocationStrategy"] == "BEST_FIT_PROGRESSIVE"
    assert on_demand["minVcpus"] == 0
    assert "bidPercentage" not in on_demand
    assert on_demand["launchTemplate"] == spot["launchTemplate"]


def test_gpus_have_the_image_with_their_driver(stack: Deployment) -> None:
    gpu, cheap = resources(stack, "gpu"), resources(stack, "gpu-cheap")
    assert gpu["type"] == "EC2"
    assert {one.split(".")[0] for one in gpu["instanceTypes"]} == {"g4dn", "g5", "g6"}
    assert cheap["type"] == "SPOT"
    for one in (gpu, cheap):
        # The provider keeps an image id here when it is left out again: the template has it.
        assert one["ec2Configurations"] == [{"imageType": "ECS_AL2023_NVIDIA"}]


def test_spot_states_its_price_where_it_is_the_default_too(stack: Deployment) -> None:
    # Left out after a lower one, the provider would send 0.
    assert resources(stack, "gpu-cheap")["bidPercentage"] == 100
    assert "bidPercentage" not in resources(stack, "gpu")


def test_another_machine_image_makes_another_environment(stack: Deployment) -> None:
    """In place Batch keeps the image, unless asked by what the provider does not send."""
    assert behind(stack, "own") == ["own-ami-0123456789abcdef0"]
    several = {"name": "default", "multiNode": True, "imageId": "ami-01234567"}
    other = deployed.deploy_stack("prod", queues=[several])
    assert behind(other, "default") == ["default-nodes-ami-01234567"]


def test_instances_start_as_the_queue_says(stack: Deployment) -> None:
    template = deployed.inputs(stack, TEMPLATE, "metaflow-compute-own")
    assert template["metadataOptions"]["httpPutResponseHopLimit"] == 2
    assert template["metadataOptions"]["httpTokens"] == "required"
    assert base64.b64decode(template["userData"]).decode() == USER_DATA
    assert template["imageId"] == "ami-0123456789abcdef0"
    other = deployed.inputs(stack, TEMPLATE, "metaflow-compute-cheap")
    assert not {"userData", "imageId"} & set(other)


@pytest.mark.parametrize(
    ("name", "kind", "vcpus"),
    [
        ("serverless-fargate", "FARGATE", 8),
        ("both-fargate-spot", "FARGATE_SPOT", 64),
        ("both-fargate-spot-on-demand", "FARGATE", 64),
    ],
)
def test_fargate_has_nothing_of_instances(
    stack: Deployment, name: str, kind: str, vcpus: int
) -> None:
    environment = deployed.inputs(stack, ENVIRONMENT, f"metaflow-compute-{name}")
    assert environment["computeResources"] == {
        "type": kind,
        "maxVcpus": vcpus,
        "subnets": [f"Subnet:metaflow-net-private-us-east-1{one}.id" for one in "abc"],
        "securityGroupIds": ["SecurityGroup:metaflow-groups-jobs.id"],
    }
    assert "updatePolicy" not in environment
    templates = {one.name for one in stack.of_type(TEMPLATE)}
    assert f"metaflow-compute-{name.split('-')[0]}" not in templates


def test_a_queue_stays_on_one_platform(stack: Deployment) -> None:
    assert behind(stack, "serverless") == ["serverless-fargate"]
    assert behind(stack, "both") == ["both-fargate-spot", "both-fargate-spot-on-demand"]


def test_a_queue_has_a_priority_a_limit_and_tags_of_its_own(stack: Deployment) -> None:
    queue = deployed.inputs(stack, QUEUE, "metaflow-compute-cheap")
    assert queue["priority"] == 5
    assert {one["maxTimeSeconds"] for one in queue["jobStateTimeLimitActions"]} == {600}
    other = deployed.inputs(stack, QUEUE, "metaflow-compute-gpu")
    assert other["priority"] == 1
    assert {one["maxTimeSeconds"] for one in other["jobStateTimeLimitActions"]} == {3600}


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (QUEUE, ["cheap"]),
        (ENVIRONMENT, ["cheap", "cheap-on-demand"]),
        (TEMPLATE, ["cheap"]),
    ],
)
def test_all_of_a_queue_has_its_tags(stack: Deployment, kind: str, names: list[str]) -> None:
    tags = {one.name: one.inputs["tags"] for one in stack.of_type(kind)}
    for name in names:
        assert tags[f"metaflow-compute-{name}"]["Team"] == "vision"
        assert tags[f"metaflow-compute-{name}"]["Application"] == "metaflow"
    assert "Team" not in tags["metaflow-compute-gpu" if kind != QUEUE else "metaflow-compute-both"]


def test_shares_have_a_policy_and_a_queue_of_another_name(stack: Deployment) -> None:
    assert deployed.inputs(stack, POLICY, "metaflow-compute-shares") == {
        "fairSharePolicy": {
            "computeReservation": 10,
            "shareDecaySeconds": 3600,
            "shareDistributions": [{"shareIdentifier": "a", "weightFactor": 0.5}],
        }
    }
    queue = deployed.inputs(stack, QUEUE, "metaflow-compute-shares-shared")
    assert queue["schedulingPolicyArn"].endswith("scheduling-policy/metaflow-compute-shares")
    assert len(stack.of_type(POLICY)) == 1


def test_the_profile_has_the_role_that_starts_jobs_on_fargate(stack: Deployment) -> None:
    role = "arn:aws:iam::123456789012:role/metaflow-compute-fargate"
    assert stack.outputs["fargateExecutionRoleArn"] == role
    without = deployed.deploy_stack("prod")
    assert "fargateExecutionRoleArn" not in without.outputs
    assert "metaflow-compute-fargate" not in {one.name for one in without.of_type(ROLE)}


def test_fargate_alone_needs_nothing_of_instances() -> None:
    stack = deployed.deploy_stack("dev", queues=[{"name": "default", "kind": "fargate"}])
    assert stack.of_type(TEMPLATE) == []
    assert stack.of_type("aws:iam/instanceProfile:InstanceProfile") == []
    assert "metaflow-compute-instance" not in {one.name for one in stack.of_type(ROLE)}


def test_nodes_of_a_queue_stand_close_together_in_one_zone(stack: Deployment) -> None:
    several = resources(stack, "several-nodes")
    assert behind(stack, "several") == ["several-nodes"]
    assert len(several["subnets"]) == 1
    assert several["subnets"][0] in resources(stack, "default")["subnets"]
    placement = deployed.only(stack, PLACEMENT, "metaflow-compute-several-nodes")
    assert placement.inputs["strategy"] == "cluster"
    assert placement.inputs["tags"]["Team"] == "models"
    assert several["placementGroup"] == placement.outputs["name"]
    assert "placementGroup" not in resources(stack, "default")


def test_nodes_talk_to_each_other_and_to_nobody_else(stack: Deployment) -> None:
    [jobs] = resources(stack, "default")["securityGroupIds"]
    first, own = resources(stack, "several-nodes")["securityGroupIds"]
    assert first == jobs
    for kind, end in (("Ingress", "from"), ("Egress", "to")):
        token = f"aws:vpc/securityGroup{kind}Rule:SecurityGroup{kind}Rule"
        rules = [one for one in stack.of_type(token) if one.inputs["securityGroupId"] == own]
        [rule] = rules
        assert rule.name == f"metaflow-compute-several-nodes-{end}-nodes"
        assert rule.inputs["referencedSecurityGroupId"] == own
        assert rule.inputs["ipProtocol"] == "-1"
        assert "cidrIpv4" not in rule.inputs
        environment = deployed.only(stack, ENVIRONMENT, "metaflow-compute-several-nodes")
        assert rule.urn in environment.dependencies


def test_an_adapter_is_the_only_interface_of_its_instances(stack: Deployment) -> None:
    [jobs] = resources(stack, "default")["securityGroupIds"]
    [adapter] = deployed.inputs(stack, TEMPLATE, "metaflow-compute-fast")["networkInterfaces"]
    assert adapter == {
        "deviceIndex": 0,
        "interfaceType": "efa",
        "associatePublicIpAddress": "false",
        "deleteOnTermination": "true",
        "securityGroups": [jobs, deployed.only(stack, GROUP, "metaflow-compute-fast-nodes").id],
    }
    assert "securityGroupIds" not in resources(stack, "fast-nodes")
    assert "networkInterfaces" not in deployed.inputs(stack, TEMPLATE, "metaflow-compute-several")
