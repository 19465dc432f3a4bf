"""How jobs and clients reach the metadata service: what stands before its tasks, and a gateway."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import pulumi

from components.aws_environment import AwsEnvironment
from components.gateway_domain import GatewayDomain, GatewayDomainArgs
from components.gateway_firewall import GatewayFirewall, GatewayFirewallArgs
from components.http_gateway import HttpGateway, HttpGatewayArgs
from components.metadata_service import MetadataService
from components.rest_gateway import STAGE_NAME, RestGateway, RestGatewayArgs
from components.service_discovery import ServiceDiscovery, ServiceDiscoveryArgs
from components.service_load_balancer import ServiceLoadBalancer, ServiceLoadBalancerArgs
from components.vpc_link import LinkPlace


class GatewaySettings(Protocol):
    """What is set of the gateway."""

    @property
    def gateway(self) -> Literal["rest", "http", "off"]:
        """Its kind."""

    @property
    def vpc_link_version(self) -> int:
        """Version of a REST API's VPC link."""

    @property
    def api_rate_limit(self) -> int:
        """Requests per second."""

    @property
    def api_burst_limit(self) -> int:
        """Requests that may come at once."""

    @property
    def api_quota_limit(self) -> int:
        """Requests in a period; 0 means any number."""

    @property
    def api_quota_period(self) -> str:
        """The period."""

    @property
    def api_allowed_cidrs(self) -> Sequence[str]:
        """Networks from which it may be called; empty means any."""

    @property
    def api_access_log(self) -> bool:
        """Whether each request is logged."""

    @property
    def manage_api_gateway_account(self) -> bool:
        """Whether this stack sets the account's logging role."""

    @property
    def api_domain_name(self) -> str:
        """Domain name of the user's; empty for none."""

    @property
    def api_certificate_arn(self) -> str:
        """Its certificate."""

    @property
    def api_hosted_zone_id(self) -> str:
        """Hosted zone of its record; empty for none."""

    @property
    def disable_execute_api_endpoint(self) -> bool:
        """Whether the gateway answers at that name only."""

    @property
    def api_waf(self) -> bool:
        """Whether a web ACL of the stack's stands in front of it."""

    @property
    def api_waf_rate_limit(self) -> int:
        """Requests of an address in five minutes."""

    @property
    def api_web_acl_arn(self) -> str:
        """Web ACL of the user's; empty for none."""

    @property
    def log_retention_days(self) -> int:
        """Days for which logs are kept."""


@dataclass(frozen=True, kw_only=True)
class ServiceEntranceArgs:
    """What the entrance is made of."""

    environment: AwsEnvironment
    """Where the stack is deployed."""

    settings: GatewaySettings
    """What is set; plain, since it decides what is made."""

    vpc_id: pulumi.Input[str]
    """The VPC."""

    subnet_ids: Sequence[pulumi.Input[str]]
    """Subnets of the load balancer, which need no way to the internet."""

    link_subnet_ids: Sequence[pulumi.Input[str]]
    """Those of them in which a VPC link of version 2 can stand; none without one."""

    balancer_group_id: pulumi.Input[str] | None
    """Security group of the load balancer, where there is one."""

    link_group_id: pulumi.Input[str] | None
    """Security group of a VPC link of version 2, where there is one."""

    label: str
    """What tells the stack's names from others."""

    tags: Mapping[str, str]
    """Tags of every taggable resource."""


class ServiceEntrance:
    """What is made depends on the kind of gateway.

    A REST API asks for a load balancer, and so do jobs without a gateway; an HTTP API finds the
    tasks by Cloud Map, and jobs then do so, too.
    """

    load_balancer: ServiceLoadBalancerArgs | None
    """What stands before the tasks, for the service to make."""

    registry_arn: pulumi.Output[str] | None
    """Where the service registers its tasks."""

    ready: Sequence[pulumi.Resource]
    """What the tasks need of it before they start, beside a load balancer of theirs."""

    domain: GatewayDomain | None
    """The gateway's own name, once there is a gateway."""

    path_prefix: str
    """What the service's paths begin with.

    AWS leaves the stage's name in the paths that it sends through a VPC link of version 2 (API
    Gateway Developer Guide, "Private integrations for REST APIs").
    """

    def __init__(self, name: str, args: ServiceEntranceArgs, opts: pulumi.ResourceOptions) -> None:
        """Register what the service must know of.

        Args:
            name: of the top component.
            args: what it is made of.
            opts: options of each component.
        """
        self._name, self._args, self._child = name, args, opts
        self.path_prefix = "" if args.settings.vpc_link_version == 1 else f"/{STAGE_NAME}"
        self._discovery = self._make_discovery() if args.settings.gateway == "http" else None
        group_id = args.balancer_group_id
        self.load_balancer = None if group_id is None else self._load_balancer(group_id)
        self.registry_arn = self._discovery.registry_arn if self._discovery else None
        self.ready = [self._discovery] if self._discovery else []
        self.domain = None

    def internal_url(self, service: MetadataService) -> pulumi.Output[str]:
        """Return the URL of the service inside the VPC."""
        if service.load_balancer:
            return pulumi.Output.concat(
                "http://", service.load_balancer.dns_name, self.path_prefix, "/"
            )
        assert self._discovery is not None  # noqa: S101 there is the one or the other
        return self._discovery.url

    def gateway_to(self, service: MetadataService) -> RestGateway | HttpGateway | None:
        """Register the gateway by which clients outside the VPC reach the service.

        What stands in front of it is registered, too.
        """
        place = self._link_place()
        if self._discovery and place:
            http = self._http_gateway(self._discovery, place)
            self.domain = self._domain(http)
            return http
        if service.load_balancer and self._args.settings.gateway == "rest":
            rest = self._rest_gateway(service.load_balancer)
            self.domain = self._domain(rest)
            self._firewall(rest)
            return rest
        return None

    def _domain(self, gateway: RestGateway | HttpGateway) -> GatewayDomain | None:
        settings = self._args.settings
        if not settings.api_domain_name:
            return None
        return GatewayDomain(
            f"{self._name}-domain",
            GatewayDomainArgs(
                domain_name=settings.api_domain_name,
                certificate_arn=settings.api_certificate_arn,
                hosted_zone_id=settings.api_hosted_zone_id or None,
                api_id=gateway.api_id,
                stage_name=gateway.stage_name,
                tags=self._args.tags,
            ),
            opts=self._child,
        )

    def _firewall(self, gateway: RestGateway) -> None:
        settings = self._args.settings
        if not settings.api_waf and not settings.api_web_acl_arn:
            return
        GatewayFirewall(
            f"{self._name}-firewall",
            GatewayFirewallArgs(
                stage_arn=gateway.stage_arn,
                web_acl_arn=settings.api_web_acl_arn or None,
                rate_limit=settings.api_waf_rate_limit,
                tags=self._args.tags,
            ),
            opts=self._child,
        )

    def _make_discovery(self) -> ServiceDiscovery:
        args = self._args
        return ServiceDiscovery(
            f"{self._name}-discovery",
            ServiceDiscoveryArgs(vpc_id=args.vpc_id, label=args.label, tags=args.tags),
            opts=self._child,
        )

    def _load_balancer(self, group_id: pulumi.Input[str]) -> ServiceLoadBalancerArgs:
        args, settings = self._args, self._args.settings
        return ServiceLoadBalancerArgs(
            vpc_id=args.vpc_id,
            subnet_ids=args.subnet_ids,
            security_group_id=group_id,
            private_link=settings.gateway == "rest" and settings.vpc_link_version == 1,
            path_prefix=self.path_prefix,
            tags=args.tags,
        )

    def _link_place(self) -> LinkPlace | None:
        group_id = self._args.link_group_id
        if group_id is None:
            return None
        return LinkPlace(subnet_ids=self._args.link_subnet_ids, security_group_id=group_id)

    def _rest_gateway(self, balancer: ServiceLoadBalancer) -> RestGateway:
        args, settings = self._args, self._args.settings
        return RestGateway(
            f"{self._name}-gateway",
            RestGatewayArgs(
                environment=args.environment,
                load_balancer_arn=balancer.arn,
                load_balancer_dns_name=balancer.dns_name,
                link_place=self._link_place(),
                label=args.label,
                rate_limit=settings.api_rate_limit,
                burst_limit=settings.api_burst_limit,
                quota_limit=settings.api_quota_limit,
                quota_period=settings.api_quota_period,
                allowed_cidrs=settings.api_allowed_cidrs,
                access_log_retention_days=(
                    settings.log_retention_days if settings.api_access_log else None
                ),
                manage_account=settings.manage_api_gateway_account,
                disable_execute_api_endpoint=settings.disable_execute_api_endpoint,
                tags=args.tags,
            ),
            opts=self._child,
        )

    def _http_gateway(self, discovery: ServiceDiscovery, place: LinkPlace) -> HttpGateway:
        args, settings = self._args, self._args.settings
        return HttpGateway(
            f"{self._name}-gateway",
            HttpGatewayArgs(
                environment=args.environment,
                registry_arn=discovery.registry_arn,
                link_place=place,
                label=args.label,
                rate_limit=settings.api_rate_limit,
                burst_limit=settings.api_burst_limit,
                allowed_cidrs=settings.api_allowed_cidrs,
                access_log=settings.api_access_log,
                log_retention_days=settings.log_retention_days,
                disable_execute_api_endpoint=settings.disable_execute_api_endpoint,
                tags=args.tags,
            ),
            opts=self._child,
        )
