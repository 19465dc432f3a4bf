"""Recognising settings that hold a secret by their names."""

import re
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
_SECRET_AFTER_ANOTHER_WORD = {"PWD", "PASS", "PW"}
# DJANGO_SECRET_KEY is caught by its SECRET.
_SECRET_KEYS = {
    *("API", "AUTH", "PRIVATE", "ACCESS", "SIGNING", "SSH"),
    *("ENCRYPTION", "MASTER", "JWT", "LICENSE"),
}
_SECRET_NAMES = {
    # What AWS Config's rule ecs-no-environment-secrets looks for besides AWS_SECRET_ACCESS_KEY.
    *("AWS_ACCESS_KEY_ID", "ECS_ENGINE_AUTH_DATA"),
    *("PGPASS", "DBPASS"),
}
# A name that ends with one of these is about a secret, and does not hold it.
_ABOUT_A_SECRET = {
    *("ALGORITHM", "ALIAS", "ARN", "ARNS", "AUDIENCE", "BACKEND", "BUDGET", "CACHE", "DAYS", "DIR"),
    *("DIRECTORY", "DISABLED", "ENABLED", "ENCRYPTION", "ENDPOINT", "EXPIRATION", "EXPIRES"),
    *("EXPIRY", "FIELD", "FILE", "FORMAT", "HASHER", "HASHERS", "HEADER", "HOST", "HOURS", "ID"),
    *("IDS", "ISSUER", "LENGTH", "LIFETIME", "LIMIT", "LOCATION", "MANAGER", "METHOD", "MINUTE"),
    *("MINUTES", "MODE", "NAME", "NAMES", "NAMESPACE", "PATH", "POLICY", "PORT", "PREFIX"),
    *("PROVIDER", "RATE", "REGION", "REQUIRED", "RESET", "ROLE", "ROTATION", "SCOPE", "SCOPES"),
    *("SECOND", "SECONDS", "SIZE", "SOURCE", "STORE", "STRATEGY", "SUFFIX", "TIMEOUT", "TTL"),
    *("TYPE", "URI", "URL", "VALIDATOR", "VALIDATORS", "VERSION"),
}
# TOKENS_MAX, MODEL_MAX_TOKENS, NUM_TOKENS: amounts of text, not tokens of access.
_AMOUNTS = {"COUNT", "MAX", "MIN", "NUM", "PER"}
# PUBLIC_API_KEY is a key that browsers get; KMS_MASTER_KEY, the name of one.
_KEYS_IN_THE_OPEN = {"PUBLIC", "PUBLISHABLE", "KMS"}


def names_a_secret(name: str) -> bool:
    """Say whether the value of a setting with such a name is a secret.

    Args:
        name: of an environment variable or parameter, in any case: `DB_PSWD`, `apiKey`.
    """
    if name.upper() in _SECRET_NAMES:
        return True
    words = words_of(name)
    if not words or words[-1] in _ABOUT_A_SECRET or _AMOUNTS & set(words):
        return False
    if len(words) > 1 and words[-1] in _SECRET_AFTER_ANOTHER_WORD:
        return True
    return _names_a_key(words) or any(word.endswith(_SECRET_ENDINGS) for word in words)


def names_a_token(name: str) -> bool:
    """Say whether nothing but the word token makes a name that of a secret."""
    return not names_a_secret(re.sub("tokens?", "", name, flags=re.IGNORECASE))


def names_a_key(name: str) -> bool:
    """Say whether a setting with such a name is a key, or credentials in a file."""
    return words_of(name)[-1:] in (["KEY"], ["CREDENTIALS"])


def words_of(name: str) -> list[str]:
    """Return the words of a name in upper case, without numbers at its end."""
    return [word.upper() for word in _WORD.findall(name.rstrip("_-.0123456789"))]


def _names_a_key(words: list[str]) -> bool:
    if _KEYS_IN_THE_OPEN & set(words):
        return False
    keys = {kind for kind, word in pairwise(words) if word in ("KEY", "KEYS")}
    return bool(keys & _SECRET_KEYS)
