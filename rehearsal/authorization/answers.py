"""The errors with which AWS refuses a request, in the form of each of its protocols."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from rehearsal.authorization.wire import Signed


@dataclass(frozen=True)
class Answer:
    """An HTTP answer.

    Attributes:
        status: such as `403 FORBIDDEN`.
        headers: its headers.
        body: its content.
    """

    status: str
    headers: list[tuple[str, str]]
    body: bytes


@dataclass(frozen=True)
class Refusal:
    """Why a request is refused.

    Attributes:
        code: AWS's code without the ending that some protocols give it, such as `AccessDenied`.
        message: AWS's words.
    """

    code: str
    message: str


def answer(signed: Signed, refusal: Refusal) -> Answer:
    """Return what the service that was called answers (AWS's protocols as botocore parses them)."""
    if signed.method == "HEAD":
        return Answer("403 FORBIDDEN", [("Content-Length", "0")], b"")
    return _FORMS[signed.protocol](refusal)


def unsigned() -> Answer:
    """Return what an unsigned request is answered."""
    return _query(Refusal("MissingAuthenticationToken", "Request is missing Authentication Token"))


def unreadable(message: str) -> Answer:
    """Return what a request is answered of which nobody knows what it is."""
    return _query(Refusal("AccessDenied", message))


def _json(refusal: Refusal) -> Answer:
    kind = _exception(refusal)
    return _with_body(
        "400 BAD REQUEST",
        {"Content-Type": "application/x-amz-json-1.1", "x-amzn-ErrorType": kind},
        json.dumps({"__type": kind, "message": refusal.message, "Message": refusal.message}),
    )


def _rest_json(refusal: Refusal) -> Answer:
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": _exception(refusal)}
    return _with_body("403 FORBIDDEN", headers, json.dumps({"message": refusal.message}))


def _query(refusal: Refusal) -> Answer:
    return _with_body(
        "403 FORBIDDEN",
        {"Content-Type": "text/xml"},
        f"<ErrorResponse><Error><Type>Sender</Type><Code>{refusal.code}</Code>"
        f"<Message>{escape(refusal.message)}</Message></Error></ErrorResponse>",
    )


def _rest_xml(refusal: Refusal) -> Answer:
    return _with_body(
        "403 FORBIDDEN",
        {"Content-Type": "application/xml"},
        f"<Error><Code>{refusal.code}</Code><Message>{escape(refusal.message)}</Message></Error>",
    )


def _exception(refusal: Refusal) -> str:
    return f"{refusal.code}Exception"


def _with_body(status: str, headers: Mapping[str, str], text: str) -> Answer:
    body = text.encode()
    return Answer(status, [*headers.items(), ("Content-Length", str(len(body)))], body)


_FORMS: Mapping[str, Callable[[Refusal], Answer]] = {
    "ec2": _query,
    "json": _json,
    "query": _query,
    "rest-json": _rest_json,
    "rest-xml": _rest_xml,
}
