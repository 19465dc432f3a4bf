"""The rule that nothing gets through the default security group of a VPC."""

import pytest

from rules.network import vpc_default_group_closed
from rules.routes import DEFAULT_VPC
from rules.security_groups import DEFAULT_GROUP, EGRESS_RULE, GROUP, INGRESS_RULE, RULE
from tests.deployed import deploy_stack
from tests.policies.harness import UNKNOWN, judge_stack, resource
from tests.policies.recorded import policy_resources
from tests.policies.small_stack import Small

VPC = "aws:ec2/vpc:Vpc"

CLIENTS = {"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "cidrBlocks": ["10.0.0.0/8"]}
SSH = {"protocol": "tcp", "fromPort": 22, "toPort": 22}


def test_an_emptied_default_group(small: Small) -> None:
    vpc = small.add(VPC, "vpc", defaultSecurityGroupId="sg-default")
    group = small.add(DEFAULT_GROUP, "default", vpcId=vpc, ingress=[], egress=UNKNOWN)
    other = small.add(GROUP, "other", vpcId=vpc)
    small.add(INGRESS_RULE, "rule", securityGroupId=other, referencedSecurityGroupId=group)
    verdict = small.judge(vpc_default_group_closed)
    assert verdict.violations == []
    assert not verdict.unknown


def test_a_default_group_that_is_left_alone(small: Small) -> None:
    for name in ("guarded", "guarded as well"):
        small.add(DEFAULT_GROUP, f"of {name}", vpcId=small.add(VPC, name))
    vpc = small.add(VPC, "vpc")
    default_vpc = small.add(DEFAULT_VPC, "default")
    verdict = small.judge(vpc_default_group_closed)
    assert set(verdict.violations) == {
        "The VPC must have its default security group taken over and emptied, by a "
        "DefaultSecurityGroup without rules; the stack has none for it."
    }
    assert verdict.urns == [vpc.urn, default_vpc.urn]


def test_the_default_vpc_needs_no_name(small: Small) -> None:
    small.add(DEFAULT_VPC, "default")
    small.add(DEFAULT_GROUP, "default")
    assert small.judge(vpc_default_group_closed).violations == []


@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_a_default_group_with_rules(small: Small, direction: str) -> None:
    vpc = small.add(VPC, "vpc")
    group = small.add(DEFAULT_GROUP, "default", vpcId=vpc, **{direction: [CLIENTS, SSH]})
    verdict = small.judge(vpc_default_group_closed)
    assert verdict.violations == [
        "The default security group must have no rules, so that nothing that forgets to name a "
        f"group is reachable; {direction} has 2."
    ]
    assert verdict.urns == [group.urn]


@pytest.mark.parametrize("token", [RULE, INGRESS_RULE, EGRESS_RULE])
@pytest.mark.parametrize("target", ["group", "VPC"])
def test_a_separate_rule_of_a_default_group(small: Small, token: str, target: str) -> None:
    vpc = small.add(VPC, "vpc")
    group = small.add(DEFAULT_GROUP, "default", vpcId=vpc)
    # The id of the group may also come from the VPC, which has it among its outputs.
    rule = small.add(token, "rule", securityGroupId=vpc if target == "VPC" else group)
    verdict = small.judge(vpc_default_group_closed)
    assert verdict.violations == ["The default security group must have no rules; this is one."]
    assert verdict.urns == [rule.urn]


def test_unknown_rules_of_a_default_group_hide_no_other_ones(small: Small) -> None:
    vpc = small.add(VPC, "vpc")
    small.add(DEFAULT_GROUP, "default", vpcId=vpc, ingress=[UNKNOWN], egress=[SSH])
    verdict = small.judge(vpc_default_group_closed)
    assert [message[-13:] for message in verdict.violations] == ["egress has 1."]
    assert verdict.unknown


def test_a_stack_without_vpcs_is_not_judged() -> None:
    assert not judge_stack(vpc_default_group_closed, [resource(GROUP, "group", {})]).applicable


@pytest.mark.parametrize("preview", [False, True])
def test_prod_passes(preview: bool) -> None:
    resources = policy_resources(deploy_stack("prod", preview=preview), preview)
    verdict = judge_stack(vpc_default_group_closed, resources)
    assert verdict.violations == []
    assert not verdict.unknown
