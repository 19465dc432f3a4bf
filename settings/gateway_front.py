"""The settings of what stands in front of the gateway: a domain name of yours, and AWS WAF."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from settings.parts import Conflicts, Rule, SettingsModel, allowed

if TYPE_CHECKING:
    from settings.model import Settings

_LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_PLACE = "[a-z0-9-]+:[0-9]{12}"
_UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


class GatewayFrontSettings(SettingsModel):
    """A custom domain name of the gateway, and a web ACL in front of it."""

    api_domain_name: Annotated[
        str,
        Field(pattern=rf"^({_LABEL}(\.{_LABEL})*\.[a-z][a-z0-9-]*[a-z0-9])?$", max_length=253),
        allowed("a domain name in lower case, such as metaflow.example.com"),
    ] = ""
    """Domain name of yours for the gateway, for this stack alone; empty means API Gateway's own."""

    api_certificate_arn: Annotated[
        str,
        Field(pattern=rf"^(arn:aws(-[a-z]+)*:acm:{_PLACE}:certificate/{_UUID})?$"),
        allowed("the ARN of an ACM certificate of the stack's account and region"),
    ] = ""
    """Certificate of that domain name."""

    api_hosted_zone_id: Annotated[
        str,
        Field(pattern=r"^[0-9A-Z]{0,32}$"),
        allowed("the id of a public Route 53 hosted zone, such as Z0123456789ABCDEFGHIJ"),
    ] = ""
    """Hosted zone in which the stack puts the domain name's record; empty means you do."""

    disable_execute_api_endpoint: Annotated[bool, allowed("true or false")] = False
    """Whether the gateway answers at its domain name only, not at API Gateway's own."""

    api_waf: Annotated[bool, allowed("true or false")] = False
    """Whether a web ACL of the stack's stands in front of a REST API."""

    api_waf_rate_limit: Annotated[
        int, Field(ge=10, le=2_000_000_000), allowed("10 to 2000000000")
    ] = 10_000
    """Requests in five minutes after which the stack's web ACL blocks an address."""

    api_web_acl_arn: Annotated[
        str,
        Field(
            pattern=rf"^(arn:aws(-[a-z]+)*:wafv2:{_PLACE}:regional/webacl/[\w-]{{1,128}}/{_UUID})?$"
        ),
        allowed("the ARN of a regional web ACL of the stack's account and region"),
    ] = ""
    """Web ACL of yours in front of a REST API, instead of one of the stack's."""


def _domain(settings: "Settings") -> Conflicts:
    if settings.api_domain_name and settings.gateway == "off":
        yield "apiDomainName", "set without a gateway", "only together with gateway rest or http"
    if settings.api_domain_name and not settings.api_certificate_arn:
        yield (
            "apiCertificateArn",
            "empty together with apiDomainName",
            "the ARN of that name's certificate",
        )


def _without_domain(settings: "Settings") -> Conflicts:
    needing = {
        "apiCertificateArn": settings.api_certificate_arn,
        "apiHostedZoneId": settings.api_hosted_zone_id,
    }
    if settings.api_domain_name:
        return
    for key, value in needing.items():
        if value:
            yield key, "set without apiDomainName", "empty without a domain name"
    if settings.disable_execute_api_endpoint:
        yield (
            "disableExecuteApiEndpoint",
            "true without apiDomainName, so that the gateway would answer nowhere",
            "true with apiDomainName only",
        )


def _path(settings: "Settings") -> Conflicts:
    if settings.api_domain_name and settings.vpc_link_version != 1:
        yield (
            "vpcLinkVersion",
            f"{settings.vpc_link_version} together with apiDomainName, for which AWS does not say "
            "what path the service is sent",
            "1 with a domain name",
        )


def _firewall(settings: "Settings") -> Conflicts:
    wanted = {"apiWaf": settings.api_waf, "apiWebAclArn": settings.api_web_acl_arn}
    for key, value in wanted.items():
        if value and settings.gateway != "rest":
            yield (
                key,
                f"set with gateway {settings.gateway}, in front of which AWS WAF cannot stand",
                "only together with gateway rest",
            )
    if settings.api_waf and settings.api_web_acl_arn:
        yield "apiWebAclArn", "set together with apiWaf", "one of the two"


RULES: Sequence[Rule] = (
    Rule(_domain, frozenset({"gateway", "api_domain_name", "api_certificate_arn"})),
    Rule(
        _without_domain,
        frozenset(
            {
                "api_domain_name",
                "api_certificate_arn",
                "api_hosted_zone_id",
                "disable_execute_api_endpoint",
            }
        ),
    ),
    Rule(_path, frozenset({"api_domain_name", "vpc_link_version"})),
    Rule(_firewall, frozenset({"gateway", "api_waf", "api_web_acl_arn"})),
)
