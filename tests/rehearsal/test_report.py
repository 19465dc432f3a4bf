"""The summary as a file and as a table, and the progress lines."""

import io
import json
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from rehearsal.policies import Judged, Title, Violation
from rehearsal.progress import Progress
from rehearsal.registrations import Registration
from rehearsal.report import FlowRun, Report
from rehearsal.wiring import Hop

ROOT = Path(__file__).resolve().parents[2]
SECRET = "sEcReT-value"


def registration(name: str, *, custom: bool = True) -> Registration:
    return Registration(
        urn=f"urn:pulumi:dev::tiny::aws:s3/bucket:Bucket::{name}",
        type="aws:s3/bucket:Bucket",
        name=name,
        parent="",
        custom=custom,
        id=name,
        inputs={"secret": SECRET},
        outputs={"secret": SECRET},
        dependencies=(),
        property_dependencies={},
        protect=False,
        retain_on_delete=False,
        ignore_changes=(),
    )


def hop(*, is_open: bool, expected: bool) -> Hop:
    return Hop(source="jobs", target="service", port=8080, open=is_open, expected=expected)


@pytest.fixture
def report() -> Report:
    run = FlowRun(
        name="flow",
        mode="local",
        pathspec="Flow/1",
        successful=True,
        seconds=7.1,
        artifacts={"key": SECRET},
    )
    return Report(
        engine="mocks",
        stack="dev",
        registrations=[registration("one"), registration("component", custom=False)],
        outputs={"z": [1], "apiKey": SECRET, "deep": {"key": SECRET}},
        secret_outputs=frozenset({"apiKey", "deep"}),
        profile="/somewhere/config_dev.json",
        flows=[run],
        wiring=[hop(is_open=True, expected=True), hop(is_open=True, expected=False)],
        packs=[Title("small", "1.0.0", "small")],
        judged=[Judged(pack="small", name="private", level="mandatory", checked=3)],
        violations=[
            Violation(
                pack="small",
                policy="private",
                level="advisory",
                severity="",
                urn="urn:pulumi:dev::tiny::a:b:C::one",
                description="All is private.",
                message="It is public.",
                remediation="Hide it.",
            )
        ],
        problems=["[secret] is not [red]open[/red]"],
        seconds={"deploy": 6.0, "run a flow": 8.4},
    )


def test_the_summary_has_its_form_and_no_secret(report: Report, tmp_path: Path) -> None:
    report.write(tmp_path / "summary.json")
    text = (tmp_path / "summary.json").read_text()
    assert SECRET not in text
    assert json.loads(text) == {
        "engine": "mocks",
        "stack": "dev",
        "resources": [
            {"urn": one.urn, "type": "aws:s3/bucket:Bucket"} for one in report.registrations
        ],
        "outputs": {"apiKey": "[secret]", "deep": "[secret]", "z": [1]},
        "profile": "/somewhere/config_dev.json",
        "flows": [
            {
                "name": "flow",
                "mode": "local",
                "pathspec": "Flow/1",
                "successful": True,
                "seconds": 7.1,
            }
        ],
        "wiring": [
            {"from": "jobs", "to": "service", "port": 8080, "open": True, "expected": expected}
            for expected in (True, False)
        ],
        "policies": [{"pack": "small", "name": "private", "level": "mandatory", "checked": 3}],
        "violations": [
            {
                "pack": "small",
                "policy": "private",
                "level": "advisory",
                "severity": "",
                "urn": "urn:pulumi:dev::tiny::a:b:C::one",
                "message": "It is public.",
                "remediation": "Hide it.",
            }
        ],
        "iam": None,
        "problems": ["[secret] is not [red]open[/red]"],
        "seconds": {"deploy": 6.0, "run a flow": 8.4},
    }
    assert [path.name for path in tmp_path.iterdir()] == ["summary.json"]


def test_a_full_disk_leaves_the_old_summary_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "summary.json"
    path.write_text("old")
    script = """
        import resource, sys
        from pathlib import Path
        from rehearsal.report import Report
        sys.dont_write_bytecode = True  # it would be cut, and stay
        resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))
        try:
            Report(engine="mocks", stack="dev").write(Path(sys.argv[1]))
        except OSError as error:
            print(error.strerror)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("File too large\n", "")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def console(*, terminal: bool = False) -> Console:
    return Console(file=io.StringIO(), force_terminal=terminal, width=80, _environ={})


def printed(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_table_counts_and_tells_every_problem_in_its_own_words(report: Report) -> None:
    report.problems.append("a line that is longer than a terminal is wide " * 4)
    place = console()
    report.show(place)
    text = printed(place)
    assert SECRET not in text
    assert text.startswith("Policies:\n    ⚠️ small@v1.0.0 (local: small)\n")
    for row in (
        "1 of 1 types",
        "1 of 1 connections open, 0 of 1 others closed",
        "Flow/1 successful in 7.1 s",
        "14 s",
    ):
        assert row in text
    lines = text.splitlines()
    assert lines[-2:] == [f"not held: {problem}" for problem in report.problems]


def test_a_failure_is_told_without_the_table_and_packs_only_where_they_found_something(
    report: Report,
) -> None:
    with_violations = console()
    report.show_failure(with_violations)
    assert [line.split()[0] for line in printed(with_violations).splitlines()] == [
        "Policies:",
        "⚠️",
        "-",
        "All",
        "It",
        "To",
        "private:",
        "not",
    ]
    without = console()
    replace(report, violations=[]).show_failure(without)
    assert printed(without).splitlines() == [f"not held: {problem}" for problem in report.problems]


def test_phases_are_plain_lines_where_there_is_no_terminal() -> None:
    place = console()
    progress = Progress(place)
    with progress.phase("deploy") as phase:
        phase.at("aws:s3/bucket:Bucket one")
        phase.result = "[bold]88[/bold] resources"
    with pytest.raises(ValueError, match="no"), progress.phase("run a flow"):
        raise ValueError("no")
    seconds = progress.seconds["deploy"]
    assert printed(place).splitlines() == [
        "deploy ...",
        f"deploy: [bold]88[/bold] resources ({seconds} s)",
        "run a flow ...",
    ]
    assert list(progress.seconds) == ["deploy"]


def test_a_terminal_shows_where_a_phase_is() -> None:
    place = console(terminal=True)
    progress = Progress(place)
    with progress.phase("deploy") as phase:
        phase.at("aws:s3/bucket:Bucket one")
    assert "deploy ..." not in printed(place)
    assert "\x1b[" in printed(place)
    assert "deploy (0" in printed(place)


def test_what_was_printed_is_not_printed_again(report: Report) -> None:
    place = console()
    report.show(place)
    before = printed(place)
    report.problems.append("the stack was not destroyed")
    report.show_problems(place)
    assert printed(place).removeprefix(before) == "not held: the stack was not destroyed\n"
