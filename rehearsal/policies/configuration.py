"""Reconciles a pack's configuration file with its rules, as the Pulumi CLI does but stricter.

The order is that of pkg/resource/analyzer/config.go: the schemas' defaults, the pack's own initial
configuration, then the file; in both `all` first, then each policy. The CLI takes policies and
settings that do not exist without a word; here they are mistakes.
"""

import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator

from rehearsal.policies.rules import LEVELS, Rule

_ALL = "all"
_LEVEL = "enforcementLevel"


class ConfigurationError(Exception):
    """A pack's configuration is unusable; the message has one line for each reason."""


@dataclass(frozen=True)
class Setting:
    """How one policy is set.

    Attributes:
        level: its enforcement level; an empty one leaves it as it is.
        properties: its other settings.
    """

    level: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)


def parse(text: str) -> dict[str, Setting]:
    """Return the settings in a configuration file's text, by names of policies.

    Raises:
        ConfigurationError: it is no JSON object of levels and objects.
    """
    if not text.strip():
        return {}
    try:
        content = json.loads(text)
    except ValueError as error:
        raise ConfigurationError(f"it is no JSON: {error}") from error
    if not isinstance(content, dict):
        raise ConfigurationError("it is no JSON object with a key for each policy")
    found = [problem for name, value in content.items() for problem in _malformed(name, value)]
    if found:
        raise ConfigurationError("\n".join(found))
    settings = {name: _setting(value) for name, value in content.items()}
    return {name: one for name, one in settings.items() if one != Setting()}


def reconcile(
    rules: Iterable[Rule],
    initial: Mapping[str, Setting],
    given: Mapping[str, Setting],
) -> dict[str, Setting]:
    """Return how each policy is set in the end, every default filled in.

    Args:
        rules: the pack's rules.
        initial: the configuration that the pack brings along.
        given: what a file sets.

    Raises:
        ConfigurationError: a policy or setting does not exist, or a value does not fit its schema.
    """
    by_name = {rule.name: rule for rule in rules}
    found = [one for name, setting in given.items() for one in _unknown(by_name, name, setting)]
    settings = {name: Setting(rule.level, _defaults(rule)) for name, rule in by_name.items()}
    settings = _applied(_applied(settings, initial), given)
    found += [one for rule in by_name.values() for one in _invalid(rule, settings[rule.name])]
    if found:
        raise ConfigurationError("\n".join(found))
    return settings


def reconcile_file(
    rules: Iterable[Rule], initial: Mapping[str, Setting], path: Path | None, shown: str
) -> dict[str, Setting]:
    """Reconcile with a file, or with none.

    Args:
        rules: the pack's rules.
        initial: the configuration that the pack brings along.
        path: the file; None sets nothing.
        shown: how messages name it, or the pack where there is none.

    Raises:
        ConfigurationError: the file cannot be read or used; every line names it.
    """
    try:
        text = path.read_text(encoding="utf-8") if path else ""
        return reconcile(rules, initial, parse(text))
    except OSError as error:
        raise ConfigurationError(f"{shown} cannot be read: {error.strerror}") from error
    except UnicodeError as error:
        raise ConfigurationError(f"{shown} cannot be read: {error}") from error
    except ConfigurationError as error:
        lines = [f"{shown}: {line}" for line in str(error).splitlines()]
        raise ConfigurationError("\n".join(lines)) from error


def _malformed(name: str, value: Any) -> list[str]:
    if name == "environments":
        return ["environments are Pulumi ESC's, which a rehearsal does not open"]
    level = value.get(_LEVEL, "advisory") if isinstance(value, dict) else value
    if not isinstance(value, dict | str):
        return [f"{name} is {json.dumps(value)}; a policy takes an enforcement level or an object"]
    if level not in LEVELS.values():
        known = ", ".join(LEVELS.values())
        return [f"{name}: {json.dumps(level)} is no enforcement level; there are {known}"]
    return []


def _setting(value: str | dict[str, Any]) -> Setting:
    if isinstance(value, str):
        return Setting(value)
    return Setting(value.get(_LEVEL, ""), {key: one for key, one in value.items() if key != _LEVEL})


def _unknown(rules: Mapping[str, Rule], name: str, setting: Setting) -> list[str]:
    """List the policy and the settings that do not exist."""
    if name == _ALL:
        return [f"{_ALL}: {key} cannot be set for all policies" for key in setting.properties]
    if name not in rules:
        return [f"the pack has no policy {name}{_meant(name, rules)}"]
    known = rules[name].properties
    return [
        f"{name} has no setting {key}{_meant(key, known)}"
        for key in setting.properties
        if key not in known
    ]


def _meant(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _defaults(rule: Rule) -> dict[str, Any]:
    return {
        name: schema["default"] for name, schema in rule.properties.items() if "default" in schema
    }


def _applied(settings: Mapping[str, Setting], changes: Mapping[str, Setting]) -> dict[str, Setting]:
    """Apply changes: the level for all policies first, then what is said of each one."""
    level = changes.get(_ALL, Setting()).level
    result = {name: Setting(level or one.level, one.properties) for name, one in settings.items()}
    for name, change in changes.items():
        before = result.get(name, Setting())
        result[name] = Setting(
            change.level or before.level, {**before.properties, **change.properties}
        )
    return result


def _invalid(rule: Rule, setting: Setting) -> list[str]:
    """List what does not fit the rule's schema."""
    schema = {"type": "object", "properties": rule.properties, "required": list(rule.required)}
    errors = Draft7Validator(schema).iter_errors(dict(setting.properties))
    return sorted(
        ": ".join(filter(None, [rule.name, error.json_path.lstrip("$."), error.message]))
        for error in errors
    )
