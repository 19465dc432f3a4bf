"""What a change of each setting does to a live stack; none replaces what holds data."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.engine import EngineError, Outcome
from tests.engine.live_stack import Live, changes, live

pytestmark = [pytest.mark.cli, pytest.mark.thorough]

CLUSTER = "aws:ecs/cluster:Cluster"
DEPLOYMENT = "aws:apigateway/deployment:Deployment"
ENVIRONMENT = "aws:batch/computeEnvironment:ComputeEnvironment"
GROUP = "aws:cloudwatch/logGroup:LogGroup"
INSTANCE = "aws:rds/instance:Instance"
PARAMETERS = "aws:rds/parameterGroup:ParameterGroup"
POLICY = "aws:iam/policy:Policy"
QUEUE = "aws:batch/jobQueue:JobQueue"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
SERVICE = "aws:ecs/service:Service"
STAGE = "aws:apigateway/stage:Stage"
TABLE = "aws:dynamodb/table:Table"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
USAGE_PLAN = "aws:apigateway/usagePlan:UsagePlan"

KEPT = (INSTANCE, TABLE, ENVIRONMENT, "aws:s3/bucket:Bucket", "aws:kms/key:Key")
"""What no change of a setting may replace."""

REPLACED = ("create-replacement", "replace", "delete-replaced")
NEW_TASK = {(step, TASK, "metaflow-service-task") for step in REPLACED}
NEW_DEPLOYMENT = {(step, DEPLOYMENT, "metaflow-gateway-deployment") for step in REPLACED}
NEW_PARAMETERS = {(step, PARAMETERS, "metaflow-db-parameters") for step in REPLACED}
FLOWS = ("update", ROLE_POLICY, "metaflow-flows-state-machine")
USERS = ("update", POLICY, "metaflow-users-batch")

IMAGE = "public.ecr.aws/outerbounds/metaflow_metadata_service:v2.5.1"
BIG = {"name": "big", "maxVcpus": 16}

STEPS: tuple[tuple[str, dict[str, Any], set[tuple[str, str, str]]], ...] = (
    (
        "database class, storage and windows",
        {
            "dbInstanceClass": "db.t4g.small",
            "dbAllocatedStorage": 60,
            "dbMaintenanceWindow": "sun:04:00-sun:05:00",
            "dbBackupWindow": "02:00-03:00",
        },
        {("update", INSTANCE, "metaflow-db-instance")},
    ),
    (
        "database version",
        {"dbEngineVersion": "18"},
        {("update", INSTANCE, "metaflow-db-instance"), *NEW_PARAMETERS},
    ),
    (
        "image",
        {"serviceImage": IMAGE},
        {("update", SERVICE, "metaflow-service-service-spot"), *NEW_TASK},
    ),
    (
        "size of the service",
        {"serviceCpu": 512, "serviceMemory": 1024, "serviceCount": 2},
        {("update", SERVICE, "metaflow-service-service-spot"), *NEW_TASK},
    ),
    (
        "size and instance types of a queue",
        {"queues": [{"name": "default", "maxVcpus": 128, "instanceTypes": ["m6i.4xlarge"]}]},
        {("update", ENVIRONMENT, "metaflow-compute-default")},
    ),
    (
        "a queue more",
        {"queues": [{"name": "default", "maxVcpus": 128}, BIG]},
        {
            ("update", ENVIRONMENT, "metaflow-compute-default"),
            ("create", TEMPLATE, "metaflow-compute-big"),
            ("create", ENVIRONMENT, "metaflow-compute-big"),
            ("create", QUEUE, "metaflow-compute-big"),
            FLOWS,
            USERS,
        },
    ),
    (
        "disks of a queue",
        {"queues": [{"name": "default", "maxVcpus": 128, "diskGib": 200}, BIG]},
        {
            ("update", TEMPLATE, "metaflow-compute-default"),
            ("update", ENVIRONMENT, "metaflow-compute-default"),
        },
    ),
    (
        "a queue less",
        {"queues": [{"name": "default", "maxVcpus": 128, "diskGib": 200}]},
        {
            ("delete", TEMPLATE, "metaflow-compute-big"),
            ("delete", ENVIRONMENT, "metaflow-compute-big"),
            ("delete", QUEUE, "metaflow-compute-big"),
            FLOWS,
            USERS,
        },
    ),
    (
        "a queue on Spot",
        {"queues": [{"name": "default", "kind": "spot", "maxVcpus": 128, "diskGib": 200}]},
        {("update", ENVIRONMENT, "metaflow-compute-default")},
    ),
    (
        "a queue on Fargate: the environment beside the old one, and the queue moves over",
        {"queues": [{"name": "default", "kind": "fargate", "maxVcpus": 128}]},
        {
            ("create", ENVIRONMENT, "metaflow-compute-default-fargate"),
            ("create", ROLE, "metaflow-compute-fargate"),
            ("create", ROLE_POLICY, "metaflow-compute-fargate"),
            ("update", QUEUE, "metaflow-compute-default"),
            ("update", POLICY, "metaflow-users-policy"),
            ("delete", ENVIRONMENT, "metaflow-compute-default"),
            ("delete", TEMPLATE, "metaflow-compute-default"),
            ("delete", ROLE, "metaflow-compute-instance"),
            ("delete", ROLE_POLICY, "metaflow-compute-instance"),
            ("delete", "aws:iam/instanceProfile:InstanceProfile", "metaflow-compute-instance"),
        },
    ),
    (
        "a queue on Fargate Spot, which Batch does not make of one on Fargate",
        {"queues": [{"name": "default", "kind": "fargate-spot", "maxVcpus": 128}]},
        {
            ("create", ENVIRONMENT, "metaflow-compute-default-fargate-spot"),
            ("update", QUEUE, "metaflow-compute-default"),
            ("delete", ENVIRONMENT, "metaflow-compute-default-fargate"),
        },
    ),
    (
        "a queue on instances again",
        {"queues": [{"name": "default", "maxVcpus": 128, "diskGib": 200}]},
        {
            ("delete", ENVIRONMENT, "metaflow-compute-default-fargate-spot"),
            ("delete", ROLE, "metaflow-compute-fargate"),
            ("delete", ROLE_POLICY, "metaflow-compute-fargate"),
            ("update", QUEUE, "metaflow-compute-default"),
            ("update", POLICY, "metaflow-users-policy"),
            ("create", ENVIRONMENT, "metaflow-compute-default"),
            ("create", TEMPLATE, "metaflow-compute-default"),
            ("create", ROLE, "metaflow-compute-instance"),
            ("create", ROLE_POLICY, "metaflow-compute-instance"),
            ("create", "aws:iam/instanceProfile:InstanceProfile", "metaflow-compute-instance"),
        },
    ),
    (
        "retention of logs",
        {"logRetentionDays": 60},
        {
            ("update", GROUP, "metaflow-service-log"),
            ("update", GROUP, "metaflow-db-postgresql-log"),
            ("update", GROUP, "metaflow-db-upgrade-log"),
        },
    ),
    (
        "limits of the API",
        {"apiRateLimit": 7, "apiBurstLimit": 9},
        {("update", USAGE_PLAN, "metaflow-gateway-plan")},
    ),
    (
        "who may call the API",
        {"apiAllowedCidrs": ["203.0.113.0/24"]},
        {
            ("update", "aws:apigateway/restApiPolicy:RestApiPolicy", "metaflow-gateway-policy"),
            ("update", STAGE, "metaflow-gateway-stage"),
            *NEW_DEPLOYMENT,
        },
    ),
    (
        "options in place",
        {"containerInsights": True, "tablePointInTimeRecovery": True},
        {
            ("update", CLUSTER, "metaflow-service-cluster"),
            ("update", TABLE, "metaflow-flows-table"),
        },
    ),
)


@pytest.fixture(scope="module")
def stack() -> Iterator[Live]:
    with live() as stands:
        stands.engine.up()
        yield stands


def of_resources(outcome: Outcome) -> Counter[tuple[str, str, str]]:
    """Leave out components, whose inputs are only shown."""
    found = changes(outcome)
    return Counter({key: number for key, number in found.items() if key[1].startswith("aws:")})


@pytest.mark.parametrize(
    ("change", "expected"), [step[1:] for step in STEPS], ids=[step[0] for step in STEPS]
)
def test_a_setting_changes_just_what_it_is_for(
    stack: Live, change: dict[str, Any], expected: set[tuple[str, str, str]]
) -> None:
    """Each step is made on what the steps before left."""
    stack.engine.configure(change)
    previewed = of_resources(stack.engine.preview())
    assert previewed == dict.fromkeys(expected, 1)
    assert of_resources(stack.engine.up()) == previewed


def database(stack: Live) -> tuple[str, str, str]:
    [found] = stack.cloud.client("rds").describe_db_instances()["DBInstances"]
    return found["DbiResourceId"], found["DBInstanceArn"], found["EngineVersion"]


def test_a_lower_version_is_refused_and_the_database_stays(stack: Live) -> None:
    before = database(stack)
    stack.engine.configure({"dbEngineVersion": "17"})
    with pytest.raises(EngineError, match=r"Cannot upgrade postgres from 18\.1 to 17\.7"):
        stack.engine.up()
    assert database(stack) == before
    stack.engine.configure({"dbEngineVersion": "18"})
    stack.engine.up()
    assert database(stack) == before


def test_what_counts_at_creation_only_changes_nothing_later(stack: Live) -> None:
    stack.engine.configure({"dbSnapshotIdentifier": "later"})
    client = stack.cloud.client("rds")
    [instance] = client.describe_db_instances()["DBInstances"]
    client.create_db_snapshot(
        DBInstanceIdentifier=instance["DBInstanceIdentifier"], DBSnapshotIdentifier="later"
    )
    assert of_resources(stack.engine.preview()) == {}
    stack.engine.configure({"dbSnapshotIdentifier": None})
    client.delete_db_snapshot(DBSnapshotIdentifier="later")


def test_tags_are_put_on_everything_in_place_and_nothing_else_changes(stack: Live) -> None:
    stack.engine.configure({"tags": {"Team": "data"}})
    done = stack.engine.up()
    assert {one.name for one in done.changes} == {"update"}
    groups = [set(one.changed) for one in done.changes if one.type.startswith("aws:")]
    assert len(groups) > 50
    assert set.union(*groups) == {"tags", "tagSpecifications", "computeResources"}


def test_nothing_is_left_to_do_after_all_these_changes(stack: Live) -> None:
    assert changes(stack.engine.refresh()) == {}
    assert changes(stack.engine.up()) == {}


def test_nothing_that_holds_data_was_to_be_replaced() -> None:
    replaced = {key for *_, expected in STEPS for key in expected if key[0] in REPLACED}
    assert replaced
    assert not {token for _, token, _ in replaced} & set(KEPT)


def test_everything_goes_in_the_end(stack: Live) -> None:
    stack.engine.destroy()
    assert stack.left() == []
