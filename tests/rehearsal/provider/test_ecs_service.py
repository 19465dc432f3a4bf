"""ECS services through the provider."""

import json
from typing import Any

import pytest

from rehearsal.provider import RefusedError
from tests.rehearsal.provider import surroundings

CLUSTER = "aws:ecs/cluster:Cluster"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
SERVICE = "aws:ecs/service:Service"
CONTAINER = {
    "name": "service",
    "image": "example/service:1",
    "portMappings": [{"containerPort": 8080}],
}
TASK_INPUTS = {
    "family": "service",
    "containerDefinitions": json.dumps([CONTAINER]),
    "cpu": "512",
    "memory": "1024",
    "networkMode": "awsvpc",
    "requiresCompatibilities": ["FARGATE"],
}


@pytest.fixture
def ground(rig):
    """Make a network, and a target group behind a listener."""
    net = surroundings.network(rig.cloud)
    balancer = rig.create(
        "aws:lb/loadBalancer:LoadBalancer",
        "service",
        loadBalancerType="network",
        internal=True,
        subnets=net.subnets,
    )
    group = target_group(rig, net, "service")
    rig.create(
        "aws:lb/listener:Listener",
        "service",
        loadBalancerArn=balancer.id,
        port=80,
        protocol="TCP",
        defaultActions=[{"type": "forward", "targetGroupArn": group}],
    )
    return net, group


def target_group(rig: Any, net: surroundings.Network, name: str, **changed: Any) -> str:
    given = {"port": 8080, "protocol": "TCP", "targetType": "ip", "vpcId": net.vpc, **changed}
    return str(rig.create("aws:lb/targetGroup:TargetGroup", name, **given).id)


def service(rig: Any, ground: Any, **changed: Any) -> dict[str, Any]:
    net, group = ground
    given = {
        "cluster": rig.create(CLUSTER, "metaflow").id,
        "taskDefinition": rig.create(TASK, "service", **TASK_INPUTS).outputs["arn"],
        "desiredCount": 1,
        "launchType": "FARGATE",
        "networkConfiguration": {"subnets": net.subnets, "securityGroups": [net.group]},
        "loadBalancers": [
            {"targetGroupArn": group, "containerName": "service", "containerPort": 8080}
        ],
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "healthCheckGracePeriodSeconds": 60,
        "availabilityZoneRebalancing": "ENABLED",
        **changed,
    }
    return {key: value for key, value in given.items() if value is not None}


def test_the_life_of_a_service(rig, ground):
    given = service(rig, ground)
    given["networkConfiguration"]["assignPublicIp"] = False
    next_revision = rig.create(
        TASK, "service", **{**TASK_INPUTS, "cpu": "256", "memory": "512"}
    ).outputs["arn"]
    changed = {
        **given,
        "taskDefinition": next_revision,
        "desiredCount": 2,
        "forceNewDeployment": True,
        "tags": {"team": "a"},
    }
    created = rig.live(SERVICE, "service", given, changed)
    assert created.id == created.outputs["arn"]
    assert created.outputs["taskDefinition"].endswith(":2")


def test_a_service_without_a_desired_count_runs_nothing(rig, ground):
    created = rig.create(SERVICE, "service", **service(rig, ground, desiredCount=None))
    assert created.outputs["desiredCount"] == 0


def test_a_service_opened_behind_the_program_shows_as_drift(rig, ground):
    given = service(rig, ground)
    created = rig.create(SERVICE, "service", **given)
    network = {"subnets": ground[0].subnets, "assignPublicIp": "ENABLED"}
    rig.cloud.client("ecs").update_service(
        cluster=given["cluster"],
        service=created.id,
        desiredCount=3,
        taskDefinition=given["taskDefinition"],
        networkConfiguration={"awsvpcConfiguration": network},
    )
    seen = rig.read(SERVICE, created)
    assert seen["networkConfiguration"]["assignPublicIp"] is True
    assert seen["desiredCount"] == 3


def test_a_cluster_goes_only_after_its_services(rig, ground):
    given = service(rig, ground)
    cluster = given["cluster"]
    created = rig.create(SERVICE, "service", **given)
    with pytest.raises(RefusedError, match="cannot be deleted while Services are active"):
        rig.cloud.client("ecs").delete_cluster(cluster=cluster)
    rig.delete(SERVICE, created)
    assert rig.read(SERVICE, created) is None
    rig.cloud.client("ecs").delete_cluster(cluster=cluster)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"launchType": "LAMBDA"}, "launchType is 'LAMBDA'"),
        ({"propagateTags": "ALL"}, "propagateTags is 'ALL'"),
        ({"availabilityZoneRebalancing": "ON"}, "availabilityZoneRebalancing is 'ON'"),
        ({"healthCheckGracePeriodSeconds": -1}, "0 to 2147483647 are allowed"),
        ({"name": "my service"}, "name is 'my service'"),
        (
            {"loadBalancers": [{"containerName": "a", "containerPort": 65536}]},
            "containerPort is 65536",
        ),
    ],
)
def test_an_impossible_service_stops_at_plan_time(rig, changed, message):
    with pytest.raises(RefusedError, match=message):
        rig.provider.check(SERVICE, rig.urn(SERVICE, "service"), changed)


def balanced(group: str, **changed: Any) -> list[dict[str, Any]]:
    given = {"targetGroupArn": group, "containerName": "service", "containerPort": 8080}
    return [{**given, **changed}]


def test_aws_refuses_a_target_group_without_a_listener(rig, ground):
    group = target_group(rig, ground[0], "alone")
    given = service(rig, ground, loadBalancers=balanced(group))
    with pytest.raises(RefusedError, match="does not have an associated load balancer"):
        rig.create(SERVICE, "service", **given)


def test_aws_refuses_targets_that_are_instances(rig, ground):
    net, _ = ground
    instances = target_group(rig, net, "instances", targetType="instance")
    elb = rig.cloud.client("elbv2")
    balancer = elb.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
    elb.create_listener(
        LoadBalancerArn=balancer,
        Port=81,
        Protocol="TCP",
        DefaultActions=[{"Type": "forward", "TargetGroupArn": instances}],
    )
    given = service(rig, ground, loadBalancers=balanced(instances))
    with pytest.raises(RefusedError, match="target type instance, which is incompatible"):
        rig.create(SERVICE, "service", **given)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"containerName": "other"}, "The container other does not exist in the task definition"),
        ({"containerPort": 80}, "did not have a container port 80 defined"),
    ],
)
def test_aws_refuses_a_load_balancer_to_nowhere(rig, ground, changed, message):
    given = service(rig, ground, loadBalancers=balanced(ground[1], **changed))
    with pytest.raises(RefusedError, match=message):
        rig.create(SERVICE, "service", **given)


def test_aws_refuses_a_task_without_its_network(rig, ground):
    with pytest.raises(RefusedError, match="Network Configuration must be provided"):
        rig.create(SERVICE, "service", **service(rig, ground, networkConfiguration=None))


def test_aws_refuses_a_grace_period_without_a_load_balancer(rig, ground):
    with pytest.raises(RefusedError, match="grace period is only valid for services"):
        rig.create(SERVICE, "service", **service(rig, ground, loadBalancers=None))


@pytest.mark.parametrize("direction", ["gets", "loses"])
def test_aws_refuses_a_grace_period_while_load_balancers_come_and_go(rig, ground, direction):
    given = service(rig, ground, name="metadata")
    without = {
        name: one
        for name, one in given.items()
        if name not in ("loadBalancers", "healthCheckGracePeriodSeconds")
    }
    before, after = (without, given) if direction == "gets" else (given, without)
    created = rig.create(SERVICE, "service", **before)
    with pytest.raises(RefusedError, match="grace period is only valid"):
        rig.update(SERVICE, "service", created, **after)


def test_a_strategy_changes_by_a_forced_deployment_only(rig, ground):
    spot = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
    before = service(rig, ground, name="metadata")
    after = {**before, "capacityProviderStrategies": spot}
    del after["launchType"]
    for state, inputs in ((before, after), (after, before)):
        with pytest.raises(RefusedError, match="force_new_deployment should be true"):
            rig.provider.diff(SERVICE, state, inputs)
    forced = {**after, "forceNewDeployment": True}
    kept = {**forced, "capacityProviderStrategies": [{**spot[0], "base": 1}]}
    assert rig.provider.diff(SERVICE, forced, kept).replacing == []


def test_aws_refuses_a_second_service_of_the_name(rig, ground):
    given = service(rig, ground, name="service")
    rig.create(SERVICE, "service", **given)
    with pytest.raises(RefusedError, match="Creation of service was not idempotent"):
        rig.create(SERVICE, "service", **given)


def test_aws_refuses_a_deregistered_task_definition(rig, ground):
    given = service(rig, ground)
    rig.cloud.client("ecs").deregister_task_definition(taskDefinition=given["taskDefinition"])
    with pytest.raises(RefusedError, match="TaskDefinition is inactive"):
        rig.create(SERVICE, "service", **given)
