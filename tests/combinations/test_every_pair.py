"""Any two options together: AWS takes them, the packs find nothing, and the wires hold."""

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from bench.stacks import emulated
from rehearsal import stack_files, wiring
from rehearsal.policies.check import checking
from rehearsal.policies.packs import LocalPack
from rehearsal.policies.processes import Operation
from rehearsal.provider.cloud import partition_of
from rehearsal.sandbox import Sandbox, sandbox
from settings import Settings, parse
from tests.combinations.options import (
    OPTIONS,
    QUEUE,
    REGION,
    STACK,
    TOGETHER,
    VALUES_ONLY,
    rows,
    settings_of,
)
from tests.deployed import ROOT

PACKS = ("least-privilege-iam", "private-data")
SAMPLE = 2
"""How many rows are tried in every run of the tests."""

DEMANDED_IN_PROD = (
    "privateSubnets",
    "dbMultiAz",
    "deletionProtection",
    "dbFinalSnapshot",
    "tablePointInTimeRecovery",
)
"""What prod's configuration of the packs demands and dev's does not."""


@pytest.fixture(scope="module")
def place() -> Iterator[Sandbox]:
    with sandbox() as found:
        yield found


def test_every_two_values_that_can_be_had_together_are_in_a_row() -> None:
    met = {
        frozenset(((a, json.dumps(row[a])), (b, json.dumps(row[b]))))
        for row in rows()
        for a, b in itertools.combinations(OPTIONS, 2)
    }
    apart = [
        (a, one, b, other)
        for a, b in itertools.combinations(OPTIONS, 2)
        for one in OPTIONS[a]
        for other in OPTIONS[b]
        if frozenset(((a, json.dumps(one)), (b, json.dumps(other)))) not in met
    ]
    assert [one for one in apart if tuple(sorted((one[0], one[2]))) not in TIED] == []


TIED = {tuple(sorted(names)) for names in TOGETHER}
"""Options of which some values cannot be had together."""


def test_every_row_is_one_that_the_settings_allow() -> None:
    for row in rows():
        parse(settings_of(row))


def test_every_setting_is_an_option_here_or_changes_values_only() -> None:
    keys = {info.alias for info in Settings.model_fields.values()}
    named = {name for name in OPTIONS if name not in (STACK, REGION, QUEUE)}
    assert keys == named | set(VALUES_ONLY)
    assert not named & set(VALUES_ONLY)


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(row, id=f"{number}", marks=[pytest.mark.thorough] if number >= SAMPLE else [])
        for number, row in enumerate(rows())
    ],
)
def test_a_row_deploys_and_nothing_is_found(row: Mapping[str, Any], place: Sandbox) -> None:
    with emulated(row[REGION]) as stacks:
        deployment = stacks.deploy(row[STACK], settings_of(row))
    given = json.dumps([dict(one.inputs) for one in deployment.registrations])
    partitions = {one for one in re.findall(r"arn:(aws[a-z-]*):", given)}
    assert partitions == {partition_of(row[REGION])}
    assert [str(one) for one in wiring.check(deployment.registrations) if not one.holds] == []
    config = stack_files.read_stack(ROOT, row[STACK])
    operation = Operation(config.project, row[STACK], config.values, dry_run=True)
    with checking(place, packs(row), operation) as check:
        for state in deployment.states.values():
            check.resource(state.goal)
        check.stack(deployment.states)
    found = {(one.policy, one.urn.rpartition("::")[2]) for one in check.violations}
    assert found == set()


def packs(row: Mapping[str, Any]) -> list[LocalPack]:
    """Return the packs with the configuration that the row's options are for."""
    # A stack that lacks any of it is judged as dev is.
    name = "prod" if all(row[one] for one in DEMANDED_IN_PROD) else "dev"
    folders = [ROOT / "policies" / one for one in PACKS]
    return [LocalPack(one, one / "config" / f"{name}.json") for one in folders]
