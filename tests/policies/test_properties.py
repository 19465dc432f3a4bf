"""The properties of a resource are turned into Python once, and each rule has its own copy."""

import pulumi_policy.policy
import pytest
from google.protobuf import json_format
from google.protobuf.struct_pb2 import Struct
from pulumi_policy.deserialize import deserialize_properties

from rules import properties


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[Struct]:
    """Return the messages that are really read, once the packs read them once."""
    seen: list[Struct] = []
    really = json_format.MessageToDict

    def counting(message: Struct) -> dict[str, object]:
        seen.append(message)
        return really(message)

    monkeypatch.setattr(json_format, "MessageToDict", counting)
    monkeypatch.setattr(pulumi_policy.policy, "json_format", json_format)
    monkeypatch.setattr(properties, "_read", {})
    properties.read_once()
    return seen


def of(name: str) -> Struct:
    message = Struct()
    message.update({"name": name, "tags": {"a": "b"}})
    return message


def test_a_message_is_read_once_and_another_one_by_itself(calls: list[Struct]) -> None:
    first, second = of("first"), of("second")
    found = [
        pulumi_policy.policy.json_format.MessageToDict(one)["name"]
        for one in (first, second, first, second)
    ]
    assert found == ["first", "second", "first", "second"]
    assert len(calls) == 2


def test_what_a_rule_does_to_its_copy_no_other_rule_sees(calls: list[Struct]) -> None:
    message = of("first")
    copies = [
        deserialize_properties(pulumi_policy.policy.json_format.MessageToDict(message))
        for _ in range(2)
    ]
    copies[0]["tags"]["a"] = "c"
    assert copies[1]["tags"] == {"a": "b"}
    assert len(calls) == 1


def test_messages_are_not_kept_for_ever(
    calls: list[Struct], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(properties, "_MOST", 2)
    for number in range(5):
        pulumi_policy.policy.json_format.MessageToDict(of(str(number)))
    assert len(calls) == 5
    assert len(properties._read) <= 2
