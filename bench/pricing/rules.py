"""What an idle month takes of each resource type that costs something; free.py has the others."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from bench.dependency_graph import Graph, Resource
from bench.pricing.flow_logs import flow_log
from bench.pricing.inputs import flag, given, listed, number, objects, text
from bench.pricing.instances import compute_environment
from bench.pricing.prices import PriceTable
from bench.pricing.usage import (
    ADDRESS,
    BYTES_PER_GB,
    LOGS,
    SECONDS_PER_HOUR,
    Rule,
    Usage,
    the_one,
)

_CLUSTER = "aws:ecs/cluster:Cluster"
_TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"

_SECRET = "Secrets Manager secret"  # noqa: S105 the name of a price

_UNITS_PER_VCPU = 1024
_MIB_PER_GIB = 1024


def _alarm(_one: Resource, _graph: Graph, _table: PriceTable) -> Iterator[Usage]:
    yield Usage("alarm", "CloudWatch alarm", Decimal(1))


def _cluster(one: Resource, _graph: Graph, table: PriceTable) -> Iterator[Usage]:
    if _insights(one) != "disabled":
        metrics = table.quantity("Container Insights metrics of a cluster")
        yield Usage("Container Insights", f"Container Insights metric, {_insights(one)}", metrics)


def _insights(cluster: Resource) -> str:
    found = {text(one, "name"): text(one, "value") for one in objects(cluster, "settings")}
    return found.get("containerInsights", "disabled")


def _service(one: Resource, graph: Graph, table: PriceTable) -> Iterator[Usage]:
    task = the_one(one, graph, _TASK_DEFINITION)
    # Linux on X86_64 unless it says otherwise (Amazon ECS API Reference, RuntimePlatform).
    kind = " ".join(
        [
            _launch(one),
            text(task, "runtimePlatform.operatingSystemFamily", default="LINUX"),
            text(task, "runtimePlatform.cpuArchitecture", default="X86_64"),
        ]
    )
    hours = number(one, "desiredCount") * table.hours
    yield Usage("tasks", f"{kind} CPU", hours * number(task, "cpu") / _UNITS_PER_VCPU)
    yield Usage("tasks", f"{kind} memory", hours * number(task, "memory") / _MIB_PER_GIB)
    if flag(one, "networkConfiguration.assignPublicIp"):
        yield Usage("tasks' addresses", ADDRESS, hours)
    yield from _service_insights(one, graph, table)


def _launch(one: Resource) -> str:
    """Return how a service's tasks are launched, by which they are priced."""
    strategies = objects(one, "capacityProviderStrategies")
    return text(strategies[0], "capacityProvider") if strategies else text(one, "launchType")


def _service_insights(one: Resource, graph: Graph, table: PriceTable) -> Iterator[Usage]:
    cluster = the_one(one, graph, _CLUSTER)
    if _insights(cluster) != "disabled":
        metrics = sum(
            table.quantity(f"Container Insights metrics of a {each}")
            for each in ("service", "task family")
        )
        item = f"Container Insights metric, {_insights(cluster)}"
        yield Usage("Container Insights", item, Decimal(metrics))


def _database(one: Resource, _graph: Graph, table: PriceTable) -> Iterator[Usage]:
    zones = "Multi-AZ" if flag(one, "multiAz") else "Single-AZ"
    instance = f"RDS PostgreSQL {text(one, 'instanceClass')} {zones}"
    storage = f"RDS {text(one, 'storageType')} storage {zones}"
    yield Usage("instance", instance, table.hours)
    # Backups are free up to the size of the storage.
    yield Usage("storage", storage, number(one, "allocatedStorage"))
    if flag(one, "publiclyAccessible"):
        yield Usage("address", ADDRESS, table.hours)
    if flag(one, "manageMasterUserPassword"):
        yield Usage("password", _SECRET, Decimal(1))
    if flag(one, "performanceInsightsEnabled"):
        days = number(one, "performanceInsightsRetentionPeriod", default=7)
        item = f"RDS Performance Insights kept for {days} days"
        yield Usage("Performance Insights", item, Decimal(1))
    if interval := number(one, "monitoringInterval", default=0):
        records = table.hours * SECONDS_PER_HOUR / interval
        size = table.quantity("record of RDS enhanced monitoring")
        yield Usage("enhanced monitoring", LOGS, records * size / BYTES_PER_GB)


def _load_balancer(one: Resource, _graph: Graph, table: PriceTable) -> Iterator[Usage]:
    item = f"load balancer, {text(one, 'loadBalancerType')}"
    yield Usage("load balancer", item, table.hours)
    if not flag(one, "internal"):
        given(one, "subnets")
        yield Usage("addresses", ADDRESS, len(listed(one, "subnets")) * table.hours)


def _nat_gateway(_one: Resource, _graph: Graph, table: PriceTable) -> Iterator[Usage]:
    yield Usage("NAT gateway", "NAT gateway", table.hours)


def _elastic_address(_one: Resource, _graph: Graph, table: PriceTable) -> Iterator[Usage]:
    yield Usage("address", ADDRESS, table.hours)


def _endpoint(one: Resource, _graph: Graph, table: PriceTable) -> Iterator[Usage]:
    kind = text(one, "vpcEndpointType")
    if kind == "Interface":
        given(one, "subnetIds")
        hours = len(listed(one, "subnetIds")) * table.hours
        yield Usage("endpoint", f"VPC endpoint, {kind}, in one zone", hours)
    else:
        yield Usage("endpoint", f"VPC endpoint, {kind}", Decimal(1))


def _key(one: Resource, _graph: Graph, table: PriceTable) -> Iterator[Usage]:
    yield Usage("key", "KMS customer managed key", Decimal(1))
    if flag(one, "enableKeyRotation"):
        # From the third year on; before, a month costs less.
        rotations = table.quantity("rotations of a KMS key that are charged")
        yield Usage("material of rotations", "KMS key, a rotation's material", rotations)


def _secret(_one: Resource, _graph: Graph, _table: PriceTable) -> Iterator[Usage]:
    yield Usage("secret", _SECRET, Decimal(1))


def _namespace(_one: Resource, _graph: Graph, _table: PriceTable) -> Iterator[Usage]:
    yield Usage("hosted zone", "Route 53 hosted zone", Decimal(1))


def _web_acl(one: Resource, _graph: Graph, _table: PriceTable) -> Iterator[Usage]:
    yield Usage("web ACL", "WAF web ACL", Decimal(1))
    # A rule group counts as one rule; an idle month has no requests.
    yield Usage("rules", "WAF rule of a web ACL", Decimal(len(listed(one, "rules"))))


def _notebook(one: Resource, _graph: Graph, table: PriceTable) -> Iterator[Usage]:
    default = int(table.quantity("volume of a SageMaker notebook"))
    yield Usage("instance", f"SageMaker notebook {text(one, 'instanceType')}", table.hours)
    size = number(one, "volumeSize", default=default)
    yield Usage("volume", "SageMaker notebook storage", size)


RULES: Mapping[str, Rule] = {
    "aws:batch/computeEnvironment:ComputeEnvironment": compute_environment,
    "aws:cloudwatch/metricAlarm:MetricAlarm": _alarm,
    "aws:ec2/eip:Eip": _elastic_address,
    "aws:ec2/flowLog:FlowLog": flow_log,
    "aws:ec2/natGateway:NatGateway": _nat_gateway,
    "aws:ec2/vpcEndpoint:VpcEndpoint": _endpoint,
    _CLUSTER: _cluster,
    "aws:ecs/service:Service": _service,
    "aws:kms/key:Key": _key,
    "aws:lb/loadBalancer:LoadBalancer": _load_balancer,
    "aws:rds/instance:Instance": _database,
    "aws:sagemaker/notebookInstance:NotebookInstance": _notebook,
    "aws:secretsmanager/secret:Secret": _secret,
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": _namespace,
    "aws:wafv2/webAcl:WebAcl": _web_acl,
}
"""The rule of each resource type that costs something, by Pulumi's type token."""
