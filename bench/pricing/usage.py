"""What one resource takes of the prices, and how a rule finds the resources that it refers to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from bench.dependency_graph import Graph, Resource
from bench.pricing.prices import PriceTable, UnpricedError

ADDRESS = "public IPv4 address"
LOGS = "CloudWatch Logs ingestion"
SECONDS_PER_HOUR = 3600
BYTES_PER_GB = 10**9


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


def awaited(one: Resource, graph: Graph, token: str) -> list[Resource]:
    """Return the resources of a type that a resource refers to or waits for."""
    others = (graph.resources[key] for key in sorted(one.waits_for))
    return [other for other in others if other.type == token]


def the_one(one: Resource, graph: Graph, token: str) -> Resource:
    """Return the one resource of a type that a resource refers to; refuse any other number."""
    found = awaited(one, graph, token)
    if len(found) != 1:
        raise UnpricedError(
            f"{one.name} ({one.type}) refers to {len(found)} of the type {token}, and its price "
            "needs one."
        )
    return found[0]
