"""Reads AWS API requests as they arrive: who signed one, and which operation it calls."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import UnknownServiceError
from moto.core.model import OperationModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from moto.moto_server.werkzeug_app import BackendRequest
from werkzeug.exceptions import NotFound
from werkzeug.wsgi import get_input_stream

from rehearsal.authorization.one_reading import UnreadableError, check, check_place

_SIGNATURE = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([A-Z0-9]{16,128})/\d{8}/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request, "
    r"?SignedHeaders=[^\s,=]+, ?Signature=[0-9a-f]{64}"
)
"""The whole header as AWS's clients write it (AWS IAM User Guide, "Create a signed AWS API
request", "Add the signature to the request").

moto looks for the key, the region and the service each in another way, in whatever is there.
"""

_CLIENTS = {"states": "stepfunctions"}
"""Service of boto3 by the name with which its requests are signed, where that differs."""


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


@dataclass(frozen=True)
class Signature:
    """What a request's header `Authorization` says.

    Attributes:
        access_key: identifier of the access key.
        region: the region for which the request was signed.
        service: the service for which it was signed, by the name for signatures.
    """

    access_key: str
    region: str
    service: str


def signature(environ: Mapping[str, Any]) -> Signature | None:
    """Return what a request's signature says; None where there is none in its headers.

    Raises:
        UnreadableError: it is no Signature Version 4 in the form in which AWS's clients write it.
    """
    header = environ.get("HTTP_AUTHORIZATION")
    if header is None:
        return None
    found = _SIGNATURE.fullmatch(header)
    if found is None:
        raise UnreadableError(
            f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} has a header Authorization that "
            "is no Signature Version 4."
        )
    return Signature(*found.groups())


def read(environ: dict[str, Any], signed: Signature) -> Signed:
    """Read a request, and leave it as it was.

    Raises:
        UnreadableError: it is for a service or an operation that botocore does not have, or in a
            form in which AWS's clients do not write it.
    """
    body = get_input_stream(environ).read()
    environ["wsgi.input"] = io.BytesIO(body)
    request = BackendRequest({**environ, "wsgi.input": io.BytesIO(body)})
    check_place(request)
    service = _client(signed.service, request.path)
    operation, labels, protocol = _operation(request, service)
    check(request, operation, labels, signed.region)
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
        access_key=signed.access_key,
        session_token=request.headers.get("X-Amz-Security-Token", ""),
        service=service,
        operation=operation.name,
        parameters=parsed,
        region=signed.region,
        source_ip=request.remote_addr or "",
        user_agent=request.user_agent.string,
        protocol=protocol,
        method=request.method,
    )


def _client(signing_name: str, path: str) -> str:
    """Return boto3's name of a service; both versions of API Gateway's are signed alike."""
    if signing_name == "apigateway" and path.startswith("/v2/"):
        return "apigatewayv2"
    return _CLIENTS.get(signing_name, signing_name)


def _operation(request: BackendRequest, service: str) -> tuple[OperationModel, dict[str, Any], str]:
    """Return the operation, the labels in its path and the protocol."""
    try:
        operation, labels = get_service_router(service).match(request)
        protocol = determine_request_protocol(get_service_model(service), request.content_type)
    except UnknownServiceError as error:
        raise UnreadableError(
            f"{request.method} {request.path} is for {service}, which botocore does not have by "
            "that name; map its name in requests before something calls it."
        ) from error
    except (NotFound, NotImplementedError, ValueError) as error:
        raise UnreadableError(
            f"{request.method} {request.path} is no operation of {service} that botocore has."
        ) from error
    return operation, labels, protocol
