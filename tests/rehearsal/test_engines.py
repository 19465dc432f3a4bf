"""Which engine a rehearsal takes where none is asked for, and why."""

from pathlib import Path

import pytest

from rehearsal import engines
from rehearsal.engines import EngineName


@pytest.mark.parametrize(
    ("said", "name", "why"),
    [
        ("v3.208.0", EngineName.PULUMI, "the Pulumi CLI v3.208.0 is on PATH"),
        ("3.260.1", EngineName.PULUMI, "the Pulumi CLI 3.260.1 is on PATH"),
        (
            "v3.207.9",
            EngineName.MOCKS,
            "the Pulumi CLI on PATH is v3.207.9; tested are 3.208 up to 4.0",
        ),
        (
            "v4.0.0",
            EngineName.MOCKS,
            "the Pulumi CLI on PATH is v4.0.0; tested are 3.208 up to 4.0",
        ),
        ("", EngineName.MOCKS, "the Pulumi CLI on PATH says no version: nothing"),
        ("weather", EngineName.MOCKS, "the Pulumi CLI on PATH says no version: weather"),
    ],
)
def test_the_cli_is_taken_in_the_versions_that_fit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str, name: EngineName, why: str
) -> None:
    cli = tmp_path / "pulumi"
    cli.write_text(f"#!/bin/sh\necho '{said}'\n")
    cli.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert engines.found() == (name, why)


def test_without_a_cli_the_mocks_are_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert engines.found() == (EngineName.MOCKS, "the Pulumi CLI is not on PATH")
