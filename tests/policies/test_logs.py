from typing import Any

import pytest

from rules.logs import logs_retention
from tests.policies.harness import UNKNOWN, Verdict, judge

GROUP = "aws:cloudwatch/logGroup:LogGroup"


@pytest.mark.parametrize("days", [1, 30, 30.0, "30"])
def test_a_group_with_a_retention(days: Any) -> None:
    assert judge(logs_retention, GROUP, {"retentionInDays": days}) == Verdict()


@pytest.mark.parametrize(
    ("props", "found"),
    [({}, "missing"), ({"retentionInDays": 0}, "0"), ({"retentionInDays": "0"}, "0")],
    ids=["missing", "zero", "text"],
)
def test_a_group_that_keeps_events_for_ever(props: dict[str, Any], found: str) -> None:
    assert judge(logs_retention, GROUP, props).violations == [
        "The CloudWatch log group must say for how long it keeps events; retentionInDays is "
        f"{found}, which means for ever, and must be at least 1."
    ]


def test_a_longer_minimum() -> None:
    config = {"minimumDays": 365}
    assert judge(logs_retention, GROUP, {"retentionInDays": 365}, config) == Verdict()
    assert judge(logs_retention, GROUP, {"retentionInDays": 180}, config).violations == [
        "The CloudWatch log group must keep events for at least 365 days; retentionInDays is 180."
    ]


def test_a_delivery_group_keeps_events_for_two_days_whatever_it_says() -> None:
    assert judge(logs_retention, GROUP, {"logGroupClass": "DELIVERY"}) == Verdict()
    assert judge(logs_retention, GROUP, {"logGroupClass": "STANDARD"}).violations


def test_an_unknown_retention() -> None:
    assert judge(logs_retention, GROUP, {"retentionInDays": UNKNOWN}).unknown


def test_another_type() -> None:
    assert not judge(logs_retention, "aws:cloudwatch/logStream:LogStream", {}).applicable
