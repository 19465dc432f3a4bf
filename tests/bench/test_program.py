"""What is measured of the program is the program, as prod deploys it; no clock is asked here."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench import program
from bench.comparison import flat_program
from bench.program import BARE, FLAT, IMPORTED, Command
from rehearsal import stack_files
from tests.deployed import ROOT, deploy_stack


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Mapping[str, Any]]]:
    """Have prod deployed over placeholders, whatever its queues; return what was asked for."""
    asked: list[tuple[str, Mapping[str, Any]]] = []

    def deploy(stack: str, settings: Mapping[str, Any]) -> Any:
        asked.append((stack, settings))
        return deploy_stack(stack)

    @contextmanager
    def emulated(_region: str) -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(deploy=deploy)

    monkeypatch.setattr(program, "emulated", emulated)
    return asked


def test_prod_is_measured_with_1_10_and_49_queues(
    deployed: list[tuple[str, Mapping[str, Any]]], tmp_path: Path
) -> None:
    found = program.commands(tmp_path)
    assert [(stack, len(asked["queues"])) for stack, asked in deployed] == [
        ("prod", 1),
        ("prod", 10),
        ("prod", 49),
    ]
    assert all(asked.keys() == {"queues"} for _, asked in deployed)
    names = {1: "prod with 1 queue", 10: "prod with 10 queues", 49: "prod with 49 queues"}
    resources = len(deploy_stack("prod").registrations)
    for (_, asked), (number, name) in zip(deployed, names.items(), strict=True):
        command = found[name]
        *start, measured, answers = command.line
        assert start == [sys.executable, "-m", "bench.comparison.under_mocks"]
        assert (measured, command.folder) == (str(ROOT / "__main__.py"), ROOT)
        assert command.resources == resources
        read = json.loads(Path(answers).read_text(encoding="utf-8"))
        assert (read["project"], read["stack"]) == ("metaflow-aws", "prod")
        queues = json.loads(read["config"]["metaflow-aws:queues"])
        assert queues == asked["queues"]
        assert len({one["name"] for one in queues}) == number
        assert read["config"] == {
            **stack_files.read_stack(ROOT, "prod").values,
            "metaflow-aws:queues": json.dumps(queues),
            "aws:region": "us-east-1",
        }
        custom = [one for one in deploy_stack("prod").registrations if one.custom]
        assert len(read["resources"]) == len(custom)


@pytest.mark.usefixtures("deployed")
def test_what_the_program_is_compared_with(tmp_path: Path) -> None:
    found = program.commands(tmp_path)
    assert list(found[BARE].line) == [sys.executable, "-c", "pass"]
    flat, imports = Path(found[FLAT].line[3]), Path(found[IMPORTED].line[3])
    assert found[FLAT].line[1:3] == found["prod with 1 queue"].line[1:3]
    assert found[FLAT].resources == found["prod with 1 queue"].resources
    written = flat.read_text(encoding="utf-8").splitlines()
    assert sum("metaflow" in line for line in written) == found[FLAT].resources - 1
    assert imports.read_text(encoding="utf-8").split("\n") == [
        "import components.metaflow",
        "import settings",
        "",
    ]
    assert found[IMPORTED].resources == 0
    assert {
        name: (one.line[2], one.folder) for name, one in found.items() if "import of" in name
    } == {
        "import of the components": ("import components.metaflow", ROOT),
        "import of least-privilege-iam": ("import rules.least_privilege_iam", ROOT / "policies"),
        "import of private-data": ("import rules.private_data", ROOT / "policies"),
    }


def test_the_least_of_the_runs_counts_but_not_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def run(self: Command) -> tuple[float, str]:
        ran.append(self.line[0])
        first = ran.count(self.line[0]) == 1
        return (0.1 if first else 1.0 + len(ran)), ("999" if first else str(len(ran)))

    commands = {"bare": Command(["bare"]), "prod": Command(["prod"], resources=7)}
    monkeypatch.setattr(program, "commands", lambda _folder: commands)
    monkeypatch.setattr(Command, "run", run)
    found = program.results()
    assert ran == ["bare", "prod"] * (program.RUNS + 1)
    last = 2 * (program.RUNS + 1)
    assert program.RUNS == 5
    assert found == {
        "bare": {"minimum": 4.0, "median": 8.0},
        "prod": {"minimum": 5.0, "median": 9.0, "mebibytes": last, "resources": 7},
    }


def test_more_than_twice_the_program_without_logic_is_too_slow() -> None:
    def ratio(seconds: float) -> Any:
        rows = {program._queues(one): {"minimum": seconds, "resources": 10} for one in (1, 49)}
        found = {FLAT: {"minimum": 1.0}, IMPORTED: {"minimum": 0.5}, **rows}
        figure, growth = program.figures(found)
        assert growth.at_most == 1.2
        return figure.value, figure.at_most, figure.holds

    assert ratio(2.0) == (2.0, 2, True)
    assert ratio(2.01) == (2.01, 2, False)


def test_a_command_that_fails_is_no_time() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        Command([sys.executable, "-c", "raise SystemExit(1)"]).run()
    taken, printed = Command([sys.executable, "-c", "import os; print(os.getcwd())"]).run()
    assert (taken > 0, printed) == (True, str(ROOT))


def test_the_program_runs_to_its_end_with_the_answers_that_it_is_given(tmp_path: Path) -> None:
    seen = tmp_path / "seen.json"
    measured = tmp_path / "__main__.py"
    measured.write_text(
        "import json, pathlib, pulumi, pulumi_aws as aws\n"
        "from beside import NAME\n"
        "bucket = aws.s3.Bucket(NAME, bucket='given')\n"
        "region = aws.get_region_output().region\n"
        "key = pulumi.Config('a').require('key')\n"
        "def write(found):\n"
        f"    pathlib.Path({str(seen)!r}).write_text(json.dumps(found))\n"
        "pulumi.Output.all(\n"
        "    bucket.arn, bucket.bucket, region, key, pulumi.get_project(), pulumi.get_stack()\n"
        ").apply(write)\n"
    )
    (tmp_path / "beside.py").write_text("NAME = 'one'\n")
    answers = {
        "project": "p",
        "stack": "s",
        "config": {"a:key": "value"},
        "resources": {"aws:s3/bucket:Bucket one": {"arn": "arn:of-one"}},
        "functions": {"aws:index/getRegion:getRegion": {"region": "eu-west-1"}},
    }
    path = tmp_path / "answers.json"
    path.write_text(json.dumps(answers))
    line = [sys.executable, "-m", "bench.comparison.under_mocks", str(measured), str(path)]
    _, printed = Command(line).run()
    assert json.loads(seen.read_text()) == ["arn:of-one", "given", "eu-west-1", "value", "p", "s"]
    assert 20 < int(printed) < 4000


def test_the_program_without_logic_has_the_inputs_of_the_stack(tmp_path: Path) -> None:
    registrations = deploy_stack("prod").registrations
    written = flat_program.write(tmp_path, "prod", registrations, "eu-west-1")
    made: dict[tuple[str, str], set[str]] = {}

    def record(token: str) -> Any:
        def make(name: str, /, **given: Any) -> None:
            made[token, name] = {*given}

        return make

    class Recording:
        def __init__(self, path: str = "aws") -> None:
            self._path = path

        def __getattr__(self, name: str) -> Any:
            return record(f"{self._path}.{name}") if "." in self._path else Recording(f"aws.{name}")

    pulumi = SimpleNamespace(ComponentResource=lambda _token, name: record("component")(name))
    body = written.read_text(encoding="utf-8").partition("import pulumi_aws as aws\n")[2]
    exec(compile(body, "flat", "exec"), {"pulumi": pulumi, "aws": Recording()})  # noqa: S102
    wanted = {
        (
            f"aws.{one.type.split(':')[1].partition('/')[0]}.{one.type.split(':')[2]}"
            if one.type.startswith("aws:")
            else "component",
            one.name,
        ): len(one.inputs) if one.type.startswith("aws:") else 0
        for one in registrations
        if one.type != "pulumi:pulumi:Stack"
    }
    assert {key: len(given) for key, given in made.items()} == wanted
    assert "subnet_ids" in made["aws.rds.SubnetGroup", "metaflow-db-postgres"]
    assert (tmp_path / "Pulumi.prod.yaml").read_text().endswith("aws:region: eu-west-1\n")
