"""What the log of events says, as the CLI writes it; needs no CLI."""

import json
from pathlib import Path
from typing import Any

import pytest

from rehearsal.engine import events

URN = "urn:pulumi:dev::p::aws:s3/bucket:Bucket::data"


def log(folder: Path, *lines: dict[str, Any]) -> Path:
    path = folder / "events.json"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def step(kind: str, operation: str, **more: Any) -> dict[str, Any]:
    metadata = {"op": operation, "urn": URN, "type": "aws:s3/bucket:Bucket", **more}
    return {kind: {"metadata": metadata}}


def violation(level: str) -> dict[str, Any]:
    return {"policyEvent": {"policyName": "tls", "enforcementLevel": level, "message": "No.\nTLS."}}


def test_a_log_that_was_never_begun_is_empty(tmp_path: Path) -> None:
    assert events.read(tmp_path / "none.json") == events.Outcome()


def test_an_update_is_told_by_what_it_began(tmp_path: Path) -> None:
    begun = step("resourcePreEvent", "update", diffs=["tags"])
    seen = events.read(log(tmp_path, begun, step("resOutputsEvent", "update", diffs=["tags"])))
    assert seen.operations == (events.Operation("update", URN, "aws:s3/bucket:Bucket", ("tags",)),)


def test_a_refresh_is_told_by_what_it_found(tmp_path: Path) -> None:
    asked = step("resourcePreEvent", "refresh")
    same = events.read(log(tmp_path, asked, step("resOutputsEvent", "same")))
    assert [one.name for one in same.operations] == ["same"]
    assert same.changes == ()
    other = events.read(log(tmp_path, asked, step("resOutputsEvent", "delete")))
    assert [one.name for one in other.changes] == ["delete"]


@pytest.mark.parametrize(("level", "stops"), [("mandatory", 1), ("advisory", 0)])
def test_a_violation_is_one_line_with_its_level(tmp_path: Path, level: str, stops: int) -> None:
    seen = events.read(log(tmp_path, violation(level)))
    assert seen.violations == (f"tls ({level}): No. TLS.",)
    assert len(seen.mandatory) == stops


def test_an_error_names_its_resource_in_one_line(tmp_path: Path) -> None:
    said = {"severity": "error", "urn": URN, "message": "<{%reset%}>taken\n  already<{%reset%}>\n"}
    noise = {"severity": "debug", "message": "noise"}
    seen = events.read(log(tmp_path, {"diagnosticEvent": said}, {"diagnosticEvent": noise}))
    assert seen.errors == ("data: taken already",)
    assert seen.warnings == ()
