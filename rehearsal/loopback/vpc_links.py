"""Follows the VPC link of a REST API's integration to a load balancer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.loopback.exchange import broken
from rehearsal.loopback.views import Views
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.shapes import found

_MISSING = "NotFoundException"


@dataclass(frozen=True, kw_only=True)
class Destination:
    """Where an integration leads to.

    Attributes:
        arn: of the load balancer.
        name: of the load balancer.
        keeps_stage: whether the stage's name stays in the path that is sent.
    """

    arn: str
    name: str
    keeps_stage: bool


class VpcLinks:
    """The links of one emulated AWS.

    A link of version 1 leads to a load balancer itself; with version 2 the integration names it,
    and API Gateway sends the path with the stage's name
    (https://docs.aws.amazon.com/apigateway/latest/developerguide/private-integration.html).
    """

    def __init__(self, cloud: Cloud, views: Views) -> None:
        """Follow the resources of one emulated AWS."""
        self._cloud = cloud
        self._views = views

    def destination(self, integration: Mapping[str, Any]) -> Destination:
        """Return where a deployed integration leads to.

        Raises:
            AnsweredError: link or load balancer is missing.
        """
        link_id, target = integration.get("connectionId"), integration.get("integrationTarget")
        key = ("way through a link", link_id, target)
        destination: Destination = self._views.of(key, lambda: self._follow(link_id, target))
        return destination

    def _follow(self, link_id: str | None, target: str | None) -> Destination:
        first: Any = link_id and found(
            self._cloud.client("apigateway").get_vpc_link, _MISSING, vpcLinkId=link_id
        )
        if first:
            arn = first["targetArns"][0]
            return Destination(arn=arn, name=self._name(link_id, arn), keeps_stage=False)
        second: Any = link_id and found(
            self._cloud.client("apigatewayv2").get_vpc_link, _MISSING, VpcLinkId=link_id
        )
        if not second:
            raise broken(f"the integration's VPC link {link_id} does not exist")
        if not target:
            raise broken(f"the integration over the VPC link {link_id} names no load balancer")
        return Destination(arn=target, name=self._name(link_id, target), keeps_stage=True)

    def _name(self, link_id: str | None, arn: str) -> str:
        answer = found(
            self._cloud.client("elbv2").describe_load_balancers,
            "LoadBalancerNotFound",
            "LoadBalancerNotFoundException",
            LoadBalancerArns=[arn],
        )
        if answer is None:
            raise broken(f"the VPC link {link_id} leads to {arn}, which does not exist")
        return str(answer["LoadBalancers"][0]["LoadBalancerName"])
