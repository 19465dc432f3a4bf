"""Renders a Metaflow profile, and compares it with an existing one without showing secrets."""

import json
from collections.abc import Mapping

from mfconfig.contract import CONSTANT_SETTINGS, STACK_OUTPUTS
from mfconfig.errors import UserError

MASK = "********"
_DIFFERS = " (differs)"

STACK_SETTINGS = frozenset(CONSTANT_SETTINGS) | {
    output.setting for output in STACK_OUTPUTS if output.setting
}
"""Every setting that belongs to the stack; all others in a profile are the user's own."""

SECRET_SETTINGS = frozenset(
    output.setting for output in STACK_OUTPUTS if output.setting and output.secret
)


def settings_of(outputs: Mapping[str, str]) -> dict[str, str]:
    """Return the Metaflow settings that the stack's outputs become."""
    from_outputs = {
        output.setting: outputs[output.name]
        for output in STACK_OUTPUTS
        if output.setting and output.name in outputs
    }
    return {**CONSTANT_SETTINGS, **from_outputs}


def parse_profile(document: bytes, path: str) -> dict[str, object]:
    """Return the content of an existing profile.

    Raises:
        UserError: it is not a JSON object, which Metaflow could not read either.
    """
    try:
        profile = json.loads(document)
    except (ValueError, RecursionError):
        profile = None
    if not isinstance(profile, dict):
        raise UserError(f"{path} is not a JSON object and is left as it is; repair or remove it")
    return profile


def merged(existing: Mapping[str, object], settings: Mapping[str, str]) -> dict[str, object]:
    """Return the stack's settings together with the user's own of an existing profile."""
    own = {name: value for name, value in existing.items() if name not in STACK_SETTINGS}
    return {**own, **settings}


def render(profile: Mapping[str, object]) -> str:
    """Return a profile as text: sorted keys, two spaces of indent, a newline at the end."""
    return json.dumps(profile, sort_keys=True, indent=2) + "\n"


def masked(settings: Mapping[str, object], suffix: str = "") -> dict[str, object]:
    """Return settings with every secret replaced by asterisks, followed by `suffix`."""
    return {
        name: MASK + suffix if name in SECRET_SETTINGS else value
        for name, value in settings.items()
    }


def difference(existing: Mapping[str, object], settings: Mapping[str, str], path: str) -> str:
    """Return a unified diff from an existing profile to the stack's settings; empty when equal.

    The user's own keys never change, so they are not shown; secrets are masked on both sides, and
    marked when they differ.
    """
    import difflib

    before = {name: value for name, value in existing.items() if name in STACK_SETTINGS}
    secrets_differ = any(before.get(name) != settings.get(name) for name in SECRET_SETTINGS)
    lines = difflib.unified_diff(
        render(masked(before)).splitlines(keepends=True),
        render(masked(settings, _DIFFERS if secrets_differ else "")).splitlines(keepends=True),
        fromfile=path,
        tofile=f"{path} (from the stack's outputs)",
    )
    return "".join(lines)
