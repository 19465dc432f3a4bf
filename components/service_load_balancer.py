"""The internal network load balancer before the tasks of the metadata service."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.security_groups import LOAD_BALANCER_PORT, SERVICE_PORT
from components.tags import named

_DEREGISTRATION_SECONDS = 15


@dataclass(frozen=True, kw_only=True)
class ServiceLoadBalancerArgs:
    """What the load balancer is made of."""

    vpc_id: pulumi.Input[str]
    """The VPC."""

    subnet_ids: Sequence[pulumi.Input[str]]
    """Its subnets, which need no way to the internet."""

    security_group_id: pulumi.Input[str]
    """Its security group."""

    private_link: bool
    """Whether a VPC link of version 1 comes in, on which the group cannot be enforced."""

    path_prefix: str
    """What the paths of the service begin with; empty, or such as `/api`."""

    tags: Mapping[str, str]
    """Tags of every taggable resource."""


class ServiceLoadBalancer:
    """A load balancer, its target group and its listener, children of the service's component."""

    def __init__(
        self, name: str, args: ServiceLoadBalancerArgs, opts: pulumi.ResourceOptions
    ) -> None:
        """Register them.

        Args:
            name: of the component.
            args: what they are made of.
            opts: options of each of them.
        """
        self._name, self._args, self._child = name, args, opts
        self._tags = named(args.tags, name)
        balancer = self._load_balancer()
        target_group = self._target_group()
        self.arn = balancer.arn
        self.dns_name = balancer.dns_name
        self.target_group_arn = target_group.arn
        self.listener = aws.lb.Listener(
            f"{name}-listener",
            load_balancer_arn=balancer.arn,
            port=LOAD_BALANCER_PORT,
            protocol="TCP",
            default_actions=[{"type": "forward", "target_group_arn": target_group.arn}],
            tags=self._tags,
            # A target group serves one load balancer: where that is replaced, the old listener
            # must let go of the group first.
            opts=pulumi.ResourceOptions.merge(
                opts, pulumi.ResourceOptions(delete_before_replace=True)
            ),
        )

    def _load_balancer(self) -> aws.lb.LoadBalancer:
        enforce = "off" if self._args.private_link else "on"
        return aws.lb.LoadBalancer(
            f"{self._name}-lb",
            load_balancer_type="network",
            internal=True,
            subnets=list(self._args.subnet_ids),
            security_groups=[self._args.security_group_id],
            enforce_security_group_inbound_rules_on_private_link_traffic=enforce,
            # A VPC link enters in any zone, also in one without a task.
            enable_cross_zone_load_balancing=True,
            tags=self._tags,
            opts=self._child,
        )

    def _target_group(self) -> aws.lb.TargetGroup:
        return aws.lb.TargetGroup(
            f"{self._name}-tg",
            port=SERVICE_PORT,
            protocol="TCP",
            target_type="ip",
            vpc_id=self._args.vpc_id,
            health_check={
                "protocol": "HTTP",
                "path": f"{self._args.path_prefix}/ping",
                "port": "traffic-port",
                "interval": 10,
                "timeout": 5,
                "healthy_threshold": 2,
                "unhealthy_threshold": 2,
                "matcher": "200",
            },
            deregistration_delay=_DEREGISTRATION_SECONDS,
            # Tasks see the load balancer's addresses, to which their group is narrowed.
            preserve_client_ip="false",
            tags=self._tags,
            opts=self._child,
        )
