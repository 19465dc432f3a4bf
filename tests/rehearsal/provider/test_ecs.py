"""ECS clusters and task definitions through the provider."""

import json
from typing import Any

import pytest

from rehearsal.provider import Cloud, Provider, RefusedError
from rehearsal.provider.refusals import task_definitions

CLUSTER = "aws:ecs/cluster:Cluster"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
EXECUTION = "arn:aws:iam::123456789012:role/execution"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:database-AbCdEf:password::"


def container(name: str = "service", **changed: Any) -> dict[str, Any]:
    given = {"name": name, "image": "example/service:1", **changed}
    return {key: value for key, value in given.items() if value is not None}


def task(*containers: dict[str, Any], **changed: Any) -> dict[str, Any]:
    ports = [{"containerPort": 8080, "protocol": "tcp"}]
    given = {
        "family": "service",
        "containerDefinitions": json.dumps(containers or [container(portMappings=ports)]),
        "cpu": "512",
        "memory": "1024",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        **changed,
    }
    return {key: value for key, value in given.items() if value is not None}


def test_the_life_of_a_cluster(rig):
    insights = [{"name": "containerInsights", "value": "enabled"}]
    created = rig.live(CLUSTER, "metaflow", {"settings": insights}, {"tags": {"team": "a"}})
    assert created.id == created.outputs["arn"]


def test_insights_switched_off_behind_the_program_show_as_drift(rig):
    insights = [{"name": "containerInsights", "value": "enabled"}]
    created = rig.create(CLUSTER, "metaflow", settings=insights)
    off = [{"name": "containerInsights", "value": "disabled"}]
    rig.cloud.client("ecs").update_cluster(cluster=created.id, settings=off)
    assert rig.read(CLUSTER, created)["settings"] == off


def test_the_life_of_a_task_definition(rig):
    architecture = {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}
    given = task(runtimePlatform=architecture, ephemeralStorage={"sizeInGib": 30})
    created = rig.live(TASK, "service", given, {**given, "tags": {"team": "a"}})
    assert created.id == "service"
    assert created.outputs["revision"] == 1
    assert created.outputs["arn"] == created.outputs["arnWithoutRevision"] + ":1"


def test_a_second_definition_of_a_family_is_its_next_revision(rig):
    first = rig.create(TASK, "service", **task())
    second = rig.create(TASK, "service", **task(cpu="256"))
    assert second.outputs["arn"].endswith(":task-definition/service:2")
    rig.delete(TASK, first)
    assert rig.read(TASK, first) is None
    assert rig.read(TASK, second) == second.outputs


def test_a_definition_that_is_not_to_be_destroyed_stays_active(rig):
    created = rig.create(TASK, "service", **task(skipDestroy=True))
    rig.delete(TASK, created)
    assert rig.read(TASK, created) == created.outputs


def test_arns_carry_the_partition(emulator, rig):
    government = Provider(Cloud(emulator, "us-gov-west-1"))
    urn = rig.urn(TASK, "service")
    outputs = government.create(TASK, urn, government.check(TASK, urn, task())).outputs
    assert outputs["arn"].startswith("arn:aws-us-gov:ecs:us-gov-west-1:123456789012:")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"containerDefinitions": "["}, "containerDefinitions is not valid JSON"),
        ({"containerDefinitions": "{}"}, "is not a list of objects"),
        (
            {"containerDefinitions": json.dumps([container(secret=[])])},
            'Unknown parameter in containerDefinitions\\[0\\]: "secret"',
        ),
        (
            {"containerDefinitions": json.dumps([container(memory="512")])},
            "Invalid type for parameter containerDefinitions\\[0\\].memory",
        ),
        (
            {
                "containerDefinitions": json.dumps(
                    [container(dependsOn=[{"containerName": "a", "condition": "READY"}])]
                )
            },
            "condition is 'READY'; AWS allows START, COMPLETE, SUCCESS, HEALTHY",
        ),
        ({"family": "meta flow"}, "family is 'meta flow'"),
        ({"requiresCompatibilities": ["FARGATE_SPOT"]}, "EC2, FARGATE, EXTERNAL are allowed"),
        ({"networkMode": "vpc"}, "networkMode is 'vpc'"),
        ({"executionRoleArn": "execution"}, "the ARN of a role is needed"),
        ({"ephemeralStorage": {"sizeInGib": 20}}, "sizeInGib is 20; 21 to 200 are allowed"),
    ],
)
def test_an_impossible_task_definition_stops_at_plan_time(rig, changed, message):
    with pytest.raises(RefusedError, match=message):
        rig.provider.check(TASK, rig.urn(TASK, "service"), task(**changed))


def depending(condition: str, **changed: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    waits = [{"containerName": "migrate", "condition": condition}]
    return container(dependsOn=waits), container("migrate", **changed)


AWSLOGS = {"logDriver": "awslogs", "options": {"awslogs-group": "a", "awslogs-region": "b"}}
HEALTH = {"command": ["CMD-SHELL", "true"]}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (task(memory=None), "Fargate needs both"),
        (task(cpu="300"), "Invalid 'cpu' setting for task: 300; Fargate offers 256, 512"),
        (task(memory="512"), "512 CPU units with 512 MiB; 1024 to 4096 MiB"),
        (task(cpu="8192", memory="17408"), "8192 CPU units with 17408 MiB"),
        (task(networkMode="bridge"), "only supports network mode 'awsvpc', not 'bridge'"),
        (task(networkMode=None), "only supports network mode 'awsvpc'"),
        (
            task(container(portMappings=[{"containerPort": 8080, "hostPort": 80}])),
            "hostPort 80 of service differs from containerPort 8080",
        ),
        (
            task(*(container(name, portMappings=[{"containerPort": 80}]) for name in "ab")),
            "a and b both use the port 80",
        ),
        (
            task(container(secrets=[{"name": "PASSWORD", "valueFrom": SECRET}])),
            "must also specify a value for 'executionRoleArn'",
        ),
        (task(container(logConfiguration=AWSLOGS)), "support log driver awslogs"),
        (task(container("a"), container("a")), "two containers have the name a"),
        (task(container(essential=False)), "no container is essential"),
        (
            task(container(healthCheck={**HEALTH, "interval": 4})),
            "healthCheck.interval of service is 4; 5 to 300",
        ),
        (
            task(container(healthCheck={**HEALTH, "timeout": 1})),
            "healthCheck.timeout of service is 1; 2 to 120",
        ),
        (
            task(container(healthCheck={**HEALTH, "retries": 11})),
            "healthCheck.retries of service is 11; 1 to 10",
        ),
        (
            task(container(healthCheck={**HEALTH, "startPeriod": 301})),
            "healthCheck.startPeriod of service is 301; 0 to 300",
        ),
        (task(container(healthCheck={"command": ["true"]})), "begins with no CMD"),
        (task(*depending("HEALTHY")), "migrate to be HEALTHY, but migrate has no healthCheck"),
        (task(*depending("SUCCESS")), "reach SUCCESS, but migrate is essential"),
        (task(*depending("COMPLETE", essential=True)), "reach COMPLETE, but migrate is essential"),
        (task(depending("START")[0]), "depends on migrate, which is no container"),
        (
            task(
                *depending("START", dependsOn=[{"containerName": "service", "condition": "START"}])
            ),
            "depend on each other in a cycle",
        ),
    ],
)
def test_aws_refuses_a_task_definition(rig, given, message):
    with pytest.raises(RefusedError, match=message):
        rig.create(TASK, "service", **given)


def test_aws_takes_a_service_that_waits_for_its_migrations(rig):
    secrets = [{"name": "PASSWORD", "valueFrom": SECRET}]
    service, migrations = depending("SUCCESS", essential=False, secrets=secrets)
    service |= {"healthCheck": {**HEALTH, "interval": 10}, "logConfiguration": AWSLOGS}
    assert rig.create(TASK, "service", **task(service, migrations, executionRoleArn=EXECUTION))


@pytest.mark.parametrize(
    ("cpu", "least", "most", "number"),
    [
        (256, 512, 2048, 3),
        (512, 1024, 4096, 4),
        (1024, 2048, 8192, 7),
        (2048, 4096, 16384, 13),
        (4096, 8192, 30720, 23),
        (8192, 16384, 61440, 12),
        (16384, 32768, 122880, 12),
    ],
)
def test_the_sizes_of_fargate(cpu, least, most, number):
    sizes = task_definitions.FARGATE_SIZES[cpu]
    assert (sizes[0], sizes[-1], len(sizes)) == (least, most, number)


def test_a_task_definition_that_tracks_the_latest_is_refused(rig: Any) -> None:
    with pytest.raises(RefusedError, match="was not taught the input trackLatest"):
        rig.create(TASK, "service", **task(trackLatest=True))
