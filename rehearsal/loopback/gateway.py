"""Answers in the place of API Gateway: from a stage's URL to the container behind the VPC link."""

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from rehearsal.loopback.access import Access
from rehearsal.loopback.exchange import (
    Request,
    Response,
    broken,
    forbidden,
    missing_token,
)
from rehearsal.loopback.forwarding import Forwarder
from rehearsal.loopback.mapping import backend_request
from rehearsal.loopback.routing import Match, find
from rehearsal.loopback.targets import Targets
from rehearsal.loopback.views import Views
from rehearsal.loopback.vpc_links import VpcLinks
from rehearsal.provider.cloud import Addresses, Cloud
from rehearsal.provider.deployed_api import DeployedApi, deployed_api

_HTTP_PORT = 80


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """Serves every stage of every REST API of one emulated AWS, as deployed at the moment."""

    cloud: Cloud
    addresses: Addresses
    access: Access
    links: VpcLinks
    targets: Targets
    forwarder: Forwarder
    views: Views

    def answer(self, request: Request, *, by_default: bool = True) -> Response:
        """Answer a request to `/{api id}/{stage}/...`.

        Args:
            request: the request.
            by_default: whether it came to the default endpoint, which may be off, rather than to
                a custom domain name.

        Raises:
            AnsweredError: API Gateway answers itself, because it refuses or a hop is broken.
        """
        api_id, stage_name, below = _place(request.target)
        stage = (api_id, stage_name)
        deployed: DeployedApi | None = self.views.of(
            ("deployed", stage), lambda: self._deployed(api_id, stage_name)
        )
        if deployed is None:
            raise forbidden()
        inner = replace(request, target=below)
        if deployed.endpoint_disabled and by_default:
            raise forbidden()
        self.access.admit(deployed, stage, inner)
        match = find(deployed.routes, request.method, below.partition("?")[0])
        if match is None:
            raise missing_token()
        self.access.check_key(match, stage, inner)
        return self._integrate(match, inner, stage_name)

    def _deployed(self, api_id: str, stage_name: str) -> DeployedApi | None:
        return deployed_api(self.cloud, api_id, stage_name) if api_id and stage_name else None

    def _integrate(self, match: Match, request: Request, stage_name: str) -> Response:
        integration = match.route.integration
        kind = (integration.get("type"), integration.get("connectionType"))
        if kind != ("http_proxy", "VPC_LINK"):
            raise broken(
                f"the integration of {match.route.path} is {kind[0]} over {kind[1]}; only "
                "http_proxy over VPC_LINK is emulated"
            )
        destination = self.links.destination(integration)
        host = self.addresses.load_balancer(destination.name, destination.arn)
        port, path = _port_and_path(integration["uri"], host)
        if destination.keeps_stage:
            path = f"/{stage_name}{path}"
        sent = backend_request(match, request, path)
        seconds = integration.get("timeoutInMillis", 29_000) / 1000
        process = self.targets.behind(destination.arn, port)
        return self.forwarder.send(sent, process, host=host, seconds=seconds)


def _place(target: str) -> tuple[str, str, str]:
    """Split a target into API id, stage, and what is below the stage (path and query)."""
    api_id, below_api = first_part(target)
    stage_name, below = first_part(below_api)
    return api_id, stage_name, below


def first_part(target: str) -> tuple[str, str]:
    """Split a target into the first part of its path, and what is below (path and query)."""
    if "://" in target.partition("?")[0]:
        parts = urlsplit(target)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
    path, mark, query = target.partition("?")
    first, _, below = path.removeprefix("/").partition("/")
    return first, f"/{below}{mark}{query}"


def _port_and_path(uri: str, host: str) -> tuple[int, str]:
    """Return the load balancer's port that a URI names, and the URI's path.

    Args:
        uri: `http://HOST[:PORT]/PATH`, where the host is what the emulation gave the load
            balancer: `127.0.0.1:12345` stands for a name.
        host: that of the load balancer.
    """
    scheme, _, rest = uri.partition("://")
    authority, slash, path = rest.partition("/")
    if scheme != "http":
        raise broken(f"the integration's URI {uri} is {scheme}; only http is emulated")
    if authority == host:
        return _HTTP_PORT, slash + path
    port = authority.removeprefix(f"{host}:")
    if port == authority or not port.isdigit():
        raise broken(
            f"the integration's URI names the host {authority}; the VPC link leads to {host}"
        )
    return int(port), slash + path
