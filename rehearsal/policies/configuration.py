"""Reconciles a pack's configuration file with its rules, as the Pulumi CLI does but stricter.

The order is that of pkg/resource/analyzer/config.go: the schemas' defaults, the pack's own initial
configuration, then the file; in both `all` first, then each policy. The CLI takes policies and
settings that do not exist without a word; here they are mistakes.
"""

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator, FormatChecker, ValidationError

from rehearsal.policies.rules import LEVELS, Rule

_ALL = "all"
_FORMATS = FormatChecker(["date"])
"""The CLI checks formats, too (github.com/xeipuuv/gojsonschema, format_checkers.go)."""

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
    pack: str,
) -> dict[str, Setting]:
    """Return how each policy is set in the end, every default filled in.

    Args:
        rules: the pack's rules.
        initial: the configuration that the pack brings along.
        given: what a file sets.
        pack: the pack's name, for messages.

    Raises:
        ConfigurationError: a policy or setting does not exist, or a value does not fit its schema.
    """
    by_name = {rule.name: rule for rule in rules}
    found = _strange(by_name, given, pack)
    settings = {name: Setting(rule.level, _defaults(rule)) for name, rule in by_name.items()}
    settings = _applied(_applied(settings, initial), given)
    found += [one for rule in by_name.values() for one in _invalid(rule, settings[rule.name])]
    if found:
        raise ConfigurationError("\n".join(found))
    return settings


def reconcile_file(
    rules: Iterable[Rule], initial: Mapping[str, Setting], path: Path | None, shown: str, pack: str
) -> dict[str, Setting]:
    """Reconcile with a file, or with none.

    Args:
        rules: the pack's rules.
        initial: the configuration that the pack brings along.
        path: the file; None sets nothing.
        shown: how messages name it, or the pack where there is none.
        pack: the pack's name, for messages.

    Raises:
        ConfigurationError: the file cannot be read or used; every line names it.
    """
    given = read_file(path, shown) if path else {}
    with _named(shown):
        return reconcile(rules, initial, given, pack)


def read_file(path: Path, shown: str) -> dict[str, Setting]:
    """Return the settings in a configuration file, by names of policies.

    Args:
        path: the file.
        shown: how messages name it.

    Raises:
        ConfigurationError: it cannot be read, or is no JSON object of levels and objects; every
            line names it.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{shown} cannot be read: {error.strerror}") from error
    except UnicodeError as error:
        raise ConfigurationError(f"{shown} cannot be read: {error}") from error
    with _named(shown):
        return parse(text)


@contextmanager
def _named(shown: str) -> Iterator[None]:
    """Have every line of a mistake begin with the file."""
    try:
        yield
    except ConfigurationError as error:
        lines = [f"{shown}: {line}" for line in str(error).splitlines()]
        raise ConfigurationError("\n".join(lines)) from error
    except RecursionError as error:
        raise ConfigurationError(f"{shown}: it is nested too deeply") from error


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


def _strange(rules: Mapping[str, Rule], given: Mapping[str, Setting], pack: str) -> list[str]:
    """List what a file sets and the pack does not have."""
    names = given.keys() - {_ALL}
    if len(names) > 1 and not names & rules.keys():
        return [
            f"none of its {len(names)} policies is in {pack}; are the configuration files in the "
            "order of the packs?"
        ]
    return [one for name, setting in given.items() for one in _unknown(rules, name, setting, pack)]


def _unknown(rules: Mapping[str, Rule], name: str, setting: Setting, pack: str) -> list[str]:
    """List the policy and the settings that do not exist."""
    if name == _ALL:
        return [f"{_ALL}: {key} cannot be set for all policies" for key in setting.properties]
    if name not in rules:
        return [f"the pack {pack} has no policy {name}{_meant(name, rules)}"]
    known = rules[name].properties
    return [
        f"{name} has no setting {key}{_meant(key, known)}"
        for key in setting.properties
        if key not in known
    ]


def _meant(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else "; remove it"


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
    errors = Draft7Validator(schema, format_checker=_FORMATS).iter_errors(dict(setting.properties))
    lines = [": ".join(filter(None, [rule.name, _place(one), _words(one)])) for one in errors]
    # A text that is no date may break the pattern of one as well.
    return sorted(set(lines))


def _place(error: ValidationError) -> str:
    return str(error.json_path).lstrip("$.")


def _words(error: ValidationError) -> str:
    """Say what is wrong, and what to write instead where the schema alone would not say."""
    found = json.dumps(error.instance)
    if isinstance(error.schema, dict) and error.schema.get("format") == "date":
        return f"{found} is no date; write it as YYYY-MM-DD"
    if error.validator == "minLength" and error.instance == "":
        return "it is empty"
    if error.validator == "minLength":
        return f"{found} is too short; it takes {error.validator_value:g} characters or more"
    if error.validator == "additionalProperties":
        return f"{error.message}; there are {', '.join(error.schema['properties'])}"
    return str(error.message)
