"""Follows a custom domain name to the stage that it is mapped to, as API Gateway does."""

from dataclasses import dataclass, replace
from typing import Any

from rehearsal.loopback.exchange import Request, forbidden
from rehearsal.loopback.views import Views
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.shapes import found

_LOOPBACK = ("", "127.0.0.1", "localhost")
_MISSING = "NotFoundException"
_DEFAULT_STAGE = "$default"


@dataclass(frozen=True)
class DomainNames:
    """The custom domain names of one emulated AWS, as they are at the moment."""

    cloud: Cloud
    views: Views

    def at_stage(self, request: Request) -> Request | None:
        """Return the request as it would be at the default endpoint: `/{api id}/{stage}/...`.

        The longest path of a mapping decides; it is taken away. An HTTP API's default stage has
        no path (Amazon API Gateway Developer Guide, "Use API mappings to connect API stages to a
        custom domain name for REST APIs").

        Returns:
            The request, or None when its `Host` is no custom domain name.

        Raises:
            AnsweredError: there is no such name, or nothing is mapped to the path.
        """
        name = (request.header("host") or "").partition(":")[0].lower()
        if name in _LOOPBACK:
            return None
        path = request.target.partition("?")[0]
        mappings: list[Any] = self.views.of(("mappings", name), lambda: self._mappings(name))
        fitting = [one for one in mappings if _covers(one.get("ApiMappingKey", ""), path)]
        if not fitting:
            raise forbidden()
        chosen = max(fitting, key=lambda one: len(one.get("ApiMappingKey", "")))
        key = chosen.get("ApiMappingKey", "")
        below = request.target.removeprefix(f"/{key}") if key else request.target
        stage = "" if chosen["Stage"] == _DEFAULT_STAGE else f"/{chosen['Stage']}"
        return replace(request, target=f"/{chosen['ApiId']}{stage}{below}")

    def _mappings(self, name: str) -> list[Any]:
        client = self.cloud.client("apigatewayv2")
        answer = found(client.get_api_mappings, _MISSING, DomainName=name)
        return list(answer["Items"]) if answer else []


def _covers(key: str, path: str) -> bool:
    return not key or path == f"/{key}" or path.startswith(f"/{key}/")
