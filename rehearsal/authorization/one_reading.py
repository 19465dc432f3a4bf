"""Refuses requests that the emulator would read otherwise than AWS does.

moto looks for the operation and its arguments in more places than AWS's protocols have: in the
form, else the URL, else the body as a form, else the headers, whatever the service's protocol is
(moto/core/responses.py, `setup_class`, `_get_action` and `_get_param`). A request that AWS's
clients would not write could so be judged as one operation and executed as another.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from moto.core.model import OperationModel
from moto.core.request import Request, determine_request_protocol
from moto.core.responses import BaseResponse
from moto.s3.utils import parse_region_from_url
from moto.s3bucket_path.utils import bucket_name_from_url, parse_key_name
from werkzeug.http import parse_options_header

_EMULATORS_OWN = (
    "/moto-api",
    "/latest/meta-data/",
    "/latest/api/",
    "/favicon.ico",
    "/v20180820/",
)
"""Beginnings of paths that moto takes from every service or from S3 (moto_server/werkzeug_app.py,
`get_application` and `infer_service_region_host`)."""

_EMULATORS_HEADERS = ("Action", "X-Moto-Account-Id")
_ALWAYS_READ = frozenset(("Action", "AWSAccessKeyId"))
"""Names that moto looks for whatever the operation is."""

_FORM = "application/x-www-form-urlencoded"
_FORMS = (_FORM, "multipart/form-data")


class UnreadableError(Exception):
    """A request cannot be read, or not in one way only; so it must not be let through."""


def check_place(request: Request) -> None:
    """Refuse a request that names another place than the emulator's endpoint.

    moto takes buckets and services from the host, and answers some paths in every service.

    Raises:
        UnreadableError: it does.
    """
    own = f"{request.environ['SERVER_NAME']}:{request.environ['SERVER_PORT']}"
    if request.environ.get("HTTP_HOST") != own:
        raise UnreadableError(f"{_line(request)} is for another host than {own}.")
    if request.path.startswith(_EMULATORS_OWN):
        raise UnreadableError(f"{_line(request)} is the emulator's own, which AWS does not have.")


def check(
    request: Request, operation: OperationModel, labels: Mapping[str, str], signed_for: str
) -> None:
    """Refuse a request that its service's protocol does not have in this form.

    Args:
        request: the request.
        operation: what AWS takes it for.
        labels: what its path names, such as the bucket.
        signed_for: the region for which it is signed.

    Raises:
        UnreadableError: it does not.
    """
    model = operation.service_model
    protocol = determine_request_protocol(model, request.content_type)
    problems = [_headers(request), *(rule(request, operation) for rule in _BY_PROTOCOL[protocol])]
    if model.service_name == "s3":
        problems.append(_otherwise_placed(request, labels))
    else:
        problems += [_encoding(request), _elsewhere(request, signed_for)]
    for problem in filter(None, problems):
        raise UnreadableError(
            f"{_line(request)} is no {model.service_name}:{operation.name} as AWS's clients write "
            f"it: {problem}."
        )


def _line(request: Request) -> str:
    return f"{request.method} {request.path}"


def _headers(request: Request) -> str:
    found = [name for name in _EMULATORS_HEADERS if name in request.headers]
    return f"it has the header {found[0]}" if found else ""


def _encoding(request: Request) -> str:
    return "its body is encoded" if "Content-Encoding" in request.headers else ""


def _elsewhere(request: Request, region: str) -> str:
    if BaseResponse().get_region_from_url(request, request.raw_url) == region:
        return ""
    return "its URL or its client names another region than its signature"


def _no_target(request: Request, _: OperationModel) -> str:
    return "it has the header X-Amz-Target" if "X-Amz-Target" in request.headers else ""


def _no_form(request: Request, _: OperationModel) -> str:
    kind = parse_options_header(request.content_type)[0].lower()
    return "its body is a form" if kind in _FORMS else ""


def _form_alone(request: Request, _: OperationModel) -> str:
    """Query and EC2 protocols: everything is in the form of a POST, and only once."""
    if request.method != "POST" or request.args:
        return "its arguments are in the URL"
    if parse_options_header(request.content_type)[0] != _FORM:
        return "its body is no form"
    return _repeated(name for name, _ in request.form.items(multi=True))


def _json_alone(request: Request, operation: OperationModel) -> str:
    """JSON protocols: everything is in the body of a POST."""
    if request.method != "POST" or request.args:
        return "its arguments are in the URL"
    return _no_object(request) or _strays(_as_form(request), operation)


def _no_object(request: Request) -> str:
    try:
        found = json.loads(request.data)
    except ValueError:
        found = None
    return "" if isinstance(found, dict) else "its body is no JSON object"


def _own_arguments(request: Request, operation: OperationModel) -> str:
    """REST protocols: the URL has the operation's own arguments, each once."""
    own = {*operation.http_trait.query_args, *_in_url(operation)}
    strange = sorted({*request.args} - own)
    if strange:
        return f"its URL has the argument {strange[0]}"
    return _repeated(name for name, _ in request.args.items(multi=True))


def _no_strays(request: Request, operation: OperationModel) -> str:
    """REST with JSON: where the URL has no arguments, moto reads the body as a form."""
    if problem := _no_object(request) if request.data else "":
        return problem
    if request.args:
        return ""
    return _strays(_as_form(request) if request.data else dict(request.headers), operation)


def _otherwise_placed(request: Request, labels: Mapping[str, str]) -> str:
    """S3: moto's own reading of the URL has to give the same bucket and the same key."""
    url = request.raw_url
    place = (bucket_name_from_url(url) or "", parse_key_name(unquote(request.raw_path)))
    same = place == (labels.get("Bucket", ""), labels.get("Key", ""))
    if same and not parse_region_from_url(url, use_default_region=False):
        return ""
    return "its path can be read in more than one way"


def _in_url(operation: OperationModel) -> Iterator[str]:
    for name, member in _members(operation).items():
        if member.serialization.get("location") == "querystring":
            yield member.serialization.get("name", name)


def _members(operation: OperationModel) -> Mapping[str, Any]:
    return operation.input_shape.members if operation.input_shape else {}


def _as_form(request: Request) -> Iterable[str]:
    return dict(parse_qsl(request.data.decode(errors="replace"), keep_blank_values=True))


def _strays(found: Iterable[str], operation: OperationModel) -> str:
    members = _members(operation)
    wire_names = {one.serialization.get("name", name) for name, one in members.items()}
    strange = sorted({*found} & {*_ALWAYS_READ, *members, *wire_names})
    return f"it has {strange[0]} in a second place" if strange else ""


def _repeated(names: Iterable[str]) -> str:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return f"it has {name} twice"
        seen.add(name)
    return ""


_Rule = Callable[[Request, OperationModel], str]
"""Returns what is wrong; empty where nothing is."""

_BY_PROTOCOL: Mapping[str, tuple[_Rule, ...]] = {
    "ec2": (_no_target, _form_alone),
    "json": (_json_alone,),
    "query": (_no_target, _form_alone),
    "rest-json": (_no_target, _no_form, _own_arguments, _no_strays),
    "rest-xml": (_no_target, _no_form, _own_arguments),
}
