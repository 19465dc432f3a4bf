"""Sends a request on to a container and brings its response back."""

import http.client
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from rehearsal.loopback.exchange import (
    Headers,
    Request,
    Response,
    end_to_end,
    timed_out,
    unreachable,
)

_FRAMING = ("content-length", "host", "expect")


_NOT_FOUND = Response(404, (("Content-Type", "text/plain; charset=utf-8"),), b"404: Not Found")
"""How the metadata service's server, aiohttp, answers at a path that nothing serves."""


@dataclass(frozen=True, kw_only=True)
class Process:
    """A process on this machine that stands for a container.

    Attributes:
        url: `http://127.0.0.1:PORT`.
        path_prefix: where the container serves what the process serves at its root; empty, or
            such as `/api`.
    """

    url: str
    path_prefix: str = ""


class Forwarder:
    """Opens one connection a request; `close` ends those that still wait. Thread safe."""

    def __init__(self) -> None:
        """Start with no connection."""
        self._lock = threading.Lock()
        self._open: set[http.client.HTTPConnection] = set()
        self._closed = False

    def open(self) -> None:
        """Send again after `close`."""
        with self._lock:
            self._closed = False

    def send(self, request: Request, process: Process, *, host: str, seconds: float) -> Response:
        """Send a request to a process on this machine.

        Args:
            request: its target and headers are those the container gets.
            process: what stands for the container.
            host: the Host header.
            seconds: how long to wait for the process.

        Raises:
            AnsweredError: nothing listens there, or it takes too long.
        """
        below = _below(request.target, process.path_prefix)
        if below is None:
            return _NOT_FOUND
        request, base_url = replace(request, target=below), process.url
        address = urlsplit(base_url)
        connection = http.client.HTTPConnection(
            address.hostname or "", address.port, timeout=seconds
        )
        with self._lock:
            self._open.add(connection)
        try:
            connection.connect()
            self._refuse_when_closed(base_url)
            return _exchange(connection, request, host)
        except TimeoutError:
            raise timed_out(f"{base_url} did not answer in {seconds:g} s") from None
        except (OSError, http.client.HTTPException) as error:
            raise unreachable(f"{base_url} cannot be reached: {error!r}") from error
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def close(self) -> None:
        """Hang up on every process that has not answered yet, and send nothing more."""
        with self._lock:
            self._closed = True
            waiting = [one.sock for one in self._open if one.sock]
        for one in waiting:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _refuse_when_closed(self, base_url: str) -> None:
        """Stop a request that was still connecting, and so not to be hung up on, at `close`."""
        with self._lock:
            if self._closed:
                raise unreachable(f"{base_url} was not asked: the listeners are stopping")


def _below(target: str, prefix: str) -> str | None:
    """Return what of a target is below a prefix, or None when it is elsewhere."""
    path, mark, query = target.partition("?")
    if path != prefix and not path.startswith(f"{prefix}/"):
        return None
    return f"{path.removeprefix(prefix) or '/'}{mark}{query}"


def _exchange(connection: http.client.HTTPConnection, request: Request, host: str) -> Response:
    connection.putrequest(request.method, request.target, skip_host=True, skip_accept_encoding=True)
    connection.putheader("Host", host)
    for key, text in end_to_end(request.headers):
        if key.lower() not in _FRAMING:
            connection.putheader(key, text)
    if request.body or request.method in ("POST", "PUT", "PATCH"):
        connection.putheader("Content-Length", str(len(request.body)))
    connection.endheaders(request.body or None)
    answer = connection.getresponse()
    body = answer.read()
    return Response(answer.status, _framed(request, tuple(answer.getheaders())), body)


def _framed(request: Request, headers: Headers) -> Headers:
    """Leave the length to the server, save for HEAD, whose length is that of another body."""
    if request.method == "HEAD":
        return end_to_end(headers)
    return tuple(pair for pair in end_to_end(headers) if pair[0].lower() != "content-length")
