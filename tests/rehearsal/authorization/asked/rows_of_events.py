"""Requests to Amazon EventBridge and what they ask."""

import json
from typing import Any

from tests.rehearsal.authorization.asked.asking import ACCOUNT, Expected, Row, StoredLook

_STATES = f"arn:aws:states:us-east-1:{ACCOUNT}"
_MACHINE = f"{_STATES}:stateMachine:P_F"
_RULE = f"arn:aws:events:us-east-1:{ACCOUNT}:rule/P_F"
_ROLE = f"arn:aws:iam::{ACCOUNT}:role/r"
_EVENTS = "Service Authorization Reference, Amazon EventBridge"
_CONDITIONS = "EventBridge User Guide, Using IAM policy conditions in Amazon EventBridge"
_PASSING = "IAM User Guide, Grant a user permissions to pass a role to an AWS service"
_TAG_KEYS: dict[str, str | tuple[str, ...]] = {
    "aws:RequestTag/app": "metaflow",
    "aws:TagKeys": ("app",),
}
_CREATOR: dict[str, str | tuple[str, ...]] = {"events:creatorAccount": ACCOUNT}
_EXISTING = StoredLook(rules=frozenset({("default", "P_F")}))


def _pass(service: str) -> Expected:
    return "iam:PassRole", _ROLE, {"iam:PassedToService": service}


_EVENTS_PASS = _pass("events.amazonaws.com")


def _pattern(**pattern: Any) -> dict[str, Any]:
    return {"Name": "P_F", "EventPattern": json.dumps(pattern)}


ROWS = [
    Row(
        "events",
        "PutRule",
        "new-schedule",
        {"Name": "P_F", "ScheduleExpression": "cron(0 * * * ? *)"},
        [("events:PutRule", _RULE, {})],
        f"{_CONDITIONS}: events:source is null without a pattern",
    ),
    Row(
        "events",
        "PutRule",
        "pattern",
        _pattern(
            source=["aws.batch", "aws.ecs", {"prefix": "x"}],
            detail={"service": ["EC2"], "eventTypeCode": ["a", "b"]},
            **{"detail-type": ["Job State Change"]},
        ),
        [
            (
                "events:PutRule",
                _RULE,
                {
                    **_CREATOR,
                    "events:source": ("aws.batch", "aws.ecs"),
                    "events:detail-type": ("Job State Change",),
                    "events:detail.service": "EC2",
                },
            )
        ],
        _CONDITIONS,
        _EXISTING,
    ),
    Row(
        "events",
        "PutRule",
        "other-bus-tags-and-role",
        {
            "Name": "P_F",
            "EventBusName": f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/mine",
            "ScheduleExpression": "rate(1 day)",
            "RoleArn": _ROLE,
            "Tags": [{"Key": "app", "Value": "metaflow"}],
        },
        [
            ("events:PutRule", _RULE.replace("P_F", "mine/P_F"), _TAG_KEYS),
            ("events:TagResource", _RULE.replace("P_F", "mine/P_F"), _TAG_KEYS),
            _EVENTS_PASS,
        ],
        f"{_EVENTS}: rule-on-custom-event-bus",
    ),
    Row(
        "events",
        "PutRule",
        "made-by-a-service",
        {"Name": "P_F", "ScheduleExpression": "rate(1 day)"},
        [("events:PutRule", _RULE, {"events:ManagedBy": "states.amazonaws.com"})],
        f"{_CONDITIONS}: events:ManagedBy",
        via_service="states.amazonaws.com",
    ),
    Row(
        "events",
        "PutTargets",
        "",
        {
            "Rule": "P_F",
            "Targets": [
                {
                    "Id": "1",
                    "Arn": _MACHINE,
                    "RoleArn": _ROLE,
                    "DeadLetterConfig": {"Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:dead"},
                },
                {"Id": "2", "Arn": f"{_MACHINE}2", "RoleArn": _ROLE},
            ],
        },
        [
            (
                "events:PutTargets",
                _RULE,
                {**_CREATOR, "events:TargetArn": (_MACHINE, f"{_MACHINE}2")},
            ),
            _EVENTS_PASS,
        ],
        f"{_EVENTS}: events:TargetArn without queues for dead letters; {_PASSING}",
        _EXISTING,
    ),
    *(
        Row(
            "events",
            name,
            "",
            {key: "P_F"},
            [(f"events:{name}", _RULE, _CREATOR)],
            _CONDITIONS,
            _EXISTING,
        )
        for name, key in (
            ("DescribeRule", "Name"),
            ("ListTargetsByRule", "Rule"),
            ("EnableRule", "Name"),
            ("DisableRule", "Name"),
            ("RemoveTargets", "Rule"),
            ("DeleteRule", "Name"),
        )
    ),
    Row(
        "events",
        "DisableRule",
        "rule-that-is-not-there",
        {"Name": "P_F"},
        [("events:DisableRule", _RULE, {})],
        f"{_CONDITIONS}: no creator yet",
    ),
    Row("events", "ListRules", "", {}, [("events:ListRules", "*", {})], _EVENTS),
    Row(
        "events",
        "TagResource",
        "",
        {"ResourceARN": _RULE, "Tags": [{"Key": "app", "Value": "metaflow"}]},
        [("events:TagResource", _RULE, _TAG_KEYS)],
        _EVENTS,
    ),
    Row(
        "events",
        "UntagResource",
        "",
        {"ResourceARN": _RULE, "TagKeys": ["app"]},
        [("events:UntagResource", _RULE, {"aws:TagKeys": ("app",)})],
        _EVENTS,
    ),
    Row(
        "events",
        "ListTagsForResource",
        "",
        {"ResourceARN": _RULE},
        [("events:ListTagsForResource", _RULE, {})],
        _EVENTS,
    ),
]
