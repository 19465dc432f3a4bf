"""Stands before the emulated AWS and lets through what is allowed."""

import re
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from rehearsal.authorization import answers, wire
from rehearsal.authorization.answers import Answer
from rehearsal.authorization.authorizer import Authorizer
from rehearsal.authorization.callers import ADMINISTRATOR
from rehearsal.authorization.wire import UnreadableError

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
"""A WSGI application (PEP 3333)."""

_ADMINISTRATORS = re.compile(rf"Credential={ADMINISTRATOR}/")
_OF_THE_EMULATOR = "/moto-api/"
_ALONE = re.compile(r"/ec2/aws4_request")
"""Requests that are answered one at a time: moto's EC2 walks through tables to which another
request adds at that moment, and answers with an internal error then."""


class Gate:
    """A WSGI application that asks an authorizer before it hands a request on."""

    def __init__(self, application: Application) -> None:
        """Stand before an application; until `guarded`, everything passes."""
        self._application = application
        self._authorizer: Authorizer | None = None
        self._alone = threading.Lock()

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer a request, or hand it on."""
        refused = self._refused(environ)
        if refused is None and _ALONE.search(environ.get("HTTP_AUTHORIZATION", "")):
            with self._alone:
                return self._application(environ, start_response)
        if refused is None:
            return self._application(environ, start_response)
        start_response(refused.status, refused.headers)
        return [refused.body]

    @contextmanager
    def guarded(self, authorizer: Authorizer) -> Iterator[None]:
        """Ask an authorizer for the block."""
        self._authorizer = authorizer
        try:
            yield
        finally:
            self._authorizer = None

    def _refused(self, environ: dict[str, Any]) -> Answer | None:
        authorizer = self._authorizer
        if authorizer is None or environ["PATH_INFO"].startswith(_OF_THE_EMULATOR):
            return None
        # Deploying takes hundreds of requests, which need not be read for this.
        if _ADMINISTRATORS.search(environ.get("HTTP_AUTHORIZATION", "")):
            return None
        try:
            signed = wire.read(environ)
        except UnreadableError as error:
            authorizer.ledger.fault(str(error))
            return answers.unreadable(str(error))
        if signed is None:
            return answers.unsigned()
        refusal = authorizer.refusal(signed)
        return answers.answer(signed, refusal) if refusal else None
