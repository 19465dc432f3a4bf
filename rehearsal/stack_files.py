"""Reads Pulumi.yaml and a stack's file as the Pulumi CLI does: defaults first, then differences."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


class StackFileError(Exception):
    """A stack file is missing or unusable; the message is one line."""


@dataclass(frozen=True)
class StackConfig:
    """A stack's configuration: the project's name, and texts by full keys (`project:key`)."""

    project: str
    stack_name: str
    values: Mapping[str, str]

    @property
    def region(self) -> str:
        """AWS region of the stack.

        Raises:
            StackFileError: neither file sets it.
        """
        if "aws:region" not in self.values:
            raise StackFileError(
                "aws:region is not set; set it with: pulumi config set aws:region <region>"
            )
        return self.values["aws:region"]


def read_stack(folder: Path, stack_name: str) -> StackConfig:
    """Read a stack's configuration.

    Args:
        folder: where Pulumi.yaml is.
        stack_name: the stack, whose differences are in Pulumi.<stack>.yaml.

    Raises:
        StackFileError: there is no such stack, or a file is not what the CLI takes.
    """
    known = sorted(path.name.split(".")[1] for path in folder.glob("Pulumi.*.yaml"))
    if stack_name not in known:
        raise StackFileError(
            f"There is no Pulumi.{stack_name}.yaml; the stacks here are {', '.join(known)}."
        )
    project_file = _mapping(folder / "Pulumi.yaml")
    project = str(project_file["name"])
    values = {
        _full(project, key): declared.get("value", declared.get("default"))
        for key, declared in project_file.get("config", {}).items()
    }
    stack_file = _mapping(folder / f"Pulumi.{stack_name}.yaml")
    values |= {_full(project, key): item for key, item in (stack_file.get("config") or {}).items()}
    return StackConfig(project, stack_name, {key: _text(value) for key, value in values.items()})


def _mapping(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise StackFileError(f"{path.name} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise StackFileError(f"{path.name} is no mapping of keys to values.")
    return content


def _full(project: str, key: str) -> str:
    return key if ":" in key else f"{project}:{key}"


def _text(value: Any) -> str:
    """Return a value as the engine hands it to the program: text, or JSON."""
    return value if isinstance(value, str) else json.dumps(value)
