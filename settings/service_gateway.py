"""The settings of the gateway in front of the metadata service."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from settings.parts import Conflicts, Rule, SettingsModel, allowed
from settings.values import Cidr


class ServiceGatewaySettings(SettingsModel):
    """The gateway by which clients reach the metadata service."""

    service_gateway: Annotated[bool, allowed("true or false")] = True
    """Whether an API Gateway makes the service reachable from outside the VPC."""

    api_rate_limit: Annotated[int, Field(ge=1, le=10_000), allowed("1 to 10000")] = 200
    """Requests per second that the API key allows."""

    api_burst_limit: Annotated[int, Field(ge=1, le=5_000), allowed("1 to 5000")] = 400
    """Requests that may come at once."""

    api_allowed_cidrs: Annotated[
        tuple[Cidr, ...],
        Field(max_length=50, strict=False),
        allowed("up to 50 network addresses such as 203.0.113.0/24"),
    ] = ()
    """Networks from which the gateway may be called; empty means any, with the API key."""

    api_access_log: Annotated[bool, allowed("true or false")] = False
    """Whether the gateway logs each request; the account needs a logging role for it."""

    manage_api_gateway_account: Annotated[bool, allowed("true or false")] = False
    """Whether this stack sets the account's API Gateway logging role, shared by all of its APIs."""


def _gateway(settings: ServiceGatewaySettings) -> Conflicts:
    needing = {
        "apiAccessLog": settings.api_access_log,
        "manageApiGatewayAccount": settings.manage_api_gateway_account,
        "apiAllowedCidrs": bool(settings.api_allowed_cidrs),
    }
    for key, in_use in needing.items():
        if in_use and not settings.service_gateway:
            yield key, "set without a gateway", "only together with serviceGateway true"


RULES: Sequence[Rule] = (
    Rule(
        _gateway,
        frozenset(
            {
                "service_gateway",
                "api_access_log",
                "manage_api_gateway_account",
                "api_allowed_cidrs",
            }
        ),
    ),
)
