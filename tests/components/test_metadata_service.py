"""The metadata service: load balancer, containers, task definition and service."""

import json
from typing import Any

import pytest

from tests import deployed
from tests.deployed import OTHER_VALUES

IMAGE = "netflixoss/metaflow_metadata_service:v2.5.1"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!metaflow-db-postgres"
ROLE = "arn:aws:iam::123456789012:role/metaflow-service"
TARGET_GROUP = "arn:aws:lb:us-east-1:123456789012:targetGroup/metaflow-service-tg"
CLUSTER = "arn:aws:ecs:us-east-1:123456789012:cluster/metaflow-service-cluster"
TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"
PYTHON = "/opt/latest/bin/python3"


def zones(tier: str, letters: str) -> list[str]:
    return [f"Subnet:metaflow-net-{tier}-us-east-1{letter}.id" for letter in letters]


def containers(stack: str = "dev", **settings: Any) -> list[dict[str, Any]]:
    deployment = deployed.deploy_stack(stack, **settings)
    found: list[dict[str, Any]] = json.loads(
        deployed.inputs(deployment, TASK_DEFINITION)["containerDefinitions"]
    )
    return found


def common(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "image": IMAGE,
        "environment": [
            {"name": "LOGLEVEL", "value": "WARNING"},
            {
                "name": "MF_METADATA_DB_HOST",
                "value": "metaflow-db-postgres.rds.us-east-1.amazonaws.com",
            },
            {"name": "MF_METADATA_DB_NAME", "value": "metaflow"},
            {"name": "MF_METADATA_DB_PORT", "value": "5432"},
            {"name": "MF_METADATA_DB_SSL_MODE", "value": "require"},
            {"name": "MF_METADATA_DB_USER", "value": "metaflow"},
            {"name": "MF_METADATA_HOST", "value": "0.0.0.0"},  # noqa: S104 inside the container
            {"name": "MF_METADATA_PORT", "value": "8080"},
            {"name": "MF_MIGRATION_ENDPOINTS_ENABLED", "value": "0"},
            {"name": "TZ", "value": "UTC"},
        ],
        "secrets": [{"name": "MF_METADATA_DB_PSWD", "valueFrom": f"{SECRET}:password::"}],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": "metaflow-service-log",
                "awslogs-region": "us-east-1",
                "awslogs-stream-prefix": name,
            },
        },
    }


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_migrations_run_first_and_then_the_service(stack: str) -> None:
    service, migrations = containers(stack)
    assert service == {
        **common("metadata-service"),
        "essential": True,
        "command": [PYTHON, "-m", "services.metadata_service.server"],
        "dependsOn": [{"containerName": "migrations", "condition": "SUCCESS"}],
        "portMappings": [{"containerPort": 8080, "protocol": "tcp"}],
        "healthCheck": {
            "command": ["CMD-SHELL", "curl -fsS http://localhost:8080/healthcheck || exit 1"],
            "interval": 10,
            "timeout": 5,
            "retries": 3,
            "startPeriod": 30,
        },
    }
    program = (deployed.ROOT / "components" / "migrate.py").read_text(encoding="utf-8")
    assert migrations == {
        **common("migrations"),
        "essential": False,
        "command": [PYTHON, "-c", program],
    }


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_no_container_has_a_secret_in_clear(stack: str) -> None:
    for container in containers(stack):
        for variable in container["environment"]:
            text = f"{variable['name']}={variable['value']}".lower()
            assert not any(word in text for word in ("pswd", "password", "secret", "token", "key="))


def test_the_containers_run_the_image_that_is_set() -> None:
    image = OTHER_VALUES["serviceImage"]
    found = containers(**OTHER_VALUES)
    assert [container["image"] for container in found] == [image, image]


@pytest.mark.parametrize(
    ("stack", "settings", "cpu", "memory", "architecture"),
    [
        ("dev", {}, "256", "512", "X86_64"),
        ("prod", {}, "512", "1024", "X86_64"),
        ("dev", OTHER_VALUES, "256", "512", "ARM64"),
    ],
)
def test_the_task_definition_is_exactly(
    stack: str, settings: dict[str, Any], cpu: str, memory: str, architecture: str
) -> None:
    given = deployed.inputs(deployed.deploy_stack(stack, **settings), TASK_DEFINITION)
    del given["containerDefinitions"]
    assert given == {
        "family": "metaflow-service",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": cpu,
        "memory": memory,
        "runtimePlatform": {"cpuArchitecture": architecture, "operatingSystemFamily": "LINUX"},
        "executionRoleArn": f"{ROLE}-execution",
        "taskRoleArn": f"{ROLE}-task",
    }


@pytest.mark.parametrize(
    ("stack", "count", "network"),
    [
        ("dev", 1, {"subnets": zones("public", "ab"), "assignPublicIp": True}),
        ("prod", 2, {"subnets": zones("private", "abc"), "assignPublicIp": False}),
    ],
)
def test_the_service_is_exactly(stack: str, count: int, network: dict[str, Any]) -> None:
    capacity = {
        "dev": {"capacityProviderStrategies": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]},
        "prod": {"launchType": "FARGATE"},
    }
    assert deployed.inputs(deployed.deploy_stack(stack), "aws:ecs/service:Service") == {
        **capacity[stack],
        "cluster": CLUSTER,
        "taskDefinition": "arn:aws:ecs:us-east-1:123456789012:taskDefinition/metaflow-service-task",
        "desiredCount": count,
        "deploymentMinimumHealthyPercent": 100,
        "deploymentMaximumPercent": 200,
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "healthCheckGracePeriodSeconds": 60,
        "waitForSteadyState": True,
        "networkConfiguration": {
            **network,
            "securityGroups": ["SecurityGroup:metaflow-groups-service.id"],
        },
        "loadBalancers": [
            {
                "targetGroupArn": TARGET_GROUP,
                "containerName": "metadata-service",
                "containerPort": 8080,
            }
        ],
        "propagateTags": "SERVICE",
        "enableEcsManagedTags": True,
    }


@pytest.mark.parametrize(("stack", "letters"), [("dev", "ab"), ("prod", "abc")])
def test_the_load_balancer_is_internal_and_isolated(stack: str, letters: str) -> None:
    assert deployed.inputs(deployed.deploy_stack(stack), "aws:lb/loadBalancer:LoadBalancer") == {
        "loadBalancerType": "network",
        "internal": True,
        "subnets": zones("isolated", letters),
        "securityGroups": ["SecurityGroup:metaflow-groups-balancer.id"],
        # A VPC link of version 1 comes in by PrivateLink.
        "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic": "off",
        "enableCrossZoneLoadBalancing": True,
    }


def test_without_a_gateway_the_group_holds_for_private_link_too() -> None:
    deployment = deployed.deploy_stack("dev", gateway="off")
    balancer = deployed.inputs(deployment, "aws:lb/loadBalancer:LoadBalancer")
    assert balancer["enforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] == "on"


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_listener_forwards_to_tasks_that_answer_ping(stack: str) -> None:
    deployment = deployed.deploy_stack(stack)
    assert deployed.inputs(deployment, "aws:lb/listener:Listener") == {
        "loadBalancerArn": "arn:aws:lb:us-east-1:123456789012:loadBalancer/metaflow-service-lb",
        "port": 80,
        "protocol": "TCP",
        "defaultActions": [{"type": "forward", "targetGroupArn": TARGET_GROUP}],
    }
    assert deployed.inputs(deployment, "aws:lb/targetGroup:TargetGroup") == {
        "port": 8080,
        "protocol": "TCP",
        "targetType": "ip",
        "vpcId": "Vpc:metaflow-net-vpc.id",
        "healthCheck": {
            "protocol": "HTTP",
            "path": "/ping",
            "port": "traffic-port",
            "interval": 10,
            "timeout": 5,
            "healthyThreshold": 2,
            "unhealthyThreshold": 2,
            "matcher": "200",
        },
        "deregistrationDelay": 15,
        "preserveClientIp": "false",
    }


@pytest.mark.parametrize(
    ("stack", "days", "insights"), [("dev", 30, "disabled"), ("prod", 365, "enabled")]
)
def test_what_is_watched_and_kept(stack: str, days: int, insights: str) -> None:
    deployment = deployed.deploy_stack(stack)
    assert deployed.inputs(
        deployment, "aws:cloudwatch/logGroup:LogGroup", "metaflow-service-log"
    ) == {"retentionInDays": days}
    assert deployed.inputs(deployment, "aws:ecs/cluster:Cluster") == {
        "settings": [{"name": "containerInsights", "value": insights}]
    }


@pytest.mark.parametrize(("gateway", "sort"), [("rest", "service"), ("http", "registered")])
def test_tasks_run_on_spot_where_they_shall(gateway: str, sort: str) -> None:
    deployment = deployed.deploy_stack("dev", gateway=gateway, serviceSpot=True)
    service = deployed.inputs(deployment, "aws:ecs/service:Service")
    assert service["capacityProviderStrategies"] == [
        {"capacityProvider": "FARGATE_SPOT", "weight": 1}
    ]
    assert "launchType" not in service
    token = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"
    assert deployed.inputs(deployment, token) == {
        "clusterName": "metaflow-service-cluster",
        "capacityProviders": ["FARGATE_SPOT"],
    }
    before, providers = (
        deployed.waits_for(deployment),
        "ClusterCapacityProviders:metaflow-service-spot",
    )
    assert providers in before[f"Service:metaflow-service-{sort}-spot"]
    # An account's first cluster brings the role that ECS needs for them, after a while.
    slow = {"rest": "LoadBalancer:metaflow-service-lb", "http": "Service:metaflow-discovery-tasks"}
    assert slow[gateway] in before[providers]


def test_what_ecs_cannot_change_in_place_is_another_service() -> None:
    names = {
        (gateway, spot): deployed.only(
            deployed.deploy_stack("dev", gateway=gateway, serviceSpot=spot),
            "aws:ecs/service:Service",
        ).name
        for gateway in ("rest", "http", "off")
        for spot in (False, True)
    }
    assert names == {
        ("rest", False): "metaflow-service-service",
        ("rest", True): "metaflow-service-service-spot",
        ("off", False): "metaflow-service-service",
        ("off", True): "metaflow-service-service-spot",
        ("http", False): "metaflow-service-registered",
        ("http", True): "metaflow-service-registered-spot",
    }
