"""What the benchmarks claim, compare and write; nothing is measured here."""

import importlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bench import program, readme_table
from bench.comparison import flat_program
from bench.figure import Figure
from tests.deployed import ROOT, deploy_stack

bench = importlib.import_module("bench.__main__")


@pytest.mark.parametrize(
    ("value", "at_most", "before", "words"),
    [
        (1.0, 1.3, 1.0, []),
        (1.24, 1.3, 1.0, []),
        (1.26, 1.3, 1.0, ["worse than the committed 1: a / b: 1.26 (at most 1.3)"]),
        (1.31, 1.3, 1.3, ["does not hold: a / b: 1.31 (at most 1.3)"]),
        (7, None, 5, ["worse than the committed 5: a / b: 7"]),
        (7, None, None, []),
        (0, 0, 0, []),
    ],
)
def test_what_is_broken_or_much_worse_is_told(
    value: float, at_most: float | None, before: float | None, words: list[str]
) -> None:
    now = [Figure("a / b", value, at_most)]
    earlier = [] if before is None else [Figure("a / b", before)]
    assert bench.problems(now, earlier) == words


@pytest.mark.parametrize(
    ("part", "taken", "ratio"),
    [
        ("mfconfig", [4.0, 4.0, 4.0, 2.0], 4.0),
        ("mfconfig", [4.0, 2.0, 4.0], 2.0),
        ("mfconfig", [2.0, 4.0], 2.0),
    ],
    ids=["slow each time", "slow once", "never slow"],
)
def test_what_is_timed_is_worse_only_if_it_is_each_time(
    part: str, taken: list[float], ratio: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "committed", lambda: {part: {"mfconfig": 2, "python -c pass": 1}})
    runs = iter(taken)
    found = bench.checked(part, lambda: {"mfconfig": next(runs), "python -c pass": 1})
    assert found["mfconfig"] == ratio


def test_what_is_counted_is_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = {"dev": {"together": {"granted": 9, "on_star": 9}, "roles": []}}
    monkeypatch.setattr(
        bench, "committed", lambda: {"iam": {"dev": {"together": {"granted": 1, "on_star": 1}}}}
    )
    runs = iter([counts])
    assert bench.checked("iam", lambda: next(runs)) == counts


def test_a_part_that_is_not_measured_stays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    results.write_text(json.dumps({"mfconfig": {"mfconfig": 4, "python -c pass": 2}}))
    (tmp_path / "README.md").write_text("before\n<!-- bench -->\nold\n<!-- /bench -->\nafter\n")
    monkeypatch.setattr(bench, "RESULTS", results)
    monkeypatch.setattr(bench, "ROOT", tmp_path)
    bench.write({"iam": {"dev": {"together": {"granted": 5, "on_star": 1}, "roles": []}}})
    assert list(json.loads(results.read_text())) == ["iam", "mfconfig"]
    assert (tmp_path / "README.md").read_text() == (
        "before\n<!-- bench -->\n| figure | measured | at most |\n|---|---|---|\n"
        "| actions granted, all roles together: dev | 5 |  |\n"
        "| actions granted on *, all roles together: dev | 1 |  |\n"
        "| mfconfig / python -c pass | 2 | 3 |\n<!-- /bench -->\nafter\n"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["README.md", "results.json"]


def test_the_readme_shows_what_is_committed_and_all_of_it_holds() -> None:
    figures = bench.all_figures(bench.committed())
    readme = (ROOT / "README.md").read_text()
    assert readme_table.of_figures(figures) in readme
    assert readme_table.of_switches(bench.committed()["cost"]) in readme
    assert [str(one) for one in figures if not one.holds] == []
    assert {*bench.FIGURES} - {"suite"} <= set(bench.committed()) <= {*bench.FIGURES}


def test_the_readme_says_what_each_switch_would_change() -> None:
    switch = {"settings": {"natGateways": "one", "flowLogs": False}, "usd": 1.5, "difference": -73}
    table = readme_table.of_switches({"stacks": {"prod": {"switches": [switch]}}})
    assert table.splitlines() == [
        "| stack | with these settings | USD a month more | USD a month |",
        "|---|---|---|---|",
        "| prod | `natGateways: one, flowLogs: false` | -73.00 | 1.50 |",
    ]


def test_a_part_that_is_asked_for_and_cannot_run_is_a_mistake(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    for part, why in (
        ("preview", "no Pulumi CLI on PATH"),
        ("policies", "no --scanners"),
    ):
        assert bench.main(["--only", part]) == 2
        assert capsys.readouterr().err == f"{part} cannot be measured: {why}.\n"
    assert bench.main(["--only", "suite", "--check"]) == 2
    assert bench.main(["--only", "policies", "--scanners", "/nowhere"]) == 2
    assert "no Checkov in /nowhere" in capsys.readouterr().err


def test_a_part_that_cannot_run_says_so_and_the_others_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(bench, "RESULTS", tmp_path / "results.json")
    monkeypatch.setattr(bench, "ROOT", tmp_path)
    (tmp_path / "README.md").write_text("")
    ratio = {"mfconfig": 2, "python -c pass": 1}
    monkeypatch.setattr(
        bench, "parts", lambda *_: {"mfconfig": lambda: ratio, "preview": lambda: {}}
    )
    assert bench.main([]) == 0
    line = "preview: not measured, no Pulumi CLI on PATH; the committed row stays."
    assert line in capsys.readouterr().out.splitlines()
    assert json.loads((tmp_path / "results.json").read_text()) == {"mfconfig": ratio}


def test_what_the_rehearsals_used_is_what_iam_is_given(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given: list[Path] = []
    monkeypatch.setattr(bench.iam, "results", lambda summaries: given.extend(summaries) or {})
    own = tmp_path / "own" / "summary.json"
    chosen = bench.command_line().parse_args(["--summary", str(own)])
    parts = bench.parts(chosen, tmp_path)
    assert list(parts).index("phases") < list(parts).index("iam")
    (tmp_path / "dev.json").touch()
    parts["iam"]()
    assert given == [own, tmp_path / "dev.json"]


def test_growth_is_measured_beyond_the_imports() -> None:
    """Have a program whose time grows with the square of its resources, and slow imports."""

    def row(resources: int, seconds: float) -> dict[str, float]:
        return {"minimum": 10 + seconds, "resources": resources}

    def growth(of: Callable[[int], float]) -> list[str]:
        sizes = dict(zip(program.QUEUES, (100, 127, 244), strict=True))
        found = {
            program.FLAT: row(100, 0),
            program.IMPORTED: {"minimum": 10},
            **{program._queues(one): row(size, of(size)) for one, size in sizes.items()},
        }
        return [str(one) for one in program.figures(found) if not one.holds]

    assert growth(lambda size: size / 100) == []
    (told,) = growth(lambda size: size**2 / 10_000)
    assert "beyond the imports, 49 queues / 1: 2.44 (at most 1.2)" in told


def test_the_program_to_compare_with_registers_as_many_resources(tmp_path: Path) -> None:
    registrations = deploy_stack("prod").registrations
    program = flat_program.write(tmp_path, "prod", registrations, "us-east-1")
    counting = (
        "import pulumi, runpy, sys\n"
        "from pulumi.runtime import mocks\n"
        "made = []\n"
        "class Counted(mocks.Mocks):\n"
        "    def new_resource(self, args):\n"
        "        made.append(args.typ)\n"
        "        return args.name, args.inputs\n"
        "    def call(self, args):\n"
        "        raise AssertionError(args.token)\n"
        "mocks.set_mocks(Counted())\n"
        "pulumi.runtime.test(lambda: runpy.run_path(sys.argv[1]) and None)()\n"
        "print(len(made))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", counting, str(program)], check=True, capture_output=True, text=True
    )
    assert int(done.stdout) == len(registrations) - 1  # the stack is no resource of the program's
