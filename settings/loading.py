"""Reads the settings and words what is wrong with them, one line a problem."""

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

import pulumi
from pulumi.output import Unknown
from pydantic import ValidationError
from pydantic.alias_generators import to_camel, to_snake
from pydantic_core import ErrorDetails

from settings.image_caches import ImageCacheSettings
from settings.model import Settings
from settings.parts import SettingsModel
from settings.queues import FairShareSettings, QueueSettings

_NESTED: Mapping[str, type[SettingsModel]] = {
    "queues": QueueSettings,
    "fairShare": FairShareSettings,
    "imageCaches": ImageCacheSettings,
}
"""The models of the keys that hold objects."""

_MODELS: tuple[type[SettingsModel], ...] = (Settings, *_NESTED.values())
_FIELDS = frozenset(name for model in _MODELS for name in model.model_fields)
_LISTS = frozenset(
    to_camel(name)
    for model in _MODELS
    for name, info in model.model_fields.items()
    if isinstance(info.default, tuple) and to_camel(name) not in _NESTED
)
"""Keys of lists of texts, whose items are set one by one."""
_OF_KEYS = "[key]"
"""What pydantic adds to the path of a key that is at fault."""
_HIDDEN = "an output or a secret"
_PLAIN = "plain values, since they decide which resources there are"


class SettingsError(pulumi.RunError):
    """One or more settings cannot be used; the message has one line for each of them."""


@dataclass(frozen=True)
class _Problem:
    """What is wrong with a key, and the command that mends it where it is configured."""

    text: str
    command: str


def load(config: pulumi.Config) -> Settings:
    """Read the stack's settings.

    Args:
        config: the configuration of the program's own project.

    Raises:
        SettingsError: a key is unknown or its value cannot be used; all such keys are named, each
            with the command that mends it.
    """
    prefix = f"{config.name}:"
    values: dict[str, Any] = {
        key.removeprefix(prefix): value
        for key, value in pulumi.runtime.config.CONFIG.get().items()
        if key.startswith(prefix)
    }
    plain = {key: _plain(key, value) for key, value in values.items()}
    _refuse([f"{one.text} {one.command}" for one in _problems(plain)])
    return Settings.model_validate(plain)


def parse(values: Mapping[str, Any]) -> Settings:
    """Check what a program gives the component, by camelCase or snake_case keys.

    Raises:
        SettingsError: a key is unknown or its value cannot be used; all such keys are named.
    """
    _refuse([one.text for one in _problems(values)])
    return Settings.model_validate(values)


def _refuse(lines: list[str]) -> None:
    if lines:
        count = "1 setting is" if len(lines) == 1 else f"{len(lines)} settings are"
        raise SettingsError("\n".join([f"{count} not usable:", *(f"  {line}" for line in lines)]))


def _problems(values: Mapping[str, Any]) -> list[_Problem]:
    hidden = list(_hidden(values))
    at_fault = {str(path[0]) for path in hidden}
    details = _details(values, at_fault)
    found = {str(detail["loc"][0]) for detail in details if detail["loc"]}
    if found:
        # pydantic leaves the rules between settings out when a single value is at fault.
        details += _details(values, at_fault | found)
    return [
        *(_problem(_key(path), _HIDDEN, _PLAIN) for path in hidden),
        *(problem for detail in details for problem in _in_words(detail)),
    ]


def _hidden(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the paths of values that Pulumi alone knows: outputs, secrets, what is unknown yet."""
    if isinstance(value, pulumi.Output | Unknown) or isawaitable(value):
        yield path
        return
    parts: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, Mapping):
        parts = value.items()
    elif isinstance(value, list | tuple):
        parts = enumerate(value)
    for part, item in parts:
        yield from _hidden(item, (*path, part))


def _details(values: Mapping[str, Any], at_fault: Set[str]) -> list[ErrorDetails]:
    """List what pydantic finds in the keys that are not at fault, without what merely follows.

    A list whose items are at fault is reported as too short beside its items.
    """
    usable = {key: value for key, value in values.items() if key not in at_fault}
    try:
        Settings.model_validate(usable, context=frozenset(map(to_snake, at_fault)))
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


def _in_words(details: ErrorDetails) -> list[_Problem]:
    """Word one of pydantic's errors: the key, the value found, what is allowed."""
    path = _camel(details["loc"])
    key = _key(path)
    if details["type"] == "rules":
        within = f"{key}." if key else ""
        return [
            _problem(f"{within}{name}", found, allowed)
            for name, found, allowed in details["ctx"]["problems"]
        ]
    if details["type"] == "extra_forbidden":
        return [_unknown(path)]
    missing = details["type"] == "missing"
    found = "missing" if missing else json.dumps(details["input"], default=str)
    reason = details["msg"] if details["type"] == "setting" else ""
    return [_problem(key, f"{found} ({reason})" if reason else found, _words(path))]


def _unknown(path: list[Any]) -> _Problem:
    """Word a key that there is not: with the one that is spelled nearly so, or else with all."""
    key, outer = _key(path), re.sub(r"\d+", "", _key(path[:-1])) or "the stack"
    known = _keys(_model(path[:-1]))
    close = difflib.get_close_matches(to_camel(str(path[-1])), known, n=1, cutoff=0.8)
    hint = f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}."
    return _Problem(
        f"{key} is not a key of {outer}; {hint}",
        f"Remove it with: pulumi config rm {_option(_key(path))}",
    )


def _problem(key: str, found: str, allowed: str) -> _Problem:
    text = f"{key} is {found}; allowed: {allowed}."
    if allowed.startswith("empty"):
        return _Problem(text, f"Remove it with: pulumi config rm {_option(key)}")
    key_to_set = f"{key}[0]" if key.rpartition(".")[2] in _LISTS else key
    return _Problem(text, f"Set it with: pulumi config set {_option(key_to_set)} <value>")


def _option(key: str) -> str:
    """Return a key as the CLI takes it."""
    if "[" in key:
        return f"--path '{key}'"
    return f"--path {key}" if "." in key else key


def _camel(path: Iterable[Any]) -> list[Any]:
    return [to_camel(part) if part in _FIELDS else part for part in path if part != _OF_KEYS]


def _key(path: Iterable[Any]) -> str:
    """Return a path in the form of the CLI, such as `queues[0].maxVcpus`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in _camel(path))
    return "".join(parts).removeprefix(".")


def _keys(model: type[SettingsModel]) -> list[str]:
    return sorted(to_camel(name) for name in model.model_fields)


def _words(path: list[Any]) -> str:
    """Return what the key at a path allows, in words."""
    words = ""
    for place, part in enumerate(path):
        for name, info in _model(path[:place]).model_fields.items():
            if part == to_camel(name) and isinstance(info.json_schema_extra, dict):
                words = str(info.json_schema_extra["allowed"])
    return words


def _model(path: Iterable[Any]) -> type[SettingsModel]:
    """Return the model of the object at a path."""
    return next((_NESTED[part] for part in reversed([*path]) if part in _NESTED), Settings)
