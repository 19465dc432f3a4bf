"""Turns each resource's properties into Python once, and not anew for each of a pack's rules."""

from types import SimpleNamespace
from typing import Any

import pulumi_policy.policy
from google.protobuf import json_format
from google.protobuf.message import Message

_MOST = 10_000
"""How many resources' properties are kept; a stack has fewer."""

_read: dict[int, tuple[Message, dict[str, Any]]] = {}
"""Properties by the identity of the message that has them, which is kept so that it stays one."""


def read_once() -> None:
    """Let the SDK's servicer keep what it read of a message.

    For every rule it reads the properties of the resource (pulumi_policy 1.x, `policy.py`, Analyze
    and AnalyzeStack), which takes most of a pack's time. What rules get is made of it anew for each
    of them, so that none sees what another did to it.
    """
    if hasattr(pulumi_policy.policy, "json_format"):
        vars(pulumi_policy.policy)["json_format"] = SimpleNamespace(MessageToDict=_to_dict)


def _to_dict(message: Message) -> dict[str, Any]:
    found = _read.get(id(message))
    if found is None:
        if len(_read) >= _MOST:
            _read.clear()
        found = _read[id(message)] = (message, json_format.MessageToDict(message))
    return found[1]
