"""Hands the addresses of one process to another: the engine's provider is a process of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from urllib.error import URLError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import ProxyHandler, build_opener

from rehearsal.loopback.exchange import Request, Response
from rehearsal.loopback.server import Listener
from rehearsal.provider.cloud import Addresses
from rehearsal.provider.resource_type import RefusedError

_LOAD_BALANCER = "/load-balancer"
_STAGE = "/stage"
_HTTP_API = "/http-api"
_DOMAIN_NAME = "/domain-name"
_SECONDS = 30.0


@contextmanager
def handed_out(addresses: Addresses) -> Iterator[str]:
    """Answer what `RemoteAddresses` asks; yields the URL to ask at.

    Args:
        addresses: the addresses of this process.
    """

    def answer(request: Request) -> Response:
        asked = urlsplit(request.target)
        given = {name: values[0] for name, values in parse_qs(asked.query).items()}
        try:
            if asked.path == _LOAD_BALANCER:
                text = addresses.load_balancer(given["name"], given["arn"])
            elif asked.path == _STAGE:
                text = addresses.stage(given["api_id"], given["stage_name"])
            elif asked.path == _HTTP_API:
                text = addresses.http_api(given["api_id"])
            elif asked.path == _DOMAIN_NAME:
                text = addresses.domain_name(given["name"])
            else:
                return Response(HTTPStatus.NOT_FOUND, (), b"")
        except KeyError:
            return Response(HTTPStatus.BAD_REQUEST, (), b"")
        return Response(HTTPStatus.OK, (), text.encode())

    listener = Listener("addresses", answer)
    try:
        yield f"http://127.0.0.1:{listener.port}"
    finally:
        listener.close()


class RemoteAddresses:
    """The addresses that another process hands out. Thread safe."""

    def __init__(self, url: str) -> None:
        """Ask at the URL that `handed_out` yields there."""
        self._url = url

    def load_balancer(self, name: str, arn: str) -> str:
        """Return the DNS name of a load balancer.

        Raises:
            RefusedError: the other process does not answer.
        """
        return self._asked(_LOAD_BALANCER, name=name, arn=arn)

    def stage(self, api_id: str, stage_name: str) -> str:
        """Return the invoke URL of a REST API's stage.

        Raises:
            RefusedError: the other process does not answer.
        """
        return self._asked(_STAGE, api_id=api_id, stage_name=stage_name)

    def http_api(self, api_id: str) -> str:
        """Return the endpoint of an HTTP API.

        Raises:
            RefusedError: the other process does not answer.
        """
        return self._asked(_HTTP_API, api_id=api_id)

    def domain_name(self, name: str) -> str:
        """Return the name to which a custom domain name must lead.

        Raises:
            RefusedError: the other process does not answer.
        """
        return self._asked(_DOMAIN_NAME, name=name)

    def _asked(self, path: str, **given: str) -> str:
        opener = build_opener(ProxyHandler({}))
        try:
            with opener.open(f"{self._url}{path}?{urlencode(given)}", timeout=_SECONDS) as answer:
                return str(answer.read().decode())
        except URLError as error:
            raise RefusedError(f"the rehearsal does not hand out an address: {error}") from error
