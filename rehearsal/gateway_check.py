"""Checks that the gateway lets in its API key only."""

from collections.abc import Mapping
from http import HTTPStatus
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

_TIMEOUT_SECONDS = 30
_WRONG_KEY = "not-the-key-" + "0" * 28


def problems(
    settings: Mapping[str, str],
    *,
    without_key: HTTPStatus = HTTPStatus.FORBIDDEN,
    vpc_proxy: str | None = None,
) -> list[str]:
    """List where the metadata service answers otherwise than it must.

    Args:
        settings: the written profile.
        without_key: how the gateway answers who has no key.
        vpc_proxy: URL of the HTTP proxy that knows the private names of the VPC.

    Returns:
        One sentence for each wrong answer; none is right.
    """
    key = settings.get("METAFLOW_SERVICE_AUTH_KEY")
    probes: list[tuple[str, str, str | None, HTTPStatus]] = [
        ("the internal URL", settings["METAFLOW_SERVICE_INTERNAL_URL"], None, HTTPStatus.OK)
    ]
    if key is not None:
        url = settings["METAFLOW_SERVICE_URL"]
        probes += [
            ("the gateway with its API key", url, key, HTTPStatus.OK),
            ("the gateway with a wrong API key", url, _WRONG_KEY, HTTPStatus.FORBIDDEN),
            ("the gateway without an API key", url, None, without_key),
        ]
    inside = settings["METAFLOW_SERVICE_INTERNAL_URL"]
    # A load balancer's name is a listener on this machine.
    private = urlsplit(inside).hostname != "127.0.0.1"
    found = [
        (name, wanted, _status(url, key, vpc_proxy if url == inside and private else None))
        for name, url, key, wanted in probes
    ]
    return [
        f"{name} {f'answers {status} to' if status else 'does not answer'} a ping; "
        f"{wanted.value} was wanted"
        for name, wanted, status in found
        if status != wanted
    ]


def _status(url: str, key: str | None, proxy: str | None) -> int | None:
    """Return the status of the answer to a ping, or None when there is no answer."""
    request = Request(f"{url}ping", headers={"x-api-key": key} if key else {})  # noqa: S310 a URL of the stack
    if proxy:
        # A ProxyHandler would heed the NO_PROXY with which a rehearsal keeps everything at home.
        request.set_proxy(urlsplit(proxy).netloc, "http")
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(request, timeout=_TIMEOUT_SECONDS) as response:
            return int(response.status)
    except HTTPError as error:
        return error.code
    except OSError:
        return None
