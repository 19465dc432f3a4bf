"""What paths of states select, as AWS has it."""

from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.emulator import emulated_aws
from rehearsal.provider import Cloud
from tests.rehearsal.emulator import state_machines
from tests.rehearsal.emulator.state_machines import REGION

JOB = {"JobId": "7", "Parameters": {"metaflow.run_id": "r", "step_name": "s"}, "Status": "ok"}


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    with emulated_aws() as emulated:
        yield Cloud(emulated.endpoint, REGION)


SELECTED = {
    # AWS Step Functions Developer Guide, "Using JSONPath paths"; the paths are those that
    # Metaflow writes (metaflow/plugins/aws/step_functions/step_functions.py).
    "members": ("$.['JobId', 'Status']", JOB, {"JobId": "7", "Status": "ok"}),
    "members, some not there": ("$.['JobId', 'Index']", JOB, {"JobId": "7"}),
    "members of an element": ("$[0]['JobId', 'Status']", [JOB], {"JobId": "7", "Status": "ok"}),
    "element": ("$.[0]", [JOB, 2], JOB),
    "member of an element": ("$.[0].JobId", [JOB], "7"),
    "deep member of an element": ("$.[0].Parameters.['metaflow.run_id']", [JOB, JOB], "r"),
    "member with a dot": ("$.Parameters.['metaflow.run_id']", JOB, "r"),
    "list": ("$.Item.NS", {"Item": {"NS": ["0"]}}, ["0"]),
    "wildcard, one match": ("$[*].JobId", [JOB], ["7"]),
    "wildcard, two matches": ("$[*].JobId", [JOB, JOB], ["7", "7"]),
    "slice": ("$[0:2]", [1, 2, 3], [1, 2]),
    "all": ("$", JOB, JOB),
}


@pytest.mark.parametrize(("path", "given", "selected"), SELECTED.values(), ids=SELECTED)
def test_a_path_selects_what_aws_selects(
    cloud: Cloud, request: pytest.FixtureRequest, path: str, given: Any, selected: Any
) -> None:
    definition = state_machines.of_states(Only={"Type": "Pass", "OutputPath": path})
    name = f"path-{list(SELECTED).index(request.node.callspec.id)}"
    machine = state_machines.put_machine(cloud, name, definition)
    assert state_machines.output(cloud, machine, given) == selected


@pytest.mark.parametrize("path", ["$.Nothing", "$.Status.['A', 'B']", "$.Nothing.['A', 'B']"])
def test_a_path_to_nothing_fails_the_execution(cloud: Cloud, path: str) -> None:
    definition = state_machines.of_states(Only={"Type": "Pass", "OutputPath": path})
    name = f"nothing-{''.join(filter(str.isalnum, path))}"
    machine = state_machines.put_machine(cloud, name, definition)
    found = state_machines.ended(cloud, state_machines.start(cloud, machine, JOB))
    assert (found["status"], found["error"]) == ("FAILED", "States.Runtime")
    assert path in found["cause"]
