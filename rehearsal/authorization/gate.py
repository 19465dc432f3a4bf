"""Stands before the emulated AWS and lets through what is allowed."""

import re
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from rehearsal.authorization import answers, multiple_deletion, wire
from rehearsal.authorization.answers import Answer
from rehearsal.authorization.authorizer import Authorizer
from rehearsal.authorization.one_reading import UnreadableError
from rehearsal.authorization.wire import Signed
from rehearsal.provider.cloud import ADMINISTRATOR

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
"""A WSGI application (PEP 3333)."""

_ALONE = re.compile(
    r"/(apigateway|ec2|ecr|elasticloadbalancing|iam|kms|logs|rds|route53|servicediscovery|wafv2)"
    r"/aws4_request"
)
"""Requests that are answered one at a time: moto walks through tables to which another request
adds at that moment, and answers with an internal error then. Not those of services that send
requests of their own while they answer (Lambda, Secrets Manager, Step Functions, EventBridge)."""


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
        verdict = self._verdict(environ)
        if isinstance(verdict, Answer):
            start_response(verdict.status, verdict.headers)
            return [verdict.body]
        with verdict, self._turn(environ):
            return self._application(environ, start_response)

    @contextmanager
    def guarded(self, authorizer: Authorizer) -> Iterator[None]:
        """Ask an authorizer for the block."""
        self._authorizer = authorizer
        try:
            yield
        finally:
            self._authorizer = None

    def _turn(self, environ: dict[str, Any]) -> AbstractContextManager[Any]:
        alone = _ALONE.search(environ.get("HTTP_AUTHORIZATION", ""))
        return self._alone if alone else nullcontext()

    def _verdict(self, environ: dict[str, Any]) -> Answer | AbstractContextManager[None]:
        """Return what a request is answered, or within what it is to be handed on."""
        authorizer = self._authorizer
        if authorizer is None:
            return nullcontext()
        try:
            return _asked(authorizer, environ)
        except UnreadableError as error:
            reason = str(error)
        except Exception as error:
            # Whatever goes wrong here, what nobody judged must not pass, nor be kept quiet.
            request = f"{environ.get('REQUEST_METHOD')} {environ.get('PATH_INFO')}"
            reason = f"{request} could not be judged: {type(error).__name__}: {error}"
        authorizer.ledger.fault(reason)
        return answers.unreadable(environ, reason)


def _asked(
    authorizer: Authorizer, environ: dict[str, Any]
) -> Answer | AbstractContextManager[None]:
    """Return the verdict on a request.

    Raises:
        UnreadableError: it cannot be read, or not in one way only.
    """
    signature = wire.signature(environ)
    if signature is None:
        authorizer.ledger.fault(
            f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} is not signed in its headers."
        )
        return answers.unsigned()
    # Deploying takes hundreds of requests, which need not be read for this.
    if signature.access_key == ADMINISTRATOR:
        return nullcontext()
    return _judged(authorizer, wire.read(environ, signature))


def _judged(authorizer: Authorizer, signed: Signed) -> Answer | AbstractContextManager[None]:
    refusal = authorizer.refusal(signed)
    if refusal is None:
        return nullcontext()
    if refusal.denied and multiple_deletion.is_asked_for(signed):
        return multiple_deletion.sparing(signed, refusal.denied)
    return answers.answer(signed, refusal)
