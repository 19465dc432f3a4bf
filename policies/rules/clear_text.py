"""Recognising secrets in clear text, by the name of a setting and by its value."""

import re
from collections.abc import Mapping
from itertools import pairwise

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_SECRET_ENDINGS = (
    "PASSWORD",
    "PASSWORDS",
    "PASSWD",
    "PSWD",
    "PASSPHRASE",
    "SECRET",
    "SECRETS",
    "TOKEN",
    "TOKENS",
    "CREDENTIAL",
    "CREDENTIALS",
    "CREDS",
    "APIKEY",
    "AUTHKEY",
    "PRIVATEKEY",
    "ACCESSKEY",
    "SECRETKEY",
)
# Alone, these are the working directory and a pass over data.
_SECRET_AFTER_ANOTHER_WORD = {"PWD", "PASS"}
# DJANGO_SECRET_KEY is caught by its SECRET.
_SECRET_KEYS = {"API", "AUTH", "PRIVATE", "ACCESS", "SIGNING", "SSH"}
# What AWS Config's rule ecs-no-environment-secrets looks for besides AWS_SECRET_ACCESS_KEY.
_SECRET_NAMES = {"AWS_ACCESS_KEY_ID", "ECS_ENGINE_AUTH_DATA"}
# A name that ends with one of these is about a secret, and does not hold it.
_ABOUT_A_SECRET = {
    *("ALGORITHM", "ALIAS", "ARN", "ARNS", "AUDIENCE", "BACKEND", "DAYS", "DIR", "DIRECTORY"),
    *("DISABLED", "ENABLED", "ENDPOINT", "EXPIRATION", "EXPIRES", "EXPIRY", "FIELD", "FILE"),
    *("FORMAT", "HEADER", "HOST", "HOURS", "ID", "IDS", "ISSUER", "LENGTH", "LIFETIME", "LIMIT"),
    *("LOCATION", "MANAGER", "METHOD", "MINUTE", "MINUTES", "MODE", "NAME", "NAMES", "NAMESPACE"),
    *("PATH", "POLICY", "PORT", "PREFIX", "PROVIDER", "REGION", "REQUIRED", "ROLE", "ROTATION"),
    *("SCOPE", "SCOPES", "SECOND", "SECONDS", "SIZE", "SOURCE", "STORE", "SUFFIX", "TIMEOUT"),
    *("TTL", "TYPE", "URI", "URL", "VERSION"),
}
# TOKENS_MAX, MODEL_MAX_TOKENS, NUM_TOKENS: amounts of text, not tokens of access.
_AMOUNTS = {"COUNT", "MAX", "MIN", "NUM", "PER"}

_HARMLESS_VALUE = re.compile(
    r"""\s*(
        arn:[a-z-]+:.*                                          # a reference that IAM guards
      | true | false | yes | no | on | off | 0 | 1 | none | null    # a switch
      | \{\{.*\}\} | \$\{[^}]*\} | \$\w+ | <[^>]*>                  # a placeholder
      | (/(app|etc|home|mnt|opt|root|run|secrets|tmp|usr|var|vault)/ | file:/).*    # a file
    )?\s*""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)

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
    # Slack, "Tokens".
    "a Slack token": re.compile(r"\bxox[abeprs]-[A-Za-z0-9-]{10,}"),
}


def secret_in(text: str) -> str | None:
    """Return what kind of secret stands in a text, with its article; None for none.

    Only shapes that nothing else has are recognised, so that there are no false findings.
    """
    return next((kind for kind, shape in _SHAPES.items() if shape.search(text)), None)


def names_a_secret(name: str) -> bool:
    """Say whether the value of a setting with such a name is a secret.

    Args:
        name: of an environment variable or parameter, in any case: `DB_PSWD`, `apiKey`.
    """
    if name.upper() in _SECRET_NAMES:
        return True
    words = [word.upper() for word in _WORD.findall(name.rstrip("_-.0123456789"))]
    if not words or words[-1] in _ABOUT_A_SECRET or _AMOUNTS & set(words):
        return False
    if len(words) > 1 and words[-1] in _SECRET_AFTER_ANOTHER_WORD:
        return True
    keys = {kind for kind, word in pairwise(words) if word in ("KEY", "KEYS")}
    return bool(keys & _SECRET_KEYS) or any(word.endswith(_SECRET_ENDINGS) for word in words)


def clear_text(name: str, value: str) -> str | None:
    """Return what shows that a setting holds a secret in clear text, as a clause; None for none.

    The clause never quotes the value.

    Args:
        name: the setting's name.
        value: its value; empty text, ARNs, switches, file names and placeholders are harmless.
    """
    kind = secret_in(value)
    if kind is not None:
        return f"holds {kind}"
    if names_a_secret(name) and not _HARMLESS_VALUE.fullmatch(value):
        return "is named like a secret and holds a value"
    return None
