"""The metadata double behind a loopback HTTP port: one request, one answer, one send."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from rehearsal.metadata.messages import Answer
from rehearsal.metadata.routes import answer, encode
from rehearsal.metadata.store import Store


class MetadataService:
    """A double of Metaflow's metadata service, answering on a free port of 127.0.0.1.

    It keeps its state in memory, for as long as the object lives: also over stop and start.
    `clock` returns seconds since 1970. The contract: metaflow-service 2.5.1 as Metaflow 2.19
    uses it, and all of its other routes; only `tags` and `system_tags` cannot be ordered by a
    filter (501). Tag mutations never conflict here (the service answers 409 to some of several
    at once).
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        """Prepare an empty service; nothing listens yet."""
        self._store = Store(clock)
        self._lock = threading.Lock()
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Listen on a free port. RuntimeError when it listens already."""
        if self._server is not None:
            raise RuntimeError("the metadata service is running already: stop it first")
        self._server = _Server(self._answer)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="metadata-service", daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        """Return the base URL, http://127.0.0.1:PORT. RuntimeError when it is not running."""
        if self._server is None:
            raise RuntimeError("the metadata service is not running: start it first")
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        """Close all connections, free the port and wait for the threads; may be called again."""
        server, thread = self._server, self._thread
        self._server = self._thread = None
        if server is None or thread is None:
            return
        server.shutdown()
        thread.join()
        server.server_close()
        server.close_connections()

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        self.stop()

    def _answer(self, method: str, target: str, body: bytes) -> Answer:
        with self._lock:
            return answer(self._store, method, target, body)


class _Server(ThreadingHTTPServer):
    """A thread for each connection, all of which end with the server."""

    request_queue_size = 128

    def __init__(self, respond: Callable[[str, str, bytes], Answer]) -> None:
        self.respond = respond
        self._connections: dict[threading.Thread, socket.socket] = {}
        super().__init__(("127.0.0.1", 0), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        thread = threading.Thread(
            target=self.process_request_thread, args=(request, client_address), daemon=True
        )
        self._connections[thread] = request
        thread.start()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            del self._connections[threading.current_thread()]

    def close_connections(self) -> None:
        for thread, connection in list(self._connections.items()):
            with suppress(OSError):  # the client was faster
                connection.shutdown(socket.SHUT_RDWR)
            thread.join()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: what reaches this is a client that hung up."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def answer(self) -> None:
        """Answer the request whose head was just read."""
        if "Transfer-Encoding" in self.headers:
            self.close_connection = True
            text = "411: send the body with a Content-Length; chunks are not read here"
            return self.reply(Answer(text=text, status=HTTPStatus.LENGTH_REQUIRED))
        length = self.headers.get("Content-Length", "0")
        if not (length.isascii() and length.isdigit()):
            self.close_connection = True
            text = f"400: Content-Length must be a number of bytes, found {length!r}"
            return self.reply(Answer(text=text, status=HTTPStatus.BAD_REQUEST))
        body = self.rfile.read(int(length))
        return self.reply(self.server.respond(self.command, self.path, body))

    def reply(self, found: Answer) -> None:
        """Write head and body in one send, so that no reader waits for a delayed second part."""
        body = encode(found)
        headers = {
            "Content-Type": found.content_type,
            "Content-Length": str(len(body)),
            **found.headers,
            **({"Connection": "close"} if self.close_connection else {}),
        }
        lines = [f"{self.protocol_version} {found.status} {HTTPStatus(found.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        self.wfile.write(head if self.command == "HEAD" else head + body)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_HEAD = do_OPTIONS = answer  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""
