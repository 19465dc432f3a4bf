"""What deploys a stack: the Pulumi CLI, or the mocks of its SDK."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import yaml

from rehearsal import inventory, mocks, plugin
from rehearsal.desk import Desk
from rehearsal.engine import Engine
from rehearsal.engine_run import EngineRun
from rehearsal.judged_run import JudgedRun
from rehearsal.loopback.remote_addresses import handed_out
from rehearsal.mocks import Deployment
from rehearsal.provider import Provider
from rehearsal.stage import Stage

TESTED = ((3, 208), (4, 0))
"""Versions of the CLI that were tested: from the first up to the second."""

_SECONDS = 60


class EngineName(StrEnum):
    """What deploys."""

    PULUMI = "pulumi"
    MOCKS = "mocks"


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
    if name == EngineName.MOCKS:
        main, provider = mocks.program_at(program / "__main__.py"), Provider(stands.cloud)
        yield JudgedRun(main, provider, desk)
        return
    config = desk.config
    with handed_out(stands.addresses) as url:
        aws = plugin.leading_to(stands.cloud.endpoint, url)
        engine = Engine(desk.sandbox, program, config.stack_name, aws, desk.packs)
        engine.configure({key: yaml.safe_load(text) for key, text in config.changed.items()})
        yield EngineRun(engine, desk, stands.cloud, inventory.take(stands.cloud))


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
