"""Committed results that this version cannot read are one line that says which part to mend."""

import importlib
import json
from pathlib import Path
from typing import Any

import pytest

from bench import comparing, readme_table, results_file

bench = importlib.import_module("bench.__main__")

IAM = {"dev": {"together": {"granted": 5, "on_star": 1}, "roles": []}}
OLD: dict[str, Any] = {
    "critical_path": {"dev": {"typical": 436}},
    "cost": {"stacks": {"dev": 43.58}, "templates": {}},
    "iam": {"dev": 73},
    "program": {"prod": {"minimum": 1}},
    "mfconfig": [1, 2],
    "preview": {},
    "policies": None,
}
"""Results of each part with a figure, as no version reads them."""


@pytest.fixture
def results(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Have results and README in a folder, one part measured, and return the results' path."""
    path = tmp_path / "results.json"
    (tmp_path / "README.md").write_text("<!-- bench -->\nold\n<!-- /bench -->\n")
    monkeypatch.setattr(results_file, "RESULTS", path)
    monkeypatch.setattr(results_file, "ROOT", tmp_path)
    monkeypatch.setattr(bench, "parts", lambda *_: {"iam": lambda: IAM})
    return path


def test_every_part_with_a_figure_is_tried() -> None:
    assert {part for part in comparing.FIGURES if part not in bench._WITHOUT_FIGURES} == {*OLD}


@pytest.mark.parametrize("part", [one for one in OLD if one != "iam"])
def test_another_part_of_an_old_layout_is_named_and_what_was_measured_stays(
    part: str, results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results.write_text(json.dumps({part: OLD[part]}))
    assert bench.main(["--only", "iam"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"bench/results.json: the part {part} is in another layout than this")
    assert line.endswith(
        f"measure it again with `python -m bench --only {part}`, or take it out of the file."
    )
    assert json.loads(results.read_text())["iam"] == IAM
    assert json.loads(results.read_text())[part] == OLD[part]


def test_checking_against_an_old_layout_names_the_part(
    results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results.write_text(json.dumps({"iam": OLD["iam"]}))
    assert bench.main(["--check", "--only", "iam"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("bench/results.json: the part iam is in another layout")


def test_a_part_that_is_measured_again_is_mended(results: Path) -> None:
    results.write_text(json.dumps({"iam": OLD["iam"]}))
    assert bench.main(["--only", "iam"]) == 0
    assert json.loads(results.read_text())["iam"] == IAM


def test_a_table_of_the_readme_names_its_part_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have results whose figures can be read, and whose switches cannot."""
    monkeypatch.setattr(readme_table, "of_figures", lambda _: "")
    bill = {"stacks": {"prod": {"usd": 442.46}}, "templates": {}}
    with pytest.raises(comparing.LayoutError, match=r"the part cost is .* \(KeyError: 'switches'"):
        results_file.tables({"cost": bill})


@pytest.mark.parametrize("text", ["{", "[]", ""], ids=["cut off", "list", "empty"])
def test_results_that_are_no_json_object_are_one_line(
    text: str, results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results.write_text(text)
    assert bench.main(["--only", "iam"]) == 2
    printed = capsys.readouterr()
    (line,) = printed.err.splitlines()
    assert line.startswith("bench/results.json is no JSON object (")
    assert "make bench" in line
    assert results.read_text() == text
    assert "iam ..." not in printed.out


def test_a_fault_of_what_measures_is_shown_whole() -> None:
    """A part that was measured just now is not the file's fault."""
    with pytest.raises(KeyError):
        bench.checked("iam", lambda: {"dev": {}}, IAM)
