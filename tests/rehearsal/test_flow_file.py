"""A flow's file, looked at before anything is deployed for it."""

from pathlib import Path

import pytest

from rehearsal.flow_file import problem_of

ROOT = Path(__file__).resolve().parents[2]
HINT = "--flow takes a Python file with a FlowSpec"


@pytest.mark.parametrize(
    "text",
    [
        b"from metaflow import FlowSpec\n",
        b"import metaflow.plugins as plugins\n",
        b"from own_flows import TrainingFlow as Flow\nFlow()\n",
        b"def late():\n    import metaflow\n",
        b"import importlib\n",
        b"import subprocess, sys\n",
        "# \u00e4\nimport metaflow\n".encode(),
        b"# coding: latin-1\n# \xe4\nimport metaflow\n",
    ],
    ids=["from", "module", "own", "late", "importlib", "starts-one", "utf-8", "latin-1"],
)
def test_whatever_could_run_a_flow_is_taken(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "flow.py"
    path.write_bytes(text)
    assert problem_of(path) is None


def test_the_projects_own_flows_are_taken() -> None:
    flows = list((ROOT / "rehearsal" / "flows").glob("*_flow.py"))
    assert len(flows) > 0
    assert [problem_of(path) for path in flows] == [None] * len(flows)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"x = 1\nif (\n", "is no Python: '(' was never closed (line 2)"),
        (b"x = '\xe4'\n", "is no Python: "),
        (b"x = 1\0\n", "is no Python: "),
        (b"(" * 10_000, "is no Python: "),
        (b"x = 1\n", "imports nothing that has a FlowSpec"),
        (b"import sys\nfrom json import dumps\n", "imports nothing that has a FlowSpec"),
        (b"", "imports nothing that has a FlowSpec"),
    ],
    ids=["syntax", "encoding", "binary", "deep", "no-import", "standard-library", "empty"],
)
def test_a_file_that_cannot_run_a_flow_is_told(tmp_path: Path, text: bytes, words: str) -> None:
    path = tmp_path / "flow.py"
    path.write_bytes(text)
    problem = problem_of(path)
    assert problem is not None
    assert problem.startswith(f"the flow {path} {words}")
    assert problem.endswith(f"; {HINT}")
    assert "\n" not in problem


def test_a_place_without_a_file_is_told(tmp_path: Path) -> None:
    assert problem_of(tmp_path) == f"{tmp_path} is a folder; {HINT}"
    gone = tmp_path / "gone.py"
    assert problem_of(gone) == f"the flow {gone} does not exist; {HINT}"
