"""Rules about default security groups and subnets."""

from collections.abc import Mapping

from pulumi_policy import PolicyResource, Severity

from rules.flags import shown
from rules.reading import elements, flag, given, judge_each, known, related
from rules.routes import DEFAULT_VPC, VPCS
from rules.rule import About, Report, Stack, StackReport, Subject, resource_rule, stack_rule
from rules.security_groups import DEFAULT_GROUP, SEPARATE_RULES

SUBNET = "aws:ec2/subnet:Subnet"
DEFAULT_SUBNET = "aws:ec2/defaultSubnet:DefaultSubnet"

_VPC = "https://docs.aws.amazon.com/vpc/latest/userguide"


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
    vpc_default_group_closed,
    subnet_no_automatic_public_address,
]
