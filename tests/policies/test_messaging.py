from typing import Any

import pytest

from rules.messaging import POLICIES, sns_encrypted, sqs_encrypted
from tests.policies.harness import UNKNOWN, Verdict, judge

QUEUE = "aws:sqs/queue:Queue"
TOPIC = "aws:sns/topic:Topic"
KEY = {"kmsMasterKeyId": "alias/queues"}


@pytest.mark.parametrize(
    "props",
    [
        {},
        {"sqsManagedSseEnabled": True},
        KEY,
        {"sqsManagedSseEnabled": False, **KEY},
    ],
    ids=["default", "SQS's", "KMS's", "KMS's instead"],
)
def test_encrypted_queues(props: dict[str, Any]) -> None:
    assert judge(sqs_encrypted, QUEUE, props) == Verdict()


@pytest.mark.parametrize("value", [False, "false"])
@pytest.mark.parametrize("key", [None, ""])
def test_a_queue_in_clear(value: Any, key: str | None) -> None:
    props = {"sqsManagedSseEnabled": value, "kmsMasterKeyId": key}
    assert judge(sqs_encrypted, QUEUE, props).violations == [
        "The SQS queue must encrypt its messages; sqsManagedSseEnabled is false and "
        "kmsMasterKeyId is missing, and one of them must be set."
    ]


def test_leaving_the_setting_out_is_no_remedy() -> None:
    # The provider takes a missing one for whatever the queue has.
    assert sqs_encrypted.remediation_steps == (
        "Set sqsManagedSseEnabled to true, or set kmsMasterKeyId."
    )


def test_an_encrypted_topic() -> None:
    assert judge(sns_encrypted, TOPIC, KEY) == Verdict()


@pytest.mark.parametrize("props", [{}, {"kmsMasterKeyId": ""}], ids=["missing", "empty"])
def test_a_topic_in_clear(props: dict[str, Any]) -> None:
    assert judge(sns_encrypted, TOPIC, props).violations == [
        "The SNS topic must encrypt its messages with a KMS key; kmsMasterKeyId is missing, and "
        "must name a key."
    ]


def test_unknown() -> None:
    assert judge(sqs_encrypted, QUEUE, {"sqsManagedSseEnabled": UNKNOWN}).unknown
    assert judge(sns_encrypted, TOPIC, {"kmsMasterKeyId": UNKNOWN}).unknown


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_another_type(policy: Any) -> None:
    assert not judge(policy, "aws:sns/topicPolicy:TopicPolicy", {}).applicable
