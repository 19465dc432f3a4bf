"""The plugin's process, asked as the engine asks it, with a monitor that makes placeholders."""

import contextvars
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime import rpc
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.proto import (
    engine_pb2_grpc,
    provider_pb2,
    provider_pb2_grpc,
    resource_pb2,
    resource_pb2_grpc,
)
from pulumi.runtime.settings import get_monitor

from rehearsal import goals
from rehearsal.mocks import Deployment, deploy
from tests.deployed import PROJECT, ROOT
from tests.placeholder import PlaceholderProvider

TOKEN = "metaflow:index:Metaflow"
_CONFIG = {"aws:region": "us-east-1"}
_THREADS = 32
_SECONDS = 120


@dataclass
class Wanted:
    """One component that a program in another language makes.

    Attributes:
        inputs: by the names and in the form in which they are sent.
        name: logical name.
        providers: references of providers, by package.
        dependencies: URNs that each input depends on.
    """

    inputs: Mapping[str, Any]
    name: str = "metaflow"
    providers: Mapping[str, str] = field(default_factory=dict)
    dependencies: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass
class Made:
    """What came of it: the stack, and the requests that the plugin sent."""

    deployment: Deployment
    requests: list[Any]


class Host:
    """The plugin, running."""

    def __init__(self, port: str) -> None:
        """Connect to the port that the plugin printed."""
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self._stub = provider_pb2_grpc.ResourceProviderStub(self._channel)

    def schema(self) -> str:
        """Return the schema, as the CLI gets it."""
        return str(self._stub.GetSchema(provider_pb2.GetSchemaRequest()).schema)

    def construct(self, *wanted: Wanted, stack: str = "dev", preview: bool = False) -> Made:
        """Have components made side by side; the outputs are those of the first.

        Raises:
            grpc.RpcError: the plugin refuses.
        """
        requests: list[Any] = []
        answers: list[Future[Any]] = []

        def program() -> None:
            for reference in {ref for one in wanted for ref in one.providers.values()}:
                _register(reference)
            monitor = _Monitor(get_monitor(), contextvars.copy_context(), requests)
            with _serving(monitor) as address, ThreadPoolExecutor() as pool:
                for one in wanted:
                    request = _request(one, stack, preview, address)
                    answers.append(pool.submit(self._stub.Construct, request))

        deployment = deploy(
            program,
            PlaceholderProvider(),
            project=PROJECT,
            stack_name=stack,
            config=_CONFIG,
            preview=preview,
        )
        [outputs, *_] = [
            rpc.deserialize_properties(one.result().state, keep_unknowns=True) for one in answers
        ]
        deployment.outputs = goals.plain(outputs)
        secret = {name for name, value in outputs.items() if rpc.is_rpc_secret(value)}
        deployment.secret_outputs = frozenset(secret)
        return Made(deployment, requests)

    def close(self) -> None:
        """Let go of the plugin."""
        self._channel.close()


@contextmanager
def started(folder: Path) -> Iterator[Host]:
    """Start the plugin as the CLI does: by its folder, from the folder of the user's program."""
    with _serving(_Engine()) as engine:
        command = [sys.executable, str(ROOT / "components"), engine]
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
        with process:
            assert process.stdout is not None
            host = Host(process.stdout.readline().strip())
            try:
                yield host
            finally:
                host.close()
                process.kill()


def _request(one: Wanted, stack: str, preview: bool, monitor: str) -> Any:
    inputs = Struct()
    inputs.update(one.inputs)
    request = provider_pb2.ConstructRequest
    return request(
        project=PROJECT,
        stack=stack,
        config=_CONFIG,
        dryRun=preview,
        monitorEndpoint=monitor,
        type=TOKEN,
        name=one.name,
        parent=f"urn:pulumi:{stack}::{PROJECT}::pulumi:pulumi:Stack::{PROJECT}-{stack}",
        inputs=inputs,
        inputDependencies={
            name: request.PropertyDependencies(urns=urns) for name, urns in one.dependencies.items()
        },
        providers=one.providers,
        parallel=16,
    )


def _register(reference: str) -> None:
    """Let a provider's reference be one that the program's engine knows."""
    urn, _, resource_id = reference.rpartition("::")
    monitor: Any = get_monitor()
    monitor.resources[urn] = MockMonitor.ResourceRegistration(urn, resource_id, {})


@contextmanager
def _serving(servicer: Any) -> Iterator[str]:
    """Serve an engine or a monitor; yield its address."""
    server = grpc.server(ThreadPoolExecutor(_THREADS))
    servicer.add_to(server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(None).wait(_SECONDS)


class _Engine(engine_pb2_grpc.EngineServicer):
    """Takes what the plugin logs."""

    def add_to(self, server: grpc.Server) -> None:
        engine_pb2_grpc.add_EngineServicer_to_server(self, server)

    def Log(self, _request: Any, _context: Any) -> Any:  # noqa: N802 the protocol's name
        return Empty()


class _Monitor(resource_pb2_grpc.ResourceMonitorServicer):
    """Hands requests on to a monitor of the SDK's mocks, in the context of its program."""

    def __init__(self, monitor: Any, context: contextvars.Context, requests: list[Any]) -> None:
        self._monitor, self._context, self._requests = monitor, context, requests

    def add_to(self, server: grpc.Server) -> None:
        resource_pb2_grpc.add_ResourceMonitorServicer_to_server(self, server)

    def _ask(self, method: Callable[[Any], Any], request: Any) -> Any:
        self._requests.append(request)
        return self._context.copy().run(method, request)

    def GetDeploymentInfo(self, request: Any, _: Any) -> Any:  # noqa: N802 the protocol's name
        return self._monitor.GetDeploymentInfo(request)

    def SupportsFeature(self, request: Any, _: Any) -> Any:  # noqa: N802
        supported = self._monitor.SupportsFeature(request).hasSupport
        return resource_pb2.SupportsFeatureResponse(hasSupport=supported)

    def RegisterResource(self, request: Any, _: Any) -> Any:  # noqa: N802
        return self._ask(self._monitor.RegisterResource, request)

    def RegisterResourceOutputs(self, request: Any, _: Any) -> Any:  # noqa: N802
        return self._ask(self._monitor.RegisterResourceOutputs, request)

    def Invoke(self, request: Any, _: Any) -> Any:  # noqa: N802
        return self._ask(self._monitor.Invoke, request)
