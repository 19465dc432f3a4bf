"""Reads the settings and words what is wrong with them, one line a problem."""

import json
from collections.abc import Mapping
from typing import Any

import pulumi
from pydantic import ValidationError
from pydantic.alias_generators import to_camel, to_snake
from pydantic_core import ErrorDetails

from settings.model import QueueSettings, Settings, SettingsModel

_FIELDS = frozenset({*Settings.model_fields, *QueueSettings.model_fields})


class SettingsError(pulumi.RunError):
    """One or more settings cannot be used; the message has one line for each of them."""


def load(config: pulumi.Config) -> Settings:
    """Read the stack's settings.

    Args:
        config: the configuration of the program's own project.

    Raises:
        SettingsError: a key is unknown or its value cannot be used; all such keys are named.
    """
    prefix = f"{config.name}:"
    values: dict[str, Any] = {
        key.removeprefix(prefix): value
        for key, value in pulumi.runtime.config.CONFIG.get().items()
        if key.startswith(prefix)
    }
    return parse({key: _plain(key, value) for key, value in values.items()})


def parse(values: Mapping[str, Any]) -> Settings:
    """Check plain values, by camelCase or snake_case keys.

    Raises:
        SettingsError: a key is unknown or its value cannot be used; all such keys are named.
    """
    details = _problems(values)
    at_fault = frozenset(str(detail["loc"][0]) for detail in details if detail["loc"])
    if at_fault:
        # pydantic leaves the rules between settings out when a single value is at fault.
        usable = {key: value for key, value in values.items() if key not in at_fault}
        details += _problems(usable, frozenset(map(to_snake, at_fault)))
    if details:
        lines = [line for detail in details for line in _lines(detail)]
        count = "1 setting is" if len(lines) == 1 else f"{len(lines)} settings are"
        raise SettingsError("\n".join([f"{count} not usable:", *lines]))
    return Settings.model_validate(values)


def _problems(
    values: Mapping[str, Any], unusable: frozenset[str] = frozenset()
) -> list[ErrorDetails]:
    """List what pydantic finds, without what merely follows from it.

    A list whose items are at fault is reported as too short beside its items.
    """
    try:
        Settings.model_validate(values, context=unusable)
    except ValidationError as error:
        return [
            detail
            for detail in error.errors()
            if not (detail["type"] == "too_short" and detail["input"])
        ]
    return []


def _plain(key: str, value: Any) -> Any:
    """Return a configured value in the type of its key; Pulumi hands all of them over as text."""
    field = {to_camel(name): info for name, info in Settings.model_fields.items()}.get(key)
    textual = field is not None and isinstance(field.default, str)
    if textual or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _lines(details: ErrorDetails) -> list[str]:
    """Word one of pydantic's errors: the key, the value found, what is allowed, what to run."""
    path = [to_camel(part) if part in _FIELDS else part for part in details["loc"]]
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    key = key.removeprefix(".")
    if details["type"] == "rules":
        within = f"{key}." if key else ""
        return [
            _line(f"{within}{name}", found, allowed)
            for name, found, allowed in details["ctx"]["problems"]
        ]
    if details["type"] == "extra_forbidden":
        nested = f"{path[0]}[]" if len(path) > 1 else "the stack"
        known = _keys(QueueSettings if len(path) > 1 else Settings)
        return [
            f"  {key} is not a key of {nested}; known are {', '.join(known)}. Remove it with: "
            f"pulumi config rm {_config_path(path)}"
        ]
    found = json.dumps(details["input"], default=str)
    reason = details["msg"] if details["type"] == "setting" else ""
    return [_line(key, f"{found} ({reason})" if reason else found, _words(path))]


def _line(key: str, found: str, allowed: str) -> str:
    command = f"pulumi config set {'--path ' if '[' in key or '.' in key else ''}"
    quoted = f"'{key}'" if "[" in key else key
    return f"  {key} is {found}; allowed: {allowed}. Set it with: {command}{quoted} <value>"


def _config_path(path: list[Any]) -> str:
    return str(path[0]) if len(path) == 1 else f"--path '{path[0]}[{path[1]}].{path[-1]}'"


def _keys(model: type[SettingsModel]) -> list[str]:
    return sorted(to_camel(name) for name in model.model_fields)


def _words(path: list[Any]) -> str:
    """Return what the key at a path allows, in words."""
    model: type[SettingsModel] = Settings
    words = ""
    for part in path:
        for name, info in model.model_fields.items():
            if part == to_camel(name) and isinstance(info.json_schema_extra, dict):
                words = str(info.json_schema_extra["allowed"])
        model = QueueSettings if part == "queues" else model
    return words
