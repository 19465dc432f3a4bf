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
    said = {"policyPackName": "pack", "policyName": "tls", "message": "No.\nTLS."}
    return {"policyEvent": {**said, "enforcementLevel": level}}


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


@pytest.mark.parametrize(
    ("level", "refusing"),
    [("mandatory", ("tls: No. TLS.",)), ("remediate", ("tls: No. TLS.",)), ("advisory", ())],
)
def test_a_violation_that_stops_is_one_line(
    tmp_path: Path, level: str, refusing: tuple[str, ...]
) -> None:
    seen = events.read(log(tmp_path, violation(level)))
    assert [one.level for one in seen.findings] == [level]
    assert seen.refusing == refusing


def test_a_rule_that_waits_for_values_has_found_nothing(tmp_path: Path) -> None:
    event = violation("mandatory")
    event["policyEvent"]["message"] = "can't run policy 'tls' from policy pack 'pack@v1': unknown"
    seen = events.read(log(tmp_path, event))
    assert (seen.findings, seen.refusing, len(seen.put_off)) == ((), (), 1)


def test_an_error_names_its_resource_in_one_line(tmp_path: Path) -> None:
    said = {"severity": "error", "urn": URN, "message": "<{%reset%}>taken\n  already<{%reset%}>\n"}
    noise = {"severity": "debug", "message": "noise"}
    seen = events.read(log(tmp_path, {"diagnosticEvent": said}, {"diagnosticEvent": noise}))
    assert seen.errors == ("data: taken already",)


def test_an_error_of_the_program_keeps_its_lines(tmp_path: Path) -> None:
    said = {"severity": "error", "message": "2 settings are not usable:\n  a is 1\n  b is 2\n"}
    ended = {"severity": "error", "message": "an unhandled error occurred: program exited with "}
    ended["message"] += "non-zero exit code: 1"
    seen = events.read(log(tmp_path, {"diagnosticEvent": said}, {"diagnosticEvent": ended}))
    assert seen.errors == ("2 settings are not usable:\na is 1\nb is 2",)
    assert seen.warnings == ()
