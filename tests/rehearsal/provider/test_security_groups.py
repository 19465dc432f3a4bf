"""Security groups and their rules: their life, their checks, and drift."""

from typing import Any

import pytest

from rehearsal.provider import Created, RefusedError, replacements
from rehearsal.provider.resource_type import OnChange
from tests.rehearsal.provider import networks as net

ANYWHERE = {
    "IpProtocol": "tcp",
    "FromPort": 22,
    "ToPort": 22,
    "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
}


@pytest.fixture
def vpc(rig: Any) -> Created:
    return net.vpc(rig)


@pytest.fixture
def group(rig: Any, vpc: Created) -> Created:
    created: Created = rig.create(net.GROUP, "group", vpcId=vpc.id)
    return created


def test_life_of_a_group(rig: Any, vpc: Created) -> None:
    created = rig.live(net.GROUP, "jobs", {"vpcId": vpc.id}, {"vpcId": vpc.id, "tags": {"a": "b"}})
    assert created.outputs["name"].startswith("jobs-")
    assert created.outputs["description"] == "Managed by Pulumi"


def test_a_new_group_lets_nothing_out(rig: Any, group: Created) -> None:
    described = rig.cloud.client("ec2").describe_security_groups(GroupIds=[group.id])
    assert described["SecurityGroups"][0]["IpPermissionsEgress"] == []
    assert group.outputs["egress"] == group.outputs["ingress"] == []


def test_a_rule_made_behind_the_back_shows(rig: Any, group: Created) -> None:
    rig.cloud.client("ec2").authorize_security_group_ingress(
        GroupId=group.id, IpPermissions=[ANYWHERE]
    )
    ingress = rig.read(net.GROUP, group)["ingress"]
    assert [(rule["fromPort"], rule["cidrBlocks"]) for rule in ingress] == [(22, ["0.0.0.0/0"])]


@pytest.mark.parametrize(
    ("inputs", "problem"),
    [
        ({"name": "sg-mine"}, "name is 'sg-mine'; the provider takes none that starts with sg-"),
        ({"name": "n" * 256}, "name has 256 characters; the provider takes 255"),
        ({"description": "d" * 256}, "description has 256 characters; the provider takes 255"),
        ({"ingress": []}, "not taught the input ingress"),
    ],
)
def test_the_provider_refuses_a_group(rig: Any, inputs: dict[str, Any], problem: str) -> None:
    with pytest.raises(RefusedError, match=problem):
        rig.create(net.GROUP, "group", vpcId="vpc-1", **inputs)


def test_the_default_group_loses_its_rules_and_is_only_forgotten(rig: Any, vpc: Created) -> None:
    ec2 = rig.cloud.client("ec2")
    default = vpc.outputs["defaultSecurityGroupId"]
    ec2.authorize_security_group_ingress(GroupId=default, IpPermissions=[ANYWHERE])
    ec2.create_tags(Resources=[default], Tags=[{"Key": "old", "Value": "1"}])
    adopted = rig.create(net.DEFAULT_GROUP, "default", vpcId=vpc.id, tags={"Name": "unused"})
    assert adopted.id == default
    assert (adopted.outputs["ingress"], adopted.outputs["egress"]) == ([], [])
    assert adopted.outputs["tags"] == {"Name": "unused"}
    assert rig.read(net.DEFAULT_GROUP, adopted) == adopted.outputs
    rig.delete(net.DEFAULT_GROUP, adopted)
    assert rig.read(net.DEFAULT_GROUP, adopted) == adopted.outputs


def test_the_default_group_of_no_vpc_cannot_be_adopted(rig: Any) -> None:
    with pytest.raises(RefusedError, match="the VPC vpc-1 has no default security group to adopt"):
        rig.create(net.DEFAULT_GROUP, "default", vpcId="vpc-1")


@pytest.mark.parametrize("token", [net.INGRESS, net.EGRESS])
def test_life_of_a_rule_for_a_network(rig: Any, group: Created, token: str) -> None:
    rule = {"securityGroupId": group.id, "ipProtocol": "tcp", "fromPort": 80, "toPort": 80}
    created = rig.live(
        token,
        "rule",
        {**rule, "cidrIpv4": "10.0.0.0/16", "description": "web", "tags": {"a": "b"}},
        {**rule, "cidrIpv4": "10.1.0.0/16", "toPort": 81},
    )
    assert created.outputs["securityGroupRuleId"] == created.id
    assert (created.outputs["cidrIpv4"], created.outputs["toPort"]) == ("10.1.0.0/16", 81)
    assert created.outputs["description"] is None
    assert created.outputs["tags"] == {}


def test_each_direction_lands_on_its_side(rig: Any, group: Created) -> None:
    rule = {"securityGroupId": group.id, "ipProtocol": "tcp", "fromPort": 80, "toPort": 80}
    rig.create(net.EGRESS, "out", **rule, cidrIpv4="10.0.0.0/16")
    outputs = rig.read(net.GROUP, group)
    assert (len(outputs["egress"]), len(outputs["ingress"])) == (1, 0)
    rig.create(net.INGRESS, "in", **rule, cidrIpv4="10.0.0.0/16")
    assert len(rig.read(net.GROUP, group)["ingress"]) == 1


@pytest.mark.parametrize("token", [net.INGRESS, net.EGRESS])
def test_a_rule_for_a_group_takes_another_group_in_place(
    rig: Any, vpc: Created, group: Created, token: str
) -> None:
    one, two = (rig.create(net.GROUP, name, vpcId=vpc.id) for name in ("one", "two"))
    rule = {"securityGroupId": group.id, "ipProtocol": "tcp", "fromPort": 80, "toPort": 80}
    created = rig.live(
        token,
        "rule",
        {**rule, "referencedSecurityGroupId": one.id, "description": "from one"},
        {**rule, "referencedSecurityGroupId": two.id, "description": "from two"},
    )
    assert created.outputs["referencedSecurityGroupId"] == two.id
    assert created.outputs["description"] == "from two"


def test_all_protocols_have_no_ports(rig: Any, group: Created) -> None:
    rule = {"securityGroupId": group.id, "ipProtocol": "-1"}
    created = rig.live(
        net.EGRESS, "out", {**rule, "cidrIpv4": "0.0.0.0/0"}, {**rule, "cidrIpv4": "10.0.0.0/8"}
    )
    assert "fromPort" not in created.outputs


def test_a_protocol_keeps_the_spelling_of_the_program(rig: Any, group: Created) -> None:
    rule = {"securityGroupId": group.id, "ipProtocol": "6", "fromPort": 80, "toPort": 80}
    created = rig.create(net.INGRESS, "in", **rule, cidrIpv4="10.0.0.0/16")
    assert created.outputs["ipProtocol"] == "6"
    assert rig.read(net.INGRESS, created) == created.outputs


def test_a_rule_widened_behind_the_back_shows(rig: Any, group: Created) -> None:
    rule = {"securityGroupId": group.id, "ipProtocol": "tcp", "fromPort": 80, "toPort": 80}
    created = rig.create(net.INGRESS, "in", **rule, cidrIpv4="10.0.0.0/16")
    wide = {"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535, "CidrIpv4": "0.0.0.0/0"}
    rig.cloud.client("ec2").modify_security_group_rules(
        GroupId=group.id,
        SecurityGroupRules=[{"SecurityGroupRuleId": created.id, "SecurityGroupRule": wide}],
    )
    drifted = rig.read(net.INGRESS, created)
    assert (drifted["cidrIpv4"], drifted["toPort"]) == ("0.0.0.0/0", 65535)


def test_another_kind_of_peer_replaces_the_rule(rig: Any, group: Created) -> None:
    rule = {"securityGroupId": group.id, "ipProtocol": "-1"}
    created = rig.create(net.INGRESS, "in", **rule, cidrIpv4="10.0.0.0/16")
    with pytest.raises(RefusedError, match="cidrIpv4, referencedSecurityGroupId replaces"):
        rig.update(net.INGRESS, "in", created, **rule, referencedSecurityGroupId=group.id)


@pytest.mark.parametrize(
    ("inputs", "problem"),
    [
        ({}, "no peer is given; a rule takes exactly one of cidrIpv4, prefixListId, referenced"),
        ({"cidrIpv4": "10.0.0.0/8", "prefixListId": "pl-1"}, "cidrIpv4 and prefixListId is given"),
        ({"cidrIpv4": "10.0.0.1/8"}, "cidrIpv4 is '10.0.0.1/8'; the provider takes"),
        ({"cidrIpv4": "10.0.0.0/8", "toPort": 65536}, "toPort is 65536; the provider allows -1"),
        (
            {"cidrIpv4": "10.0.0.0/8", "ipProtocol": "all"},
            "fromPort is 80 with ipProtocol -1; .* must be left out",
        ),
    ],
)
def test_the_provider_refuses_a_rule(rig: Any, inputs: dict[str, Any], problem: str) -> None:
    rule = {"securityGroupId": "sg-1", "ipProtocol": "tcp", "fromPort": 80, "toPort": 80}
    with pytest.raises(RefusedError, match=problem):
        rig.create(net.INGRESS, "in", **{**rule, **inputs})


def test_the_same_rule_twice_is_refused(rig: Any, group: Created) -> None:
    rule = {"securityGroupId": group.id, "ipProtocol": "-1", "cidrIpv4": "10.0.0.0/8"}
    rig.create(net.INGRESS, "one", **rule)
    with pytest.raises(RefusedError, match=r"SecurityGroupIngressRule two: .*Duplicate"):
        rig.create(net.INGRESS, "two", **rule)


def test_arns_carry_the_partition(rig: Any) -> None:
    china = net.in_region(rig, "cn-north-1")
    group = china.create(net.GROUP, "group", vpcId=net.vpc(china).id)
    rule = china.create(
        net.EGRESS, "out", securityGroupId=group.id, ipProtocol="-1", cidrIpv4="0.0.0.0/0"
    )
    start = "arn:aws-cn:ec2:cn-north-1:123456789012"
    assert group.outputs["arn"] == f"{start}:security-group/{group.id}"
    assert rule.outputs["arn"] == f"{start}:security-group-rule/{rule.id}"


@pytest.mark.parametrize(
    ("token", "replacing"),
    [
        (net.GROUP, {"vpcId", "name", "description"}),
        (net.DEFAULT_GROUP, {"vpcId"}),
        (net.INGRESS, {"securityGroupId"}),
        (net.EGRESS, {"securityGroupId"}),
    ],
)
def test_what_replaces(token: str, replacing: set[str]) -> None:
    entries = replacements.of(token).inputs.items()
    assert {name for name, entry in entries if entry.effect is OnChange.REPLACE} == replacing
