"""The engine's adapter: the emulated AWS provider as a plugin of the Pulumi CLI.

It speaks the protocol that `pulumi.provider.experimental.Provider` wraps, and not that class: the
class hands on no old inputs, no word of a resource made in part, and a traceback with each error.
"""

import os
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.metadata import version
from typing import Any, NoReturn

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from rehearsal import plugin_messages
from rehearsal.loopback.remote_addresses import RemoteAddresses
from rehearsal.plugin_messages import STATUS_DETAILS, diff_response, plain, struct, token_of
from rehearsal.provider import Cloud, Provider, RefusedError, registry
from rehearsal.provider.cloud import ADMINISTRATOR, ADMINISTRATOR_VARIABLE
from rehearsal.provider.differences import Difference
from rehearsal.provider.resource_type import OnChange, Values
from rehearsal.provider.unfinished import UnfinishedError

_ENDPOINT = "REHEARSAL_ENDPOINT"
_ADDRESSES = "REHEARSAL_ADDRESSES"

AUTOMATIC = "__defaults"
"""Key of the list in which the real provider, too, notes what its check filled in."""

_LOOK_SECONDS = 0.5
"""How often the engine is looked for, which may have been killed."""

_THREADS = 32
"""Requests at a time; the engine makes up to four per processor."""


class Plugin(provider_pb2_grpc.ResourceProviderServicer):
    """Answers the engine; each request in a thread of its own."""

    def __init__(self, endpoint: str, addresses_url: str) -> None:
        """Serve the emulated AWS at an endpoint, in the region that the engine will name."""
        self._endpoint = endpoint
        self._addresses = RemoteAddresses(addresses_url)
        self._provider: Provider | None = None

    def Handshake(self, _request: Any, _context: Any) -> Any:  # noqa: N802 the protocol's name
        """Say that secrets are left to the engine, which wraps outputs as their inputs were."""
        return provider_pb2.ProviderHandshakeResponse()

    def GetPluginInfo(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """Return the version of the provider in whose place this stands."""
        return plugin_pb2.PluginInfo(version=version("pulumi-aws"))

    def CheckConfig(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Take the provider's configuration as it is; the region is used."""
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Replace everything when the region changes, as the real provider does."""
        before, after = (plain(one).get("region") for one in (request.olds, request.news))
        return diff_response(
            Difference({"region": OnChange.REPLACE} if before != after else {}), {}, {}
        )

    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        """Connect to the emulated AWS of a region."""
        region = plain(request.args).get("region")
        if not region:
            _abort(context, "aws:region is not set; set it with: pulumi config set aws:region ...")
        self._provider = Provider(Cloud(self._endpoint, region, addresses=self._addresses))
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def Cancel(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """Let what runs come to its end: no request takes long."""
        return Empty()

    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        """Return the inputs with defaults, and with a note of which those are."""
        given, before = plain(request.news), plain(request.olds)
        noted = _automatic(request.olds)
        try:
            checked = self._ready(context).check(
                token_of(request.urn),
                request.urn,
                given,
                automatic={name: before[name] for name in noted if name in before},
                seed=request.randomSeed,
            )
        except RefusedError as error:
            failure = provider_pb2.CheckFailure(reason=str(error))
            return provider_pb2.CheckResponse(failures=[failure])
        filled_in = sorted(name for name in checked if given.get(name) is None)
        return provider_pb2.CheckResponse(inputs=struct({**checked, AUTOMATIC: filled_in}))

    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        """Say what a change of the inputs does to the resource."""
        state, inputs = plain(request.olds), plain(request.news)
        automatic = frozenset(_automatic(request.news))
        found = self._tried(
            context, lambda aws: aws.diff(token_of(request.urn), state, inputs, automatic)
        )
        return diff_response(found, state, inputs)

    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        """Create a resource; in a preview, say what it will be."""
        token, inputs = token_of(request.urn), plain(request.properties)
        if request.preview:
            planned = self._tried(context, lambda aws: aws.planned(token, inputs))
            return provider_pb2.CreateResponse(properties=self._state(token, planned))
        created = self._finished(context, token, lambda aws: aws.create(token, request.urn, inputs))
        return provider_pb2.CreateResponse(
            id=created.id, properties=self._state(token, {"id": created.id, **created.outputs})
        )

    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        """Return a resource as AWS has it now; without an id when it is gone."""
        token, before = token_of(request.urn), plain(request.inputs)
        state = plain(request.properties)
        found = (
            self._found(context, request, {**before, **state})
            if state
            else self._imported(context, request, before)
        )
        if not found:
            return provider_pb2.ReadResponse()
        names = before or registry.resource_type(token).inputs
        inputs = {name: found[name] for name in names if found.get(name) is not None}
        return provider_pb2.ReadResponse(
            id=found["id"],
            properties=self._state(token, found),
            inputs=struct({**inputs, AUTOMATIC: _automatic(request.inputs)}),
        )

    def _imported(
        self, context: grpc.ServicerContext, request: Any, before: Values
    ) -> dict[str, Any]:
        """Return what AWS tells of a resource by its id alone, in the form that was planned."""
        told = self._found(context, request, {})
        found = self._found(context, request, {**told, **before}) if told else {}
        return {name: value for name, value in found.items() if name in told}

    def _found(self, context: grpc.ServicerContext, request: Any, state: Values) -> dict[str, Any]:
        """Return what AWS has of a resource, with its id; nothing where it has none."""
        resource_id = state.get("id", request.id)
        found = self._tried(
            context,
            lambda aws: aws.read(token_of(request.urn), request.urn, resource_id, state),
        )
        return {} if found is None else {"id": resource_id, **found}

    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        """Update a resource in place; in a preview, say what it will be."""
        token, state, inputs = token_of(request.urn), plain(request.olds), plain(request.news)

        def updated(aws: Provider) -> Values:
            if request.preview:
                return aws.planned(token, inputs, state)
            return aws.update(token, request.urn, request.id, state, inputs)

        # An update may give a resource another id, which only its outputs can tell.
        outputs = {"id": request.id, **self._finished(context, token, updated)}
        return provider_pb2.UpdateResponse(properties=self._state(token, outputs))

    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        """Delete a resource."""
        token, state = token_of(request.urn), plain(request.properties)
        self._tried(context, lambda aws: aws.delete(token, request.urn, request.id, state))
        return Empty()

    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        """Answer a function."""
        arguments = plain(request.args)
        answer = self._tried(context, lambda aws: aws.invoke(request.tok, arguments))
        return provider_pb2.InvokeResponse(**{"return": struct(answer)})

    def _state(self, token: str, outputs: Values) -> Struct:
        """Return outputs as the engine takes them, those wrapped that are always secret."""
        secret = self._provider.secret_outputs(token) if self._provider else frozenset()
        return struct(outputs, secret)

    def _finished(
        self, context: grpc.ServicerContext, token: str, call: Callable[[Provider], Any]
    ) -> Any:
        """Return what a call returns that makes or changes a resource.

        Where it came half way, the request ends with what there is, which the engine keeps.
        """
        try:
            return self._tried(context, call)
        except UnfinishedError as error:
            outputs = self._state(token, {"id": error.id, **error.outputs})
            details = plugin_messages.unfinished(error.id, outputs, str(error))
            context.set_trailing_metadata(((STATUS_DETAILS, details),))
            _abort(context, str(error))

    def _ready(self, context: grpc.ServicerContext) -> Provider:
        if self._provider is None:
            _abort(context, "the provider is not configured")
        return self._provider

    def _tried(self, context: grpc.ServicerContext, call: Callable[[Provider], Any]) -> Any:
        """Return what a call of the provider returns; end the request when it refuses."""
        provider = self._ready(context)
        try:
            return call(provider)
        except UnfinishedError:
            raise
        except RefusedError as error:
            _abort(context, str(error))


def _abort(context: grpc.ServicerContext, words: str) -> NoReturn:
    context.abort(grpc.StatusCode.UNKNOWN, words)
    raise AssertionError(words)


def _automatic(properties: Struct) -> list[str]:
    return list(properties[AUTOMATIC]) if AUTOMATIC in properties else []


def leading_to(endpoint: str, addresses_url: str) -> dict[str, str]:
    """Return the environment of a plugin that creates in an emulated AWS.

    Args:
        endpoint: URL of the emulated AWS.
        addresses_url: what `remote_addresses.handed_out` yields in the emulated AWS's process.
    """
    leading = {_ENDPOINT: endpoint, _ADDRESSES: addresses_url}
    return {**leading, ADMINISTRATOR_VARIABLE: ADMINISTRATOR}


def serve(environment: Mapping[str, str]) -> tuple[grpc.Server, int]:
    """Start answering; returns the server and its port.

    Args:
        environment: what `leading_to` returns.

    Raises:
        RefusedError: it does not lead anywhere; no plugin may guess where AWS is.
    """
    missing = [name for name in (_ENDPOINT, _ADDRESSES) if not environment.get(name)]
    if missing:
        raise RefusedError(
            f"{' and '.join(missing)} not set: the emulated AWS provider runs in a rehearsal only"
        )
    server = grpc.server(ThreadPoolExecutor(_THREADS), options=_GRPC_CHANNEL_OPTIONS)
    plugin = Plugin(environment[_ENDPOINT], environment[_ADDRESSES])
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(plugin, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def main() -> None:
    """Serve until the engine ends the process; print the port, as every plugin does."""
    try:
        server, port = serve(os.environ)
    except RefusedError as error:
        sys.exit(str(error))
    engine = os.getppid()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    # The engine ends its plugins with SIGINT.
    with suppress(KeyboardInterrupt):
        # One that is killed leaves its plugins behind.
        while os.getppid() == engine:
            server.wait_for_termination(_LOOK_SECONDS)
