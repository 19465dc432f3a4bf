"""Forms the request that an HTTP proxy integration sends: path, query and headers.

https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html
"""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlencode

from rehearsal.loopback.exchange import Request, broken
from rehearsal.loopback.routing import Match

_PREFIX = "integration.request."
_SAFE_IN_PATH = "/%:@!$&'()*+,;=~-._"


def backend_request(match: Match, request: Request, uri_path: str) -> Request:
    """Return the request as the integration's target gets it.

    Args:
        match: the route, with the request's path parameters.
        request: as the caller sent it; its query and headers are passed on.
        uri_path: the path of the integration's URI, with `{parameters}` in it.

    Raises:
        AnsweredError: the URI names a parameter that nothing maps, or a mapping is not emulated.
    """
    mapped = _mapped(match, request)
    path = _filled(uri_path or "/", mapped["path"])
    query = request.target.partition("?")[2]
    extra = urlencode(mapped["querystring"])
    joined = "&".join(part for part in (query, extra) if part)
    verb = match.route.integration.get("httpMethod", "ANY")
    replaced = {name.lower() for name in mapped["header"]}
    kept = tuple(pair for pair in request.headers if pair[0].lower() not in replaced)
    return Request(
        request.method if verb == "ANY" else verb,
        f"{path}?{joined}" if joined else path,
        (*kept, *mapped["header"].items()),
        request.body,
    )


def _mapped(match: Match, request: Request) -> dict[str, dict[str, str]]:
    """Return what is mapped: place (`path`, `querystring`, `header`) -> name -> value."""
    places: dict[str, dict[str, str]] = {"path": {}, "querystring": {}, "header": {}}
    parameters: Mapping[str, str] = match.route.integration.get("requestParameters", {})
    for target, source in parameters.items():
        place, _, name = target.removeprefix(_PREFIX).partition(".")
        if not target.startswith(_PREFIX) or place not in places:
            raise broken(f"the integration maps to {target}, which is not emulated")
        value = _value(source, match, request)
        if value is not None:
            places[place][name] = value
    return places


def _value(source: str, match: Match, request: Request) -> str | None:
    place, _, name = source.removeprefix("method.request.").partition(".")
    if source.startswith("'") and source.endswith("'"):
        return source[1:-1]
    if place == "path":
        return match.parameters.get(name)
    if place == "header":
        return request.header(name)
    if place == "querystring":
        return dict(parse_qsl(request.target.partition("?")[2])).get(name)
    raise broken(f"the integration maps {source}, which is not emulated")


def _filled(uri_path: str, values: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        if found[1] not in values:
            raise broken(
                f"the integration's URI names {{{found[1]}}}; its request parameters map "
                f"{', '.join(sorted(values)) or 'nothing'}"
            )
        return _encoded(values[found[1]])

    return re.sub(r"\{([^}]+)\}", value, uri_path)


def _encoded(text: str) -> str:
    """Return a path parameter fit for a path; parts that came percent-encoded stay so."""
    return quote(text, safe=_SAFE_IN_PATH, encoding="latin-1")
