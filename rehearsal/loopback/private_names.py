"""Answers at the private names of a VPC: an HTTP proxy in the place of Cloud Map's DNS.

Names such as `metadata.stack.internal` are known in the VPC only. What runs there has this proxy
for its HTTP; it leads each name to the task that is registered under it.
"""

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from rehearsal.loopback.exchange import Request, Response, unreachable
from rehearsal.loopback.forwarding import Forwarder
from rehearsal.loopback.targets import Targets
from rehearsal.provider.cloud import Cloud

_HTTP_PORT = 80
_SECONDS = 60.0


class PrivateNames:
    """Follows the names of every private namespace of one emulated AWS."""

    def __init__(self, cloud: Cloud, targets: Targets, forwarder: Forwarder) -> None:
        """Follow the resources of one emulated AWS."""
        self._cloud = cloud
        self._targets = targets
        self._forwarder = forwarder

    def answer(self, request: Request) -> Response:
        """Answer a request whose target is a whole URL, as clients send it to a proxy.

        Raises:
            AnsweredError: the name is nobody's, or a hop is missing.
        """
        address = urlsplit(request.target)
        port = address.port or _HTTP_PORT
        registry = self._registry(address.hostname or "")
        process = self._targets.registered(registry, port)
        target = address.path + (f"?{address.query}" if address.query else "")
        inner = replace(request, target=target or "/")
        return self._forwarder.send(inner, process, host=address.netloc, seconds=_SECONDS)

    def _registry(self, host: str) -> str:
        """Return the ARN of the Cloud Map service that has a name, by its A record."""
        name, _, domain = host.partition(".")
        client: Any = self._cloud.client("servicediscovery")
        for namespace in client.list_namespaces()["Namespaces"]:
            if namespace["Name"] == domain and namespace["Type"] == "DNS_PRIVATE":
                for summary in client.list_services()["Services"]:
                    service = client.get_service(Id=summary["Id"])["Service"]
                    dns = service.get("DnsConfig", {})
                    records = [one["Type"] for one in dns.get("DnsRecords", ())]
                    if (service["Name"], dns.get("NamespaceId")) == (name, namespace["Id"]):
                        if "A" in records:
                            return str(service["Arn"])
                        raise unreachable(f"the name {host} has no A record")
        raise unreachable(f"no private namespace of the VPC knows the name {host}")
