"""The check of the gateway's answers, against small servers that answer right and wrong."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from rehearsal import gateway_check

KEY = "right-key"
Statuses = Callable[[str | None], int]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, Server)
        server.asked.append((self.path, self.headers.get("x-api-key")))
        gateway = self.path.startswith("/api/")
        status = server.status(self.headers.get("x-api-key")) if gateway else server.internal
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


class Server(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, str | None]] = []
        self.internal = 200
        self.status: Statuses = lambda key: 200 if key == KEY else 403

    @property
    def settings(self) -> dict[str, str]:
        url = f"http://127.0.0.1:{self.server_port}"
        return {
            "METAFLOW_SERVICE_URL": f"{url}/api/",
            "METAFLOW_SERVICE_INTERNAL_URL": f"{url}/",
            "METAFLOW_SERVICE_AUTH_KEY": KEY,
        }


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_gateway_that_lets_in_its_key_only_is_right(server: Server) -> None:
    assert gateway_check.problems(server.settings) == []
    (inside, *gateway) = server.asked
    assert inside == ("/ping", None)
    assert {path for path, _ in gateway} == {"/api/ping"}
    keys = [key for _, key in gateway]
    assert keys[0] == KEY
    assert keys[2] is None
    assert keys[1] not in (KEY, None)


@pytest.mark.parametrize(
    ("status", "problems"),
    [
        (
            lambda _key: 200,
            [
                "the gateway with a wrong API key answers 200 to a ping; 403 was wanted",
                "the gateway without an API key answers 200 to a ping; 403 was wanted",
            ],
        ),
        (
            lambda key: 403 if key is None else 200,
            ["the gateway with a wrong API key answers 200 to a ping; 403 was wanted"],
        ),
        (
            lambda _key: 403,
            ["the gateway with its API key answers 403 to a ping; 200 was wanted"],
        ),
        (
            lambda key: 504 if key == KEY else 403,
            ["the gateway with its API key answers 504 to a ping; 200 was wanted"],
        ),
    ],
)
def test_every_wrong_answer_is_a_sentence(
    server: Server, status: Statuses, problems: list[str]
) -> None:
    server.status = status
    assert gateway_check.problems(server.settings) == problems


def test_a_service_that_is_wrong_or_not_there_is_a_sentence(server: Server) -> None:
    server.internal = 500
    wanted = "the internal URL answers 500 to a ping; 200 was wanted"
    assert gateway_check.problems(server.settings) == [wanted]
    nobody = {**server.settings, "METAFLOW_SERVICE_INTERNAL_URL": "http://127.0.0.1:1/"}
    wanted = "the internal URL does not answer a ping; 200 was wanted"
    assert gateway_check.problems(nobody) == [wanted]


def test_without_a_gateway_only_the_internal_url_is_asked(server: Server) -> None:
    settings = {
        name: value
        for name, value in server.settings.items()
        if name == "METAFLOW_SERVICE_INTERNAL_URL"
    }
    assert gateway_check.problems(settings) == []
    assert server.asked == [("/ping", None)]


def test_a_private_name_is_asked_through_the_proxy_of_the_vpc(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "*")  # as `sandbox.isolate` does
    private = {**server.settings, "METAFLOW_SERVICE_INTERNAL_URL": "http://metadata.internal:8080/"}
    proxy = server.settings["METAFLOW_SERVICE_INTERNAL_URL"]
    assert gateway_check.problems(private, vpc_proxy=proxy) == []
    assert server.asked[0] == ("http://metadata.internal:8080/ping", None)
