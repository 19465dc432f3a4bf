"""`python -m bench.critical_path`: what it measures, writes and refuses; no clock is asked."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench import critical_path
from bench.critical_path import OTHERS, main

CLOUDFORMATION, _ = OTHERS
DATABASE = "aws:rds/instance:Instance"
SERVICE = "aws:ecs/service:Service"


@pytest.mark.usefixtures("_placeholders")
def test_results_are_plain_data() -> None:
    results = critical_path.results()
    assert json.loads(json.dumps(results)) == results
    assert list(results) == [
        "dev",
        "prod",
        "metaflow-tools (CloudFormation)",
        "terraform-aws-metaflow (Terraform)",
    ]
    deploy = results["dev"]["deploy"]
    assert sum(step["seconds"] for step in deploy["chain"]) == deploy["typical"]
    assert deploy["typical"] < deploy["p50"] < deploy["p90"]


def test_command_measures_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    graph, written = tmp_path / "graph.json", tmp_path / "results.json"
    graph.write_text(
        json.dumps(
            {
                "title": "small",
                "source": "a test",
                "tool": "terraform",
                "resources": {
                    "net": {"type": "aws:ec2/vpc:Vpc"},
                    "db": {"type": DATABASE, "waitsFor": ["net"]},
                },
            }
        )
    )
    assert main(["--graph", str(graph), "--json", str(written)]) == 0
    results = json.loads(written.read_text())
    assert results["small"]["deploy"]["typical"] == 302
    assert results["small"]["destroy"]["typical"] == 561
    assert "small: deploy" in capsys.readouterr().out


def test_command_names_every_type_that_it_cannot_measure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    graph = tmp_path / "graph.json"
    head = {"title": "small", "source": "a test", "tool": "terraform"}
    types = {"broker": "aws:mq/broker:Broker", "stream": "aws:kinesis/stream:Stream"}
    resources = {name: {"type": token} for name, token in types.items()}
    graph.write_text(json.dumps({**head, "resources": resources}))
    assert main(["--graph", str(graph)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    for name, token in types.items():
        assert f"{name}: {token} has no row for create in bench/timing/durations.csv" in line


@pytest.mark.parametrize(
    ("types", "problem"),
    [
        (["aws:ec2/vpc:Vpc"], "there is no database, so that nothing can be compared"),
        ([DATABASE], "there is no service, so that nothing can be compared"),
        ([DATABASE, SERVICE], "over before a task is healthy, so it cannot be compared"),
    ],
    ids=["nothing", "no-service", "not-waiting"],
)
def test_a_graph_that_cannot_be_compared_has_no_ratio(
    types: Sequence[str], problem: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    graph, written = tmp_path / "graph.json", tmp_path / "results.json"
    resources = {token: {"type": token} for token in types}
    head = {"title": "small", "source": "a test", "tool": "terraform"}
    graph.write_text(json.dumps({**head, "resources": resources}))
    assert main(["--graph", str(graph), "--json", str(written)]) == 0
    assert json.loads(written.read_text())["small"]["ratio"] is None
    assert problem in capsys.readouterr().err


@pytest.mark.parametrize("name", ["", "nowhere/results.json", "."], ids=["none", "no", "folder"])
def test_results_that_cannot_be_written_are_one_line(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["--graph", str(CLOUDFORMATION), "--json", name]) == 2
    printed = capsys.readouterr()
    (line,) = printed.err.splitlines()
    assert "name another file" in line
    assert printed.out == ""


@pytest.mark.usefixtures("_placeholders")
def test_command_fails_where_a_claim_does_not_hold(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(critical_path, "STACKS", ("dev",))
    assert main([]) == 0
    monkeypatch.setattr(critical_path, "HIGHEST_RATIO", 1.0)
    assert main([]) == 1
    assert "lower bound, typical: dev: 1.023 (at most 1)" in capsys.readouterr().err
