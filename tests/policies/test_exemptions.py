"""Exemptions: what they spare, until when, and what is said of them."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pulumi
import pytest
from pulumi_policy import StackValidationArgs

from rules import exemptions
from tests.policies.harness import Verdict

RULE = "rds-multi-az"
TYPE = "aws:rds/instance:Instance"
URN = f"urn:pulumi:dev::shop::{TYPE}::database"
CHILD = f"urn:pulumi:dev::shop::shop:index:Shop$shop:index:Data${TYPE}::database"
TODAY = date(2026, 6, 15)
REASON = "The vendor mends it in spring."


@pytest.fixture(autouse=True)
def _own_ledger(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(exemptions, "today", lambda: TODAY)
    exemptions.LEDGER.clear()
    yield
    exemptions.LEDGER.clear()


@pytest.fixture(params=[True, False], ids=["preview", "update"])
def dry_run(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    preview: bool = request.param
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: preview)
    return preview


def config(resource: str = f"{TYPE}::database", until: object = "2026-12-31") -> dict[str, Any]:
    return {"exemptions": [{"resource": resource, "reason": REASON, "until": str(until)}]}


def judged(settings: dict[str, Any], violating: str | None = URN) -> list[str]:
    """Return what is left when a rule finds a resource violating, or none."""
    found = Verdict()
    report = exemptions.unless_exempt(RULE, settings, found.report)
    if violating is not None:
        report("It has no standby.", violating)
    return found.violations


def listed() -> Verdict:
    found = Verdict()
    exemptions.listed().validate(StackValidationArgs([], {}), found.report)
    return found


@pytest.mark.parametrize(
    ("resource", "urn"),
    [
        (URN, URN),
        (CHILD, CHILD),
        (f"{TYPE}::database", URN),
        (f"{TYPE}::database", CHILD),
        ("database", URN),
        ("database", CHILD),
    ],
    ids=["urn", "child-urn", "type-and-name", "type-and-name-of-child", "name", "name-of-child"],
)
def test_a_resource_is_meant_by_its_urn_or_its_end(resource: str, urn: str) -> None:
    assert judged(config(resource), urn) == []
    assert listed().urns == [urn]


@pytest.mark.parametrize(
    ("resource", "urn"),
    [
        ("base", URN),
        ("rds/instance:Instance::database", CHILD),
        ("Instance::database", URN),
        ("database", "urn:pulumi:dev::shop::a:b:C::old$database"),
        (f"{TYPE}::database", f"{CHILD}-copy"),
    ],
    ids=["part-of-a-name", "part-of-a-type", "short-type", "odd-name", "longer-name"],
)
def test_no_other_resource_is_meant(resource: str, urn: str) -> None:
    assert judged(config(resource), urn) == ["It has no standby."]


@pytest.mark.usefixtures("dry_run")
@pytest.mark.parametrize(
    ("until", "words"),
    [
        (
            "9999-12-31",
            f"{RULE} spares this resource until 9999-12-31: {REASON}",
        ),
        (TODAY, f"{RULE} spares this resource until 2026-06-15: {REASON}"),
        (
            TODAY - timedelta(days=1),
            f"{RULE} spared this resource until 2026-06-14 ({REASON}); it is a violation after "
            "2026-07-14.",
        ),
        (
            TODAY - timedelta(days=30),
            f"{RULE} spared this resource until 2026-05-16 ({REASON}); it is a violation after "
            "2026-06-15.",
        ),
    ],
    ids=["last-date-of-all", "last-day", "day-after", "last-day-of-grace"],
)
def test_an_exemption_spares_until_its_grace_is_over_and_is_listed(
    until: object, words: str
) -> None:
    assert judged(config(until=until)) == []
    assert (listed().violations, listed().urns) == ([words], [URN])


@pytest.mark.usefixtures("dry_run")
def test_what_ended_long_ago_is_a_violation_and_not_called_needless() -> None:
    assert judged(config(until=TODAY - timedelta(days=31))) == [
        "It has no standby. Its exemption ended on 2026-05-15."
    ]
    assert listed().violations == []


@pytest.mark.usefixtures("dry_run")
@pytest.mark.parametrize("until", ["2027-13-45", "31.12.2027", "soon"])
@pytest.mark.parametrize("violating", [URN, None], ids=["violated", "not-violated"])
def test_a_date_that_does_not_exist_spares_nothing_and_is_always_told(
    until: str, violating: str | None
) -> None:
    words = f"does not count: its `until`, {until}, is no date; write one as YYYY-MM-DD."
    found = judged(config(until=until), violating)
    assert found == ([f"It has no standby. Its exemption {words}"] if violating else [])
    told = f"The exemption of {TYPE}::database from {RULE} {words}"
    assert (listed().violations, listed().urns) == ([told], [None])


def note(settings: dict[str, Any]) -> None:
    exemptions.note(RULE, settings)


def judge_nothing(settings: dict[str, Any]) -> None:
    judged(settings, None)


@pytest.mark.parametrize("until", [TODAY, TODAY - timedelta(days=400)], ids=["valid", "ended"])
@pytest.mark.parametrize("met", [note, judge_nothing], ids=["not-applicable", "holds"])
def test_an_exemption_is_called_needless_after_an_update_only(
    dry_run: bool, met: Callable[[dict[str, Any]], None], until: date
) -> None:
    """A preview puts judgements off where values are unknown, so that it cannot tell."""
    met(config(until=until))
    words = f"{RULE} has nothing to spare at {TYPE}::database; remove the exemption ({REASON})."
    assert listed().violations == ([] if dry_run else [words])
