"""Refusals of load balancers, target groups and listeners."""

from typing import TYPE_CHECKING

from rehearsal.provider.refusals.refusal import Parameters, Refusal

if TYPE_CHECKING:
    from rehearsal.provider.cloud import Cloud

_REFERENCE = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference"


def _one_subnet_a_zone(cloud: "Cloud", parameters: Parameters) -> str | None:
    subnets = parameters.get("Subnets")
    if not subnets:
        return None
    answer = cloud.client("ec2").describe_subnets(SubnetIds=subnets)["Subnets"]
    zones = [subnet["AvailabilityZone"] for subnet in answer]
    double = sorted({zone for zone in zones if zones.count(zone) > 1})
    if not double:
        return None
    return f"A load balancer cannot be attached to multiple subnets in the zone {double[0]}"


def _protected(cloud: "Cloud", parameters: Parameters) -> str | None:
    elb, arn = cloud.client("elbv2"), parameters["LoadBalancerArn"]
    attributes = elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
    if {"Key": "deletion_protection.enabled", "Value": "true"} not in attributes:
        return None
    return (
        f"Load balancer {arn} cannot be deleted because deletion protection is enabled; "
        "set enableDeletionProtection to false first"
    )


def _linked(cloud: "Cloud", parameters: Parameters) -> str | None:
    arn = parameters["LoadBalancerArn"]
    for link in cloud.client("apigateway").get_vpc_links()["items"]:
        if arn in link["targetArns"]:
            return (
                f"Load balancer {arn} cannot be deleted because it is currently associated with "
                f"another service: the VPC link {link['id']}"
            )
    return None


def _protocol_of_network(cloud: "Cloud", parameters: Parameters) -> str | None:
    """Network load balancers have no default protocol and take no HTTP."""
    elb, arn = cloud.client("elbv2"), parameters["LoadBalancerArn"]
    balancer = elb.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]
    allowed = ("TCP", "TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC")
    if balancer["Type"] != "network" or parameters.get("Protocol") in allowed:
        return None
    return (
        f"Protocol is {parameters.get('Protocol')}; a network load balancer's listener takes "
        f"{', '.join(allowed)}"
    )


def _group_of_another(cloud: "Cloud", parameters: Parameters) -> str | None:
    """Look at the listeners: the emulator keeps a group's load balancer after its listener."""
    elb, arn = cloud.client("elbv2"), parameters["LoadBalancerArn"]
    wanted = {action.get("TargetGroupArn") for action in parameters["DefaultActions"]}
    for other in elb.describe_load_balancers()["LoadBalancers"]:
        if other["LoadBalancerArn"] == arn:
            continue
        answer = elb.describe_listeners(LoadBalancerArn=other["LoadBalancerArn"])
        for listener in answer["Listeners"]:
            for action in listener["DefaultActions"]:
                if action.get("TargetGroupArn") in wanted:
                    return (
                        f"Target group {action['TargetGroupArn']} cannot be associated with more "
                        "than one load balancer"
                    )
    return None


REFUSALS: tuple[Refusal, ...] = (
    Refusal(
        service="elbv2",
        operations=("CreateLoadBalancer", "SetSubnets"),
        source=f"{_REFERENCE}/API_CreateLoadBalancer.html",
        problem=_one_subnet_a_zone,
    ),
    Refusal(
        service="elbv2",
        operations=("DeleteLoadBalancer",),
        source=f"{_REFERENCE}/API_DeleteLoadBalancer.html",
        problem=_protected,
    ),
    Refusal(
        service="elbv2",
        operations=("DeleteLoadBalancer",),
        source="https://github.com/hashicorp/terraform/issues/18753",
        problem=_linked,
    ),
    Refusal(
        service="elbv2",
        operations=("CreateListener",),
        source=f"{_REFERENCE}/API_CreateListener.html",
        problem=_protocol_of_network,
    ),
    Refusal(
        service="elbv2",
        operations=("CreateListener",),
        source="https://github.com/hashicorp/terraform-provider-aws/issues/22005",
        problem=_group_of_another,
    ),
)
"""The rows of this module."""
