"""Policy packs that run: the client of their gRPC protocol, as the engine's is."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import grpc
import yaml
from google.protobuf import empty_pb2, json_format
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from rehearsal.policies import leftovers, processes, rules
from rehearsal.policies.configuration import Setting, read_file, reconcile_file
from rehearsal.policies.processes import Operation, PackError, PackProcess
from rehearsal.policies.rules import DISABLED, LEVELS, Rule
from rehearsal.sandbox import Sandbox

PROJECT_FILE = "PulumiPolicy.yaml"

_ROOT = Path(__file__).resolve().parents[2]
_CALL_SECONDS = 60
_CLOSE_SECONDS = 5
_OPTIONS = (
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
    ("grpc.enable_http_proxy", 0),
)
_RAISED = "Exception calling application: "
"""What gRPC puts before the words of what a rule raises."""
_LEVEL_NUMBERS = {level: number for number, level in LEVELS.items()}

Answer = Callable[[], analyzer_pb2.AnalyzeResponse]
"""Waits for a pack's answer and returns it; raises `PackError` where none comes."""


class UnusablePackError(PackError):
    """A folder holds no pack that could be started; the message is one line."""


@dataclass(frozen=True)
class LocalPack:
    """A pack in a folder.

    Attributes:
        folder: where its PulumiPolicy.yaml is.
        config: its configuration file; None leaves every rule as it is.
    """

    folder: Path
    config: Path | None = None

    @property
    def shown(self) -> str:
        """How messages name the folder."""
        return shown(self.folder)

    def check(self) -> None:
        """Look for mistakes that show before the pack is started.

        Raises:
            UnusablePackError: it is no pack in Python.
            ConfigurationError: its configuration file is unusable, whatever the pack's rules are.
        """
        _project_file(self)
        if self.config is not None:
            read_file(self.config, shown(self.config))


@dataclass(frozen=True)
class Title:
    """How a pack is shown.

    Attributes:
        name: its name.
        version: its version.
        shown: its folder.
        disabled: whether none of its rules judges.
    """

    name: str
    version: str
    shown: str
    disabled: bool = False


class Pack:
    """A pack that runs and is configured.

    Attributes:
        local: where it came from.
        title: its name, and its version by its PulumiPolicy.yaml.
        rules: its rules, at the levels of its configuration.
        switched_off: how many of them the configuration disables.
    """

    def __init__(self, local: LocalPack, process: PackProcess, channel: grpc.Channel) -> None:
        """Ask a pack about itself.

        Raises:
            PackError: it does not answer.
        """
        self.local = local
        self._process = process
        self._stub = analyzer_pb2_grpc.AnalyzerStub(channel)
        info = self._ask("GetAnalyzerInfo", empty_pb2.Empty())()
        version = _project_file(local).get("version") or info.version
        self.title = Title(str(info.name), str(version), local.shown)
        self.rules: list[Rule] = [rules.declared(one) for one in info.policies]
        self.switched_off = 0
        self._initial = {
            name: Setting(LEVELS[one.enforcementLevel], json_format.MessageToDict(one.properties))
            for name, one in info.initialConfig.items()
        }

    @property
    def name(self) -> str:
        """The pack's name."""
        return self.title.name

    @property
    def configured_by(self) -> str:
        """How messages name the configuration file, or the pack where there is none."""
        return shown(self.local.config) if self.local.config else self.name

    def configure(self, operation: Operation) -> None:
        """Tell the pack what it judges, and how its rules are set.

        Raises:
            ConfigurationError: its configuration file is unusable.
            PackError: it does not answer.
        """
        stack = analyzer_pb2.AnalyzerStackConfigureRequest(
            stack=operation.stack,
            project=operation.project,
            dry_run=operation.dry_run,
            config=operation.config,
        )
        self._ask("ConfigureStack", stack)()
        path, shown_as = self.local.config, self.configured_by
        settings = reconcile_file(self.rules, self._initial, path, shown_as, self.name)
        before = sum(one.level == DISABLED for one in self.rules)
        self.rules = [replace(one, level=settings[one.name].level) for one in self.rules]
        disabled = sum(one.level == DISABLED for one in self.rules)
        self.switched_off = max(disabled - before, 0)
        self.title = replace(self.title, disabled=disabled == len(self.rules))
        request = analyzer_pb2.ConfigureAnalyzerRequest()
        for name, setting in settings.items():
            request.policyConfig[name].enforcementLevel = _LEVEL_NUMBERS[setting.level]
            request.policyConfig[name].properties.update(setting.properties)
        self._ask("Configure", request)()

    def analyze(self, request: analyzer_pb2.AnalyzeRequest) -> Answer:
        """Ask about one resource."""
        return self._ask("Analyze", request, at=f" at {request.type} {request.name}")

    def analyze_stack(self, request: analyzer_pb2.AnalyzeStackRequest) -> Answer:
        """Ask about all resources together."""
        return self._ask("AnalyzeStack", request, at=" at the whole stack")

    def _ask(self, method: str, request: Any, at: str = "") -> Callable[[], Any]:
        future = getattr(self._stub, method).future(request, timeout=_CALL_SECONDS)

        def answer() -> Any:
            try:
                return future.result()
            except grpc.RpcError as error:
                raise self._process.error(_words(future, at)) from error

        return answer


def _words(future: Any, at: str) -> str:
    """Say what came of a question that has no answer."""
    if future.code() == grpc.StatusCode.UNAVAILABLE:
        return "stopped"
    if future.code() == grpc.StatusCode.DEADLINE_EXCEEDED:
        return f"did not answer within {_CALL_SECONDS} s{at}"
    said = " ".join(str(future.details()).split())
    return f"failed{at}: {said.removeprefix(_RAISED)}"


@contextmanager
def running(
    sandbox: Sandbox, local_packs: Sequence[LocalPack], operation: Operation
) -> Iterator[list[Pack]]:
    """Start packs, all at once, and configure them; end them after the block.

    Args:
        sandbox: whose environment they get.
        local_packs: the packs.
        operation: what they judge.

    Raises:
        ConfigurationError: a configuration file is unusable.
        PackError: a pack does not start.
    """
    for one in local_packs:
        one.check()
    with ExitStack() as started:
        started.enter_context(leftovers.ended(sandbox.folder))
        runs = [
            (
                one,
                started.enter_context(processes.started(sandbox, one.folder, one.shown, operation)),
            )
            for one in local_packs
        ]
        packs = []
        for local, process in runs:
            address = f"127.0.0.1:{process.port()}"
            channel = grpc.insecure_channel(address, options=_OPTIONS)
            started.callback(_close, channel)
            packs.append(Pack(local, process, channel))
        for pack in packs:
            pack.configure(operation)
        yield packs


def _close(channel: grpc.Channel) -> None:
    """Close a channel, which may wait for ever where Ctrl-C came in the middle of a call."""
    closing = threading.Thread(target=channel.close, name="closing a channel", daemon=True)
    closing.start()
    closing.join(_CLOSE_SECONDS)


def shown(path: Path) -> str:
    """Return how messages name a path; one of this repository by its place in it."""
    return str(path.relative_to(_ROOT) if path.is_relative_to(_ROOT) else path)


def _project_file(local: LocalPack) -> dict[str, Any]:
    """Read PulumiPolicy.yaml.

    Raises:
        UnusablePackError: it cannot be read, or the pack is in another language or has no program.
    """
    path = f"{local.shown}/{PROJECT_FILE}"
    try:
        content = yaml.safe_load((local.folder / PROJECT_FILE).read_text(encoding="utf-8"))
    except (OSError, UnicodeError, RecursionError, yaml.YAMLError) as error:
        raise UnusablePackError(f"{path} cannot be read: {_line(error)}") from error
    runtime = content.get("runtime") if isinstance(content, dict) else None
    name = runtime.get("name") if isinstance(runtime, dict) else runtime
    if name is None:
        raise UnusablePackError(f"{path} names no runtime; write into it: runtime: python")
    if name != "python":
        raise UnusablePackError(
            f"{path}: the runtime is {name}; only packs in Python can be rehearsed"
        )
    if not (local.folder / "__main__.py").is_file():
        raise UnusablePackError(f"{local.shown} has no __main__.py, which constructs a PolicyPack")
    return dict(content)


def _line(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return " ".join(str(error).split())
