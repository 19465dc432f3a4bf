"""What an idle month takes of each resource type: rules by type, and the types that are free."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bench.dependency_graph import Graph, Resource
from bench.pricing.prices import PriceTable, UnpricedError
from settings.aws_sizes import vcpus

_CLUSTER = "aws:ecs/cluster:Cluster"
_LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
_SUBNET = "aws:ec2/subnet:Subnet"
_TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"

_ADDRESS = "public IPv4 address"
_LOGS = "CloudWatch Logs ingestion"
_SECRET = "Secrets Manager secret"  # noqa: S105 the name of a price

_SECONDS_PER_HOUR = 3600
_BYTES_PER_GB = 10**9
_UNITS_PER_VCPU = 1024
_MIB_PER_GIB = 1024

_IMAGE_VOLUMES: Mapping[str, str] = {"ECS_AL2": "gp2", "ECS_AL2023": "gp3"}
"""Volume types of the ECS-optimized images (aws/amazon-ecs-ami, al2.pkr.hcl, al2023.pkr.hcl)."""


@dataclass(frozen=True)
class Usage:
    """What one resource takes of one price in a month.

    Attributes:
        what: which part of the resource it is.
        item: the price's item.
        quantity: how much, in the price's unit.
    """

    what: str
    item: str
    quantity: Decimal


Rule = Callable[[Resource, Graph, PriceTable], Iterator[Usage]]


def _given(one: Resource, name: str) -> Any:
    """Return an input on which the price depends; refuse a resource without it."""
    if one.inputs.get(name) is None:
        raise UnpricedError(f"{one.name} ({one.type}) has no {name}, and its price needs it.")
    return one.inputs[name]


def _awaited(one: Resource, graph: Graph, token: str) -> list[Resource]:
    """Return the resources of a type that a resource refers to or waits for."""
    awaited = (graph.resources[key] for key in sorted(one.waits_for))
    return [other for other in awaited if other.type == token]


def _the_one(one: Resource, graph: Graph, token: str) -> Resource:
    """Return the one resource of a type that a resource refers to; refuse any other number."""
    found = _awaited(one, graph, token)
    if len(found) != 1:
        raise UnpricedError(
            f"{one.name} ({one.type}) refers to {len(found)} resources {token}, and its price "
            "needs one."
        )
    return found[0]


def _alarm(_one: Resource, _graph: Graph, _table: PriceTable) -> Iterator[Usage]:
    yield Usage("alarm", "CloudWatch alarm", Decimal(1))


def _cluster(one: Resource, _graph: Graph, table: PriceTable) -> Iterator[Usage]:
    if _insights(one) != "disabled":
        metrics = table.quantity("Container Insights metrics of a cluster")
        yield Usage("Container Insights", f"Container Insights metric, {_insights(one)}", metrics)


def _insights(cluster: Resource) -> str:
    found = {each["name"]: each["value"] for each in cluster.inputs.get("settings") or ()}
    return str(found.get("containerInsights", "disabled"))


def _service(one: Resource, graph: Graph, table: PriceTable) -> Iterator[Usage]:
    task = _the_one(one, graph, _TASK_DEFINITION)
    platform = task.inputs.get("runtimePlatform") or {}
    # Linux on X86_64 unless it says otherwise (Amazon ECS API Reference, RuntimePlatform).
    kind = " ".join(
        [
            _given(one, "launchType"),
            platform.get("operatingSystemFamily", "LINUX"),
            platform.get("cpuArchitecture", "X86_64"),
        ]
    )
    hours = _given(one, "desiredCount") * table.hours
    yield Usage("tasks", f"{kind} CPU", hours * Decimal(_given(task, "cpu")) / _UNITS_PER_VCPU)
    yield Usage("tasks", f"{kind} memory", hours * Decimal(_given(task, "memory")) / _MIB_PER_GIB)
    if _given(one, "networkConfiguration").get("assignPublicIp"):
        yield Usage("tasks' addresses", _ADDRESS, hours)
    yield from _service_insights(one, graph, table)


def _service_insights(one: Resource, graph: Graph, table: PriceTable) -> Iterator[Usage]:
    cluster = _the_one(one, graph, _CLUSTER)
    if _insights(cluster) != "disabled":
        metrics = sum(
            table.quantity(f"Container Insights metrics of a {each}")
            for each in ("service", "task family")
        )
        item = f"Container Insights metric, {_insights(cluster)}"
        yield Usage("Container Insights", item, Decimal(metrics))


def _database(one: Resource, _graph: Graph, table: PriceTable) -> Iterator[Usage]:
    zones = "Multi-AZ" if one.inputs.get("multiAz") else "Single-AZ"
    instance = f"RDS PostgreSQL {_given(one, 'instanceClass')} {zones}"
    storage = f"RDS {_given(one, 'storageType')} storage {zones}"
    yield Usage("instance", instance, table.hours)
    # Backups are free up to the size of the storage.
    yield Usage("storage", storage, Decimal(_given(one, "allocatedStorage")))
    if one.inputs.get("publiclyAccessible"):
        yield Usage("address", _ADDRESS, table.hours)
    if one.inputs.get("manageMasterUserPassword"):
        yield Usage("password", _SECRET, Decimal(1))
    if one.inputs.get("performanceInsightsEnabled"):
        days = one.inputs.get("performanceInsightsRetentionPeriod", 7)
        item = f"RDS Performance Insights kept for {days} days"
        yield Usage("Performance Insights", item, Decimal(1))
    if one.inputs.get("monitoringInterval"):
        records = table.hours * _SECONDS_PER_HOUR / one.inputs["monitoringInterval"]
        size = table.quantity("record of RDS enhanced monitoring")
        yield Usage("enhanced monitoring", _LOGS, records * size / _BYTES_PER_GB)


def _load_balancer(one: Resource, _graph: Graph, table: PriceTable) -> Iterator[Usage]:
    item = f"load balancer, {_given(one, 'loadBalancerType')}"
    yield Usage("load balancer", item, table.hours)
    if not one.inputs.get("internal"):
        yield Usage("addresses", _ADDRESS, len(_given(one, "subnets")) * table.hours)


def _nat_gateway(_one: Resource, _graph: Graph, table: PriceTable) -> Iterator[Usage]:
    yield Usage("NAT gateway", "NAT gateway", table.hours)


def _elastic_address(_one: Resource, _graph: Graph, table: PriceTable) -> Iterator[Usage]:
    yield Usage("address", _ADDRESS, table.hours)


def _endpoint(one: Resource, _graph: Graph, table: PriceTable) -> Iterator[Usage]:
    kind = _given(one, "vpcEndpointType")
    if kind == "Interface":
        hours = len(_given(one, "subnetIds")) * table.hours
        yield Usage("endpoint", f"VPC endpoint, {kind}, in one zone", hours)
    else:
        yield Usage("endpoint", f"VPC endpoint, {kind}", Decimal(1))


def _key(_one: Resource, _graph: Graph, _table: PriceTable) -> Iterator[Usage]:
    yield Usage("key", "KMS customer managed key", Decimal(1))


def _secret(_one: Resource, _graph: Graph, _table: PriceTable) -> Iterator[Usage]:
    yield Usage("secret", _SECRET, Decimal(1))


def _flow_log(_one: Resource, _graph: Graph, table: PriceTable) -> Iterator[Usage]:
    yield Usage("records", _LOGS, table.quantity("flow logs of an idle VPC"))


def _notebook(one: Resource, _graph: Graph, table: PriceTable) -> Iterator[Usage]:
    size = one.inputs.get("volumeSize") or table.quantity("volume of a SageMaker notebook")
    yield Usage("instance", f"SageMaker notebook {_given(one, 'instanceType')}", table.hours)
    yield Usage("volume", "SageMaker notebook storage", Decimal(size))


def _compute_environment(one: Resource, graph: Graph, table: PriceTable) -> Iterator[Usage]:
    """Price the instances that run without any job."""
    given = _given(one, "computeResources")
    least = given.get("minVcpus", 0)
    if not least:
        return
    instance_type, count = _cheapest(one, given["instanceTypes"], least, table)
    volume, size = _volume(one, graph, table)
    yield Usage("instances", f"EC2 {instance_type}", count * table.hours)
    yield Usage("volumes", f"EBS {volume} volume", count * size)
    subnets = _awaited(one, graph, _SUBNET)
    if any(subnet.inputs.get("mapPublicIpOnLaunch") for subnet in subnets):
        yield Usage("addresses", _ADDRESS, count * table.hours)


def _cheapest(
    one: Resource, instance_types: list[str], least: int, table: PriceTable
) -> tuple[str, int]:
    """Return the instance type and count that give the least vCPUs most cheaply.

    Batch chooses the types that fit best at the lowest price (AWS Batch User Guide, "Allocation
    strategies"); types larger than what is asked for are left out, and one of two equally cheap
    choices is that with fewer instances.
    """
    sizes = {each: vcpus(each) for each in instance_types}
    counts = {
        each: -(-least // size)
        for each, size in sizes.items()
        if size is not None and size <= least
    }
    if not counts:
        raise UnpricedError(
            f"{one.name} ({one.type}) has no instance type of at most {least} vCPUs; "
            f"it has {', '.join(instance_types)}."
        )
    best = min(
        counts, key=lambda each: (counts[each] * table.price(f"EC2 {each}").usd, counts[each])
    )
    return best, counts[best]


def _volume(one: Resource, graph: Graph, table: PriceTable) -> tuple[str, Decimal]:
    """Return the type and size in GiB of each instance's volume: the template's, or the image's."""
    for template in _awaited(one, graph, _LAUNCH_TEMPLATE):
        for mapping in template.inputs.get("blockDeviceMappings") or ():
            return mapping["ebs"]["volumeType"], Decimal(mapping["ebs"]["volumeSize"])
    (configuration,) = _given(one, "computeResources")["ec2Configurations"]
    volume = _IMAGE_VOLUMES[configuration["imageType"]]
    return volume, table.quantity("volume of an ECS-optimized image")


RULES: Mapping[str, Rule] = {
    "aws:batch/computeEnvironment:ComputeEnvironment": _compute_environment,
    "aws:cloudwatch/metricAlarm:MetricAlarm": _alarm,
    "aws:ec2/eip:Eip": _elastic_address,
    "aws:ec2/flowLog:FlowLog": _flow_log,
    "aws:ec2/natGateway:NatGateway": _nat_gateway,
    "aws:ec2/vpcEndpoint:VpcEndpoint": _endpoint,
    _CLUSTER: _cluster,
    "aws:ecs/service:Service": _service,
    "aws:kms/key:Key": _key,
    "aws:lb/loadBalancer:LoadBalancer": _load_balancer,
    "aws:rds/instance:Instance": _database,
    "aws:sagemaker/notebookInstance:NotebookInstance": _notebook,
    "aws:secretsmanager/secret:Secret": _secret,
}
"""The rule of each resource type that costs something, by Pulumi's type token."""
