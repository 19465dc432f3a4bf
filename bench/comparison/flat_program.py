"""Writes a program with the resources of a deployed stack as literals: no components, no logic."""

import keyword
import pprint
import re
from collections.abc import Sequence
from pathlib import Path

from rehearsal.registrations import Registration

_STACK = "pulumi:pulumi:Stack"
_AWS = "aws:"


def write(folder: Path, stack: str, registrations: Sequence[Registration], region: str) -> Path:
    """Write a project with as many resources as a deployment registered; return its program.

    Args:
        folder: of the project.
        stack: name of its stack.
        registrations: of the deployment; components become empty ones.
        region: AWS region of the stack.
    """
    lines = ["import pulumi", "import pulumi_aws as aws", ""]
    lines += [_line(one) for one in registrations if one.type != _STACK]
    program = folder / "__main__.py"
    program.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "Pulumi.yaml").write_text("name: flat\nruntime: python\n", encoding="utf-8")
    config = f"config:\n  aws:region: {region}\n"
    (folder / f"Pulumi.{stack}.yaml").write_text(config, encoding="utf-8")
    return program


def _line(one: Registration) -> str:
    if not one.type.startswith(_AWS):
        return f"pulumi.ComponentResource({one.type!r}, {one.name!r})"
    _, module, kind = one.type.split(":")
    package = module.partition("/")[0]
    arguments = ", ".join(
        f"{_snake(name)}={pprint.pformat(value, width=10_000)}"
        for name, value in one.inputs.items()
    )
    return f"aws.{package}.{kind}({one.name!r}, {arguments})"


def _snake(name: str) -> str:
    """Return the SDK's name of an input; names inside of an input may stay as they are."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return f"{snake}_" if keyword.iskeyword(snake) else snake
