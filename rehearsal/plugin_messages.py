"""What the engine and its plugin tell each other, in the messages of their protocol."""

from typing import Any

import grpc
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime import rpc
from pulumi.runtime.proto import provider_pb2, status_pb2

from rehearsal import goals
from rehearsal.provider.differences import Difference
from rehearsal.provider.resource_type import OnChange, Values

_SIGNATURE, _ARCHIVE = rpc._special_sig_key, rpc._special_archive_sig
_SET_ASIDE = "an archive"

STATUS_DETAILS = "grpc-status-details-bin"
"""Where gRPC carries the details of a status."""


def token_of(urn: str) -> str:
    """Return a resource's own type: the last of the types that a URN has."""
    return urn.split("::")[2].rsplit("$", 1)[-1]


def plain(properties: Struct) -> dict[str, Any]:
    """Return plain values; what is unknown stays so.

    Archives keep their hash, which is all that the engine still has of one in a state.
    """
    readable = Struct()
    readable.CopyFrom(properties)
    _set_aside_archives(readable)
    read = rpc.deserialize_properties(readable, keep_unknowns=True, keep_internal=False)
    return dict(_with_archives(goals.plain(read)))


def _set_aside_archives(properties: Struct) -> None:
    """Take archives for plain values: the SDK fails at one without contents, and drops hashes."""
    for value in properties.fields.values():
        items = value.list_value.values if value.HasField("list_value") else [value]
        for one in items:
            if one.HasField("struct_value"):
                _set_aside_archives(one.struct_value)
    if _SIGNATURE in properties and properties[_SIGNATURE] == _ARCHIVE:
        del properties[_SIGNATURE]
        properties.update({_SET_ASIDE: True})


def _with_archives(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_archives(one) for one in value]
    if not isinstance(value, dict):
        return value
    found = {key: _with_archives(one) for key, one in value.items() if key != _SET_ASIDE}
    return {_SIGNATURE: _ARCHIVE, **found} if _SET_ASIDE in value else found


def struct(values: Values, secret: frozenset[str] = frozenset()) -> Struct:
    """Return plain values as the engine takes them."""
    sent = {name: goals.as_sent(value) for name, value in values.items() if value is not None}
    made = Struct()
    made.update(
        {name: rpc.wrap_rpc_secret(one) if name in secret else one for name, one in sent.items()}
    )
    return made


def diff_response(found: Difference, state: Values, inputs: Values) -> Any:
    """Return a difference as the engine takes it."""
    kinds = provider_pb2.PropertyDiff
    detailed = {}
    for name, effect in found.changes.items():
        replaces = effect is OnChange.REPLACE
        kind = kinds.UPDATE_REPLACE if replaces else kinds.UPDATE
        if name in inputs and state.get(name) is None:
            kind = kinds.ADD_REPLACE if replaces else kinds.ADD
        elif name in state and inputs.get(name) is None:
            kind = kinds.DELETE_REPLACE if replaces else kinds.DELETE
        detailed[name] = provider_pb2.PropertyDiff(kind=kind)
    response = provider_pb2.DiffResponse
    return response(
        changes=response.DIFF_SOME if found.changes else response.DIFF_NONE,
        diffs=sorted(found.changes),
        replaces=found.replacing,
        deleteBeforeReplace=found.delete_first,
        detailedDiff=detailed,
        hasDetailedDiff=True,
    )


def unfinished(resource_id: str, outputs: Struct, words: str) -> bytes:
    """Return the details of a status that has the engine keep a resource that was made in part.

    See initializationError in pulumi-terraform-bridge, pkg/tfbridge/provider.go, and parseError in
    pulumi, sdk/go/common/resource/plugin/provider_plugin.go.

    Args:
        resource_id: its id.
        outputs: what the state shall hold.
        words: what went wrong.
    """
    detail = provider_pb2.ErrorResourceInitFailed(
        id=resource_id, properties=outputs, reasons=[words]
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=words)
    status.details.add().Pack(detail)
    return bytes(status.SerializeToString())
