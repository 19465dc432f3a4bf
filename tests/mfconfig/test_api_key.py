"""The API key is fetched by its id when the stack's output does not show it."""

import json
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from .conftest import Result

HINT = "pulumi stack output --json --show-secrets | mfconfig"


@pytest.fixture(autouse=True)
def _fresh_session(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))


@pytest.fixture
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example")


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    """Start an emulated AWS; return its URL."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def gateway(aws: str, monkeypatch: pytest.MonkeyPatch, _credentials: None) -> Any:
    """Point AWS clients to the emulated AWS; return one of API Gateway."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws)
    return boto3.client("apigateway", region_name="eu-west-1")


def refused(result: Result, home: Path) -> str:
    """Return the one line of a run that wrote nothing, having checked all else."""
    assert result.code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("mfconfig: cannot fetch the API key ")
    assert result.stderr.endswith(f"; without AWS credentials run {HINT}\n")
    assert result.stderr.count("\n") == 1
    assert list(home.iterdir()) == []
    return result.stderr


@pytest.mark.parametrize("shown", ["[secret]", None])
def test_a_hidden_key_is_fetched_by_its_id_in_the_stacks_region(
    run: Callable[..., Result], outputs: dict[str, Any], home: Path, gateway: Any, shown: Any
) -> None:
    value = f"fetchedKeyThatNobodyMayEverSee{bool(shown)}"
    key = gateway.create_api_key(name="metaflow", value=value, enabled=True)
    document = {**outputs, "apiKey": shown, "apiKeyId": key["id"]}
    result = run(document, "--home", str(home))
    assert result.code == 0
    assert value not in result.stdout + result.stderr
    written = json.loads((home / "config_dev.json").read_text())
    assert written["METAFLOW_SERVICE_AUTH_KEY"] == value
    assert run(document, "--home", str(home), "--check") == (0, "", "")
    printed = run(document, "--home", str(home), "--print")
    assert value not in printed.stdout + printed.stderr
    elsewhere = run({**document, "region": "eu-west-3"}, "--home", str(home), "--check")
    assert "NotFoundException" in elsewhere.stderr


@pytest.mark.usefixtures("gateway")
def test_there_is_no_such_key(
    run: Callable[..., Result], outputs: dict[str, Any], home: Path
) -> None:
    result = run({**outputs, "apiKey": "[secret]", "apiKeyId": "n0ne"}, "--home", str(home))
    line = refused(result, home)
    assert "API key n0ne" in line
    assert "NotFoundException" in line


def test_there_are_no_credentials(
    run: Callable[..., Result], outputs: dict[str, Any], home: Path
) -> None:
    result = run({**outputs, "apiKey": "[secret]"}, "--home", str(home))
    assert "Unable to locate credentials" in refused(result, home)


def test_the_named_aws_profile_does_not_exist(
    run: Callable[..., Result],
    outputs: dict[str, Any],
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "absent")
    result = run({**outputs, "apiKey": "[secret]"}, "--home", str(home))
    assert "absent" in refused(result, home)


@pytest.mark.usefixtures("_credentials")
def test_nothing_answers(
    run: Callable[..., Result],
    outputs: dict[str, Any],
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.socket() as unanswered:
        unanswered.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{unanswered.getsockname()[1]}")
        result = run({**outputs, "apiKey": "[secret]"}, "--home", str(home))
    assert "Could not connect to the endpoint URL" in refused(result, home)


REFUSAL = (403, "AccessDeniedException", b'{"message": "no access\\nfor you"}')


class _Answer(BaseHTTPRequestHandler):
    """Answers every request as `answers` says: a status, an AWS error type and a body."""

    answers = REFUSAL

    def do_GET(self) -> None:
        status, error_type, body = self.answers
        self.send_response(status)
        self.send_header("x-amzn-ErrorType", error_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, _credentials: None) -> Iterator[type[_Answer]]:
    """Start a service in AWS' place; return what it answers."""
    with HTTPServer(("127.0.0.1", 0), _Answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        yield _Answer
        server.shutdown()
        thread.join()
    _Answer.answers = REFUSAL


@pytest.mark.usefixtures("service")
def test_the_user_may_not_read_the_key(
    run: Callable[..., Result], outputs: dict[str, Any], home: Path
) -> None:
    result = run({**outputs, "apiKey": "[secret]"}, "--home", str(home))
    assert "AccessDeniedException" in refused(result, home)


@pytest.mark.parametrize(
    "body", [b"{}", b'{"value": ""}', b'{"value": "a\\nb"}', b'{"value": "[secret]"}', b"<html>"]
)
def test_the_answer_holds_no_key(
    run: Callable[..., Result],
    outputs: dict[str, Any],
    home: Path,
    service: type[_Answer],
    body: bytes,
) -> None:
    service.answers = (200, "", body)
    refused(run({**outputs, "apiKey": "[secret]"}, "--home", str(home)), home)


def test_boto3_is_not_installed(
    run: Callable[..., Result],
    outputs: dict[str, Any],
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    result = run({**outputs, "apiKey": "[secret]"}, "--home", str(home))
    assert "boto3 is not installed" in refused(result, home)


def test_a_hidden_key_without_an_id(
    run: Callable[..., Result], outputs: dict[str, Any], home: Path
) -> None:
    document = {**outputs, "apiKey": "[secret]", "apiKeyId": None}
    result = run(document, "--home", str(home))
    assert result.code == 2
    assert result.stderr == (
        "mfconfig: the output apiKey is hidden and there is no apiKeyId to fetch it by; "
        f"run {HINT}\n"
    )
    assert list(home.iterdir()) == []


def test_a_shown_key_needs_neither_aws_nor_its_libraries(
    run_process: Callable[..., Result], outputs: dict[str, Any], home: Path
) -> None:
    tell = (
        "import atexit; atexit.register(lambda: sys.stderr.write(' '.join(sorted("
        "{'boto3', 'botocore', 'pydantic', 'pulumi'} & sys.modules.keys()))))"
    )
    shown = run_process(outputs, "--home", str(home), prelude=tell)
    assert (shown.code, shown.stderr) == (0, "")
    hidden = run_process({**outputs, "apiKey": "[secret]"}, "--home", str(home), prelude=tell)
    assert hidden.code == 2
    assert hidden.stderr.endswith("\nboto3 botocore")
