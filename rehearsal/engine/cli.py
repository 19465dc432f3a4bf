"""Runs the Pulumi CLI on a program of this repository, in a sandbox and against an emulated AWS."""

import json
import os
import secrets
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from subprocess import DEVNULL, Popen
from typing import Any

import yaml

from rehearsal.engine import events, state
from rehearsal.engine.events import Operation, Outcome
from rehearsal.policies import LocalPack
from rehearsal.registrations import Registration
from rehearsal.sandbox import Sandbox, failure

_BIN = Path(__file__).resolve().parent.parent / "bin"
_QUIET = ("--non-interactive", "--color", "never")
UNASKED = ("--yes", "--skip-preview")
"""Options of a command that changes the stack without asking anybody."""


class EngineError(Exception):
    """A command of the engine failed; the message has one line for each reason.

    Attributes:
        outcome: what it did before.
    """

    def __init__(self, message: str, outcome: Outcome) -> None:
        """Say what failed."""
        super().__init__(message)
        self.outcome = outcome


class Engine:
    """One stack of a program, deployed by the Pulumi CLI.

    Backend, secrets, plugins and project file are the sandbox's own: nothing of the user's is
    touched, and the program's folder is only read.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        program: Path,
        stack: str,
        aws: Mapping[str, str],
        packs: Sequence[LocalPack] = (),
    ) -> None:
        """Prepare a stack of its own; `Pulumi.<stack>.yaml` beside the program configures it.

        Args:
            sandbox: where the CLI runs.
            program: folder of the program, with Pulumi.yaml.
            stack: name of the stack.
            aws: environment that leads the provider to the emulated AWS, see `plugin.leading_to`.
            packs: policy packs that judge previews and updates.

        Raises:
            EngineError: the CLI does not take the project.
        """
        self._sandbox = sandbox
        self._stack = stack
        self._folder = sandbox.folder / f"pulumi-{stack}"
        self._logs = count()
        self._packs = packs
        self._environment = {**_own_pulumi(self._folder), **aws}
        self._project = _write_project(self._folder, program, stack)
        self._run("stack", "init", stack)

    def configure(self, values: Mapping[str, Any]) -> None:
        """Change the stack's configuration, as a user who edits its file would.

        Args:
            values: by key, with or without the project's name; None takes a key out.
        """
        path = self._folder / f"Pulumi.{self._stack}.yaml"
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        given = {**self._full(content.get("config") or {}), **self._full(values)}
        content["config"] = {key: value for key, value in given.items() if value is not None}
        path.write_text(yaml.safe_dump(content), encoding="utf-8")

    def _full(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return values by full keys: one file may use both forms."""
        return {
            key if ":" in key else f"{self._project}:{key}": value for key, value in values.items()
        }

    def preview(self) -> Outcome:
        """Say what an update would do.

        Raises:
            EngineError: the program, the provider or a policy refuses.
        """
        return self._operate("preview", *self._judged())

    def up(self, *, targets: Sequence[str] = ()) -> Outcome:
        """Deploy.

        Args:
            targets: patterns of URNs; only what one of them matches is deployed. None means all.

        Raises:
            EngineError: the program, the provider or a policy refuses.
        """
        chosen = [f"--target={one}" for one in targets]
        return self._operate("up", *UNASKED, *self._judged(), *chosen)

    def refresh(self, *, forget_in_flight: bool = False) -> Outcome:
        """Take over into the state what AWS has.

        Args:
            forget_in_flight: whether creations that were interrupted count as never begun.

        Raises:
            EngineError: a resource cannot be read.
        """
        forget = ("--clear-pending-creates",) if forget_in_flight else ()
        return self._operate("refresh", *UNASKED, *forget)

    def destroy(self) -> Outcome:
        """Delete everything.

        Raises:
            EngineError: a resource is protected, and nothing was deleted; or AWS does not delete
                one.
        """
        # Without a preview the engine deletes everything that is not protected before it says so.
        self._operate("destroy", "--preview-only")
        return self._operate("destroy", *UNASKED)

    def take_over(self, token: str, name: str, resource_id: str) -> Outcome:
        """Take a resource that AWS has into the stack, as `pulumi import` does; protected.

        Args:
            token: its type.
            name: its logical name in the stack.
            resource_id: its id in AWS.

        Raises:
            EngineError: AWS has no such resource.
        """
        return self._operate("import", token, name, resource_id, "--generate-code=false", *UNASKED)

    def take_over_all(self, file: Path) -> Outcome:
        """Take the resources of an import file into the stack, unprotected.

        Raises:
            EngineError: AWS has not one of them, or the file is none.
        """
        return self._operate(
            "import", "--file", str(file), "--generate-code=false", "--protect=false", *UNASKED
        )

    def cancel(self) -> None:
        """Take away the lock of an update that was killed."""
        self._run("cancel", "--yes", "--stack", self._stack)

    def outputs(self, *, show_secrets: bool = False) -> dict[str, Any]:
        """Return the stack's outputs; secret ones masked unless they shall be shown."""
        shown = ("--show-secrets",) if show_secrets else ()
        return dict(json.loads(self._run("stack", "output", "--json", *shown)))

    def export(self, *, show_secrets: bool = False) -> dict[str, Any]:
        """Return the stack's state as `pulumi stack export` prints it."""
        shown = ("--show-secrets",) if show_secrets else ()
        return dict(json.loads(self._run("stack", "export", *shown)))

    def registrations(self) -> list[Registration]:
        """Return the stack's resources, as every engine records them; secrets are in clear."""
        return state.registrations(self.export(show_secrets=True))

    def _judged(self) -> list[str]:
        """Return the options for the policy packs; an empty configuration stands for none."""
        options = []
        for pack in self._packs:
            config = pack.config or self._folder / "no-config.json"
            options += ["--policy-pack", str(pack.folder), "--policy-pack-config", str(config)]
        return options

    @contextmanager
    def started(self, command: str, *options: str) -> Iterator[tuple[Popen[str], Path]]:
        """Start a command that changes the stack; yields its process and its log of events.

        It and its children die with the block.

        Args:
            command: such as `up`.
            options: those of the command.
        """
        log = self._folder / f"events-{next(self._logs)}.json"
        line = ["pulumi", command, "--stack", self._stack, "--event-log", str(log), *options]
        with self._sandbox.started(
            [*line, *_QUIET], self._environment, folder=self._folder, errors=DEVNULL
        ) as process:
            yield process, log

    def interrupted(self) -> tuple[Operation, ...]:
        """Return what was in flight when an update was killed: nobody knows what came of it."""
        pending = self.export()["deployment"].get("pending_operations") or []
        return tuple(
            Operation(one["type"], one["resource"]["urn"], one["resource"]["type"])
            for one in pending
        )

    def _operate(self, command: str, *options: str) -> Outcome:
        log = self._folder / f"events-{next(self._logs)}.json"
        arguments = (command, "--stack", self._stack, "--event-log", str(log), *options)
        ended = self._called(*arguments)
        outcome = events.read(log)
        if ended.returncode:
            said = "\n".join((*outcome.errors, *outcome.refusing))
            raise EngineError(said or failure(f"pulumi {command} failed", ended.stderr), outcome)
        return outcome

    def _run(self, *arguments: str) -> str:
        ended = self._called(*arguments)
        if ended.returncode:
            what = f"pulumi {' '.join(arguments[:2])} failed"
            raise EngineError(failure(what, ended.stderr or ended.stdout), Outcome())
        return str(ended.stdout)

    def _called(self, *arguments: str) -> Any:
        return self._sandbox.run(
            ["pulumi", *arguments, *_QUIET], self._environment, folder=self._folder
        )


def _own_pulumi(folder: Path) -> dict[str, str]:
    """Make the folders that keep the CLI away from the user's; return what leads it there."""
    (folder / "state").mkdir(parents=True)
    tools = folder / "bin"
    tools.mkdir()
    for name in ("python", "python3"):
        # No link: a virtual environment is known by the path that Python is called by.
        (tools / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
        (tools / name).chmod(0o755)
    path = os.environ.get("PATH", "")
    return {
        "PATH": f"{tools}:{path}",
        "PULUMI_HOME": str(folder / "home"),
        # Beside each file of the state stands one with its metadata, which is not written at once:
        # a killed CLI leaves it empty, and the next one reads no state at all (gocloud.dev
        # blob/fileblob).
        "PULUMI_BACKEND_URL": f"{(folder / 'state').as_uri()}?metadata=skip",
        "PULUMI_CONFIG_PASSPHRASE": secrets.token_urlsafe(),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        # The option --event-log is one of these.
        "PULUMI_DEBUG_COMMANDS": "true",
    }


def _write_project(folder: Path, program: Path, stack: str) -> str:
    """Write the project anew: the program where it is, the emulated provider as plugin; its name.

    The CLI writes into the stack's file, so it gets one of its own.
    """
    project = yaml.safe_load((program / "Pulumi.yaml").read_text(encoding="utf-8"))
    project["main"] = str(program)
    project["runtime"] = {"name": "python", "options": {"toolchain": "pip"}}
    project["plugins"] = {"providers": [{"name": "aws", "path": str(_BIN)}]}
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(project), encoding="utf-8")
    (folder / "no-config.json").write_text("{}", encoding="utf-8")
    content = yaml.safe_load((program / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8")) or {}
    # What `pulumi stack init` wrote there belongs to the user's secrets, not to the sandbox's.
    config = {"config": content.get("config") or {}}
    (folder / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    return str(project["name"])
