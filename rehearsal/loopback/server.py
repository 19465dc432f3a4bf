"""An HTTP/1.1 server on a free port of 127.0.0.1 that hands each request to a function."""

import socket
import socketserver
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from rehearsal.loopback.exchange import Request, Response

Answer = Callable[[Request], Response]

_WITHOUT_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
_LARGEST_BODY = 10 * 2**20
"""Bytes; API Gateway's own limit of a payload."""
_JOIN_SECONDS = 5.0


class _BadRequestError(Exception):
    """The request cannot be read; the connection ends with it."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "Listener"

    def _serve(self) -> None:
        try:
            body = self._body()
        except _BadRequestError as error:
            self.close_connection = True
            self._send(Response(error.status, (), b""))
            return
        headers = tuple((key, str(text)) for key, text in self.headers.items())
        self._send(self.server.answer(Request(self.command, self.path, headers, body)))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve  # noqa: N815

    def _body(self) -> bytes:
        encoding = self.headers.get("Transfer-Encoding", "").strip().lower()
        lengths = self.headers.get_all("Content-Length", ["0"])
        if encoding == "chunked":
            return self._chunks()
        if encoding or len(lengths) > 1 or not lengths[0].strip().isdigit():
            raise _BadRequestError(HTTPStatus.BAD_REQUEST)
        return self._read(int(lengths[0]))

    def _read(self, length: int) -> bytes:
        if length > _LARGEST_BODY:
            raise _BadRequestError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return self.rfile.read(length)

    def _chunks(self) -> bytes:
        chunks = b""
        while True:
            size = self.rfile.readline(64).split(b";")[0].strip()
            try:
                length = int(size, 16)
            except ValueError:
                raise _BadRequestError(HTTPStatus.BAD_REQUEST) from None
            if length < 0 or len(chunks) + length > _LARGEST_BODY:
                raise _BadRequestError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            chunks += self._read(length)
            if length == 0:
                while self.rfile.readline(8192).strip():
                    pass
                return chunks
            self.rfile.readline(64)

    def _send(self, response: Response) -> None:
        """Write the whole response at once: two pieces cost 40 ms by delayed acknowledgement."""
        headers = list(response.headers)
        framed = any(key.lower() == "content-length" for key, _ in headers)
        if not framed and response.status not in _WITHOUT_BODY:
            headers.append(("Content-Length", str(len(response.body))))
        if self.close_connection:
            headers.append(("Connection", "close"))
        reason = self.responses.get(HTTPStatus(response.status), ("",))[0]
        lines = [f"HTTP/1.1 {response.status} {reason}"]
        lines += [f"{key}: {text}" for key, text in headers]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        self.wfile.write(head if self.command == "HEAD" else head + response.body)

    def log_message(self, *_: Any) -> None:
        """Say nothing: the listener's user reports."""


class Listener(ThreadingHTTPServer):
    """A server on a free port; `close` frees the port and ends every thread and connection."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, name: str, answer: Answer) -> None:
        """Listen at once.

        Args:
            name: what the listener stands for; names its threads.
            answer: called for each request, from several threads.
        """
        self.answer = answer
        self._name = name
        self._lock = threading.Lock()
        self._connections: dict[threading.Thread, Any] = {}
        super().__init__(("127.0.0.1", 0), _Handler)
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.05}, name=name, daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server_address[1])

    def server_bind(self) -> None:
        """Bind without looking up the machine's name, as HTTPServer would."""
        socketserver.TCPServer.server_bind(self)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread that `close` can end."""
        thread = threading.Thread(
            target=self.process_request_thread,
            args=(request, client_address),
            name=f"{self._name} connection",
            daemon=True,
        )
        thread.start()
        with self._lock:
            alive = {one: kept for one, kept in self._connections.items() if one.is_alive()}
            self._connections = {**alive, thread: request}

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Pass over callers that hang up."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def close(self) -> None:
        """Stop listening, hang up, and wait for the threads to end."""
        self.shutdown()
        self._thread.join(_JOIN_SECONDS)
        with self._lock:
            open_connections = dict(self._connections)
        for connection in open_connections.values():
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()
        for thread in open_connections:
            thread.join(_JOIN_SECONDS)
