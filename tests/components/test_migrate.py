"""The program of the init container, run as a process with a false database driver and goose."""

import json
import os
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import deployed

PROGRAM = deployed.ROOT / "components" / "migrate.py"
GOOSE = ["/opt/latest/bin/python3", "run_goose.py"]

DRIVER = """
import json, os

def note(*event):
    with open(os.environ["EVENTS"], "a") as events:
        events.write(json.dumps(event) + "\\n")

def connect(**arguments):
    note("connect", arguments)
    if os.environ.get("REFUSED"):
        raise RuntimeError("the database refuses")
    return Connection()

class Connection:
    autocommit = False
    def cursor(self):
        return Cursor(self)
    def close(self):
        note("close")

class Cursor:
    def __init__(self, connection):
        self.connection = connection
    def __enter__(self):
        return self
    def __exit__(self, *error):
        note("end of cursor")
    def execute(self, statement, values):
        note("execute", statement, list(values), self.connection.autocommit)
"""

DATABASE = {
    "MF_METADATA_DB_HOST": "db.example.com",
    "MF_METADATA_DB_PORT": "5433",
    "MF_METADATA_DB_USER": "someone",
    "MF_METADATA_DB_PSWD": "not/a=secret",
    "MF_METADATA_DB_NAME": "metadata",
    "MF_METADATA_DB_SSL_MODE": "verify-full",
}

CONNECTED = [
    "connect",
    {
        "host": "db.example.com",
        "port": "5433",
        "user": "someone",
        "password": "not/a=secret",
        "dbname": "metadata",
        "sslmode": "verify-full",
        "connect_timeout": 10,
    },
]
LOCKED = ["execute", "SELECT pg_advisory_lock(%s)", [8_201_710_000], True]


@dataclass
class Container:
    """The folder that stands for the container's file system."""

    folder: Path

    @property
    def events(self) -> list[list[object]]:
        lines = (self.folder / "events").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]

    def run(
        self, *, goose_exits: int = 0, without: str = "", **environment: str
    ) -> subprocess.CompletedProcess[bytes]:
        """Run the program as ECS does: its text is the interpreter's `-c`."""
        goose = self.folder / "goose"
        goose.write_text(f'#!/bin/sh\necho \'["goose"]\' >> "$EVENTS"\nexit {goose_exits}\n')
        goose.chmod(goose.stat().st_mode | stat.S_IXUSR)
        text = PROGRAM.read_text(encoding="utf-8").replace(json.dumps(GOOSE), repr([str(goose)]))
        assert str(goose) in text
        variables = {**DATABASE, **environment, "EVENTS": str(self.folder / "events")}
        variables.pop(without, None)
        return subprocess.run(
            [sys.executable, "-c", text],
            env={"PYTHONPATH": str(self.folder), "PATH": os.defpath, **variables},
            capture_output=True,
            timeout=60,
            check=False,
        )


@pytest.fixture
def container(tmp_path: Path) -> Container:
    (tmp_path / "psycopg2.py").write_text(DRIVER, encoding="utf-8")
    return Container(tmp_path)


def test_goose_runs_while_the_lock_is_held(container: Container) -> None:
    assert container.run().returncode == 0
    # The lock is the session's: it ends with the connection, which outlives goose.
    assert container.events == [CONNECTED, LOCKED, ["end of cursor"], ["goose"], ["close"]]


@pytest.mark.parametrize("code", [1, 3])
def test_the_exit_code_of_goose_is_the_containers(container: Container, code: int) -> None:
    assert container.run(goose_exits=code).returncode == code
    assert container.events[-2:] == [["goose"], ["close"]]


def test_without_a_database_nothing_is_migrated(container: Container) -> None:
    result = container.run(REFUSED="yes")
    assert result.returncode != 0
    assert b"the database refuses" in result.stderr
    assert container.events == [CONNECTED]


@pytest.mark.parametrize("variable", sorted(DATABASE))
def test_a_missing_variable_is_named(container: Container, variable: str) -> None:
    result = container.run(without=variable)
    assert result.returncode != 0
    assert variable.encode() in result.stderr
    assert not (container.folder / "events").exists()


def test_the_task_definition_sets_every_variable_that_is_read() -> None:
    [_, migrations] = json.loads(
        deployed.inputs(deployed.deploy_stack("dev"), "aws:ecs/taskDefinition:TaskDefinition")[
            "containerDefinitions"
        ]
    )
    given = {one["name"] for one in [*migrations["environment"], *migrations["secrets"]]}
    assert set(DATABASE) <= given
