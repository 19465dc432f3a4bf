"""Recognising secrets in clear text, by the name of a setting and by its value."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from rules.secret_names import names_a_key, names_a_secret, names_a_token

_HARMLESS_VALUE = re.compile(
    r"""\s*(
        arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]*:.+          # a reference that IAM guards
      | \{\{resolve:(secretsmanager|ssm|ssm-secure):.+\}\}        # CloudFormation's
      | alias/.+                                              # the name of a KMS key
      | (?i:true|false|yes|no|on|off|0|1|none|null)           # a switch
      | \$\{[A-Z_][A-Z0-9_]*\} | \$\([A-Z_][A-Z0-9_]*\) | \$[A-Z_][A-Z0-9_]*    # a variable
      | <(?i:(?:your|my|the|db|api|access|auth|secret|user|password|token|key|value|here|insert
              |replace|change|me|with|placeholder|redacted|hidden|sensitive)[ _-]*)+>
      | ([a-z_][a-z0-9_]*\.){2,}[A-Z][A-Za-z0-9]*             # a class: com.example.TokenProvider
    )?\s*""",
    re.VERBOSE | re.DOTALL,
)
_A_FILE = re.compile(
    r"\s*(/(app|etc|home|mnt|opt|root|run|secrets|tmp|usr|var|vault)/|file:/).*", re.DOTALL
)
# MODEL_CONTEXT_TOKENS=8192: an amount. Longer numbers may be tokens of access.
_AN_AMOUNT = re.compile(r"\s*[0-9]{1,7}\s*")

# `user=u password=hunter2`, `Server=h;User Id=u;Password=p;`, `?user=u&password=p`.
_SETTING = re.compile(
    r"""(?:^|[\s;&?,'"-])([A-Za-z][A-Za-z0-9_.-]{0,60})=("[^"]*"|'[^']*'|[^\s;&,'"]*)"""
)
_DEEPEST = 20
"""Objects within objects in which a value's JSON is looked through."""

_SHAPES: Mapping[str, re.Pattern[str]] = {
    # IAM User Guide, "IAM identifiers": unique ID prefixes. AWS's own examples end with EXAMPLE.
    "an AWS access key": re.compile(r"\b(?:AKIA|ASIA)(?![A-Z0-9]{9}EXAMPLE)[A-Z0-9]{16}\b"),
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----"),
    # RFC 3986, section 3.2.1; what stands for a password is none: ${...}, {{...}}, %(...)s, <...>.
    "a URL with a password": re.compile(
        r"\b[a-z][a-z0-9+.-]{0,30}://[^\s/?#@:\"']{0,200}:"
        r"(?![$<{]|%\(|\*+@)[^\s/?#@\"']{1,500}@[^\s/?#@\"']",
        re.IGNORECASE,
    ),
    # GitHub, "About authentication to GitHub": token formats.
    "a GitHub token": re.compile(r"\b(?:gh[opsur]_[A-Za-z0-9]{36,}|github_pat_\w{40,})"),
    # Stripe, "API keys": those of the live mode.
    "a Stripe key": re.compile(r"\b[rs]k_live_[A-Za-z0-9]{10,}"),
    # Slack, "Tokens".
    "a Slack token": re.compile(r"\bxox[abeprs]-[A-Za-z0-9-]{10,}"),
}


def secret_in(text: str) -> str | None:
    """Return what kind of secret stands in a text, with its article; None for none.

    Only shapes that nothing else has are recognised, so that there are no false findings.
    """
    return next((kind for kind, shape in _SHAPES.items() if shape.search(text)), None)


def clear_text(name: str, value: str) -> str | None:
    """Return what shows that a setting holds a secret in clear text, as a clause; None for none.

    The clause never quotes the value.

    Args:
        name: the setting's name.
        value: its value; empty text, ARNs, switches and placeholders are harmless, the files of
            keys and credentials, and amounts of tokens.
    """
    kind = secret_in(value)
    if kind is not None:
        return f"holds {kind}"
    if _is_secret(name, value):
        return "is named like a secret and holds a value"
    if any(_is_secret(inner, text) for inner, text in _settings_in(value)):
        return "holds settings of which one is named like a secret and holds a value"
    return None


def _is_secret(name: str, value: str) -> bool:
    if not names_a_secret(name) or _HARMLESS_VALUE.fullmatch(value):
        return False
    if names_a_key(name) and _A_FILE.fullmatch(value):
        return False
    return not (names_a_token(name) and _AN_AMOUNT.fullmatch(value))


def _settings_in(value: str) -> Iterator[tuple[str, str]]:
    """Yield name and value of each setting in a connection string or in JSON."""
    if value.lstrip()[:1] in ("{", "["):
        with suppress(ValueError, RecursionError):
            yield from _leaves("", json.loads(value), _DEEPEST)
    for name, text in _SETTING.findall(value):
        # Unlike a variable of its own, `Pwd` is no working directory here.
        yield f"connection {name}", text.strip("\"'")


def _leaves(name: str, value: Any, depth: int) -> Iterator[tuple[str, str]]:
    """Yield the texts in a JSON value, each with the name that it stands under."""
    if isinstance(value, str):
        yield name, value
    elif depth and isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(key, inner, depth - 1)
    elif depth and isinstance(value, list):
        for inner in value:
            yield from _leaves(name, inner, depth - 1)
