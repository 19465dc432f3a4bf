"""Policy packs under the real engine: what stops a preview and an update, and what only tells."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.engine import EngineError
from tests.engine.live_stack import Live, changes, live, write_program
from tests.rehearsal.policies.small_packs import write_pack

pytestmark = pytest.mark.cli

PROGRAM = """
import pulumi_aws as aws

aws.cloudwatch.LogGroup("kept-for-ever")
aws.cloudwatch.LogGroup("kept-for-a-day", retention_in_days=1)
"""
RULES = """
def retention(args, report):
    if "logGroup" in args.resource_type and not args.props.get("retentionInDays"):
        report(f"{args.name} has none.")

def number(args, report):
    if len([one for one in args.resources if "logGroup" in one.resource_type]) > 1:
        report("There are several.")

policies = [
    ResourceValidationPolicy("retention", "Logs have an end.", retention, EnforcementLevel.FIRST),
    StackValidationPolicy("number", "One group is enough.", number, EnforcementLevel.SECOND),
]
"""


@pytest.fixture
def judged(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Live]:
    """Prepare a stack that is judged by two rules of levels of their own."""
    first, second = request.param
    rules = RULES.replace("FIRST", first).replace("SECOND", second)
    pack = write_pack(tmp_path / "pack", rules)
    program = tmp_path / "program"
    program.mkdir()
    with live(program=write_program(program, PROGRAM), packs=[pack]) as stands:
        yield stands


@pytest.mark.parametrize("judged", [("ADVISORY", "ADVISORY")], indirect=True, ids=["both"])
def test_advice_is_told_and_stops_nothing(judged: Live) -> None:
    for outcome in (judged.engine.preview(), judged.engine.up()):
        assert sorted(map(str, outcome.findings)) == [
            "number: One group is enough. There are several.",
            "retention: Logs have an end. kept-for-ever has none.",
        ]
        assert changes(outcome)
    assert len(judged.left()) > 0


@pytest.mark.parametrize("judged", [("MANDATORY", "ADVISORY")], indirect=True, ids=["resource"])
def test_a_mandatory_rule_stops_preview_and_update_before_the_resource_is_made(
    judged: Live,
) -> None:
    for command in (judged.engine.preview, judged.engine.up):
        with pytest.raises(EngineError, match=r"retention: Logs have an end\. kept-for-ever has"):
            command()
    assert not [one for one in judged.left() if "kept-for-ever" in one]


@pytest.mark.parametrize("judged", [("ADVISORY", "MANDATORY")], indirect=True, ids=["stack"])
def test_a_mandatory_rule_about_the_stack_stops_its_preview(judged: Live) -> None:
    with pytest.raises(EngineError, match=r"number: One group is enough\. There are several\."):
        judged.engine.preview()
    assert judged.left() == []
    with pytest.raises(EngineError, match="number: One group is enough"):
        judged.engine.up()
