import time

import pytest

from rules.clear_text import clear_text, secret_in
from rules.secret_names import names_a_secret

KEY_ID = "AKIA" + "Q7" * 8
PRIVATE_KEY = "-----BEGIN RSA PRIVATE " + "KEY-----"
TOKEN = "gh" + "p_" + "a1" * 18
STRIPE = "sk" + "_live_" + "a1" * 12
SLACK = "xox" + "b-123456789012-abcdef"

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

HARMLESS_VALUES = [
    "",
    " ",
    "arn:aws:secretsmanager:us-east-1:123456789012:secret:db",
    "arn:aws-us-gov:ssm:us-gov-west-1:123456789012:parameter/db",
    "true",
    "False",
    "no",
    "0",
    "none",
    "${DB_PASSWORD}",
    "$DB_PASSWORD",
    "$(DB_PASSWORD)",
    "{{resolve:secretsmanager:db}}",
    "{{resolve:ssm-secure:db}}",
    "alias/db",
    "<password>",
    "<your-db-password>",
    "<INSERT PASSWORD HERE>",
    "com.example.auth.PasswordProvider",
]

HARMLESS_SETTINGS = {
    "GOOGLE_APPLICATION_CREDENTIALS": "/etc/gcp/key.json",
    "TLS_PRIVATE_KEY": "file:///etc/tls.key",
    "SIGNING_KEY": "/run/secrets/signing",
    "CONTEXT_TOKENS": "8192",
    "MODEL_CONTEXT_TOKEN": " 1000000 ",
    "DSN": "user=u password=$PASSWORD host=h",
    "CONFIG": '{"password": "${DB_PASSWORD}", "tokens": 5, "deep": [{"db": "x"}]}',
    "OPTIONS": "-c password_encryption=scram-sha-256",
    "QUERY": "https://example.com/?page=1&sort=name",
    "QUOTED_DSN": "user='u' password='${PASSWORD}'",
    "BROKEN": '{"password": "hunter2"',
    "EQUATION": "password=",
}

SECRET_SETTINGS = {
    "DSN": "user=u password=hunter2 host=h",
    "QUOTED_DSN": "user='u' password='hunter 2' host='h'",
    "DB_CONN": "Server=h;User Id=u;Password=p;",
    "ODBC": "Server=h;Uid=u;Pwd=p;",
    "JDBC_URL": "jdbc:postgresql://h/db?user=u&password=hunter2",
    "JAVA_OPTS": "-Xmx1g -Ddb.password=hunter2",
    "SPRING_APPLICATION_JSON": '{"spring.datasource.password": "hunter2"}',
    "CONFIG": '{"db": [{"port": 5432, "auth": {"password": "hunter2"}}]}',
    "SETTINGS_IN_JSON": '{"options": "-Xmx1g -Ddb.password=hunter2"}',
    "LIST": ' [{"apiKey": "hunter2"}]',
}

SECRET_VALUES = [
    "hunter2",
    "123456",
    "correct horse battery staple",
    "arnold",
    "/9j/4AAQSkZJRgAB",
    "truest",
    "$1$salt$hash",
    "prod/db",
    "$ecret",
    "${ecret}",
    "$(ecret)",
    "<hunter2>",
    "{{hunter2}}",
    "arn:aws:hunter2",
    "arn:hunter:s3:::a",
    "/etc/hunter2",
    "/run/secrets/db",
    "file:///etc/key",
    "hunter.Two",
    "8192",
]

SECRET_TEXTS = {
    KEY_ID: "an AWS access key",
    f"export AWS_ACCESS_KEY_ID={KEY_ID}\n": "an AWS access key",
    "ASIA" + "Q7" * 8: "an AWS access key",
    PRIVATE_KEY: "a private key",
    "-----BEGIN " + "PRIVATE KEY-----": "a private key",
    "-----BEGIN OPENSSH " + "PRIVATE KEY-----": "a private key",
    "-----BEGIN PGP " + "PRIVATE KEY BLOCK-----": "a private key",
    "postgresql://metaflow:hunter2@db:5432/metaflow": "a URL with a password",
    "postgresql+asyncpg://metaflow:hunter2@db/metaflow": "a URL with a password",
    "jdbc:postgresql://metaflow:hunter2@db/metaflow": "a URL with a password",
    "redis://:hunter2@cache": "a URL with a password",
    "git clone https://bot:hunter2@example.com/a.git": "a URL with a password",
    TOKEN: "a GitHub token",
    "github" + "_pat_" + "a1" * 30: "a GitHub token",
    SLACK: "a Slack token",
    STRIPE: "a Stripe key",
    STRIPE.replace("s", "r", 1): "a Stripe key",
}

OTHER_TEXTS = [
    "",
    "AKIA",
    "AKIA" + "IOSFODNN7EXAMPLE",
    "XAKIA" + "Q7" * 8,
    "-----BEGIN PUBLIC KEY-----",
    "-----BEGIN CERTIFICATE-----",
    "https://example.com:8080/a@b",
    "https://example.com/?user=a:b@c",
    "postgresql://metaflow@db:5432/metaflow",
    "postgresql://metaflow:@db/metaflow",
    "postgresql://metaflow:${PASSWORD}@db/metaflow",
    "postgresql://metaflow:{{password}}@db/metaflow",
    "postgresql://metaflow:{password}@db/metaflow",
    "postgresql://metaflow:%(password)s@db/metaflow",
    "postgresql://metaflow:<password>@db/metaflow",
    "postgresql://metaflow:****@db/metaflow",
    "s3://bucket/key",
    "arn:aws:iam::123456789012:role/a",
    "user:password@host",
    "ghp_short",
    "xoxb-",
    "sk_test_" + "a1" * 12,
]


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_names_that_say_secret(name: str) -> None:
    assert names_a_secret(name)
    assert clear_text(name, "hunter2") == "is named like a secret and holds a value"


@pytest.mark.parametrize("name", OTHER_NAMES)
def test_names_that_do_not(name: str) -> None:
    assert not names_a_secret(name)
    assert clear_text(name, "hunter2") is None


@pytest.mark.parametrize("value", HARMLESS_VALUES)
def test_harmless_values_of_a_secret_name(value: str) -> None:
    assert clear_text("DB_PASSWORD", value) is None


@pytest.mark.parametrize("value", SECRET_VALUES)
def test_values_of_a_secret_name(value: str) -> None:
    assert clear_text("DB_PASSWORD", value) == "is named like a secret and holds a value"


@pytest.mark.parametrize(("name", "value"), HARMLESS_SETTINGS.items(), ids=HARMLESS_SETTINGS)
def test_harmless_settings(name: str, value: str) -> None:
    assert clear_text(name, value) is None


@pytest.mark.parametrize(("name", "value"), SECRET_SETTINGS.items(), ids=SECRET_SETTINGS)
def test_settings_within_a_value(name: str, value: str) -> None:
    assert clear_text(name, value) == (
        "holds settings of which one is named like a secret and holds a value"
    )


@pytest.mark.parametrize("value", ["/etc/key.json", "12345678"])
def test_a_token_that_is_neither_file_nor_amount(value: str) -> None:
    assert clear_text("API_TOKEN", value) == "is named like a secret and holds a value"


@pytest.mark.parametrize(
    ("opened", "closed"), [("[", "]"), ('{"a":', "}")], ids=["lists", "objects"]
)
@pytest.mark.parametrize("depth", [30, 100_000])
def test_json_that_is_too_deep(depth: int, opened: str, closed: str) -> None:
    value = opened * depth + '{"password": "hunter2"}' + closed * depth
    assert clear_text("CONFIG", value) is None


@pytest.mark.parametrize(("text", "kind"), SECRET_TEXTS.items(), ids=range(len(SECRET_TEXTS)))
def test_values_that_show_a_secret_under_any_name(text: str, kind: str) -> None:
    assert secret_in(text) == kind
    assert clear_text("ANYTHING", text) == f"holds {kind}"


@pytest.mark.parametrize("text", OTHER_TEXTS)
def test_values_that_show_none(text: str) -> None:
    assert secret_in(text) is None
    assert clear_text("ANYTHING", text) is None


def test_a_secret_in_the_url_of_a_harmless_name() -> None:
    assert clear_text("TOKEN_URL", "https://a:hunter2@example.com") == "holds a URL with a password"


@pytest.mark.parametrize(
    "text",
    [
        "a." * 8000,
        "://" * 6000,
        "a://" * 4000,
        "a://b:" * 3000,
        "A" * 16000,
        "<" + "key" * 5000,
        "<" + "my " * 5000,
        "key=" * 4000,
        '-a="' * 4000,
    ],
)
def test_long_texts_take_no_time(text: str) -> None:
    start = time.process_time()
    clear_text("PASSWORD", text)
    clear_text(text, "hunter2")
    assert time.process_time() - start < 1
