"""The settings of the gateway in front of the metadata service."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from settings.parts import Conflicts, Rule, SettingsModel, allowed
from settings.values import Cidr


class ServiceGatewaySettings(SettingsModel):
    """The gateway by which clients reach the metadata service."""

    gateway: Annotated[Literal["rest", "http", "off"], allowed("rest, http, off")] = "rest"
    """How clients outside the VPC reach the service: a REST API before a load balancer, an HTTP API
    without one, or not at all."""

    vpc_link_version: Annotated[int, Field(ge=1, le=2), allowed("1 or 2")] = 1
    """Which VPC link a REST API reaches the load balancer by; with 2, AWS sends the stage's name
    along, so that the service stands under /api."""

    api_rate_limit: Annotated[int, Field(ge=1, le=10_000), allowed("1 to 10000")] = 200
    """Requests per second that the API key allows."""

    api_burst_limit: Annotated[int, Field(ge=1, le=5_000), allowed("1 to 5000")] = 400
    """Requests that may come at once."""

    api_quota_limit: Annotated[int, Field(ge=0, le=2_000_000_000), allowed("0 to 2000000000")] = 0
    """Requests that the API key allows in apiQuotaPeriod; 0 means any number."""

    api_quota_period: Annotated[Literal["day", "week", "month"], allowed("day, week, month")] = (
        "month"
    )
    """The time for which apiQuotaLimit counts."""

    api_allowed_cidrs: Annotated[
        tuple[Cidr, ...],
        Field(max_length=50, strict=False),
        allowed("up to 50 network addresses such as 203.0.113.0/24"),
    ] = ()
    """Networks from which the gateway may be called; empty means any, with the API key."""

    api_access_log: Annotated[bool, allowed("true or false")] = False
    """Whether the gateway logs each request; a REST API needs the account's logging role for it."""

    manage_api_gateway_account: Annotated[bool, allowed("true or false")] = False
    """Whether this stack sets the account's API Gateway logging role, shared by all of its APIs."""


_NEEDS_REST = "only together with gateway rest"
_NEEDS_GATEWAY = "only together with gateway rest or http"


def _without_gateway(settings: ServiceGatewaySettings) -> Conflicts:
    needing = {
        "apiAccessLog": settings.api_access_log,
        "apiAllowedCidrs": bool(settings.api_allowed_cidrs),
        "apiRateLimit": settings.is_changed("api_rate_limit"),
        "apiBurstLimit": settings.is_changed("api_burst_limit"),
    }
    for key, in_use in needing.items():
        if in_use and settings.gateway == "off":
            yield key, "set without a gateway", _NEEDS_GATEWAY


def _account(settings: ServiceGatewaySettings) -> Conflicts:
    if settings.manage_api_gateway_account and settings.gateway != "rest":
        yield "manageApiGatewayAccount", f"set with gateway {settings.gateway}", _NEEDS_REST


def _quota(settings: ServiceGatewaySettings) -> Conflicts:
    if settings.api_quota_limit and settings.gateway != "rest":
        yield (
            "apiQuotaLimit",
            f"{settings.api_quota_limit} with gateway {settings.gateway}, which has no usage plan",
            _NEEDS_REST,
        )


def _vpc_link(settings: ServiceGatewaySettings) -> Conflicts:
    if settings.vpc_link_version != 1 and settings.gateway != "rest":
        yield (
            "vpcLinkVersion",
            f"{settings.vpc_link_version} with gateway {settings.gateway}",
            _NEEDS_REST,
        )


RULES: Sequence[Rule] = (
    Rule(_vpc_link, frozenset({"gateway", "vpc_link_version"})),
    Rule(
        _without_gateway,
        frozenset(
            {
                "gateway",
                "api_access_log",
                "api_allowed_cidrs",
                "api_burst_limit",
                "api_rate_limit",
            }
        ),
    ),
    Rule(_quota, frozenset({"gateway", "api_quota_limit"})),
    Rule(_account, frozenset({"gateway", "manage_api_gateway_account"})),
)
