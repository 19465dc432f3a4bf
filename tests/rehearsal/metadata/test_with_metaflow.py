"""Real Metaflow against the double: a flow run locally, then read back by the Client API."""

import json
import os
import subprocess
import sys

import pytest

from rehearsal.exercises.exercise import FLOWS
from rehearsal.metadata import MetadataService

READ_BACK = """
import json
from metaflow import Flow, Metaflow, Run

run = Flow("ForeachFlow").latest_run
run.add_tags(["kept", "dropped"])
run.remove_tag("dropped")
again = Run(run.pathspec)
tasks = list(again["square"].tasks())
print(json.dumps({
    "flows": [flow.id for flow in Metaflow().flows],
    "found": [one.id for one in Flow("ForeachFlow").runs("kept")],
    "lost": [one.id for one in Flow("ForeachFlow").runs("dropped")],
    "id": again.id,
    "successful": again.successful,
    "finished": again.finished,
    "tags": sorted(again.user_tags),
    "steps": sorted(step.id for step in again),
    "squares": sorted(task["squared"].data for task in tasks),
    "total": again.data.total,
    "attempts": [task.current_attempt for task in tasks],
    "stack": sorted(task.metadata_dict["foreach-stack"] for task in tasks),
    "parents": [one.pathspec for one in tasks[0].parent_tasks],
    "start": again["start"].task.pathspec,
}))
"""


@pytest.fixture
def service():
    with MetadataService() as service:
        yield service


@pytest.fixture
def python(service, tmp_path):
    """Run a Python program with Metaflow set to the double and return its standard output."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    environment = {
        **kept,
        "HOME": str(tmp_path),
        "METAFLOW_HOME": str(tmp_path / "no-profiles"),
        "METAFLOW_USER": "ada",
        "METAFLOW_DEFAULT_METADATA": "service",
        "METAFLOW_SERVICE_URL": service.url,
        "METAFLOW_DEFAULT_DATASTORE": "local",
        "METAFLOW_DATASTORE_SYSROOT_LOCAL": str(tmp_path),
    }

    def run(program, *arguments):
        command = [sys.executable, str(program), *arguments]
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def test_a_flow_runs_and_is_read_back(python):
    python(FLOWS / "foreach_flow.py", "--quiet", "run", "--tag", "first", "--max-workers", "2")
    found = json.loads(python("-c", READ_BACK))
    number = found["id"]
    assert found == {
        **{"flows": ["ForeachFlow"], "found": [number], "lost": [], "id": "1"},
        **{"successful": True, "finished": True, "tags": ["first", "kept"]},
        **{"steps": ["end", "join", "square", "start"], "squares": [1, 4, 9], "total": 14},
        **{"attempts": [0, 0, 0], "stack": [f"{{numbers={n}}}" for n in (1, 2, 3)]},
        **{"parents": [found["start"]], "start": "ForeachFlow/1/start/2"},
    }
