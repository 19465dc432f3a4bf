"""What flow logs record of a network in which nothing runs but the metadata service."""

from collections.abc import Iterator
from decimal import Decimal

from bench.dependency_graph import Graph, Resource
from bench.pricing.inputs import given, listed, number
from bench.pricing.prices import PriceTable
from bench.pricing.usage import BYTES_PER_GB, LOGS, SECONDS_PER_HOUR, Usage, awaited

_BALANCER = "aws:lb/loadBalancer:LoadBalancer"
_GROUP = "aws:lb/targetGroup:TargetGroup"
_LISTENER = "aws:lb/listener:Listener"
_SERVICE = "aws:ecs/service:Service"

_SECONDS_BETWEEN_CHECKS = 30
"""Unless a target group says it (Elastic Load Balancing API Reference, CreateTargetGroup)."""


def flow_log(_one: Resource, graph: Graph, table: PriceTable) -> Iterator[Usage]:
    """Price the records of health checks, each of which is a connection."""
    size = table.quantity("flow log records of a health check")
    yield Usage("records", LOGS, _checks(graph) * table.hours * size / BYTES_PER_GB)


def _checks(graph: Graph) -> Decimal:
    """Return how often an hour a task is checked, by every zone of a load balancer."""
    return sum(
        (
            number(service, "desiredCount") * _zones(graph, group) * _hourly(group)
            for service in graph.resources.values()
            if service.type == _SERVICE
            for group in awaited(service, graph, _GROUP)
        ),
        Decimal(0),
    )


def _hourly(group: Resource) -> Decimal:
    seconds = number(group, "healthCheck.interval", default=_SECONDS_BETWEEN_CHECKS)
    return SECONDS_PER_HOUR / seconds


def _zones(graph: Graph, group: Resource) -> int:
    """Return from how many zones the targets of a group are checked."""
    zones = 0
    for listener in graph.resources.values():
        if listener.type == _LISTENER and group in awaited(listener, graph, _GROUP):
            for balancer in awaited(listener, graph, _BALANCER):
                given(balancer, "subnets")
                zones += len(listed(balancer, "subnets"))
    return zones
