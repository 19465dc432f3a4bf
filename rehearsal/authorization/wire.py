"""Reads AWS API requests as they arrive: who signed one, and which operation it calls."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from moto.moto_server.werkzeug_app import BackendRequest
from werkzeug.exceptions import NotFound
from werkzeug.wsgi import get_input_stream

_SCOPE = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request")
_CLIENTS = {"states": "stepfunctions"}
"""Service of boto3 by the name with which its requests are signed, where that differs."""


class UnreadableError(Exception):
    """A request is signed for a service, or calls an operation, that botocore does not have."""


@dataclass(frozen=True)
class Signed:
    """A request to AWS.

    Attributes:
        access_key: identifier of the access key that signed it.
        session_token: the session's token, empty where there is none.
        service: boto3's name of the service.
        operation: botocore's name of the operation, such as `SubmitJob`.
        parameters: its input, by botocore's names.
        region: the region for which it was signed.
        source_ip: where it came from.
        user_agent: what the client says of itself.
        protocol: AWS's protocol, such as `rest-json`.
        method: HTTP method.
    """

    access_key: str
    session_token: str
    service: str
    operation: str
    parameters: Mapping[str, Any]
    region: str
    source_ip: str
    user_agent: str
    protocol: str
    method: str


def read(environ: dict[str, Any]) -> Signed | None:
    """Read a request, and leave it as it was; None where nobody signed it.

    Raises:
        UnreadableError: it is for a service or an operation that botocore does not have.
    """
    signature = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    if signature is None:
        return None
    body = get_input_stream(environ).read()
    environ["wsgi.input"] = io.BytesIO(body)
    access_key, region, signed_for = signature.groups()
    service = _CLIENTS.get(signed_for, signed_for)
    request = BackendRequest({**environ, "wsgi.input": io.BytesIO(body)})
    try:
        operation, labels = get_service_router(service).match(request)
        protocol = determine_request_protocol(get_service_model(service), request.content_type)
    except (NotFound, NotImplementedError, ValueError) as error:
        raise UnreadableError(
            f"{request.method} {request.path} is no operation of {service} that botocore has."
        ) from error
    parsed = PROTOCOL_PARSERS[protocol](operation).parse(
        {
            "method": request.method,
            "values": request.values,
            "headers": request.headers,
            "body": request.data,
            "url_path": request.path,
            "url_params": labels,
        }
    )
    return Signed(
        access_key=access_key,
        session_token=request.headers.get("X-Amz-Security-Token", ""),
        service=service,
        operation=operation.name,
        parameters=parsed,
        region=region,
        source_ip=request.remote_addr or "",
        user_agent=request.user_agent.string,
        protocol=protocol,
        method=request.method,
    )
