"""Policy packs of a few lines in folders of their own, and how to run them."""

import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rehearsal.policies import LocalPack, Operation, PolicyCheck, checking
from rehearsal.sandbox import Sandbox
from tests.rehearsal import processes

HEAD = """
def seen(value):
    \"\"\"Return what a rule can read of a value, as plain JSON.\"\"\"
    if hasattr(value, "items"):
        return {key: readable(value, key) for key in value}
    if hasattr(value, "__len__") and not isinstance(value, str):
        return [readable(value, index) for index in range(len(value))]
    return value

def readable(container, key):
    try:
        return seen(container[key])
    except UnknownValueError:
        return "<unknown>"

import json, os, sys
from pulumi_policy import *
from pulumi_policy.proxy import UnknownValueError
"""
"""It ends with what is not indented, so that no body becomes part of a function."""

PROJECT = Operation("tiny", "dev", {"tiny:size": "3"}, dry_run=False)
PREVIEW = Operation("tiny", "dev", {"tiny:size": "3"}, dry_run=True)


def write_pack(
    folder: Path,
    body: str,
    *,
    name: str = "small",
    project: str = "version: 1.2.3\nruntime: python\n",
    config: str | None = None,
) -> LocalPack:
    """Write a pack whose body defines `policies`; a body that starts processes needs no more."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "PulumiPolicy.yaml").write_text(project)
    program = HEAD + textwrap.dedent(body) + f"\nPolicyPack({name!r}, policies=policies)\n"
    (folder / "__main__.py").write_text(program)
    if config is None:
        return LocalPack(folder)
    (folder / "config.json").write_text(config)
    return LocalPack(folder, folder / "config.json")


def sandbox(folder: Path) -> Sandbox:
    """Make a sandbox in a folder of its own."""
    place = folder / "sandbox"
    place.mkdir()
    return Sandbox(place)


@contextmanager
def check(
    folder: Path, packs: Sequence[LocalPack] | LocalPack, operation: Operation = PROJECT
) -> Iterator[PolicyCheck]:
    """Run packs in a sandbox of a test's folder; a process that is left fails the test."""
    wanted = [packs] if isinstance(packs, LocalPack) else packs
    place = sandbox(folder)
    try:
        with checking(place, wanted, operation) as running:
            yield running
    finally:
        assert processes.with_text(str(place.folder)) == []
