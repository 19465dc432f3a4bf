"""The authorizer's program: who is let in, and how often the secret is read."""

import hmac
import importlib
import types
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from components import api_key_authorizer

KEY = "k" * 40


class Secrets:
    """Stands in the place of Secrets Manager's client."""

    def __init__(self) -> None:
        self.value, self.asked = KEY, 0

    def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803 boto3's name
        assert SecretId == "arn:secret"
        self.asked += 1
        return {"SecretString": self.value}


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> Iterator[Secrets]:
    found = Secrets()
    monkeypatch.setenv("SECRET_ARN", "arn:secret")
    monkeypatch.setenv("ALLOWED_CIDRS", "")
    monkeypatch.setattr(boto3, "client", lambda _service: found)
    importlib.reload(api_key_authorizer)
    yield found
    importlib.reload(api_key_authorizer)


def asked(headers: dict[str, str], address: str = "198.51.100.7") -> Any:
    context = {"http": {"sourceIp": address}}
    event = {"version": "2.0", "headers": headers, "requestContext": context}
    return api_key_authorizer.handler(event, None)["isAuthorized"]


@pytest.mark.usefixtures("secrets")
def test_the_key_is_let_in_and_nothing_else() -> None:
    assert asked({"x-api-key": KEY}) is True
    for wrong in ("", KEY[:-1], f"{KEY}k", KEY.upper(), "\u043a", f"{KEY} "):
        assert asked({"x-api-key": wrong}) is False
    assert asked({}) is False
    assert asked({"authorization": KEY}) is False


def test_the_secret_is_read_once_a_minute(
    secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(api_key_authorizer, "time", types.SimpleNamespace(monotonic=lambda: now[0]))
    assert asked({"x-api-key": KEY})
    assert asked({"x-api-key": "other"}) is False
    assert secrets.asked == 1
    secrets.value = "other"
    now[0] += 61
    assert asked({"x-api-key": "other"})
    assert asked({"x-api-key": KEY}) is False
    assert secrets.asked == 2


@pytest.mark.parametrize(
    ("address", "let_in"),
    [("203.0.113.9", True), ("192.0.2.1", True), ("203.0.114.9", False), ("2001:db8::1", False)],
)
@pytest.mark.usefixtures("secrets")
def test_the_key_counts_from_the_allowed_networks_only(
    monkeypatch: pytest.MonkeyPatch, address: str, let_in: bool
) -> None:
    monkeypatch.setenv("ALLOWED_CIDRS", "203.0.113.0/24 192.0.2.1/32")
    assert asked({"x-api-key": KEY}, address) is let_in
    assert asked({"x-api-key": "wrong"}, address) is False


@pytest.mark.usefixtures("secrets")
def test_a_secret_that_cannot_be_read_lets_nobody_in(monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(_service: str) -> Any:
        raise RuntimeError("AccessDenied")

    monkeypatch.setattr(boto3, "client", denied)
    with pytest.raises(RuntimeError):
        asked({"x-api-key": ""})


class Guarded(bytes):
    """A key that only what takes the same time for every key may compare."""

    def __eq__(self, _: object) -> bool:
        raise AssertionError("the key was compared by ==")

    def __hash__(self) -> int:
        return super().__hash__()

    def startswith(self, *_: object) -> bool:
        raise AssertionError("the key was compared in parts")


@pytest.mark.usefixtures("secrets")
def test_keys_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_key_authorizer, "_key", lambda: Guarded(KEY.encode()))
    compared = []
    original = hmac.compare_digest

    def compare(one: bytes, other: bytes) -> bool:
        compared.append(one)
        return original(one, bytes(other))

    monkeypatch.setattr(api_key_authorizer.hmac, "compare_digest", compare)
    for given in (KEY, "wrong", KEY[:-1], ""):
        assert asked({"x-api-key": given}) is (given == KEY)
    assert compared == [one.encode() for one in (KEY, "wrong", KEY[:-1], "")]
