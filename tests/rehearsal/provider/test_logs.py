"""Log groups: their life, what drifts, and what is refused."""

import json
from typing import Any

import pytest

from rehearsal.provider import Cloud, Provider, RefusedError

GROUP = "aws:cloudwatch/logGroup:LogGroup"


def key_for(rig: Any, service: str) -> str:
    """Make a key whose policy lets the account and one service use it."""
    statements = [
        {"Effect": "Allow", "Principal": principal, "Action": "kms:*", "Resource": "*"}
        for principal in ({"AWS": "arn:aws:iam::123456789012:root"}, {"Service": service})
    ]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    return str(rig.create("aws:kms/key:Key", "k", policy=policy).outputs["arn"])


def test_a_group_lives(rig: Any) -> None:
    created = rig.live(
        GROUP,
        "service",
        {"retentionInDays": 30, "tags": {"a": "1", "b": "2"}},
        {"retentionInDays": 90, "tags": {"b": "3"}},
    )
    assert created.outputs["arn"].endswith(f":log-group:{created.id}")
    assert created.outputs["retentionInDays"] == 90


def test_records_are_kept_for_ever_unless_told(rig: Any) -> None:
    created = rig.create(GROUP, "service")
    assert created.outputs["retentionInDays"] == 0
    kept = rig.update(GROUP, "service", created, name=created.id, retentionInDays=7)
    forever = rig.update(GROUP, "service", kept, name=created.id)
    groups = rig.cloud.client("logs").describe_log_groups()["logGroups"]
    assert forever.outputs["retentionInDays"] == 0
    assert "retentionInDays" not in groups[0]


def test_a_group_told_to_stay_outlives_its_resource(rig: Any) -> None:
    created = rig.create(GROUP, "service", skipDestroy=True)
    rig.delete(GROUP, created)
    assert rig.read(GROUP, created) == created.outputs


def test_a_name_that_another_begins_with_is_not_mistaken(rig: Any) -> None:
    created = rig.create(GROUP, "g", name="/aws/rds/instance/db")
    rig.create(GROUP, "g", name="/aws/rds/instance/db/postgresql")
    rig.delete(GROUP, created)
    assert rig.read(GROUP, created) is None


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"retentionInDays": 31}, "retentionInDays is 31; the provider allows 0, 1, 3, 5, 7"),
        ({"kmsKeyId": "1234"}, "kmsKeyId is '1234'; the provider takes an ARN"),
        ({"name": "no spaces"}, "AWS allows only what matches"),
    ],
)
def test_a_group_is_refused(rig: Any, given: dict[str, Any], words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        rig.create(GROUP, "g", **given)


def test_a_group_that_a_service_made_first_is_refused(rig: Any) -> None:
    rig.cloud.client("logs").create_log_group(logGroupName="/aws/rds/instance/db/postgresql")
    with pytest.raises(RefusedError, match="ResourceAlreadyExistsException"):
        rig.create(GROUP, "g", name="/aws/rds/instance/db/postgresql")


def test_a_key_must_be_open_to_the_service(rig: Any) -> None:
    created = rig.create(GROUP, "g", kmsKeyId=key_for(rig, "logs.us-east-1.amazonaws.com"))
    assert rig.read(GROUP, created) == created.outputs
    with pytest.raises(RefusedError, match="not allowed to be used with a log group"):
        rig.create(GROUP, "other", kmsKeyId=key_for(rig, "logs.eu-west-1.amazonaws.com"))


def test_a_change_of_key_is_said_to_be_missing_here(rig: Any) -> None:
    created = rig.create(GROUP, "g")
    key = key_for(rig, "logs.us-east-1.amazonaws.com")
    with pytest.raises(RefusedError, match="cannot change a group's key in place"):
        rig.update(GROUP, "g", created, name=created.id, kmsKeyId=key)


def test_drift_of_a_group_shows(rig: Any) -> None:
    created = rig.create(GROUP, "g", retentionInDays=30, tags={"a": "1"})
    client = rig.cloud.client("logs")
    client.delete_retention_policy(logGroupName=created.id)
    client.untag_resource(resourceArn=created.outputs["arn"], tagKeys=["a"])
    read = rig.read(GROUP, created)
    assert read["retentionInDays"] == 0
    assert read["tags"] == {}


def test_the_arn_carries_the_partition(rig: Any, emulator: str) -> None:
    provider = Provider(Cloud(emulator, "us-gov-west-1"))
    urn = rig.urn(GROUP, "g")
    group = provider.create(GROUP, urn, provider.check(GROUP, urn, {}))
    expected = f"arn:aws-us-gov:logs:us-gov-west-1:123456789012:log-group:{group.id}"
    assert group.outputs["arn"] == expected
