"""What requests to Amazon API Gateway ask."""

from collections.abc import Iterator, Mapping

from rehearsal.authorization.asked.look import Look
from rehearsal.authorization.asked.mapping import Operation
from rehearsal.authorization.asked.request import Request
from rehearsal.authorization.question import Question


def _reading(path: str) -> Operation:
    """Ask for the HTTP method on the path, in an ARN without an account.

    Amazon API Gateway Developer Guide, "Actions, resources, and condition keys for Amazon API
    Gateway Management".
    """

    def asked(request: Request, _look: Look) -> Iterator[Question]:
        filled = path.format_map(request.parameters)
        arn = f"arn:{request.partition}:apigateway:{request.region}::{filled}"
        yield Question("apigateway:GET", arn)

    return asked


OPERATIONS: Mapping[str, Operation] = {
    "GetApiKey": _reading("/apikeys/{apiKey}"),
    "GetApiKeys": _reading("/apikeys"),
}
