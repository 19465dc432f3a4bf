"""The events that Secrets Manager sends after a rotation, and those that only look like them."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rehearsal.provider import Cloud

Event = Mapping[str, Any]

_ID = "5f1f7c1e-2a60-4a1c-9b0c-0d9d3f0f6a11"
_TIME = "2026-01-01T00:00:00Z"
_SERVICE = "secretsmanager.amazonaws.com"


@dataclass(frozen=True)
class Announcement:
    """One kind of event that a rotation causes.

    Attributes:
        event: the event of this rotation.
        others: events that concern something else, by what they are.
    """

    event: Event
    others: Mapping[str, Event]


def after_rotation(cloud: Cloud, secret: Mapping[str, Any]) -> Sequence[Announcement]:
    """Return what EventBridge gets when a secret was rotated.

    Args:
        cloud: where it was rotated.
        secret: as DescribeSecret answers it.
    """
    return (_through_cloudtrail(cloud, secret), _native(cloud, secret))


def _through_cloudtrail(cloud: Cloud, secret: Mapping[str, Any]) -> Announcement:
    """Return RotationSucceeded, which reaches EventBridge through CloudTrail.

    Its fields: AWS Secrets Manager User Guide, "Match AWS Secrets Manager events with Amazon
    EventBridge" (detail-type, eventSource, eventName, additionalEventData) and "AWS CloudTrail
    entries for Secrets Manager" (RotationSucceeded, RotationFailed); AWS CloudTrail User Guide,
    "AWS service events" (the members that all such events share).
    """
    event = {
        **_envelope(cloud, "AWS Service Event via CloudTrail"),
        "resources": [],
        "detail": {
            "eventVersion": "1.08",
            "userIdentity": {"accountId": cloud.account_id, "invokedBy": _SERVICE},
            "eventTime": _TIME,
            "eventSource": _SERVICE,
            "eventName": "RotationSucceeded",
            "awsRegion": cloud.region,
            "sourceIPAddress": _SERVICE,
            "userAgent": _SERVICE,
            "requestParameters": None,
            "responseElements": None,
            "additionalEventData": {"SecretId": secret["ARN"]},
            "eventID": _ID,
            "readOnly": False,
            "eventType": "AwsServiceEvent",
            "managementEvent": True,
            "recipientAccountId": cloud.account_id,
            "eventCategory": "Management",
        },
    }
    another = {"SecretId": _another(secret["ARN"])}
    return Announcement(
        event,
        {
            "the rotation of another secret": _changed(
                event, detail={"additionalEventData": another}
            ),
            "a rotation that failed": _changed(event, detail={"eventName": "RotationFailed"}),
            "events that Secrets Manager did not send": _changed(event, source="com.example"),
        },
    )


def _native(cloud: Cloud, secret: Mapping[str, Any]) -> Announcement:
    """Return Secret Label Updated, which Secrets Manager sends to EventBridge itself.

    Its fields: AWS Secrets Manager User Guide, "Secret Label Updated event".
    """
    event = {
        **_envelope(cloud, "Secret Label Updated"),
        "resources": [secret["ARN"]],
        "detail": {"name": secret["Name"], "labelUpdated": "AWSCURRENT", "versionId": _ID},
    }
    another = {"name": _another(secret["Name"])}
    return Announcement(
        event,
        {
            "a label of another secret": _changed(
                event, resources=[_another(secret["ARN"])], detail=another
            ),
            "labels other than AWSCURRENT": _changed(event, detail={"labelUpdated": "reviewed"}),
            "events that Secrets Manager did not send": _changed(event, source="com.example"),
        },
    )


def _envelope(cloud: Cloud, detail_type: str) -> dict[str, Any]:
    """Return what every event has (Amazon EventBridge Events Reference, "Event structure")."""
    return {
        "version": "0",
        "id": _ID,
        "detail-type": detail_type,
        "source": "aws.secretsmanager",
        "account": cloud.account_id,
        "time": _TIME,
        "region": cloud.region,
    }


def _another(name: str) -> str:
    """Return a name that differs in its last character only."""
    return name[:-1] + ("a" if name[-1] != "a" else "b")


def _changed(event: Event, *, detail: Mapping[str, Any] | None = None, **changes: Any) -> Event:
    changed = {**copy.deepcopy(dict(event)), **changes}
    changed["detail"] = {**changed["detail"], **(detail or {})}
    return changed
