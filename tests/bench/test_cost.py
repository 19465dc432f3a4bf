"""What an idle month costs is itemised by the price table, and within what the README says."""

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bench import cost, dependency_graph
from bench.cost import StackCost, items, total
from bench.pricing.prices import table
from bench.pricing.switches import SWITCHES, Saving
from bench.stacks import STACKS, emulated
from tests.bench.priced import lines, priced


def graph_file(resources: dict[str, Any]) -> str:
    return json.dumps(
        {"title": "a graph", "source": "a test", "tool": "terraform", "resources": resources}
    )


def test_dev_costs_at_most_45_usd_by_these_items() -> None:
    found = priced("dev")
    assert {(one.resource, one.what, one.price.item, float(one.quantity)) for one in found} == {
        ("metaflow-db-instance", "instance", "RDS PostgreSQL db.t4g.micro Single-AZ", 730),
        ("metaflow-db-instance", "storage", "RDS gp3 storage Single-AZ", 20),
        ("metaflow-db-instance", "password", "Secrets Manager secret", 1),
        (
            "metaflow-db-instance",
            "Performance Insights",
            "RDS Performance Insights kept for 7 days",
            1,
        ),
        ("metaflow-db-instance", "enhanced monitoring", "CloudWatch Logs ingestion", 0.219),
        ("metaflow-net-dynamodb", "endpoint", "VPC endpoint, Gateway", 1),
        ("metaflow-net-s3", "endpoint", "VPC endpoint, Gateway", 1),
        ("metaflow-service-lb", "load balancer", "load balancer, network", 730),
        ("metaflow-service-service-spot", "tasks", "FARGATE_SPOT LINUX X86_64 CPU", 730 / 4),
        ("metaflow-service-service-spot", "tasks", "FARGATE_SPOT LINUX X86_64 memory", 730 / 2),
        ("metaflow-service-service-spot", "tasks' addresses", "public IPv4 address", 730),
    }
    assert total(found) == Decimal("37.28")
    assert total(found) <= cost.HIGHEST_DEV == 45


def test_prod_is_itemised() -> None:
    by_type = {one.type: Decimal(0) for one in priced("prod")}
    for one in priced("prod"):
        by_type[one.type] += one.monthly
    assert {token.rsplit(":", 1)[-1]: str(usd) for token, usd in by_type.items()} == {
        "Cluster": "2.40",
        "Eip": "10.95",
        "FlowLog": "0.47",
        "Instance": "269.52",
        "Key": "3.00",
        "LoadBalancer": "16.43",
        "NatGateway": "98.55",
        "Service": "41.14",
        "VpcEndpoint": "0.00",
    }


@pytest.mark.parametrize("stack", STACKS)
def test_every_item_is_its_quantity_times_a_price_with_a_source(stack: str) -> None:
    found = priced(stack)
    for one in found:
        assert abs(one.quantity * one.price.usd - one.monthly) <= Decimal("0.005")
        assert one.price.source
    assert total(found) == sum(one.monthly for one in found)


def test_every_row_of_the_table_says_where_when_and_what() -> None:
    prices = table()
    rows = json.loads((Path(cost.__file__).parent / "pricing" / "prices.json").read_text("utf-8"))
    assert len(rows["prices"]) == len(prices.prices)
    assert len(rows["quantities"]) == len(prices.quantities)
    assert "list prices" in prices.about
    assert "estimate" in prices.about
    assert prices.region == "us-east-1"
    assert prices.hours == 730
    for price in prices.prices.values():
        assert price.usd >= 0
        assert all([price.unit, price.as_of, price.source])
        assert price.confidence in {"high", "medium", "low"}
    assert all(one.source and one.unit for one in prices.quantities.values())


def test_the_cloudformation_template_costs_536_usd_by_the_same_table() -> None:
    found = items(dependency_graph.from_file(cost.TEMPLATE), table())
    assert {(one.resource, one.price.item, float(one.quantity)) for one in found} == {
        ("ComputeEnvironment", "EBS gp2 volume", 30),
        ("ComputeEnvironment", "EC2 c4.2xlarge", 730),
        ("ComputeEnvironment", "public IPv4 address", 730),
        ("ECSCluster", "Container Insights metric, enabled", 8),
        ("ECSFargateService", "Container Insights metric, enabled", 17),
        ("ECSFargateService", "FARGATE LINUX X86_64 CPU", 365),
        ("ECSFargateService", "FARGATE LINUX X86_64 memory", 730),
        ("ECSFargateService", "public IPv4 address", 730),
        ("MyRDSSecret", "Secrets Manager secret", 1),
        ("NLB", "load balancer, network", 730),
        ("RDSMasterInstance", "RDS PostgreSQL db.t3.small Single-AZ", 730),
        ("RDSMasterInstance", "RDS gp2 storage Single-AZ", 20),
        ("RandomString", "Secrets Manager secret", 1),
        ("SageMakerNotebookInstance", "SageMaker notebook ml.t2.xlarge", 730),
        ("SageMakerNotebookInstance", "SageMaker notebook storage", 5),
    }
    assert total(found) == Decimal("535.66")


@pytest.mark.parametrize(
    ("resources", "named"),
    [
        (None, "No such file"),
        ({"a": {"type": "aws:mq/broker:Broker"}}, "a is of the type aws:mq/broker:Broker"),
        ({"a": {"type": "aws:lb/loadBalancer:LoadBalancer"}}, "has no subnets"),
        ({"a": {"type": "aws:ec2/eip:Eip", "waitsFor": ["a"]}}, "waits for itself"),
    ],
    ids=["no file", "unknown type", "missing input", "circle"],
)
def test_a_graph_that_cannot_be_priced_is_one_line(
    resources: dict[str, Any] | None,
    named: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "graph.json"
    if resources is not None:
        path.write_text(graph_file(resources), encoding="utf-8")
    assert cost.main(["--graph", str(path)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert re.search(named, line)


def test_graphs_alone_are_priced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, other = tmp_path / "graph.json", tmp_path / "other.json"
    resources = {"nat": {"type": "aws:ec2/natGateway:NatGateway"}}
    path.write_text(graph_file(resources), encoding="utf-8")
    resources = {"[/red]": {"type": "aws:ec2/eip:Eip"}}
    text = graph_file(resources).replace("a graph", "another [bold]graph")
    other.write_text(text, encoding="utf-8")
    assert cost.main(["--graph", str(path), "--graph", str(other)]) == 0
    printed = capsys.readouterr().out
    for words in ("32.85", "3.65", "[/red]", "another [bold]graph"):
        assert words in printed
    assert "metaflow" not in printed


def test_two_graphs_of_one_title_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "graph.json"
    path.write_text(graph_file({"a": {"type": "aws:ec2/eip:Eip"}}), encoding="utf-8")
    assert cost.main(["--graph", str(path), "--graph", str(path)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "another file has the title 'a graph', too" in line


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> dict[str, StackCost]:
    """Have prices found without an emulated AWS, and three savings."""
    savings = [
        Saving({"natGateways": "one"}, Decimal("1.00"), Decimal("-2.00")),
        Saving({"gateway": "http"}, Decimal("24.50"), Decimal("-12.78")),
        Saving({"serviceSpot": False}, Decimal("44.00"), Decimal("6.72")),
    ]
    found = {stack: StackCost(priced(stack), savings) for stack in STACKS}
    monkeypatch.setattr(cost, "measured", lambda: found)
    return found


def test_results_are_plain_data_whose_sums_are_those_of_their_items(
    measured: dict[str, StackCost],
) -> None:
    found = cost.results()
    assert json.loads(json.dumps(found)) == found
    bills = [*found["stacks"].values(), *found["templates"].values()]
    assert len(bills) == len(measured) + 1
    for bill in bills:
        assert bill["usd"] == round(sum(one["usd"] for one in bill["items"]), 2) > 0
        assert all(one["source"] for one in bill["items"])
    assert found["stacks"]["dev"]["switches"][:1] == [
        {"settings": {"natGateways": "one"}, "usd": 1.0, "difference": -2.0}
    ]


@pytest.mark.usefixtures("measured")
def test_the_command_fails_when_dev_costs_too_much(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cost.main([]) == 0
    assert "37.28" in capsys.readouterr().out
    monkeypatch.setattr(cost, "HIGHEST_DEV", Decimal(37))
    assert cost.main([]) == 1
    assert "estimated: dev: 37.28 (at most 37)" in capsys.readouterr().err


@pytest.mark.usefixtures("measured")
@pytest.mark.parametrize(
    ("number", "line"),
    [
        (0, "estimated: dev: 45.01 (at most 45)"),
        (1, "estimated: dev with gateway: http: 25.01 (at most 25)"),
        (2, "estimated: dev without Spot: 45.01 (at most 45)"),
    ],
)
def test_dev_is_claimed_with_an_http_api_and_without_spot_too(number: int, line: str) -> None:
    found = cost.results()
    dev = found["stacks"]["dev"]
    assert [one.name for one in cost.figures(found) if one.at_most and not one.holds] == []
    places = [dev, dev["switches"][1], dev["switches"][2]]
    places[number]["usd"] = 25.01 if number == 1 else 45.01
    broken = [str(one) for one in cost.figures(found) if not one.holds]
    assert broken == [f"USD of an idle month, {line}"]


@pytest.mark.parametrize("settings", [{"gateway": "http"}, {"serviceSpot": False}])
def test_what_is_claimed_of_dev_is_among_its_switches(settings: dict[str, Any]) -> None:
    assert settings in [one.of("dev") for one in SWITCHES]


def test_a_preview_on_the_emulated_aws_has_the_same_items() -> None:
    with emulated(table().region) as stacks:
        previewed = cost.stack_items(stacks, "prod", {"natGateways": "one"})
    assert lines(previewed) == lines(priced("prod", natGateways="one"))
