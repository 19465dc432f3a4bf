"""A resource in the engine's own form: what the program wants, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from google.protobuf.struct_pb2 import Struct
from pulumi.output import Unknown
from pulumi.runtime import rpc
from pulumi.runtime.proto.resource_pb2 import RegisterResourceRequest


@dataclass(frozen=True)
class Goal:
    """One resource that the program wants, before it is made.

    Attributes:
        urn: Pulumi's unique name.
        request: what the program registered: type, name, options, dependencies.
        inputs: its inputs with the provider's defaults filled in. Secrets are wrapped, and unknown
            values are the engine's placeholders.
    """

    urn: str
    request: RegisterResourceRequest
    inputs: Struct


@dataclass(frozen=True)
class State:
    """One resource once it is made; in a preview, as far as it is known before.

    Attributes:
        goal: what the program wanted.
        outputs: its outputs in the form of `Goal.inputs`, `id` among them, as the AWS provider has
            it; a component's are those that it registered.
    """

    goal: Goal
    outputs: Struct


def goal(urn: str, request: RegisterResourceRequest, checked: Mapping[str, Any]) -> Goal:
    """Form a goal: the inputs as the program wrote them, and what the provider filled in.

    Args:
        urn: Pulumi's unique name.
        request: what the program registered.
        checked: all inputs as the provider's check returned them, plain values.
    """
    inputs = Struct()
    inputs.CopyFrom(request.object)
    inputs.update(
        {name: as_sent(value) for name, value in checked.items() if name not in request.object}
    )
    return Goal(urn, request, inputs)


def state(wanted: Goal, outputs: Mapping[str, Any], secret: frozenset[str], made_id: str) -> State:
    """Form the state of a resource from its plain outputs.

    Args:
        wanted: what the program wanted.
        outputs: plain values, some unknown in a preview.
        secret: names of the outputs that are secret.
        made_id: its physical id; empty where it has none, or none yet.
    """
    sent = {
        name: rpc.wrap_rpc_secret(as_sent(value)) if name in secret else as_sent(value)
        for name, value in outputs.items()
        if value is not None
    }
    if wanted.request.custom:
        sent["id"] = made_id or rpc.UNKNOWN
    struct = Struct()
    struct.update(sent)
    return State(wanted, struct)


def as_sent(value: Any) -> Any:
    """Return a plain value as engines send it: unknown ones as placeholders."""
    if isinstance(value, Unknown):
        return rpc.UNKNOWN
    if isinstance(value, Mapping):
        return {key: as_sent(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_sent(item) for item in value]
    return value


def plain(value: Any) -> Any:
    """Return what the SDK read, with secrets unwrapped and whole numbers as integers again.

    An archive of texts has the form in which engines send it.
    """
    value = rpc.unwrap_rpc_secret(value)
    if isinstance(value, pulumi.AssetArchive):
        assets = {name: plain(one) for name, one in value.assets.items()}
        return {rpc._special_sig_key: rpc._special_archive_sig, "assets": assets}
    if isinstance(value, pulumi.StringAsset):
        return {rpc._special_sig_key: rpc._special_asset_sig, "text": value.text}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
