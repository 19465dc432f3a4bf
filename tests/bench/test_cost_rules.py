"""Each resource is priced by its own inputs, and nothing without a price goes by."""

from collections import Counter
from typing import Any

import pytest

from bench import cost, dependency_graph
from bench.pricing.free import FREE
from bench.pricing.prices import UnpricedError
from bench.pricing.rules import RULES
from bench.stacks import STACKS
from tests.bench.priced import alone, changed, difference, graph, lines, priced
from tests.deployed import GATEWAY_FRONT, HTTP_GATEWAY, OF_EVERY_TYPE, WEB_ACL

DATABASE = "aws:rds/instance:Instance"
ENVIRONMENT = "aws:batch/computeEnvironment:ComputeEnvironment"
SERVICE = "aws:ecs/service:Service"


@pytest.mark.parametrize("stack", STACKS)
def test_every_type_has_a_rule_or_a_reason_to_be_free(stack: str) -> None:
    tokens = {one.type for one in graph(stack).resources.values()}
    assert tokens <= {*RULES, *FREE}
    assert not set(RULES) & set(FREE)
    assert all(FREE.values())


def test_a_type_without_a_price_is_refused_by_name() -> None:
    with pytest.raises(UnpricedError, match=r"^a is of the type aws:mq/broker:Broker, which has"):
        alone("aws:mq/broker:Broker")


def test_no_type_is_free_that_nobody_has() -> None:
    known = [
        graph("dev", **OF_EVERY_TYPE, **GATEWAY_FRONT),
        graph("dev", **HTTP_GATEWAY),
        graph("prod"),
        dependency_graph.from_file(cost.TEMPLATE),
    ]
    assert set(FREE) <= {one.type for each in known for one in each.resources.values()}


@pytest.mark.parametrize(
    ("inputs", "named"),
    [
        ({"instanceClass": "db.r8g.large"}, "RDS PostgreSQL db.r8g.large Single-AZ"),
        ({"storageType": "io2"}, "RDS io2 storage Single-AZ"),
        ({"performanceInsightsRetentionPeriod": 31}, "Performance Insights kept for 31 days"),
    ],
    ids=["instance class", "storage type", "Performance Insights"],
)
def test_an_input_without_a_price_is_refused_by_name(inputs: dict[str, Any], named: str) -> None:
    with pytest.raises(UnpricedError, match=named):
        changed(DATABASE, **inputs)


def test_a_missing_input_is_refused_by_name() -> None:
    with pytest.raises(UnpricedError, match=r"^a \(aws:lb/.*\) has no loadBalancerType, and"):
        alone("aws:lb/loadBalancer:LoadBalancer")


@pytest.mark.parametrize(
    ("inputs", "gone", "new"),
    [
        (
            {"multiAz": True},
            {"RDS PostgreSQL db.t4g.micro Single-AZ": 730, "RDS gp3 storage Single-AZ": 20},
            {"RDS PostgreSQL db.t4g.micro Multi-AZ": 730, "RDS gp3 storage Multi-AZ": 20},
        ),
        (
            {"allocatedStorage": 30, "storageType": "gp2"},
            {"RDS gp3 storage Single-AZ": 20},
            {"RDS gp2 storage Single-AZ": 30},
        ),
        ({"publiclyAccessible": True}, {}, {"public IPv4 address": 730}),
        ({"manageMasterUserPassword": False}, {"Secrets Manager secret": 1}, {}),
        ({"monitoringInterval": 0}, {"CloudWatch Logs ingestion": 0.219}, {}),
        (
            {"monitoringInterval": 1},
            {"CloudWatch Logs ingestion": 0.219},
            {"CloudWatch Logs ingestion": 13.14},
        ),
        (
            {"performanceInsightsEnabled": False},
            {"RDS Performance Insights kept for 7 days": 1},
            {},
        ),
    ],
    ids=["standby", "storage", "public", "password", "unmonitored", "each second", "no insights"],
)
def test_database(inputs: dict[str, Any], gone: dict[str, float], new: dict[str, float]) -> None:
    assert difference(priced("dev"), changed(DATABASE, **inputs)) == (gone, new)


def test_service_by_count_and_address() -> None:
    hidden = changed(SERVICE, desiredCount=3, networkConfiguration={"assignPublicIp": False})
    assert difference(priced("dev"), hidden) == (
        {
            "FARGATE_SPOT LINUX X86_64 CPU": 182.5,
            "FARGATE_SPOT LINUX X86_64 memory": 365,
            "public IPv4 address": 730,
        },
        {"FARGATE_SPOT LINUX X86_64 CPU": 547.5, "FARGATE_SPOT LINUX X86_64 memory": 1095},
    )


def test_service_by_size_and_architecture() -> None:
    inputs = {"cpu": "1024", "memory": "4096", "runtimePlatform": {"cpuArchitecture": "ARM64"}}
    gone, new = difference(
        priced("dev"), changed("aws:ecs/taskDefinition:TaskDefinition", **inputs)
    )
    assert set(gone) == {"FARGATE_SPOT LINUX X86_64 CPU", "FARGATE_SPOT LINUX X86_64 memory"}
    assert new == {"FARGATE_SPOT LINUX ARM64 CPU": 730, "FARGATE_SPOT LINUX ARM64 memory": 2920}


def test_a_service_without_a_task_definition_is_refused() -> None:
    with pytest.raises(UnpricedError, match=r"^a \(.*\) refers to 0 of the type aws:ecs/taskDef"):
        alone(SERVICE, launchType="FARGATE", desiredCount=1)


def test_a_service_on_instances_has_no_price_here() -> None:
    with pytest.raises(UnpricedError, match="EC2 LINUX X86_64 CPU"):
        changed(SERVICE, capacityProviderStrategies=None, launchType="EC2")


def test_container_insights_count_cluster_service_and_task_family() -> None:
    cluster = "aws:ecs/cluster:Cluster"
    switched = [{"name": "containerInsights", "value": "enabled"}]
    gone, new = lines(priced("dev")), lines(changed(cluster, settings=switched))
    assert new - gone == Counter(
        {
            ("Container Insights metric, enabled", 8): 1,
            ("Container Insights metric, enabled", 17): 1,
        }
    )
    with pytest.raises(UnpricedError, match="Container Insights metric, enhanced"):
        changed(cluster, settings=[{"name": "containerInsights", "value": "enhanced"}])


@pytest.mark.parametrize(
    ("token", "inputs", "expected"),
    [
        (
            "aws:lb/loadBalancer:LoadBalancer",
            {"loadBalancerType": "application", "internal": False, "subnets": ["a", "b", "c"]},
            {"load balancer, application": 730, "public IPv4 address": 2190},
        ),
        (
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            {"vpcEndpointType": "Interface", "subnetIds": ["a", "b"]},
            {"VPC endpoint, Interface, in one zone": 1460},
        ),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", {}, {"CloudWatch alarm": 1}),
        ("aws:secretsmanager/secret:Secret", {}, {"Secrets Manager secret": 1}),
        ("aws:ec2/eip:Eip", {}, {"public IPv4 address": 730}),
        (
            "aws:sagemaker/notebookInstance:NotebookInstance",
            {"instanceType": "ml.t2.xlarge", "volumeSize": 50},
            {"SageMaker notebook ml.t2.xlarge": 730, "SageMaker notebook storage": 50},
        ),
    ],
    ids=["public balancer", "interface endpoint", "alarm", "secret", "address", "notebook"],
)
def test_one_resource(token: str, inputs: dict[str, Any], expected: dict[str, float]) -> None:
    assert {item: float(quantity) for item, quantity in lines(alone(token, **inputs))} == expected


def test_instances_without_jobs_and_what_comes_with_them() -> None:
    queues = [{"name": "default", "minVcpus": 3, "diskGib": 40}]
    public, private = (
        priced("dev", queues=queues),
        priced("dev", queues=queues, privateSubnets=True),
    )
    two = {"EC2 m6i.large": 1460.0, "EBS gp3 volume": 80.0}
    assert difference(priced("dev"), public) == ({}, {**two, "public IPv4 address": 1460})
    in_environment = {one.price.item for one in private if one.type == ENVIRONMENT}
    assert in_environment == set(two)


def environment(**given: Any) -> dict[str, float]:
    """Return what an environment of given compute resources takes, by price."""
    resources = {
        "minVcpus": 1,
        "instanceTypes": ["c4.large", "c4.xlarge"],
        "ec2Configurations": [{"imageType": "ECS_AL2"}],
        **given,
    }
    found = lines(alone(ENVIRONMENT, computeResources=resources))
    return {item: float(quantity) for item, quantity in found}


def test_an_environment_smaller_than_every_type_keeps_one_of_the_smallest() -> None:
    assert environment() == {"EC2 c4.large": 730, "EBS gp2 volume": 30}


def test_spot_instances_cost_at_most_their_share_of_the_price_on_demand() -> None:
    assert environment(type="SPOT", bidPercentage=40)["EC2 c4.large"] == 0.4 * 730
    assert environment(type="SPOT")["EC2 c4.large"] == 730
    given = {"type": "SPOT", "bidPercentage": 40, "minVcpus": 1, "instanceTypes": ["c4.large"]}
    given["ec2Configurations"] = [{"imageType": "ECS_AL2"}]
    assert alone(ENVIRONMENT, computeResources=given)[0].what == (
        "Spot instances, at most 40 % of the price on demand"
    )


def test_what_is_desired_at_first_costs_nothing_in_an_idle_month() -> None:
    assert environment(minVcpus=2, desiredVcpus=64) == environment(minVcpus=2)


def test_flow_logs_by_tasks_zones_and_checks() -> None:
    def gigabytes(**settings: Any) -> float:
        (found,) = [
            one for one in priced("prod", **settings) if one.type == "aws:ec2/flowLog:FlowLog"
        ]
        return float(found.quantity)

    whole = gigabytes()
    assert whole == pytest.approx(2 * 3 * 730 * 360 * 600 / 10**9)
    assert gigabytes(serviceCount=4) == pytest.approx(2 * whole)
    assert gigabytes(availabilityZoneCount=2) == pytest.approx(whole * 2 / 3)


def test_a_key_costs_its_rotations_too() -> None:
    key = "aws:kms/key:Key"
    assert lines(alone(key)) == {("KMS customer managed key", 1): 1}
    assert lines(alone(key, enableKeyRotation=True)) == {
        ("KMS customer managed key", 1): 1,
        ("KMS key, a rotation's material", 2): 1,
    }


@pytest.mark.parametrize(
    ("token", "inputs", "named"),
    [
        ("aws:dynamodb/table:Table", {}, "billingMode is None"),
        ("aws:dynamodb/table:Table", {"billingMode": "PROVISIONED"}, "'PROVISIONED', which has no"),
        (
            "aws:apigateway/stage:Stage",
            {"cacheClusterEnabled": True},
            "cacheClusterEnabled is True",
        ),
        ("aws:ec2/flowLog:FlowLog", {"logDestinationType": "s3"}, "'s3', which has no rule"),
        ("aws:ec2/natGateway:NatGateway", {"availabilityMode": "regional"}, "'regional', which"),
        ("aws:secretsmanager/secret:Secret", {"replicas": [{"region": "a"}]}, "replicas is"),
        (
            "aws:ecs/taskDefinition:TaskDefinition",
            {"ephemeralStorage": {"sizeInGib": 100}},
            "ephemeralStorage is",
        ),
        (DATABASE, {"engine": "mysql"}, "engine is 'mysql'"),
        (DATABASE, {"engine": "postgres", "iops": 12000}, "iops is 12000"),
        (DATABASE, {"engine": "postgres", "storageThroughput": 500}, "storageThroughput is 500"),
        (DATABASE, {"engine": "postgres", "databaseInsightsMode": "advanced"}, "'advanced'"),
        (DATABASE, {"engine": "postgres", "engineVersion": "13.4"}, "'13.4', whose Extended"),
    ],
    ids=[
        *("no billing mode", "provisioned", "cache", "s3", "regional", "replicas", "storage"),
        *("engine", "iops", "throughput", "insights", "extended support"),
    ],
)
def test_what_costs_without_a_rule_is_refused(
    token: str, inputs: dict[str, Any], named: str
) -> None:
    with pytest.raises(UnpricedError, match=named):
        alone(token, **inputs)


@pytest.mark.parametrize(
    ("token", "inputs", "named"),
    [
        ("aws:ecs/taskDefinition:TaskDefinition", {"cpu": ".25 vCPU"}, "cpu is '.25 vCPU'"),
        (DATABASE, {"allocatedStorage": "twenty"}, "allocatedStorage is 'twenty'"),
        (DATABASE, {"allocatedStorage": float("nan")}, "allocatedStorage is nan"),
        (DATABASE, {"multiAz": "yes"}, "multiAz is 'yes', and its price needs true or false"),
        (DATABASE, {"monitoringInterval": True}, "monitoringInterval is True"),
        (SERVICE, {"desiredCount": -1}, "desiredCount is -1, and its price needs a number"),
        (SERVICE, {"networkConfiguration": []}, r"networkConfiguration is \[\]"),
        ("aws:ecs/cluster:Cluster", {"settings": {"name": "a"}}, "settings is {'name': 'a'}"),
    ],
    ids=["cpu", "storage", "not a number", "text", "boolean", "negative", "list", "object"],
)
def test_an_odd_input_is_refused_by_name_and_value(
    token: str, inputs: dict[str, Any], named: str
) -> None:
    with pytest.raises(UnpricedError, match=named):
        changed(token, **inputs)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"ec2Configurations": [{"imageType": "ECS_AL2_NVIDIA"}]}, "ECS_AL2_NVIDIA"),
        (
            {"ec2Configurations": [{"imageType": "ECS_AL2"}, {"imageType": "ECS_AL2023"}]},
            "the images ECS_AL2, ECS_AL2023",
        ),
        ({"ec2Configurations": ["ECS_AL2"]}, "its price needs objects"),
        ({"instanceTypes": None}, "has no computeResources.instanceTypes"),
        ({"instanceTypes": ["optimal"]}, "none of whose sizes is known"),
    ],
    ids=["image", "two images", "no object", "no types", "family"],
)
def test_an_odd_environment_is_refused(given: dict[str, Any], named: str) -> None:
    with pytest.raises(UnpricedError, match=named):
        environment(**given)


def test_numbers_may_be_texts() -> None:
    assert lines(changed(SERVICE, desiredCount="2")) == lines(changed(SERVICE, desiredCount=2))
    storage = lines(changed(DATABASE, allocatedStorage="30"))
    assert storage == lines(changed(DATABASE, allocatedStorage=30))


def test_a_web_acl_costs_by_its_rules() -> None:
    assert difference(priced("dev"), priced("dev", apiWaf=True)) == (
        {},
        {"WAF web ACL": 1, "WAF rule of a web ACL": 4},
    )
    assert difference(priced("dev"), priced("dev", apiWebAclArn=WEB_ACL)) == ({}, {})
