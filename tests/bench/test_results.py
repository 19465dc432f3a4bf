"""What the benchmarks claim, compare and write; nothing is measured here."""

import importlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench import comparing, policies, program, readme_table, results_file, suite
from bench.comparison import flat_program
from bench.comparison.planted import FAULTS, Change, Fault, UnplantedError, planted
from bench.figure import Figure
from tests.deployed import ROOT, deploy_stack

bench = importlib.import_module("bench.__main__")

MFCONFIG = {
    "python -c pass": {"minimum": 1, "mebibytes": 10},
    "mfconfig": {"minimum": 2, "mebibytes": 10},
}


def taking(seconds: float) -> dict[str, Any]:
    """Return results of `mfconfig` beside an interpreter that takes a second."""
    return {**MFCONFIG, "mfconfig": {"minimum": seconds, "mebibytes": 10}}


def granting(number: int) -> dict[str, Any]:
    """Return results of `iam`."""
    return {"dev": {"together": {"granted": number, "on_star": 1}, "roles": []}}


@pytest.fixture
def results(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Have results and README written to a folder, and return the results' path."""
    path = tmp_path / "results.json"
    marks = ("bench", "switches", "expected", "findings")
    text = "\n".join(f"<!-- {one} -->\nold\n<!-- /{one} -->" for one in marks)
    (tmp_path / "README.md").write_text(f"before\n{text}\nafter\n")
    monkeypatch.setattr(results_file, "RESULTS", path)
    monkeypatch.setattr(results_file, "ROOT", tmp_path)
    return path


@pytest.mark.parametrize(
    ("part", "value", "before", "words"),
    [
        ("mfconfig", 1.0, 1.0, []),
        ("mfconfig", 1.24, 1.0, []),
        ("mfconfig", 1.26, 1.0, ["worse than the committed 1: a / b: 1.26 (at most 1.3)"]),
        ("mfconfig", 0.5, 1.0, []),
        ("mfconfig", 0.5, None, ["not committed: a / b: 0.5 (at most 1.3); run `make bench`"]),
        ("cost", 1.0, 1.0, []),
        ("cost", 1.01, 1.0, ["not the committed 1: a / b: 1.01 (at most 1.3); run `make bench`"]),
        ("cost", 0.9, 1.0, ["not the committed 1: a / b: 0.9 (at most 1.3); run `make bench`"]),
        ("cost", 1.26, 1.0, ["worse than the committed 1: a / b: 1.26 (at most 1.3)"]),
        ("iam", 1, 0, ["worse than the committed 0: a / b: 1 (at most 1.3)"]),
    ],
)
def test_what_is_much_worse_is_told_and_what_is_counted_is_the_same(
    part: str, value: float, before: float | None, words: list[str]
) -> None:
    earlier = [] if before is None else [Figure("a / b", before)]
    assert comparing.worse(part, [Figure("a / b", value, 1.3)], earlier) == words


def test_a_figure_that_is_gone_is_told() -> None:
    assert comparing.worse("iam", [], [Figure("a / b", 1)]) == [
        "no longer measured: a / b; run `make bench`"
    ]


def test_what_is_claimed_and_does_not_hold_is_told() -> None:
    assert comparing.broken([Figure("a", 1, 1), Figure("b", 1.01, 1), Figure("c", 9)]) == [
        "does not hold: b: 1.01 (at most 1)"
    ]


@pytest.mark.parametrize(
    ("taken", "left", "words"),
    [
        ([2.9, 2.9, 2.9, 2.0], [2.0], ["worse than the committed 2"]),
        ([2.9, 2.0, 2.9], [2.9], []),
        ([2.0, 2.9], [2.9], []),
        ([4, 4, 4, 4], [4], ["does not hold", "worse than the committed 2"]),
    ],
    ids=["slow each time", "slow once", "never slow", "too slow"],
)
def test_what_is_timed_is_worse_only_if_it_is_each_time(
    taken: list[float], left: list[float], words: list[str]
) -> None:
    runs = iter(taken)
    _, lines = bench.checked("mfconfig", lambda: taking(next(runs)), taking(2))
    assert [line.partition(":")[0] for line in lines] == words
    assert list(runs) == left


def test_what_is_counted_is_counted_once() -> None:
    runs = iter([granting(9)])
    _, lines = bench.checked("iam", lambda: next(runs), granting(1))
    assert [line for line in lines if line.startswith("worse than the committed 1")]


def test_checking_compares_and_writes_nothing(
    monkeypatch: pytest.MonkeyPatch, results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "parts", lambda *_: {"iam": lambda: granting(5)})
    results_file.write("iam", granting(5))
    readme = results.with_name("README.md")
    before = (results.read_text(), readme.read_text())
    assert bench.main(["--check"]) == 0
    monkeypatch.setattr(bench, "parts", lambda *_: {"iam": lambda: granting(6)})
    assert bench.main(["--check"]) == 1
    assert capsys.readouterr().err == (
        "not the committed 5: actions granted, all roles together: dev: 6; run `make bench`\n"
    )
    assert (results.read_text(), readme.read_text()) == before


def test_a_part_that_is_not_measured_stays(results: Path) -> None:
    results_file.write("mfconfig", MFCONFIG)
    results_file.write("iam", granting(5))
    written = json.loads(results.read_text())
    assert list(written) == ["measured", "iam", "mfconfig"]
    assert written["measured"].keys() == {"iam", "mfconfig"}
    text = results.with_name("README.md").read_text()
    assert text.startswith(
        "before\n<!-- bench -->\n| figure | measured | at most |\n|---|---|---|\n"
        "| actions granted, all roles together: dev | 5 |  |\n"
        "| actions granted on *, all roles together: dev | 1 |  |\n"
        "| mfconfig / python -c pass: time | 2 | 3 |\n"
        "| mfconfig / python -c pass: memory | 1 |  |\n<!-- /bench -->\n<!-- switches -->\nold\n"
    )
    assert text.endswith("\nafter\n")
    assert sorted(path.name for path in results.parent.iterdir()) == ["README.md", "results.json"]


def test_a_part_is_written_before_the_next_one_fails(
    monkeypatch: pytest.MonkeyPatch, results: Path
) -> None:
    def fails() -> dict[str, Any]:
        raise KeyboardInterrupt

    monkeypatch.setattr(bench, "parts", lambda *_: {"iam": lambda: granting(5), "program": fails})
    assert bench.main([]) == 130
    assert json.loads(results.read_text())["iam"] == granting(5)


def test_a_results_stamp_names_day_commit_and_python() -> None:
    stamp = results_file.stamp()
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", stamp["day"])
    assert re.fullmatch(r"[0-9a-f]{12}(-dirty)?", stamp["commit"])
    assert stamp["python"] == ".".join(map(str, sys.version_info[:3]))


def test_the_readme_shows_what_is_committed_and_all_of_it_holds() -> None:
    committed = results_file.committed()
    readme = (ROOT / "README.md").read_text()
    for mark, table in results_file.tables(committed).items():
        assert f"<!-- {mark} -->\n{table}\n<!-- /{mark} -->" in readme
    assert comparing.broken(comparing.all_figures(committed)) == []
    measured = set(committed[results_file.MEASURED])
    assert set(committed) == {results_file.MEASURED, *measured}
    # The part `suite` is measured by running this test, too.
    assert measured | {"suite"} == {*comparing.FIGURES}


def test_the_readme_expects_p50_to_p90_minutes() -> None:
    found = results_file.committed()["critical_path"]
    prod, dev = (
        f"{found[stack]['deploy']['p50'] / 60:.0f} to {found[stack]['deploy']['p90'] / 60:.0f}"
        for stack in ("prod", "dev")
    )
    readme = " ".join((ROOT / "README.md").read_text().split())
    assert f"Expect {prod} minutes for prod and {dev} for dev;" in readme


def test_the_readme_says_what_to_expect_and_who_finds_what() -> None:
    times = {"typical": 61, "p50": 90, "p90": 150}
    one = {"problems": [], "deploy": times, "destroy": times}
    other = {**one, "problems": ["no database"]}
    table = readme_table.of_expected_times({"dev": one, "theirs": other})
    assert table.splitlines()[2:] == [
        "| dev | deploy | 1 | 2 | 2 |",
        "| dev | destroy | 1 | 2 | 2 |",
        "| theirs | destroy | 1 | 2 | 2 |",
    ]
    found = {
        "both packs": {"finds": {"a fault": ["x", "y"]}},
        "Checkov": {"finds": {"a fault": []}},
    }
    assert readme_table.of_findings(found).splitlines() == [
        "| fault planted in prod | both packs | Checkov |",
        "|---|---|---|",
        "| a fault | x, y | nothing |",
    ]


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
    monkeypatch: pytest.MonkeyPatch, results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(
        bench, "parts", lambda *_: {"mfconfig": lambda: MFCONFIG, "preview": lambda: {}}
    )
    assert bench.main([]) == 0
    line = "preview: not measured, no Pulumi CLI on PATH; the committed rows stay."
    assert line in capsys.readouterr().out.splitlines()
    assert json.loads(results.read_text())["mfconfig"] == MFCONFIG
    monkeypatch.setattr(bench.preview, "available", lambda: True)
    assert bench.main(["--check"]) == 0
    line = "preview: not measured, --check leaves it out; the committed rows stay."
    assert line in capsys.readouterr().out.splitlines()
    assert "preview" not in bench.hindrances(bench.command_line().parse_args(["--only", "preview"]))
    chosen = bench.command_line().parse_args(["--check", "--only", "preview"])
    assert "preview" not in bench.hindrances(chosen)


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


def test_a_fault_counts_as_found_by_the_policy_that_is_there_for_it() -> None:
    finds = {fault.name: [fault.policy, "another"] for fault in FAULTS}
    scanner = {"minimum": 4, policies.AS_IT_IS: [["W1", "x"]], "finds": {}}
    packs = {"minimum": 1, policies.AS_IT_IS: [], "finds": finds}
    found = {"both packs": packs, "Checkov": scanner, "cfn-lint": scanner}

    def value(name: str) -> float:
        return next(one.value for one in policies.figures(found) if name in one.name)

    assert [one.value for one in policies.figures(found)] == [0.25, 0, 0, 0]
    assert value("in the rehearsal's engine / Checkov") == 0.25
    packs["finds"] = {**finds, FAULTS[0].name: ["another"], FAULTS[1].name: []}
    assert value("both packs miss") == 2
    packs[policies.AS_IT_IS] = [["rds-not-public", "urn"]]
    assert value("violations") == 1
    found["cfn-lint"] = {**scanner, policies.AS_IT_IS: [["E3012", "x"], ["W1", "x"]]}
    assert value("errors") == 1


def test_what_a_fault_adds_is_what_finds_it() -> None:
    found = {policies.AS_IT_IS: {("a", "x")}, "fault": {("a", "x"), ("a", "y"), ("b", "x")}}
    assert policies.rules_that_find(found, "fault") == {"a", "b"}


def test_faults_change_one_input_each_and_need_their_resource() -> None:
    deployment = deploy_stack("prod")
    fault = next(one for one in FAULTS if one.policy == "rds-not-public")
    changed = planted(deployment, fault)
    differing = [
        (before.name, after.inputs["publiclyAccessible"])
        for before, after in zip(deployment.registrations, changed.registrations, strict=True)
        if before != after
    ]
    assert differing == [("metaflow-db-instance", True)]
    nowhere = Change("aws:rds/instance:Instance", "gone", "publiclyAccessible", lambda _: True)
    with pytest.raises(UnplantedError, match="0 resources gone"):
        planted(deployment, Fault("lost", (nowhere,), "rds-not-public"))


def test_a_report_of_the_tests_is_read(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    cases = "".join(f'<testcase classname="c" name="t{n}" time="{n}.04"/>' for n in range(30))
    report.write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
    found = suite.read(report, 12.6)
    assert (found["seconds"], found["tests"]) == (13, 30)
    assert list(found["slowest"].items())[:2] == [("c::t29", 29.0), ("c::t28", 28.0)]
    assert len(found["slowest"]) == suite.SLOWEST
