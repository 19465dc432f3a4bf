"""Answers in the place of an HTTP API: from its endpoint to the task behind the VPC link."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from rehearsal.loopback.exchange import AnsweredError, Request, Response, broken
from rehearsal.loopback.forwarding import Forwarder
from rehearsal.loopback.functions import Functions
from rehearsal.loopback.routing import Match, find
from rehearsal.loopback.targets import Targets
from rehearsal.loopback.views import Views
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.deployed_api import Route
from rehearsal.provider.shapes import found

_STAGE = "$default"
_HEADER = "$request.header."
_MISSING = "NotFoundException"


def _answered(status: int, message: str, reason: str | None = None) -> AnsweredError:
    """Return an answer of the HTTP API's own, which has no type beside its message.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-lambda.html
    """
    return AnsweredError(status, "", {"message": message}, reason=reason)


@dataclass(frozen=True, kw_only=True)
class HttpGateway:
    """Serves the default stage of every HTTP API of one emulated AWS."""

    cloud: Cloud
    targets: Targets
    functions: Functions | None
    forwarder: Forwarder
    views: Views
    source_ip: str

    def serves(self, api_id: str) -> bool:
        """Tell whether there is such an HTTP API."""
        call = self.cloud.client("apigatewayv2").get_api
        known: Any = self.views.of(
            ("api", api_id), lambda: api_id and found(call, _MISSING, ApiId=api_id)
        )
        return bool(known)

    def answer(self, api_id: str, request: Request, *, by_default: bool = True) -> Response:
        """Answer a request, whose target is the path at the API's endpoint.

        Args:
            api_id: the API.
            request: the request.
            by_default: whether it came to the default endpoint, which may be off, rather than to
                a custom domain name.

        Raises:
            AnsweredError: API Gateway answers itself, because it refuses or a hop is broken.
        """
        if by_default and self._disabled(api_id):
            raise _answered(404, "Not Found")
        routes = self.views.of(("routes", api_id), lambda: self._routes(api_id))
        match = find(routes, request.method, request.target.partition("?")[0])
        if match is None:
            raise _answered(404, "Not Found")
        self._authorize(api_id, match, request)
        return self._integrate(match, request)

    def _disabled(self, api_id: str) -> bool:
        call = self.cloud.client("apigatewayv2").get_api
        api: Any = self.views.of(("api", api_id), lambda: found(call, _MISSING, ApiId=api_id))
        return bool(api and api.get("DisableExecuteApiEndpoint"))

    def _routes(self, api_id: str) -> tuple[Route, ...]:
        """Return what the default stage serves: by itself whatever the API has at the moment."""
        client = self.cloud.client("apigatewayv2")
        stage = found(client.get_stage, _MISSING, ApiId=api_id, StageName=_STAGE)
        if stage is None:
            raise _answered(404, "Not Found", f"the HTTP API {api_id} has no stage {_STAGE}")
        if not stage.get("AutoDeploy"):
            raise broken(f"the stage {_STAGE} of {api_id} does not deploy by itself")
        integrations = {
            f"integrations/{one['IntegrationId']}": one
            for one in client.get_integrations(ApiId=api_id)["Items"]
        }
        return tuple(
            _route(one, integrations.get(one.get("Target", ""), {}))
            for one in client.get_routes(ApiId=api_id)["Items"]
        )

    def _authorize(self, api_id: str, match: Match, request: Request) -> None:
        kind = match.route.authorization
        if kind == "NONE":
            return
        if kind != "CUSTOM" or self.functions is None:
            raise broken(f"the route {match.route.path} asks for {kind}, which is not emulated")
        authorizer_id = match.route.integration["authorizerId"]
        call = self.cloud.client("apigatewayv2").get_authorizer
        authorizer = found(call, _MISSING, ApiId=api_id, AuthorizerId=authorizer_id)
        if authorizer is None:
            raise broken(f"the authorizer {authorizer_id} does not exist")
        sources = [_identity(one, request) for one in authorizer.get("IdentitySource", ())]
        if not all(sources):
            raise _answered(401, "Unauthorized")
        answer = self.functions.call(
            _function_arn(authorizer["AuthorizerUri"]),
            self._event(api_id, match, request, sources),
            self.cloud.arn("execute-api", f"{api_id}/authorizers/{authorizer_id}"),
        )
        if not isinstance(answer, Mapping) or not isinstance(answer.get("isAuthorized"), bool):
            raise broken(f"the authorizer {authorizer_id} answers {answer!r}")
        if not answer["isAuthorized"]:
            raise _answered(403, "Forbidden")

    def _event(
        self, api_id: str, match: Match, request: Request, sources: list[str | None]
    ) -> Mapping[str, Any]:
        """Return what an authorizer gets, in payload format 2.0.

        https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
        """
        path, _, query = request.target.partition("?")
        key = f"{match.route.method} {match.route.path}"
        place = f"{api_id}/{_STAGE}/{request.method}{path}"
        return {
            "version": "2.0",
            "type": "REQUEST",
            "routeArn": self.cloud.arn("execute-api", place),
            "identitySource": sources,
            "routeKey": key,
            "rawPath": path,
            "rawQueryString": query,
            "headers": {name.lower(): text for name, text in request.headers},
            "requestContext": {
                "accountId": self.cloud.account_id,
                "apiId": api_id,
                "http": {
                    "method": request.method,
                    "path": path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": self.source_ip,
                    "userAgent": request.header("user-agent") or "",
                },
                "requestId": str(uuid4()),
                "routeKey": key,
                "stage": _STAGE,
                "timeEpoch": int(time.time() * 1000),
            },
        }

    def _integrate(self, match: Match, request: Request) -> Response:
        integration = match.route.integration
        kind = (integration.get("IntegrationType"), integration.get("ConnectionType"))
        if kind != ("HTTP_PROXY", "VPC_LINK"):
            raise broken(
                f"the integration of {match.route.path} is {kind[0]} over {kind[1]}; only "
                "HTTP_PROXY over VPC_LINK is emulated"
            )
        link = integration.get("ConnectionId", "")
        call = self.cloud.client("apigatewayv2").get_vpc_link
        if not self.views.of(("link", link), lambda: found(call, _MISSING, VpcLinkId=link)):
            raise broken(f"the integration's VPC link {link} does not exist")
        try:
            process = self.targets.registered(integration["IntegrationUri"])
            seconds = integration.get("TimeoutInMillis", 30_000) / 1000
            host = process.url.partition("://")[2]
            return self.forwarder.send(request, process, host=host, seconds=seconds)
        except AnsweredError as error:
            raise _answered(503, "Service Unavailable", error.reason) from error


def _route(route: Mapping[str, Any], integration: Mapping[str, Any]) -> Route:
    method, _, path = route["RouteKey"].partition(" ")
    return Route(
        path=path,
        method=method,
        key_required=False,
        authorization=route.get("AuthorizationType", "NONE"),
        integration={**integration, "authorizerId": route.get("AuthorizerId")},
    )


def _identity(source: str, request: Request) -> str | None:
    if not source.startswith(_HEADER):
        raise broken(f"the identity source {source} is not emulated")
    return request.header(source.removeprefix(_HEADER))


def _function_arn(uri: str) -> str:
    """Return the function of `arn:...:lambda:path/2015-03-31/functions/ARN/invocations`."""
    return uri.partition("/functions/")[2].removesuffix("/invocations")
