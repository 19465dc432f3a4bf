"""Reads Pulumi.yaml and a stack's file as the Pulumi CLI does: defaults first, then differences."""

import difflib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml
from botocore.session import Session

_STACK_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")
"""What Pulumi takes (sdk/go/common/tokens/names.go)."""


_STACK_KEYS = {"config", "encryptionsalt", "encryptedkey", "secretsprovider", "environment"}
"""What the CLI reads of a stack's file (sdk/go/common/workspace/project.go, ProjectStack)."""

_REGIONS = ("us-east-1", "eu-central-1", "ap-southeast-1")
"""Some that are named where none has a similar name."""


class StackFileError(Exception):
    """A stack file is missing or unusable; the message is one line."""


@dataclass(frozen=True)
class StackConfig:
    """A stack's configuration, by full keys (`project:key`).

    Attributes:
        project: the project's name.
        stack_name: the stack's.
        values: all values, as texts.
        changed: those of them that the stack's file does not say.
    """

    project: str
    stack_name: str
    values: Mapping[str, str]
    changed: Mapping[str, str] = field(default_factory=dict)

    def with_settings(self, settings: Mapping[str, str]) -> "StackConfig":
        """Return the configuration with settings of the program instead of its own."""
        more = {f"{self.project}:{key}": value for key, value in settings.items()}
        return replace(self, values={**self.values, **more}, changed={**self.changed, **more})

    @property
    def region(self) -> str:
        """AWS region of the stack.

        Raises:
            StackFileError: neither file sets it, or AWS has no such region.
        """
        command = "pulumi config set aws:region <region>"
        if "aws:region" not in self.values:
            raise StackFileError(f"aws:region is not set; set it with: {command}")
        region = self.values["aws:region"]
        known = _regions()
        if region not in known:
            close = difflib.get_close_matches(region, known) or _REGIONS
            raise StackFileError(
                f"aws:region is {json.dumps(region)}, which AWS does not have; set it to "
                f"{', '.join(close)} or another one with: {command}"
            )
        return region


def _regions() -> list[str]:
    """Return the regions of every partition, by botocore's own list."""
    partitions = Session().get_data("endpoints")["partitions"]
    return [name for one in partitions for name in one["regions"]]


def read_stack(folder: Path, stack_name: str) -> StackConfig:
    """Read a stack's configuration.

    Args:
        folder: where Pulumi.yaml is.
        stack_name: the stack, whose differences are in Pulumi.<stack>.yaml.

    Raises:
        StackFileError: there is no such stack, or a file is not what the CLI takes.
    """
    stacks = {path.name[len("Pulumi.") : -len(".yaml")] for path in folder.glob("Pulumi.*.yaml")}
    if stack_name not in stacks:
        known = ", ".join(sorted(stacks)) or "none"
        wrong = f"There is no Pulumi.{stack_name}.yaml"
        if not _STACK_NAME.fullmatch(stack_name):
            wrong = f"{json.dumps(stack_name)} is no name of a stack"
        raise StackFileError(f"{wrong}; the stacks here are: {known}.")
    project_file = _mapping(folder / "Pulumi.yaml")
    project = project_file.get("name")
    if not isinstance(project, str):
        raise StackFileError("Pulumi.yaml has no name; give the project one with: name: <project>")
    values = {
        _full(project, key): _declared(value)
        for key, value in _config(project_file, "Pulumi.yaml").items()
    }
    stack_file = _mapping(folder / f"Pulumi.{stack_name}.yaml")
    unknown = sorted(map(str, set(stack_file) - _STACK_KEYS))
    if unknown:
        raise StackFileError(
            f"Pulumi.{stack_name}.yaml has the unknown key {', '.join(unknown)}; settings stand "
            "below config:"
        )
    for key, value in _config(stack_file, f"Pulumi.{stack_name}.yaml").items():
        values[_full(project, key)] = value
    return StackConfig(
        project, stack_name, {key: _text(key, value) for key, value in values.items()}
    )


_TAG = "tag:yaml.org,2002:"
_RESOLVED = {
    f"{_TAG}bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    f"{_TAG}int": (r"[-+]?(0b[0-1_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|0|[1-9][0-9_]*)", "-+0123456789"),
    f"{_TAG}float": (r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
    f"{_TAG}timestamp": (r"\d{4}-\d{1,2}-\d{1,2}([Tt ].*)?", "0123456789"),
}
"""What a plain text is taken for instead, by a pattern, with the characters that begin it."""


class _Loader(yaml.SafeLoader):
    """Reads YAML as the CLI does (gopkg.in/yaml.v3, resolve.go), which takes no key twice.

    Words such as `off` and `yes` are texts to it, and so is `1:30`.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012 so it is in the base class
        first: [one for one in resolvers if one[0] not in _RESOLVED]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return a mapping.

        Raises:
            yaml.YAMLError: a key stands there twice.
        """
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for number, key in enumerate(keys):
            if key in keys[:number]:
                line = node.value[number][0].start_mark.line + 1
                raise yaml.YAMLError(f"{key} stands there a second time in line {line}")
        return dict(super().construct_mapping(node, deep))


def _number(_: yaml.Loader, node: yaml.ScalarNode) -> float:
    value = float(node.value)
    return int(value) if value.is_integer() else value


def _refuse_date(_: yaml.Loader, node: yaml.ScalarNode) -> None:
    line = node.start_mark.line + 1
    raise yaml.YAMLError(
        f"{node.value} in line {line} is a date to the CLI, which adds a time; set it in quotes"
    )


for _tag, (_pattern, _first) in _RESOLVED.items():
    _Loader.add_implicit_resolver(_tag, re.compile(f"(?:{_pattern})$"), list(_first))
_Loader.add_constructor(f"{_TAG}float", _number)
_Loader.add_constructor(f"{_TAG}timestamp", _refuse_date)


def _mapping(path: Path) -> dict[str, Any]:
    try:
        # The loader is a SafeLoader.
        content = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise StackFileError(f"{path.name} cannot be read: {reason}") from error
    # An empty stack file is what `pulumi stack init` writes: the defaults alone.
    content = {} if content is None else content
    if not isinstance(content, dict):
        raise StackFileError(f"{path.name} is no mapping of keys to values.")
    return content


def _config(content: Mapping[str, Any], file_name: str) -> dict[str, Any]:
    config = content.get("config")
    if not isinstance(config, dict | None):
        raise StackFileError(f"config in {file_name} is no mapping of keys to values.")
    return {str(key): value for key, value in (config or {}).items()}


def _declared(value: Any) -> Any:
    """Return a project's value of a key: of a declaration, or written plainly."""
    if isinstance(value, dict):
        return value.get("value", value.get("default"))
    return value


def _full(project: str, key: str) -> str:
    return key if ":" in key else f"{project}:{key}"


def _text(key: str, value: Any) -> str:
    """Return a value as the engine hands it to the program: text, or JSON."""
    command = f"pulumi config set {key} <value>"
    if value is None:
        raise StackFileError(f"{key} has no value and no default; set it with: {command}")
    if isinstance(value, dict) and "secure" in value:
        raise StackFileError(
            f"{key} is encrypted, and a rehearsal has no keys; set it plainly with: {command}"
        )
    return value if isinstance(value, str) else json.dumps(value)
