"""One HTTP request and its response as plain values, and the errors that end one early."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

Headers = tuple[tuple[str, str], ...]

HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers that belong to one connection (RFC 9110, section 7.6.1)."""


@dataclass(frozen=True)
class Request:
    """A request as it came: the target is the raw path with its query."""

    method: str
    target: str
    headers: Headers
    body: bytes

    def header(self, name: str) -> str | None:
        """Return a header's first value; names are compared without case."""
        return next((text for key, text in self.headers if key.lower() == name.lower()), None)


@dataclass(frozen=True)
class Response:
    """A response; its framing headers are the server's business."""

    status: int
    headers: Headers
    body: bytes


def end_to_end(headers: Headers) -> Headers:
    """Drop the headers of one connection: the fixed ones, and those that `Connection` names."""
    named = {
        part.strip().lower()
        for key, text in headers
        if key.lower() == "connection"
        for part in text.split(",")
    }
    return tuple(pair for pair in headers if pair[0].lower() not in HOP_BY_HOP | named)


class AnsweredError(Exception):
    """API Gateway answers a request itself, as it does on AWS.

    Attributes:
        response: what the caller gets.
        reason: what is broken, in words, for the report; None where AWS works as it should.
    """

    def __init__(
        self,
        status: int,
        error_type: str,
        body: Mapping[str, str],
        *,
        reason: str | None = None,
    ) -> None:
        """Form an answer of API Gateway's own.

        https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
        """
        super().__init__(reason or body)
        self.reason = reason
        self.response = Response(
            status,
            (
                ("Content-Type", "application/json"),
                *((("x-amzn-ErrorType", error_type),) if error_type else ()),
                ("x-amzn-RequestId", str(uuid4())),
            ),
            json.dumps(body).encode(),
        )


def forbidden() -> AnsweredError:
    """Return the answer to a missing or wrong API key, and to a stage that does not exist."""
    return AnsweredError(403, "ForbiddenException", {"message": "Forbidden"})


def missing_token() -> AnsweredError:
    """Return the answer to a path or method that no resource has."""
    body = {"message": "Missing Authentication Token"}
    return AnsweredError(403, "MissingAuthenticationTokenException", body)


def broken(reason: str) -> AnsweredError:
    """Return the answer when the gateway's own configuration is at fault."""
    body = {"message": "Internal server error"}
    return AnsweredError(500, "InternalServerErrorException", body, reason=reason)


def unreachable(reason: str) -> AnsweredError:
    """Return the answer when nothing behind the gateway takes the connection."""
    body = {"message": "Network error communicating with endpoint"}
    return AnsweredError(504, "GatewayTimeoutException", body, reason=reason)


def timed_out(reason: str) -> AnsweredError:
    """Return the answer when what is behind the gateway takes too long."""
    body = {"message": "Endpoint request timed out"}
    return AnsweredError(504, "GatewayTimeoutException", body, reason=reason)
