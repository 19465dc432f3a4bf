"""The functions that a program may call."""

from collections.abc import Mapping

from rehearsal.provider.resource_type import InvokeFunction

INVOKES: Mapping[str, InvokeFunction] = {}
