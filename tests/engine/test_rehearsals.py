"""Whole rehearsals through the real engine, as a user starts, interrupts and ends them."""

import json
import re
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.rehearsal.processes import Ended, Rehearsal

pytestmark = pytest.mark.cli


def rehearsed(folder: Path, *arguments: str, engine: str = "pulumi") -> tuple[Ended, Any]:
    """Rehearse to the end; return how it ended, and its summary."""
    summary = folder / "summary.json"
    with Rehearsal(folder, "--json", str(summary), *arguments, engine=engine) as running:
        ended = running.end()
    return ended, json.loads(summary.read_text())


def phases(ended: Ended) -> dict[str, str]:
    """Return the results of the phases."""
    lines = [line.partition(": ") for line in ended.stdout.splitlines() if line.endswith(" s)")]
    return {name: result.rpartition(" (")[0] for name, _, result in lines}


def test_dev_is_deployed_used_updated_refreshed_and_destroyed(tmp_path: Path) -> None:
    ended, summary = rehearsed(tmp_path, "--mode", "local")
    assert (ended.code, ended.stderr, summary["problems"]) == (0, "", [])
    assert (summary["engine"], summary["stack"]) == ("pulumi", "dev")
    seen = phases(ended)
    resources = sum(
        one["type"].startswith(("aws:", "pulumi:index:")) for one in summary["resources"]
    )
    assert re.fullmatch(rf"{resources} to create; \d{{2,}} rules, 0 violations", seen["preview"])
    assert seen["deploy"] == seen["preview"]
    assert (seen["update again"], seen["refresh"]) == ("no changes", "no changes")
    assert seen["destroy"] == f"{resources} to delete"
    assert summary["outputs"]["apiKey"] == "[secret]"
    assert [run["successful"] for run in summary["flows"]] == [True]
    assert (ended.left, ended.survivors, ended.open_ports) == ([], [], [])
    assert (ended.visits, ended.home_changes) == ([], set())


@pytest.mark.thorough
def test_prod_is_not_destroyed(tmp_path: Path) -> None:
    ended, summary = rehearsed(tmp_path, "--stack", "prod", "--mode", "batch")
    assert (ended.code, ended.stderr, summary["problems"]) == (0, "", [])
    assert phases(ended)["destroy"].startswith("refused, ")
    assert (ended.left, ended.survivors) == ([], [])


def test_nothing_is_left_of_an_engine_that_is_interrupted(tmp_path: Path) -> None:
    with Rehearsal(tmp_path, "--mode", "local", engine="pulumi") as running:
        running.wait_for_line("preview ...")
        running.wait_for_listeners(1)
        running.signal(signal.SIGINT)
        ended = running.end()
    assert ended.code == 130
    assert ended.stderr == "rehearsal: interrupted; everything was stopped and removed\n"
    assert (ended.left, ended.survivors, ended.open_ports) == ([], [], [])
