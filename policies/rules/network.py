"""Rules about security groups, subnets and VPCs."""

import ipaddress
from collections.abc import Collection, Mapping
from typing import Any

from pulumi_policy import PolicyResource, ResourceValidationPolicy, Severity

from rules.flags import shown
from rules.reading import elements, flag, given, judge_each, known, related
from rules.routes import DEFAULT_VPC, VPCS
from rules.rule import About, Report, Stack, StackReport, Subject, resource_rule, stack_rule
from rules.security_groups import (
    DEFAULT_GROUP,
    EGRESS_RULE,
    GROUPS,
    INGRESS_RULE,
    KINDS,
    RULE,
    SEPARATE_RULES,
    GroupRule,
    judge_rules,
)

SUBNET = "aws:ec2/subnet:Subnet"
DEFAULT_SUBNET = "aws:ec2/defaultSubnet:DefaultSubnet"

_VPC = "https://docs.aws.amazon.com/vpc/latest/userguide"

_WIDEST = 8
"""A shorter prefix than this is the world, or enough pieces of it to count as such."""

_UNIQUE_LOCAL = ipaddress.IPv6Network("fc00::/7")

_WAYS: Mapping[str, str] = {"ingress": "let in", "egress": "reach"}


def _is_world(address_range: str) -> bool:
    """Say whether an address range is wider than any private network of IPv4."""
    try:
        network = ipaddress.ip_network(address_range, strict=False)
    except ValueError:
        return False  # AWS refuses it
    if isinstance(network, ipaddress.IPv6Network) and network.subnet_of(_UNIQUE_LOCAL):
        return False
    return network.prefixlen < _WIDEST


def _world_rule(
    described: About, types: Collection[str], direction: str
) -> ResourceValidationPolicy:
    """Make a rule about the ports on which security groups meet the whole internet."""

    def check(subject: Subject, report: Report) -> None:
        ports = [int(one) for one in subject.thresholds["allowedPorts"]]
        allowed = ", ".join(str(one) for one in ports) or "none"

        def judge_range(rule: GroupRule, where: str, value: str) -> None:
            if _is_world(value) and not rule.only_on(frozenset(ports)):
                report(
                    f"The {KINDS[subject.type]} must {_WAYS[direction]} the internet on allowed "
                    f"ports only ({allowed}); {where} is {value}, for {rule.traffic}."
                )

        def judge(rule: GroupRule) -> None:
            rule.judge_ranges(
                lambda where, value: judge_range(rule, where, value), prefix_lists=False
            )

        judge_rules(subject.type, subject.props, direction, judge)

    return resource_rule(described, types, check)


def _allowed_ports(description: str, default: list[int]) -> dict[str, dict[str, Any]]:
    return {
        "allowedPorts": {
            "type": "array",
            "items": {"type": "integer", "minimum": 0, "maximum": 65535},
            "description": description,
            "default": default,
        }
    }


sg_no_world_ingress = _world_rule(
    About(
        name="sg-no-world-ingress",
        description="Security groups let in the internet on allowed ports only.",
        severity=Severity.HIGH,
        remediation="Name the client's security group, or its own address range, in the rule.",
        url=f"{_VPC}/security-group-rules.html",
        control="EC2.18",
        thresholds=_allowed_ports("TCP and UDP ports that the internet may reach.", []),
    ),
    (*GROUPS, RULE, INGRESS_RULE),
    "ingress",
)

sg_egress_named_ports = _world_rule(
    About(
        name="sg-egress-named-ports",
        description="Security groups reach the internet on allowed ports only.",
        severity=Severity.MEDIUM,
        remediation="Name the protocol and the ports that the program needs in the rule.",
        url=f"{_VPC}/security-group-rules.html",
        thresholds=_allowed_ports("TCP and UDP ports on which the internet is reached.", [443]),
    ),
    (*GROUPS, RULE, EGRESS_RULE),
    "egress",
)


def _default_group_closed(stack: Stack, report: StackReport) -> None:
    vpcs, groups = stack.of_type(VPCS), stack.of_type(DEFAULT_GROUP)
    for vpc in vpcs:
        if not any(_is_of(one, vpc) for one in groups):
            report(
                "The VPC must have its default security group taken over and emptied, by a "
                "DefaultSecurityGroup without rules; the stack has none for it.",
                vpc.urn,
            )

    def judge(group: PolicyResource, direction: str) -> None:
        count = sum(isinstance(one, Mapping) for one in elements(given(group, direction)))
        if count:
            report(
                "The default security group must have no rules, so that nothing that forgets to "
                f"name a group is reachable; {direction} has {count}.",
                group.urn,
            )

    for rule in stack.of_type(SEPARATE_RULES):
        if related(rule, "securityGroupId", [*groups, *vpcs]):
            report("The default security group must have no rules; this is one.", rule.urn)
    judge_each(
        [(one, direction) for one in groups for direction in ("ingress", "egress")],
        lambda found: judge(*found),
    )


def _is_of(group: PolicyResource, vpc: PolicyResource) -> bool:
    if related(group, "vpcId", [vpc]):
        return True
    named = known(group.props, "vpcId") or group.property_dependencies.get("vpcId")
    return vpc.resource_type == DEFAULT_VPC and not named


vpc_default_group_closed = stack_rule(
    About(
        name="vpc-default-group-closed",
        description="Nothing gets through the default security group of a VPC.",
        severity=Severity.HIGH,
        remediation="Add aws.ec2.DefaultSecurityGroup with the VPC's id and without rules.",
        url=f"{_VPC}/default-security-group.html",
        control="EC2.2",
    ),
    (*VPCS, DEFAULT_GROUP),
    _default_group_closed,
)


def _no_automatic_public_address(subject: Subject, report: Report) -> None:
    if subject.thresholds["allowed"]:
        return
    value = subject.props.get("mapPublicIpOnLaunch")
    automatic = subject.type == DEFAULT_SUBNET if value is None else flag(value) is not False
    if automatic:
        report(
            "The subnet must give no public addresses by itself; mapPublicIpOnLaunch is "
            f"{shown(value)}, and must be false."
        )


subnet_no_automatic_public_address = resource_rule(
    About(
        name="subnet-no-automatic-public-address",
        description="Subnets give no public address to what starts in them.",
        severity=Severity.MEDIUM,
        remediation="Leave mapPublicIpOnLaunch out; a default subnet needs it set to false.",
        url=f"{_VPC}/subnet-public-ip.html",
        control="EC2.15",
        thresholds={
            "allowed": {
                "type": "boolean",
                "description": "Whether subnets may give public addresses by themselves.",
                "default": False,
            }
        },
    ),
    (SUBNET, DEFAULT_SUBNET),
    _no_automatic_public_address,
)

POLICIES = [
    sg_no_world_ingress,
    sg_egress_named_ports,
    vpc_default_group_closed,
    subnet_no_automatic_public_address,
]
