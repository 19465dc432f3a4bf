"""The engine without the Pulumi CLI: the provider behind Pulumi's own mocks."""

import asyncio
import contextvars
import logging
import runpy
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pulumi
from pulumi.output import Unknown
from pulumi.runtime import mocks, rpc, set_all_config, stack
from pulumi.runtime.proto.resource_pb2 import RegisterResourceRequest
from pulumi.runtime.settings import ROOT, SETTINGS, configure

from rehearsal import goals
from rehearsal.goals import Goal, State
from rehearsal.invoke_error import as_answered
from rehearsal.provider import Provider, RefusedError
from rehearsal.registrations import Registration, dependents_first

Program = Callable[[], Any]

_STACK = "pulumi:pulumi:Stack"
STASH = "pulumi:index:Stash"
"""Type of `pulumi.Stash`, which the engine itself keeps."""


class DeploymentError(Exception):
    """The program could not be deployed; the message has one line for each reason."""


@dataclass
class Deployment:
    """What a deployed program left behind.

    Attributes:
        registrations: every resource, in the order in which they were made.
        outputs: the stack's outputs, plain values.
        secret_outputs: names of the outputs that are secret.
        states: every resource by its URN, in the engine's own form.
    """

    registrations: list[Registration] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    secret_outputs: frozenset[str] = frozenset()
    states: dict[str, State] = field(default_factory=dict)

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
            if one.custom and one.type != STASH and not one.retain_on_delete:
                provider.delete(one.type, one.urn, one.id, one.outputs)


@dataclass
class _Request:
    """What the monitor and the handlers tell each other about the resource of one thread."""

    urn: str
    registered: RegisterResourceRequest
    goal: Goal
    secret_outputs: frozenset[str]
    id: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)


class _Handlers(mocks.Mocks):
    """Pulumi's handlers for resources and functions; called from several threads at once."""

    def __init__(
        self, provider: Provider, preview: bool, before_create: Callable[[Goal], None]
    ) -> None:
        self.provider = provider
        self.preview = preview
        self.before_create = before_create
        self.refusals: list[str] = []
        self._of_thread = threading.local()

    @property
    def request(self) -> _Request:
        """The request that this thread handles."""
        return cast(_Request, self._of_thread.request)

    @request.setter
    def request(self, request: _Request) -> None:
        self._of_thread.request = request

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        request = self.request
        request.inputs = request.outputs = goals.plain(args.inputs)
        secret = {name for name, value in args.inputs.items() if rpc.is_rpc_secret(value)}
        request.secret_outputs |= secret
        with self.noted():
            if args.custom:
                self._make(args.typ, request)
            else:
                self.before_create(request.goal)
        # An output is secret where the input of the same name was: the engine sees to that.
        return request.id, {
            name: pulumi.Output.secret(value) if name in request.secret_outputs else value
            for name, value in request.outputs.items()
        }

    def _make(self, token: str, request: _Request) -> None:
        if token == STASH:
            self.before_create(request.goal)
            request.id = request.urn
            request.outputs = {**request.inputs, "output": request.inputs["input"]}
            return
        checked = self.provider.check(token, request.urn, request.inputs)
        request.goal = goals.goal(request.urn, request.registered, checked)
        self.before_create(request.goal)
        request.secret_outputs |= self.provider.secret_outputs(token)
        if self.preview:
            unknown = dict.fromkeys(self.provider.computed_outputs(token), Unknown())
            request.outputs = {**unknown, **checked}
        else:
            created = self.provider.create(token, request.urn, checked)
            request.id, request.outputs = created.id, created.outputs

    def call(self, args: mocks.MockCallArgs) -> Any:
        with self.noted(), as_answered():
            return self.provider.invoke(args.token, goals.plain(args.args))

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Keep the words of a refusal, which the SDK turns into a traceback."""
        try:
            yield
        except RefusedError as error:
            self.refusals.append(str(error))
            raise


class _Monitor(mocks.MockMonitor):
    """Records what the mocks leave out of their arguments: dependencies, options, outputs."""

    def __init__(self, handlers: _Handlers, on_resource: Callable[[Registration], None]) -> None:
        super().__init__(handlers)
        self._handlers = handlers
        self._on_resource = on_resource
        self._lock = threading.Lock()
        self._urns: set[str] = set()
        self.deployment = Deployment()

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 the monitor's protocol
        urn = self.make_urn(request.parent, request.type, request.name)
        with self._handlers.noted(), self._lock:
            self._refuse(request, urn)
        secret = frozenset(request.additionalSecretOutputs)
        made = _Request(urn, request, Goal(urn, request, request.object), secret)
        self._handlers.request = made
        if request.type == _STACK:  # the SDK's mocks do not hand it on
            with self._handlers.noted():
                self._handlers.before_create(made.goal)
        response = super().RegisterResource(request)
        registration = Registration(
            urn=urn,
            type=request.type,
            name=request.name,
            parent=request.parent,
            custom=request.custom,
            id=made.id,
            inputs=made.inputs,
            outputs=made.outputs,
            dependencies=tuple(request.dependencies),
            property_dependencies={
                name: tuple(found.urns) for name, found in request.propertyDependencies.items()
            },
            protect=request.protect,
            retain_on_delete=request.retainOnDelete,
            ignore_changes=tuple(request.ignoreChanges),
        )
        with self._lock:
            self.deployment.registrations.append(registration)
            self.deployment.states[urn] = goals.state(
                made.goal, made.outputs, made.secret_outputs, made.id
            )
            self._on_resource(registration)
        return response

    def _refuse(self, request: Any, urn: str) -> None:
        if urn in self._urns:
            raise RefusedError(f"{urn} is registered twice; give one of the two another name.")
        self._urns.add(urn)
        if request.importId:
            raise RefusedError(f"{urn}: a rehearsal has nothing to import {request.importId} from.")

    def ReadResource(self, request: Any) -> Any:  # noqa: N802 the monitor's protocol
        """Refuse to look up a resource that another stack made: the emulated AWS has none."""
        with self._handlers.noted():
            raise RefusedError(f"{request.type} {request.name}: a rehearsal has no {request.id}.")

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 the monitor's protocol
        with self._lock:
            made = self.deployment.states[request.urn]
            self.deployment.states[request.urn] = State(made.goal, request.outputs)
        if made.goal.request.type == _STACK:
            outputs = rpc.deserialize_properties(request.outputs)
            self.deployment.secret_outputs = frozenset(
                name for name, value in outputs.items() if rpc.is_rpc_secret(value)
            )
            self.deployment.outputs = goals.plain(outputs)
        return super().RegisterResourceOutputs(request)


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
    before_create: Callable[[Goal], None] = lambda _: None,
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
        before_create: called with each resource, components too, before it is made, from several
            threads at once; a `RefusedError` that it raises refuses the resource.
        on_resource: called with each resource once it is made.

    Raises:
        DeploymentError: AWS or the provider refuses a resource, or the program fails.
    """
    handlers = _Handlers(provider, preview, before_create)
    monitor = _Monitor(handlers, on_resource)
    settings = mocks.MockSettings(
        monitor=monitor,
        monitor_features=set(monitor.GetDeploymentInfo(None).supportedFeatures),
        engine=mocks.MockEngine(logging.getLogger("rehearsal.program")),
        project=project,
        stack=stack_name,
        dry_run=preview,
        organization=None,
        callbacks=None,
    )
    try:
        contextvars.copy_context().run(_run, program, settings, config)
    except (Exception, SystemExit) as error:
        lines = handlers.refusals or [_failure(error)]
        raise DeploymentError("\n".join(lines)) from error
    return monitor.deployment


def _run(program: Program, settings: mocks.MockSettings, config: Mapping[str, str]) -> None:
    async def run() -> None:
        # One refusal fails everything that waits for it; asyncio would print each of those.
        asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
        await stack.run_in_stack(program)

    configure(settings)
    # The SDK keeps these for the process; a program that failed leaves some behind.
    SETTINGS.outputs.clear()
    ROOT.set(None)
    set_all_config(dict(config), [])
    asyncio.run(run())


def _failure(error: BaseException) -> str:
    """Say in one line why a program failed; with the place, unless it is meant for its user."""
    if isinstance(error, pulumi.RunError):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    last = [frame for frame in frames if "site-packages" not in frame.filename][-1]
    # What fails in an apply comes without the frames of the program.
    own = last.filename != __file__
    place = f" in {Path(last.filename).name}, line {last.lineno}" if own else ""
    words = " ".join(f"{type(error).__name__}: {error}".split())
    return f"The program failed{place}: {words}"
