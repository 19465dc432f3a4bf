"""Stacks and single resources, priced without an emulated AWS."""

import dataclasses
from collections import Counter
from decimal import Decimal
from typing import Any

from bench import dependency_graph
from bench.cost import Item, items
from bench.dependency_graph import Graph, Resource
from bench.pricing.prices import table
from tests.deployed import deploy_stack


def graph(stack: str, **settings: Any) -> Graph:
    registrations = deploy_stack(stack, **settings).registrations
    return dependency_graph.from_registrations(stack, registrations)


def priced(stack: str, **settings: Any) -> list[Item]:
    return items(graph(stack, **settings), table())


def changed(token: str, **inputs: Any) -> list[Item]:
    """Price dev in which the resources of a type are given other inputs."""
    found = graph("dev")
    resources = {
        key: dataclasses.replace(one, inputs={**one.inputs, **inputs}) if one.type == token else one
        for key, one in found.resources.items()
    }
    return items(dataclasses.replace(found, resources=resources), table())


def alone(token: str, **inputs: Any) -> list[Item]:
    """Price one resource that refers to nothing."""
    one = Resource(name="a", type=token, inputs=inputs, waits_for=frozenset())
    return items(Graph(title="alone", tool="pulumi", resources={"a": one}), table())


def lines(found: list[Item]) -> Counter[tuple[str, Decimal]]:
    """Count how often there is which quantity of which price."""
    return Counter((one.price.item, round(one.quantity, 3)) for one in found)


def difference(before: list[Item], after: list[Item]) -> tuple[dict[str, float], dict[str, float]]:
    """Return which prices, in which quantities, are gone and which are new."""
    gone, new = lines(before) - lines(after), lines(after) - lines(before)
    return (
        {item: float(quantity) for item, quantity in gone},
        {item: float(quantity) for item, quantity in new},
    )
