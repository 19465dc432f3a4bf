"""Which names of settings say that they hold a secret."""

import pytest

from rules.clear_text import clear_text
from rules.secret_names import names_a_secret

SECRET_NAMES = [
    "PASSWORD",
    "DB_PASSWORD",
    "DB_PASSWORD_2",
    "DB_PASSWORD_PROD",
    "PGPASSWORD",
    "dbPassword",
    "masterUserPassword",
    "MySQLPassword",
    "MF_METADATA_DB_PSWD",
    "LDAP_PASSWD",
    "MYSQL_PWD",
    "RABBITMQ_DEFAULT_PASS",
    "SSH_PASSPHRASE",
    "DJANGO_SECRET_KEY",
    "CLIENT_SECRET",
    "clientSecret",
    "APP_SECRETS",
    "HF_TOKEN",
    "GITHUB_TOKEN",
    "API_TOKENS",
    "authToken",
    "AUTHTOKEN",
    "API_KEY",
    "OPENAI_API_KEY",
    "ApiKey",
    "APIKey",
    "apikey",
    "DD-API-KEY",
    "METAFLOW_SERVICE_AUTH_KEY",
    "PRIVATE_KEY",
    "SSH_KEY",
    "SIGNING_KEYS",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SESSION_TOKEN",
    "ECS_ENGINE_AUTH_DATA",
    "DB_CREDENTIALS",
    "SMTP_CREDS",
    "service.api.key",
    "ROOT_PASSWORDS",
    "CREDENTIAL",
    "AUTHKEY",
    "privatekey",
    "accesskey",
    "MINIO_ACCESS_KEY",
    "SECRETKEY",
    "DB_PW",
    "PGPASS",
    "DBPASS",
    "ENCRYPTION_KEY",
    "MASTER_KEY",
    "JWT_KEY",
    "NEW_RELIC_LICENSE_KEY",
    "ACCESS_KEYS",
    "SSH_KEYS",
    "PUBLIC_DB_PASSWORD",
]

ABOUT_A_SECRET = """
    ALGORITHM ALIAS ARN ARNS AUDIENCE BACKEND BUDGET CACHE DAYS DIR DIRECTORY DISABLED ENABLED
    ENCRYPTION ENDPOINT EXPIRATION EXPIRES EXPIRY FIELD FILE FORMAT HASHER HASHERS HEADER HOST HOURS
    ID IDS ISSUER LENGTH LIFETIME LIMIT LOCATION MANAGER METHOD MINUTE MINUTES MODE NAME NAMES
    NAMESPACE PATH POLICY PORT PREFIX PROVIDER RATE REGION REQUIRED RESET ROLE ROTATION SCOPE SCOPES
    SECOND SECONDS SIZE SOURCE STORE STRATEGY SUFFIX TIMEOUT TTL TYPE URI URL VALIDATOR VALIDATORS
    VERSION
"""

OTHER_NAMES = [
    "",
    "_",
    "PATH",
    "PWD",
    "OLDPWD",
    "PASS",
    "BYPASS",
    "LOGLEVEL",
    "MF_METADATA_DB_HOST",
    "MF_METADATA_DB_NAME",
    "MF_METADATA_DB_USER",
    "MF_METADATA_DB_SSL_MODE",
    "DB_SECRET_ARN",
    "SECRET_ARN",
    "secretArn",
    "SECRET_NAME",
    "OAUTH_TOKEN_URL",
    "TOKEN_ENDPOINT",
    "API_KEY_ID",
    "accessKeyId",
    "KMS_KEY_ID",
    "PASSWORD_FILE",
    "MIN_PASSWORD_LENGTH",
    "PASSWORD_POLICY",
    "TOKEN_TTL",
    "TOKEN_EXPIRY",
    "MAX_TOKENS",
    "MODEL_MAX_TOKENS",
    "NUM_TOKENS_PER_BATCH",
    "TOKENIZERS_PARALLELISM",
    "TOKENIZER",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "SECRETS_MANAGER_ENDPOINT",
    "USE_SECRETS_MANAGER",
    "PUBLIC_KEY",
    "PRIMARY_KEY",
    "KEYBOARD",
    "MONKEY",
    "AUTHOR",
    "DB_SECRET_ARN_2",
    "TOKEN_COUNT",
    "NUM_TOKENS",
    "MIN_TOKENS",
    "TOKENS_PER_BATCH",
    "MAX_TOKENS_IN_BATCH",
    "MODEL_TOKEN_BUDGET",
    "TOKEN_BUCKET_RATE",
    "PASSWORD_HASHER",
    "AUTH_TOKEN_STRATEGY",
    "SESSION_TOKEN_CACHE",
    "PASSWORD_RESET",
    "PUBLIC_API_KEY",
    "STRIPE_PUBLISHABLE_API_KEY",
    "KMS_MASTER_KEY",
    *(f"SECRET_{word}" for word in ABOUT_A_SECRET.split()),
]


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_names_that_say_secret(name: str) -> None:
    assert names_a_secret(name)
    assert clear_text(name, "hunter2") == "is named like a secret and holds a value"


@pytest.mark.parametrize("name", OTHER_NAMES)
def test_names_that_do_not(name: str) -> None:
    assert not names_a_secret(name)
    assert clear_text(name, "hunter2") is None
