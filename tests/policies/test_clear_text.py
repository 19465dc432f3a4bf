import time

import pytest

from rules.clear_text import clear_text, secret_in

KEY_ID = "AKIA" + "Q7" * 8
PRIVATE_KEY = "-----BEGIN RSA PRIVATE " + "KEY-----"
TOKEN = "gh" + "p_" + "a1" * 18
STRIPE = "sk" + "_live_" + "a1" * 12
SLACK = "xox" + "b-123456789012-abcdef"

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


@pytest.mark.usefixtures("no_garbage_collection")
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
