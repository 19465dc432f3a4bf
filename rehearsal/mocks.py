"""The engine without the Pulumi CLI: the provider behind Pulumi's own mocks."""

import asyncio
import contextvars
import logging
import runpy
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import mocks, rpc, set_all_config, stack
from pulumi.runtime.settings import ROOT, configure

from rehearsal.provider import Provider, RefusedError
from rehearsal.registrations import Registration, dependents_first

Program = Callable[[], Any]


class DeploymentError(Exception):
    """The program could not be deployed; the message has one line for each reason."""


@dataclass
class Deployment:
    """What a deployed program left behind.

    Attributes:
        registrations: every resource, in the order in which they were made.
        outputs: the stack's outputs, plain values.
        secret_outputs: names of the outputs that are secret.
    """

    registrations: list[Registration] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    secret_outputs: frozenset[str] = frozenset()

    def of_type(self, token: str) -> list[Registration]:
        """Return the resources of one type."""
        return [one for one in self.registrations if one.type == token]

    def destroy(self, provider: Provider) -> None:
        """Delete everything as the engine would, dependents first; retained resources stay.

        Raises:
            DeploymentError: a resource is protected; nothing was deleted.
            RefusedError: AWS would not delete something.
        """
        protected = [one.urn for one in self.registrations if one.protect and one.custom]
        if protected:
            raise DeploymentError("\n".join(f"{urn} is protected." for urn in protected))
        for one in dependents_first(self.registrations):
            if one.custom and not one.retain_on_delete:
                provider.delete(one.type, one.urn, one.id, one.outputs)


class _Handlers(mocks.Mocks):
    """Pulumi's handlers for resources and functions; called from several threads at once."""

    def __init__(self, provider: Provider, preview: bool) -> None:
        self.provider = provider
        self.preview = preview
        self.request = threading.local()
        self.refusals: list[str] = []

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        inputs = _plain(args.inputs)
        if not args.custom or self.preview:
            self.request.made = ("", inputs)
            return "", inputs
        try:
            checked = self.provider.check(args.typ, self.request.urn, inputs)
            created = self.provider.create(args.typ, self.request.urn, checked)
        except RefusedError as error:
            self.refusals.append(str(error))
            raise
        self.request.made = (created.id, created.outputs)
        return created.id, self._with_secrets(args.typ, created.outputs)

    def call(self, args: mocks.MockCallArgs) -> Any:
        try:
            return self.provider.invoke(args.token, _plain(args.args))
        except RefusedError as error:
            self.refusals.append(str(error))
            raise

    def _with_secrets(self, token: str, outputs: Mapping[str, Any]) -> dict[str, Any]:
        secret = self.provider.secret_outputs(token)
        return {
            name: pulumi.Output.secret(value) if name in secret else value
            for name, value in outputs.items()
        }


class _Monitor(mocks.MockMonitor):
    """Records what the mocks leave out of their arguments: dependencies, options, outputs."""

    def __init__(self, handlers: _Handlers, on_resource: Callable[[Registration], None]) -> None:
        super().__init__(handlers)
        self._handlers = handlers
        self._on_resource = on_resource
        self._lock = threading.Lock()
        self.deployment = Deployment()

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 the monitor's protocol
        urn = self.make_urn(request.parent, request.type, request.name)
        self._handlers.request.urn = urn
        self._handlers.request.made = ("", {})
        response = super().RegisterResource(request)
        resource_id, outputs = self._handlers.request.made
        registration = Registration(
            urn=urn,
            type=request.type,
            name=request.name,
            parent=request.parent,
            custom=request.custom,
            id=resource_id,
            inputs=_plain(rpc.deserialize_properties(request.object)),
            outputs=outputs,
            dependencies=tuple(request.dependencies),
            protect=request.protect,
            retain_on_delete=request.retainOnDelete,
            ignore_changes=tuple(request.ignoreChanges),
        )
        with self._lock:
            self.deployment.registrations.append(registration)
            self._on_resource(registration)
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 the monitor's protocol
        if request.urn.split("::")[2] == "pulumi:pulumi:Stack":
            outputs = rpc.deserialize_properties(request.outputs)
            self.deployment.secret_outputs = frozenset(
                name for name, value in outputs.items() if rpc.is_rpc_secret(value)
            )
            self.deployment.outputs = _plain(outputs)
        return super().RegisterResourceOutputs(request)


def _plain(value: Any) -> Any:
    """Unwrap secrets, and turn the whole numbers that the wire made floats into integers."""
    value = rpc.unwrap_rpc_secret(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def program_at(path: Path) -> Program:
    """Return the Pulumi program in a file, to be run unmodified."""
    return lambda: runpy.run_path(str(path), run_name="__main__")


def deploy(  # noqa: PLR0913 one argument for each thing an engine knows
    program: Program,
    provider: Provider,
    *,
    project: str,
    stack_name: str,
    config: Mapping[str, str],
    preview: bool = False,
    on_resource: Callable[[Registration], None] = lambda _: None,
) -> Deployment:
    """Run a Pulumi program against the emulated provider.

    Args:
        program: the program.
        provider: makes the resources.
        project: name of the project, as in Pulumi.yaml.
        stack_name: name of the stack.
        config: configuration by full keys (`project:key`), texts as the engine passes them.
        preview: whether nothing is made and everything computed is unknown.
        on_resource: called with each resource once it is made.

    Raises:
        DeploymentError: AWS or the provider refuses a resource, or the program fails.
    """
    handlers = _Handlers(provider, preview)
    monitor = _Monitor(handlers, on_resource)

    def run() -> None:
        configure(
            mocks.MockSettings(
                monitor=monitor,
                monitor_features=set(monitor.GetDeploymentInfo(None).supportedFeatures),
                engine=mocks.MockEngine(logging.getLogger("rehearsal.program")),
                project=project,
                stack=stack_name,
                dry_run=preview,
                organization=None,
                callbacks=None,
            )
        )
        ROOT.set(None)
        set_all_config(dict(config), [])
        asyncio.run(stack.run_in_stack(program))

    try:
        contextvars.copy_context().run(run)
    except Exception as error:
        if handlers.refusals:
            raise DeploymentError("\n".join(handlers.refusals)) from error
        if isinstance(error, pulumi.RunError):
            raise DeploymentError(str(error)) from error
        raise
    return monitor.deployment
