"""Keys: their life, what drifts, and what is refused."""

import json
from typing import Any

import pytest

from rehearsal.provider import Cloud, Provider, RefusedError

KEY = "aws:kms/key:Key"


def policy(principal: str = "arn:aws:iam::123456789012:root", action: str = "kms:*") -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": principal},
        "Action": action,
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_key_lives(rig: Any) -> None:
    given = {
        "description": "data",
        "policy": policy(),
        "enableKeyRotation": True,
        "rotationPeriodInDays": 180,
        "deletionWindowInDays": 7,
        "tags": {"a": "1", "b": "2"},
    }
    changed = {"description": "artifacts", "enableKeyRotation": False, "tags": {"b": "3"}}
    created = rig.live(KEY, "datastore", given, changed)
    assert created.outputs["description"] == "artifacts"
    assert created.outputs["enableKeyRotation"] is False
    assert created.outputs["tags"] == {"b": "3"}


def test_a_deleted_key_waits_for_the_window_of_the_state(rig: Any) -> None:
    client = rig.cloud.client("kms")
    for window in (7, None):
        created = rig.create(KEY, "k", **({"deletionWindowInDays": window} if window else {}))
        rig.delete(KEY, created)
        metadata = client.describe_key(KeyId=created.id)["KeyMetadata"]
        assert metadata["KeyState"] == "PendingDeletion"
        assert (metadata["DeletionDate"] - metadata["CreationDate"]).days == (window or 30)


def test_a_rotating_key_without_a_period_rotates_yearly(rig: Any) -> None:
    assert rig.create(KEY, "k", enableKeyRotation=True).outputs["rotationPeriodInDays"] == 365


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"deletionWindowInDays": 6}, "deletionWindowInDays is 6; the provider allows 7 to 30"),
        ({"deletionWindowInDays": 31}, "deletionWindowInDays is 31; the provider allows 7 to 30"),
        (
            {"enableKeyRotation": True, "rotationPeriodInDays": 30},
            "rotationPeriodInDays is 30; the provider allows 90 to 2560",
        ),
        ({"rotationPeriodInDays": 90}, "rotationPeriodInDays needs enableKeyRotation"),
        ({"policy": "{"}, "policy is not valid JSON"),
    ],
)
def test_a_plan_refuses_a_key(rig: Any, given: dict[str, Any], words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        rig.create(KEY, "k", **given)


@pytest.mark.parametrize(
    "text",
    [
        policy(action="kms:Decrypt"),
        json.dumps({"Version": "2012-10-17", "Statement": []}),
        policy().replace('"AWS"', '"Service"'),
        policy().replace("Allow", "Deny"),
    ],
)
def test_a_policy_that_locks_everybody_out_is_refused(rig: Any, text: str) -> None:
    with pytest.raises(RefusedError, match="will not allow you to update the key policy"):
        rig.create(KEY, "k", policy=text)


def test_drift_of_a_key_shows(rig: Any) -> None:
    created = rig.create(KEY, "k", enableKeyRotation=True, policy=policy(), tags={"a": "1"})
    client = rig.cloud.client("kms")
    client.disable_key_rotation(KeyId=created.id)
    client.put_key_policy(KeyId=created.id, PolicyName="default", Policy=policy("*"))
    client.untag_resource(KeyId=created.id, TagKeys=["a"])
    read = rig.read(KEY, created)
    assert read["enableKeyRotation"] is False
    assert json.loads(read["policy"])["Statement"][0]["Principal"] == {"AWS": "*"}
    assert read["tags"] == {}


def test_a_disabled_key_shows(rig: Any) -> None:
    created = rig.create(KEY, "k")
    rig.cloud.client("kms").disable_key(KeyId=created.id)
    assert rig.read(KEY, created)["isEnabled"] is False


def test_arns_carry_the_partition(rig: Any, emulator: str) -> None:
    provider = Provider(Cloud(emulator, "us-gov-west-1"))
    urn = rig.urn(KEY, "k")
    key = provider.create(KEY, urn, provider.check(KEY, urn, {}))
    assert key.outputs["arn"] == f"arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/{key.id}"
