"""Estimates what an idle month costs: dev, prod, each switch, and other tools' templates."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from rich.table import Column, Table

from bench import dependency_graph
from bench.command import HELD, console, ends_in_one_line, parser
from bench.dependency_graph import Graph, Resource
from bench.figure import Figure, told
from bench.pricing import switches, unpriced
from bench.pricing.free import FREE
from bench.pricing.prices import Price, PriceTable, UnpricedError, table
from bench.pricing.rules import RULES
from bench.pricing.switches import Saving
from bench.pricing.usage import Usage
from bench.stacks import STACKS, Stacks, emulated

HIGHEST_DEV = Decimal(45)
"""What an idle month of dev may cost, USD; also without Spot, whose price floats."""

HIGHEST_HTTP = Decimal(25)
"""What it may cost with an HTTP API in the place of the load balancer."""

_DEV_OTHERWISE: Mapping[str, tuple[Mapping[str, Any], Decimal]] = {
    "dev with gateway: http": ({"gateway": "http"}, HIGHEST_HTTP),
    "dev without Spot": ({"serviceSpot": False}, HIGHEST_DEV),
}
"""The switches of dev of which something is claimed, by what they make of it."""

TEMPLATE = Path(__file__).parent / "templates" / "metaflow-tools-cloudformation-graph.json"
"""What Outerbounds' CloudFormation template deploys at its defaults."""

_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Item:
    """What one resource costs for one thing.

    Attributes:
        resource: the resource's name.
        type: its Pulumi type token.
        what: which part of it.
        price: the row by which it is priced.
        quantity: how much a month, in the price's unit.
    """

    resource: str
    type: str
    what: str
    price: Price
    quantity: Decimal

    @property
    def monthly(self) -> Decimal:
        """USD a month, to the cent as on a bill."""
        return (self.quantity * self.price.usd).quantize(_CENT, ROUND_HALF_UP)


def items(graph: Graph, prices: PriceTable) -> list[Item]:
    """Price every resource.

    Raises:
        GraphError: a resource waits for itself, by way of others.
        UnpricedError: one is of a type without a rule and not known to be free, or something of
            it has no price.
    """
    graph.in_order()
    return [
        Item(one.name, one.type, usage.what, _price(one, usage, prices), usage.quantity)
        for _, one in sorted(graph.resources.items())
        if not _free(one)
        for usage in RULES[one.type](one, graph, prices)
    ]


def _free(one: Resource) -> bool:
    if one.type not in RULES and one.type not in FREE:
        raise UnpricedError(
            f"{one.name} is of the type {one.type}, which has no price; give it a rule in "
            "bench/pricing/rules.py, or a reason to be free in bench/pricing/free.py."
        )
    unpriced.refuse(one)
    return one.type in FREE


def _price(one: Resource, usage: Usage, prices: PriceTable) -> Price:
    try:
        return prices.price(usage.item)
    except UnpricedError as error:
        raise UnpricedError(f"{one.name} ({one.type}), {usage.what}: {error}") from error


def total(found: Iterable[Item]) -> Decimal:
    """Return what items cost together, USD a month."""
    return sum((one.monthly for one in found), Decimal(0))


def stack_items(stacks: Stacks, stack: str, settings: Mapping[str, Any]) -> list[Item]:
    """Price a stack as a preview has it, with some settings changed."""
    previewed = stacks.deploy(stack, settings, preview=True)
    return items(dependency_graph.from_registrations(stack, previewed.registrations), table())


@dataclass(frozen=True)
class StackCost:
    """What an idle month of a stack costs.

    Attributes:
        listed: its items.
        savings: what each switch changes.
    """

    listed: Sequence[Item]
    savings: Sequence[Saving]


def measured() -> dict[str, StackCost]:
    """Price every stack, as it is and with each setting changed.

    Raises:
        UnpricedError: something has no price.
    """
    with emulated(table().region) as stacks:
        return {stack: _stack_cost(stacks, stack) for stack in STACKS}


def _stack_cost(stacks: Stacks, stack: str) -> StackCost:
    def usd(settings: Mapping[str, Any]) -> Decimal:
        return total(stack_items(stacks, stack, settings))

    listed = stack_items(stacks, stack, {})
    return StackCost(listed, switches.savings(stack, total(listed), usd))


def results(costs: Mapping[str, StackCost] | None = None) -> dict[str, Any]:
    """Return everything as plain data; USD a month.

    Args:
        costs: what `measured` returned; None measures.
    """
    prices, template = table(), dependency_graph.from_file(TEMPLATE)
    return {
        "about": prices.about,
        "region": prices.region,
        "collected": prices.collected,
        "hours_per_month": int(prices.hours),
        "stacks": {
            stack: {
                **_as_json(cost.listed),
                "switches": [
                    {
                        "settings": dict(one.settings),
                        "usd": float(one.total),
                        "difference": float(one.difference),
                    }
                    for one in cost.savings
                ],
            }
            for stack, cost in (costs or measured()).items()
        },
        "templates": {template.title: _as_json(items(template, prices))},
    }


def figures(found: Mapping[str, Any]) -> list[Figure]:
    """Return what is claimed of the program's own stacks, and the others' for comparison."""
    name = "USD of an idle month, estimated: "
    listed = []
    for title, one in found["stacks"].items():
        of_dev = title == "dev"
        listed.append(Figure(f"{name}{title}", one["usd"], float(HIGHEST_DEV) if of_dev else None))
        for words, (settings, highest) in _DEV_OTHERWISE.items() if of_dev else ():
            listed.append(Figure(f"{name}{words}", _switched(one, settings), float(highest)))
    others = found["templates"].items()
    return [*listed, *(Figure(f"{name}{title}", one["usd"]) for title, one in others)]


def _switched(stack: Mapping[str, Any], settings: Mapping[str, Any]) -> float:
    """Return what a stack costs with one of its switches, USD a month."""
    by_words = {switches.in_words(one["settings"]): one["usd"] for one in stack["switches"]}
    usd: float = by_words[switches.in_words(settings)]
    return usd


def _as_json(listed: Sequence[Item]) -> dict[str, Any]:
    return {
        "usd": float(total(listed)),
        "items": [
            {
                "resource": one.resource,
                "type": one.type,
                "what": one.what,
                "item": one.price.item,
                "quantity": float(round(one.quantity, 4)),
                "unit": one.price.unit,
                "unit_usd": float(one.price.usd),
                "usd": float(one.monthly),
                "as_of": one.price.as_of,
                "source": one.price.source,
            }
            for one in listed
        ],
    }


def items_table(title: str, listed: Sequence[Item]) -> Table:
    """Show what costs how much, the dearest first."""
    numbers = (Column(name, justify="right") for name in ("quantity", "USD each", "USD a month"))
    words = (Column(name, overflow="fold") for name in ("resource", "price"))
    shown = Table(*words, *numbers, title=f"{title}: USD of an idle month")
    for one in sorted(listed, key=lambda one: -one.monthly):
        shown.add_row(
            one.resource,
            one.price.item,
            f"{one.quantity:.2f} {one.price.unit}",
            f"{one.price.usd.normalize():f}",
            f"{one.monthly}",
        )
    shown.add_row("together", "", "", "", f"{total(listed)}", style="bold")
    return shown


def savings_table(stack: str, found: Sequence[Saving]) -> Table:
    """Show what each switch changes."""
    numbers = (Column(name, justify="right") for name in ("difference", "USD a month"))
    words = Column("settings", overflow="fold")
    shown = Table(words, *numbers, title=f"{stack}: what each switch would change")
    for one in found:
        shown.add_row(switches.in_words(one.settings), f"{one.difference:+}", f"{one.total}")
    return shown


@ends_in_one_line
def main(arguments: Sequence[str]) -> int:
    """Print the tables; return 1 when dev costs too much, 2 for what cannot be priced."""
    options = parser("bench.cost", __doc__)
    options.add_argument(
        "--graph",
        type=Path,
        metavar="FILE",
        action="append",
        help="price this graph instead, in the form of bench/graph.schema.json; may be repeated",
    )
    chosen = options.parse_args(arguments).graph
    shown = [
        items_table(graph.title, items(graph, table()))
        for graph in dependency_graph.from_files(chosen or [TEMPLATE])
    ]
    costs = {} if chosen else measured()
    for stack, cost in costs.items():
        shown += [items_table(stack, cost.listed), savings_table(stack, cost.savings)]
    for one in shown:
        console().print(one)
    print(f"{table().about} Region {table().region}, {table().hours} hours a month.")
    return told(figures(results(costs))) if costs else HELD


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
