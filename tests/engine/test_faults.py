"""Faults of AWS: what passes is ridden out, and what lasts leaves a stack that can go on."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pytest

from rehearsal.engine import EngineError, Outcome
from tests.engine.live_stack import Live, changes, live
from tests.engine.weather import Fault, Weather, broken, throttled, unspread

pytestmark = pytest.mark.cli

OF_CREATIONS: Mapping[str, Fault] = {
    "AddRoleToInstanceProfile": unspread,
    "AttachInternetGateway": broken,
    "CreateStateMachine": unspread,
    "DescribeDBInstances": broken,
    "DescribeJobQueues": throttled,
    "DescribeListeners": broken,
    "DescribeTaskDefinition": broken,
    "DescribeVpcAttribute": throttled,
    "ListTargetsByRule": broken,
    "ModifyDBParameterGroup": broken,
    "ModifyTargetGroupAttributes": broken,
    "PutBucketTagging": throttled,
    "PutRetentionPolicy": throttled,
    "RevokeSecurityGroupEgress": throttled,
    "UpdateTimeToLive": broken,
}
"""Calls that follow the one that makes a resource; but `NOT_MADE`, which makes it with a role."""

NOT_MADE = "CreateStateMachine"

OF_CHANGES: Mapping[str, Fault] = {
    "AddTagsToResource": broken,
    "CreateTags": throttled,
    "PutBucketTagging": broken,
}
OF_DELETIONS: Mapping[str, Fault] = {"DeleteRole": broken, "DetachInternetGateway": throttled}

FEW = (("AttachInternetGateway", "PutBucketTagging"), ("CreateTags",))
ALL = (tuple(OF_CREATIONS), tuple(OF_CHANGES))

TOLD = re.compile(r"(\S+): .*An error occurred \(\w+\) when calling the (\w+) operation: .+")
"""A line about a resource: its name, and the operation that failed."""


@dataclass(frozen=True)
class Failure:
    """A command that failed because of faults that last.

    Attributes:
        operations: those that the faults befell.
        lines: what it said.
        kept: names of the resources that the state has as made in part.
    """

    operations: frozenset[str]
    lines: list[str]
    kept: set[str]


@dataclass(frozen=True)
class Struggle:
    """A command that was given again until no fault was left.

    Attributes:
        failures: how it failed, each time by other faults.
        unmet: faults that befell no request.
        unsettled: what a second update and a refresh still changed in the end.
    """

    failures: list[Failure]
    unmet: set[str]
    unsettled: list[object]


@dataclass(frozen=True)
class Life:
    """What came of a stack that was made, changed and destroyed in bad weather.

    Attributes:
        creation: its creation.
        change: a change of its tags.
        deletion: what a destruction said that failed.
        left: what was left in AWS after the next one.
        weather: what there was beside.
    """

    creation: Struggle
    change: Struggle
    deletion: list[str]
    left: list[str]
    weather: Weather


def struggle(
    stands: Live, weather: Weather, command: Callable[[], Outcome], faults: Mapping[str, Fault]
) -> Struggle:
    """Give a command until it is done; after each failure a refresh, as `up --refresh` makes it.

    A fault lasts as long as the command that it befell.
    """
    failures, unmet = [], dict(faults)
    while unmet:
        weather.lasting, weather.hit = dict(unmet), set()
        try:
            command()
        except EngineError as error:
            if not weather.hit:
                raise
            lines = str(error).splitlines()
        else:
            break
        finally:
            weather.lasting = {}
        failures.append(Failure(frozenset(weather.hit), lines, made_in_part(stands)))
        unmet = {name: fault for name, fault in unmet.items() if name not in weather.hit}
        stands.engine.refresh()
    command()
    unsettled = [*changes(stands.engine.up()), *changes(stands.engine.refresh())]
    return Struggle(failures, set(unmet), unsettled)


def made_in_part(stands: Live) -> set[str]:
    resources = stands.engine.export()["deployment"]["resources"]
    return {one["urn"].rpartition("::")[2] for one in resources if one.get("initErrors")}


def refused_destruction(stands: Live, weather: Weather) -> list[str]:
    weather.lasting = dict(OF_DELETIONS)
    with pytest.raises(EngineError) as failed:
        stands.engine.destroy()
    weather.lasting = {}
    return str(failed.value).splitlines()


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(FEW, id="few"),
        pytest.param(ALL, id="all", marks=pytest.mark.thorough),
    ],
)
def life(request: pytest.FixtureRequest) -> Iterator[Life]:
    weather = Weather(passing=(throttled, broken))
    creations, changed = request.param
    with live() as stands, weather.over(stands.gate):
        engine = stands.engine
        creation = struggle(
            stands, weather, engine.up, {name: OF_CREATIONS[name] for name in creations}
        )
        engine.configure({"tags": {"Team": "data"}})
        change = struggle(stands, weather, engine.up, {name: OF_CHANGES[name] for name in changed})
        deletion = refused_destruction(stands, weather)
        engine.destroy()
        yield Life(creation, change, deletion, stands.left(), weather)


def told(lines: list[str]) -> list[tuple[str, str]]:
    """Return what lines tell, by resource: its name and the operation; the last line sums up."""
    assert lines[-1] == "update failed"
    found = [TOLD.fullmatch(line) for line in lines[:-1]]
    assert None not in found, lines
    return [(one[1], one[2]) for one in found if one]


def test_faults_that_pass_are_ridden_out(life: Life) -> None:
    """Every request failed once, and those with a new role twice; what was told is what lasted."""
    assert set(life.weather.struck) == {"throttled", "broken", "unspread"}
    for failure in (*life.creation.failures, *life.change.failures):
        assert {operation for _, operation in told(failure.lines)} == failure.operations


def test_every_fault_that_lasts_was_met(life: Life) -> None:
    assert life.creation.unmet == set()
    assert life.change.unmet == set()


def test_a_fault_that_lasts_is_told_in_one_line_for_each_resource(life: Life) -> None:
    for failure in (*life.creation.failures, *life.change.failures):
        names = [name for name, _ in told(failure.lines)]
        assert len(names) == len(set(names)) > 0


def test_what_was_made_in_part_is_kept_with_what_went_wrong(life: Life) -> None:
    for failure in (*life.creation.failures, *life.change.failures):
        told_of = {name for name, operation in told(failure.lines) if operation != NOT_MADE}
        assert failure.kept == told_of


def test_the_update_after_a_refresh_converges(life: Life) -> None:
    assert life.creation.unsettled == []
    assert life.change.unsettled == []


def test_a_deletion_that_fails_is_told_and_the_next_one_leaves_nothing(life: Life) -> None:
    operations = {operation for _, operation in told(life.deletion)}
    assert operations
    assert operations <= set(OF_DELETIONS)
    assert life.left == []
