"""How the end of a flow is told; the flows here are programs that only act like one."""

import textwrap
from pathlib import Path

import pytest

from rehearsal import flow_runner
from rehearsal.flow_runner import FlowError, FlowRunner, Mode
from rehearsal.metaflow_profile import Profile
from rehearsal.provider import Cloud
from rehearsal.report import FlowRun
from rehearsal.sandbox import Sandbox

PROFILE = Profile(path=Path("config.json"), settings={}, environment={"METAFLOW_PROFILE": "dev"})
RUNS = """
    import json, os, sys
    arguments = sys.argv[1:]
    assert arguments[:2] == ["--no-pylint", "run"], arguments
    file = arguments[arguments.index("--runner-attribute-file") + 1]
    assert os.environ["METAFLOW_PROFILE"] == "dev"
    with open(file, "w") as written:
        json.dump({"flow_name": "Named", "run_id": "7", "metadata": "service"}, written)
"""


def run(place: Sandbox, flow: Path, mode: Mode = Mode.LOCAL) -> FlowRun:
    runner = FlowRunner(place, PROFILE, Cloud("http://127.0.0.1:1", "us-east-1"))
    return runner.run(flow, mode)


def write(path: Path, program: str) -> Path:
    path.write_text(textwrap.dedent(program))
    return path


@pytest.fixture
def place(tmp_path: Path) -> Sandbox:
    folder = tmp_path / "sandbox"
    folder.mkdir()
    return Sandbox(folder)


@pytest.fixture
def read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a reader that finds the run it is asked for, successful."""
    program = """
        import json, sys
        print("Metaflow says something first")
        found = {"successful": True, "artifacts": {"total": "14"}}
        print(json.dumps({"pathspec": sys.argv[1], **found}))
    """
    path = write(tmp_path / "read_back.py", program)
    monkeypatch.setattr(flow_runner, "_READ_BACK", path)
    return path


@pytest.mark.usefixtures("read_back")
def test_a_run_is_found_by_the_name_that_the_flow_gives_it(place: Sandbox, tmp_path: Path) -> None:
    found = run(place, write(tmp_path / "some flow.py", RUNS))
    assert found == FlowRun(
        name="some flow",
        mode="local",
        pathspec="Named/7",
        successful=True,
        seconds=found.seconds,
        artifacts={"total": "14"},
    )
    assert 0 <= found.seconds < 60


@pytest.mark.usefixtures("read_back")
def test_a_run_on_batch_says_so_to_metaflow(place: Sandbox, tmp_path: Path) -> None:
    program = RUNS + "    assert arguments[-2:] == ['--with', 'batch'], arguments\n"
    found = run(place, write(tmp_path / "flow.py", program), Mode.BATCH)
    assert (found.mode, found.pathspec) == ("batch", "Named/7")


def test_a_file_that_an_earlier_run_left_is_not_read(place: Sandbox, tmp_path: Path) -> None:
    (place.folder / "flow.run.json").write_text('{"flow_name": "Old", "run_id": "1"}')
    assert "flow.py ran no flow" in failure(place, write(tmp_path / "flow.py", ""))


def failure(place: Sandbox, flow: Path) -> str:
    with pytest.raises(FlowError) as caught:
        run(place, flow)
    return str(caught.value)


def test_a_failing_flow_is_told_with_its_last_lines(place: Sandbox, tmp_path: Path) -> None:
    flow = write(
        tmp_path / "flow.py",
        """
        import sys
        for line in range(40):
            print("line", line, file=sys.stderr)
            print()
        sys.exit(1)
        """,
    )
    lines = failure(place, flow).splitlines()
    assert lines[0] == "flow.py failed with 1; its last lines:"
    assert lines[1:] == [f"  line {line}" for line in range(25, 40)]


def test_a_killed_flow_is_told_with_the_signal(place: Sandbox, tmp_path: Path) -> None:
    program = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    flow = write(tmp_path / "flow.py", program)
    assert failure(place, flow) == "flow.py was ended by SIGKILL; it printed nothing"


def test_a_file_without_a_flow_is_told_so(place: Sandbox, tmp_path: Path) -> None:
    words = "flow.py ran no flow; --flow takes a file that runs a FlowSpec; "
    assert failure(place, write(tmp_path / "flow.py", "")) == f"{words}it printed nothing"
    hello = write(tmp_path / "flow.py", "print('hello')")
    assert failure(place, hello) == f"{words}its last lines:\n  hello"


def test_a_run_that_cannot_be_read_back_is_a_failure(
    place: Sandbox, tmp_path: Path, read_back: Path
) -> None:
    write(read_back, "raise SystemExit('no such run')")
    words = "run Named/7 cannot be read back; its last lines:\n  no such run"
    assert failure(place, write(tmp_path / "flow.py", RUNS)) == words


def test_every_run_is_kept_however_it_ends(place: Sandbox, tmp_path: Path, read_back: Path) -> None:
    runner = FlowRunner(place, PROFILE, Cloud("http://127.0.0.1:1", "us-east-1"))
    found = runner.run(write(tmp_path / "good.py", RUNS), Mode.LOCAL)
    with pytest.raises(FlowError):
        runner.run(write(tmp_path / "bad.py", "raise SystemExit(1)"), Mode.LOCAL)
    text = read_back.read_text().replace('"successful": True', '"successful": False')
    write(read_back, text)
    with pytest.raises(FlowError, match=r"^Named/7 was not successful$"):
        runner.run(write(tmp_path / "odd.py", RUNS), Mode.LOCAL)
    assert runner.runs[0] == found
    assert [(one.name, one.successful) for one in runner.runs] == [
        ("good", True),
        ("bad", False),
        ("odd", False),
    ]


def test_a_command_under_way_that_has_ended_is_told(place: Sandbox, tmp_path: Path) -> None:
    runner = FlowRunner(place, PROFILE, Cloud("http://127.0.0.1:1", "us-east-1"))
    with runner.under_way(write(tmp_path / "flow.py", "input()")) as command:
        assert command.going_on()
    with runner.under_way(write(tmp_path / "flow.py", "raise SystemExit('why')")) as command:
        command.process.wait()
        with pytest.raises(FlowError, match=r"flow\.py failed with 1; its last lines:\n  why"):
            command.going_on()
