"""The errors with which AWS refuses a request, in the form of each of its protocols."""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from xml.sax.saxutils import escape

from rehearsal.authorization.wire import Signed

_REQUEST_ID = "x-amzn-RequestId"
_S3_REQUEST_ID = "x-amz-request-id"


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
        denied: the resources that policies deny the caller, where that is the reason.
    """

    code: str
    message: str
    denied: frozenset[str] = frozenset()


def answer(signed: Signed, refusal: Refusal) -> Answer:
    """Return what the service that was called answers (AWS's protocols as botocore parses them).

    Each answer has a request id, in a header and where it is XML in the body as well (Amazon S3
    User Guide, "Getting Amazon S3 request IDs for AWS Support"; botocore/parsers.py).
    """
    request_id = str(uuid.uuid4())
    if signed.method == "HEAD":
        return _with_body("403 FORBIDDEN", {_S3_REQUEST_ID: request_id}, "")
    return _FORMS[signed.protocol](refusal, request_id)


def unsigned() -> Answer:
    """Return what an unsigned request is answered."""
    refusal = Refusal("MissingAuthenticationToken", "Request is missing Authentication Token")
    return _query(refusal, str(uuid.uuid4()))


def unreadable(environ: Mapping[str, Any], message: str) -> Answer:
    """Return what a request is answered of which nobody knows what it is.

    Args:
        environ: the request, of which the body's form is used: clients read the answer in the same.
        message: why it is refused.
    """
    kind = environ.get("CONTENT_TYPE", "")
    form = next((form for start, form in _BY_BODY.items() if kind.startswith(start)), _any)
    return form(Refusal("AccessDenied", message), str(uuid.uuid4()))


def _json(refusal: Refusal, request_id: str) -> Answer:
    kind = _exception(refusal)
    headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-ErrorType": kind}
    return _with_body(
        "400 BAD REQUEST",
        {**headers, _REQUEST_ID: request_id},
        json.dumps({"__type": kind, "message": refusal.message, "Message": refusal.message}),
    )


def _rest_json(refusal: Refusal, request_id: str) -> Answer:
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": _exception(refusal)}
    return _with_body(
        "403 FORBIDDEN",
        {**headers, _REQUEST_ID: request_id},
        json.dumps({"message": refusal.message}),
    )


def _query(refusal: Refusal, request_id: str) -> Answer:
    return _with_body(
        "403 FORBIDDEN",
        {"Content-Type": "text/xml", _REQUEST_ID: request_id},
        f"<ErrorResponse><Error><Type>Sender</Type>{_code_and_message(refusal)}</Error>"
        f"<RequestId>{request_id}</RequestId></ErrorResponse>",
    )


def _ec2(refusal: Refusal, request_id: str) -> Answer:
    return _with_body(
        "403 FORBIDDEN",
        {"Content-Type": "text/xml", _REQUEST_ID: request_id},
        f"<Response><Errors><Error>{_code_and_message(refusal)}</Error></Errors>"
        f"<RequestID>{request_id}</RequestID></Response>",
    )


def _rest_xml(refusal: Refusal, request_id: str) -> Answer:
    return _with_body(
        "403 FORBIDDEN",
        {"Content-Type": "application/xml", _S3_REQUEST_ID: request_id},
        f"<Error>{_code_and_message(refusal)}<RequestId>{request_id}</RequestId></Error>",
    )


def _any(refusal: Refusal, request_id: str) -> Answer:
    """XML, and the code in the header that clients of REST with JSON read."""
    xml = _query(refusal, request_id)
    return replace(xml, headers=[*xml.headers, ("x-amzn-ErrorType", _exception(refusal))])


def _cbor(refusal: Refusal, request_id: str) -> Answer:
    """Smithy RPC v2 CBOR: a map of two texts (RFC 8949, section 3)."""
    headers = {"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}
    words = ("__type", _exception(refusal), "message", refusal.message)
    encoded = [word.encode()[:0xFFFF] for word in words]
    texts = [b"\x79" + len(one).to_bytes(2, "big") + one for one in encoded]
    return _with_body(
        "400 BAD REQUEST", {**headers, _REQUEST_ID: request_id}, b"\xa2" + b"".join(texts)
    )


def _code_and_message(refusal: Refusal) -> str:
    return f"<Code>{refusal.code}</Code><Message>{escape(refusal.message)}</Message>"


def _exception(refusal: Refusal) -> str:
    return f"{refusal.code}Exception"


def _with_body(status: str, headers: Mapping[str, str], text: str | bytes) -> Answer:
    body = text.encode() if isinstance(text, str) else text
    return Answer(status, [*headers.items(), ("Content-Length", str(len(body)))], body)


_FORMS: Mapping[str, Callable[[Refusal, str], Answer]] = {
    "ec2": _ec2,
    "json": _json,
    "query": _query,
    "rest-json": _rest_json,
    "rest-xml": _rest_xml,
}

_BY_BODY: Mapping[str, Callable[[Refusal, str], Answer]] = {
    "application/x-amz-json": _json,
    "application/json": _rest_json,
    "application/cbor": _cbor,
}
"""Forms by the beginning of a request's Content-Type."""
