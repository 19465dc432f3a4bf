"""What deploys a stack: the Pulumi CLI, or the mocks of its SDK."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

import yaml

from rehearsal import mocks, plugin, stack_files
from rehearsal.engine import Engine
from rehearsal.engine_run import EngineRun
from rehearsal.judged_run import JudgedRun
from rehearsal.loopback.remote_addresses import handed_out
from rehearsal.mocks import Deployment
from rehearsal.policies import LocalPack
from rehearsal.progress import Progress
from rehearsal.provider import Provider
from rehearsal.report import Report
from rehearsal.sandbox import Sandbox
from rehearsal.stack_files import StackConfig
from rehearsal.stage import Stage

TESTED = ((3, 200), (4, 0))
"""Versions of the CLI that were tested: from the first up to the second."""

_SECONDS = 60


class EngineName(StrEnum):
    """What deploys."""

    PULUMI = "pulumi"
    MOCKS = "mocks"


@dataclass(frozen=True)
class Desk:
    """What a run works with, whatever the engine.

    Attributes:
        config: the stack's configuration.
        packs: the policy packs that judge.
        sandbox: where processes run.
        progress: shows the phases.
        report: is filled in.
    """

    config: StackConfig
    packs: Sequence[LocalPack]
    sandbox: Sandbox
    progress: Progress
    report: Report


class Run(Protocol):
    """A stack that is previewed, deployed and left."""

    def preview(self) -> None:
        """Say what would be made, judged by the packs."""

    def deploy(self) -> Deployment:
        """Make it."""

    def settle(self) -> None:
        """Do again what must change nothing."""

    def end(self) -> None:
        """Take it away."""


@contextmanager
def run(name: EngineName, program: Path, stands: Stage, desk: Desk) -> Iterator[Run]:
    """Prepare a stack.

    Args:
        name: what deploys it.
        program: folder of the program.
        stands: the emulated AWS.
        desk: everything else.

    Raises:
        EngineError: the CLI does not take the project.
    """
    config, packs, sandbox = desk.config, desk.packs, desk.sandbox
    if name == EngineName.MOCKS:
        main, provider = mocks.program_at(program / "__main__.py"), Provider(stands.cloud)
        yield JudgedRun(main, provider, config, packs, sandbox, desk.progress, desk.report)
        return
    with handed_out(stands.addresses) as url:
        aws = plugin.leading_to(stands.cloud.endpoint, url)
        engine = Engine(sandbox, program, config.stack_name, aws, packs)
        engine.configure(_changed(config, program))
        yield EngineRun(engine, config, packs, sandbox, desk.progress, desk.report)


def _changed(config: StackConfig, program: Path) -> dict[str, Any]:
    """Return the settings that differ from the stack's file, as the file would have them."""
    written = stack_files.read_stack(program, config.stack_name).values
    return {
        key: yaml.safe_load(text) for key, text in config.values.items() if written.get(key) != text
    }


def found() -> tuple[EngineName, str]:
    """Return the engine to use where none is asked for, and why."""
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        return EngineName.MOCKS, "the Pulumi CLI is not on PATH"
    said = _version(pulumi)
    match = re.fullmatch(r"v?(\d+)\.(\d+)\.\d+.*", said)
    if match is None:
        return EngineName.MOCKS, f"the Pulumi CLI on PATH says no version: {said or 'nothing'}"
    version, (first, beyond) = (int(match[1]), int(match[2])), TESTED
    if not first <= version < beyond:
        return EngineName.MOCKS, (
            f"the Pulumi CLI on PATH is {said}; tested are {first[0]}.{first[1]} up to "
            f"{beyond[0]}.{beyond[1]}"
        )
    return EngineName.PULUMI, f"the Pulumi CLI {said} is on PATH"


def _version(pulumi: str) -> str:
    """Return what the CLI says of its version; it looks for no newer one, and keeps nothing."""
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            [pulumi, "version"],
            env={**os.environ, "PULUMI_HOME": home, "PULUMI_SKIP_UPDATE_CHECK": "true"},
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    return done.stdout.strip()
