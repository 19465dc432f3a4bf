"""The numbers of the README's prose are those that the program's own resources come to."""

from decimal import Decimal
from typing import Any

import pytest

from bench import cost
from bench.cost import total
from bench.critical_path import OTHERS
from bench.dependency_graph import Graph, from_file
from bench.pricing.prices import table
from bench.timing.durations import read_durations
from bench.timing.longest_chain import LongestChain, longest_chain
from tests.bench.priced import graph, priced
from tests.deployed import ROOT


@pytest.fixture(scope="module")
def readme() -> str:
    """Return the README with nothing but single blanks between its words."""
    return " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())


def usd(stack: str, **settings: Any) -> Decimal:
    return total(priced(stack, **settings))


def bought(item: str) -> Decimal:
    """Return what dev pays for all of one price."""
    return total(one for one in priced("dev") if one.price.item == item)


ATHENA = {"interfaceEndpoints": True, "extraEndpoints": ["com.amazonaws.us-east-1.athena"]}
COSTS = {
    "Spot": lambda: f"about {usd('dev', serviceSpot=False) - usd('dev')} USD a month less;",
    "HTTP API": lambda: (
        f"dev with `gateway: http` is estimated at {usd('dev', gateway='http')} USD for an idle "
        f"month, and at {usd('dev', gateway='http', serviceSpot=False)} USD without Spot."
    ),
    "NAT gateways": lambda: (
        "**NAT gateways** (`natGateways`) cost "
        f"{(usd('prod') - usd('prod', natGateways='one')) / 2} USD a month each, address included"
    ),
    "interface endpoints": lambda: (
        "**`interfaceEndpoints`** cost "
        f"{(usd('dev', **ATHENA) - usd('dev', interfaceEndpoints=True)) / 2} USD a month for each "
        "service and zone, and 0.01 USD for a GB: "
        f"{usd('dev', interfaceEndpoints=True) - usd('dev'):.0f} USD in two zones."
    ),
    "public addresses": lambda: (
        f"(`privateSubnets: false`) cost {bought('public IPv4 address')} USD a month for each task"
    ),
    "load balancer": lambda: (
        f"| `rest` | a load balancer, {bought('load balancer, network')} USD a month;"
    ),
    "secret and domain": lambda: (
        "| `http` | a secret and a private domain, "
        f"{usd('dev', gateway='http') - usd('dev') + bought('load balancer, network')} USD a month;"
    ),
    "WAF": lambda: f"**`apiWaf`** costs {usd('dev', apiWaf=True) - usd('dev'):.0f} USD a month",
    "Container Insights": lambda: (
        "`containerInsights` costs about "
        f"{usd('dev', containerInsights=True) - usd('dev')} USD a month"
    ),
}


@pytest.mark.parametrize("what", COSTS)
def test_the_readme_says_what_it_costs(what: str, readme: str) -> None:
    assert COSTS[what]() in readme


def until(found: Graph, name: str) -> Graph:
    """Return a graph of one resource and all that it waits for."""
    [last] = [key for key, one in found.resources.items() if one.name == name]
    wanted, waiting = {last}, [last]
    while waiting:
        more = found.resources[waiting.pop()].waits_for - wanted
        wanted |= more
        waiting += more
    resources = {key: one for key, one in found.resources.items() if key in wanted}
    return Graph(title=name, tool=found.tool, resources=resources)


def deployment(found: Graph) -> LongestChain:
    return longest_chain(found, "create", read_durations())


def test_the_readme_says_what_a_vpc_link_of_version_2_saves(readme: str) -> None:
    dev, with_2 = graph("dev"), graph("dev", vpcLinkVersion=2)
    api, api_2 = (deployment(until(one, "metaflow-gateway-stage")).typical for one in (dev, with_2))
    whole, whole_2 = (round(deployment(one).p50) for one in (dev, with_2))
    assert round(deployment(graph("prod")).p50) == round(
        deployment(graph("prod", vpcLinkVersion=2)).p50
    )
    assert (
        f"The API typically stands after {api_2} seconds, not {api}; all of dev after {whole_2} in "
        f"half of all cases, not {whole}; prod as before."
    ) in readme


def test_what_the_templates_price_and_chain_are_is_so(readme: str) -> None:
    said = (
        "The template's chain and 30 % of its price are its notebook's, and more than half of "
        "its price that of the eight vCPUs that it keeps running"
    )
    assert said in readme
    template = from_file(OTHERS[0])
    items = cost.items(template, table())
    shares = {
        name: total(one for one in items if one.resource.startswith(name)) / total(items)
        for name in ("SageMakerNotebookInstance", "ComputeEnvironment")
    }
    assert round(shares["SageMakerNotebookInstance"], 1) == Decimal("0.3")
    assert shares["ComputeEnvironment"] > Decimal("0.5")
    chain = longest_chain(template, "create", read_durations())
    assert any("Notebook" in step.name for step in chain.steps)
