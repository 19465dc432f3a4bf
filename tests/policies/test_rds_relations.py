"""Each rule about what a database is connected to; those of subnets and TLS stand beside this."""

from collections.abc import Mapping
from typing import Any

import pytest
from pulumi_policy import PolicyResource

from rules import rds_relations
from rules.rds import CLUSTER, CLUSTER_INSTANCE, INSTANCE
from rules.rds_relations import (
    rds_cluster_multi_az,
    rds_ingress_by_group,
)
from rules.security_groups import EGRESS_RULE, GROUP, INGRESS_RULE, RULE
from tests.deployed import deploy_stack
from tests.policies.harness import UNKNOWN, judge_stack, resource
from tests.policies.recorded import policy_resources
from tests.policies.small_stack import Small

RULES = {rule.name: rule for rule in rds_relations.POLICIES}


class Guarded:
    """A database with a security group."""

    def __init__(self, small: Small, token: str = INSTANCE, **props: Any) -> None:
        self.small = small
        self.group = small.add(GROUP, "group", **props)
        self.client = small.add(GROUP, "client", ingress=[{"cidrBlocks": ["0.0.0.0/0"]}])
        small.add(token, "database", vpcSecurityGroupIds=[self.group])


RANGES: tuple[tuple[str, Mapping[str, Any], str], ...] = (
    (INGRESS_RULE, {"cidrIpv4": "10.0.0.0/8"}, "cidrIpv4 is 10.0.0.0/8"),
    (INGRESS_RULE, {"cidrIpv6": "fc00::/7"}, "cidrIpv6 is fc00::/7"),
    (INGRESS_RULE, {"prefixListId": "pl-1"}, "prefixListId is pl-1"),
    (RULE, {"type": "ingress", "cidrBlocks": ["10.0.0.0/8"]}, "cidrBlocks is 10.0.0.0/8"),
    (RULE, {"type": "ingress", "ipv6CidrBlocks": ["::/0"]}, "ipv6CidrBlocks is ::/0"),
    (RULE, {"type": "ingress", "prefixListIds": ["pl-1"]}, "prefixListIds is pl-1"),
)


@pytest.mark.parametrize(("token", "props", "found"), RANGES)
def test_a_rule_with_an_address_range(
    small: Small, token: str, props: Mapping[str, Any], found: str
) -> None:
    guarded = Guarded(small)
    rule = small.add(token, "rule", securityGroupId=guarded.group, **props)
    verdict = small.judge(rds_ingress_by_group)
    assert verdict.violations == [
        "The security group rule of a database must let in security groups only, no address "
        f"ranges; {found}."
    ]
    assert verdict.urns == [rule.urn]


@pytest.mark.parametrize("token", [INSTANCE, CLUSTER])
def test_inline_ingress(small: Small, token: str) -> None:
    inline = [{"securityGroups": ["sg-1"]}, {"cidrBlocks": ["10.0.0.0/8", "172.16.0.0/12"]}]
    guarded = Guarded(small, token, ingress=inline)
    verdict = small.judge(rds_ingress_by_group)
    assert [message.split("; ")[1] for message in verdict.violations] == [
        "ingress[1].cidrBlocks is 10.0.0.0/8.",
        "ingress[1].cidrBlocks is 172.16.0.0/12.",
    ]
    assert verdict.urns == [guarded.group.urn] * 2


def test_security_groups_are_let_in(small: Small) -> None:
    guarded = Guarded(small, ingress=UNKNOWN)  # nothing that the program gave
    of_group = {"securityGroupId": guarded.group}
    small.add(INGRESS_RULE, "new", **of_group, referencedSecurityGroupId=guarded.client)
    small.add(RULE, "old", **of_group, type="ingress", sourceSecurityGroupId=guarded.client)
    small.add(RULE, "out", **of_group, type="egress", cidrBlocks=["0.0.0.0/0"])
    small.add(EGRESS_RULE, "out", **of_group, cidrIpv4="0.0.0.0/0")
    small.add(INGRESS_RULE, "other", securityGroupId=guarded.client, cidrIpv4="0.0.0.0/0")
    verdict = small.judge(rds_ingress_by_group)
    assert verdict.violations == []
    assert not verdict.unknown


def test_an_unknown_range_hides_no_other_one(small: Small) -> None:
    guarded = Guarded(small)
    for name, value in (("first", UNKNOWN), ("second", "10.0.0.0/8")):
        small.add(INGRESS_RULE, name, securityGroupId=guarded.group, cidrIpv4=value)
    verdict = small.judge(rds_ingress_by_group)
    assert len(verdict.violations) == 1
    assert verdict.unknown


def cluster_in(small: Small, *zones: str | None) -> PolicyResource:
    cluster = small.add(CLUSTER, "cluster")
    for place, zone in enumerate(zones):
        props = {} if zone is None else {"availabilityZone": zone}
        small.add(CLUSTER_INSTANCE, f"instance-{place}", clusterIdentifier=cluster, **props)
    small.add(CLUSTER_INSTANCE, "stranger", clusterIdentifier="other")
    return cluster


@pytest.mark.parametrize(
    ("zones", "found"),
    [((None,), "it has 1, a single one"), (("a", "a"), "it has 2, all in a")],
    ids=["one instance", "one zone"],
)
def test_a_cluster_in_one_zone(small: Small, zones: tuple[str | None, ...], found: str) -> None:
    cluster = cluster_in(small, *zones)
    verdict = small.judge(rds_cluster_multi_az)
    assert verdict.violations == [
        f"The RDS cluster must have instances in two Availability Zones at least; {found}."
    ]
    assert verdict.urns == [cluster.urn]
    assert small.judge(rds_cluster_multi_az, {"required": False}).violations == []


@pytest.mark.parametrize(
    "zones",
    [(), (None, None), ("a", "b"), ("a", UNKNOWN)],
    ids=["elsewhere", "not given", "two", "unknown"],
)
def test_a_cluster_in_two_zones(small: Small, zones: tuple[str | None, ...]) -> None:
    cluster_in(small, *zones)
    verdict = small.judge(rds_cluster_multi_az)
    assert verdict.violations == []
    assert not verdict.unknown


@pytest.mark.parametrize("rule", RULES)
def test_other_types_are_not_judged(rule: str) -> None:
    assert not judge_stack(RULES[rule], [resource("aws:ec2/vpc:Vpc", "vpc", {})]).applicable


@pytest.mark.parametrize("preview", [False, True])
@pytest.mark.parametrize("rule", RULES)
def test_prod_passes(rule: str, preview: bool) -> None:
    verdict = judge_stack(
        RULES[rule], policy_resources(deploy_stack("prod", preview=preview), preview)
    )
    assert verdict.violations == []
    assert not verdict.unknown
