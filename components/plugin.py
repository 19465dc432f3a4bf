"""The component provider host: makes the top component for programs in every Pulumi language."""

import argparse
import asyncio
import json
import sys
from contextlib import suppress
from typing import Any

import grpc.aio
import pulumi
from pulumi.errors import InputPropertiesError
from pulumi.provider.experimental.analyzer import ComponentDefinition
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.server import ComponentInitError, ProviderServicer
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS
from pulumi.runtime.proto import provider_pb2_grpc

from components.metaflow import Metaflow


class MetaflowProvider(ComponentProvider):
    """Makes :class:`Metaflow` when the engine asks for it.

    The SDK's own provider drops inputs that it does not know and hands integers over as floats
    (pulumi/provider/experimental/component.py, `map_input_properties`).
    """

    def __init__(self) -> None:
        """Derive the schema from the component's annotations and docstrings."""
        super().__init__([Metaflow], "metaflow")
        self.schema = json.dumps(_on_one_line(json.loads(self.schema or "")))

    def map_inputs(
        self,
        inputs: pulumi.Inputs,
        component_def: ComponentDefinition,  # noqa: ARG002 the base class hands it over
    ) -> pulumi.Inputs:
        """Return all inputs under the names that they came with, for the component to check."""
        return {name: _whole(value) for name, value in inputs.items()}


class _Servicer(ProviderServicer):
    """Answers the engine; what is meant for a user stays as it is worded.

    The SDK's own adds a traceback, or the error's type in Python (pulumi/provider/server.py).
    """

    async def _construct(self, request: Any, context: Any) -> Any:
        try:
            return await super()._construct(request, context)
        except (ComponentInitError, pulumi.RunError) as error:
            reason = error.inner if isinstance(error, ComponentInitError) else error
            if isinstance(reason, pulumi.RunError):
                # Without a list of errors, even an empty one, the SDK fails.
                raise InputPropertiesError(str(reason), []) from error
            raise


def serve() -> None:
    """Answer the engine, whose address is on the command line, until it ends the process."""
    parser = argparse.ArgumentParser(description="Metaflow on AWS, as a plugin of the Pulumi CLI")
    parser.add_argument("engine", help="address of the engine that started the plugin")
    arguments, _ = parser.parse_known_args()
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(arguments.engine))


async def _serve(engine: str) -> None:
    server = grpc.aio.server(options=_GRPC_CHANNEL_OPTIONS)
    servicer = _Servicer(MetaflowProvider(), sys.argv[1:], engine)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await server.wait_for_termination()


def _whole(value: Any) -> Any:
    """Return a value with its whole numbers as integers: the protocol has floats only."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    return [_whole(item) for item in value] if isinstance(value, list) else value


def _on_one_line(schema: Any) -> Any:
    """Return a schema whose descriptions have no line breaks and indentation of the source."""
    if isinstance(schema, list):
        return [_on_one_line(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: " ".join(item.split())
        if key == "description" and isinstance(item, str)
        else _on_one_line(item)
        for key, item in schema.items()
    }
