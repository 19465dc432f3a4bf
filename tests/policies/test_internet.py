"""Each rule about what security groups let in from the internet, and out to it."""

from collections.abc import Mapping
from typing import Any

import pytest
from pulumi_policy import ResourceValidationPolicy

from rules.internet import sg_egress_named_ports, sg_no_world_ingress
from rules.security_groups import DEFAULT_GROUP, EGRESS_RULE, GROUP, INGRESS_RULE, RULE
from tests.deployed import deploy_stack
from tests.policies.harness import UNKNOWN, judge
from tests.policies.recorded import properties

VPC = "aws:ec2/vpc:Vpc"

Form = tuple[str, Mapping[str, Any]]
"""A type, and the properties of one of its resources."""

FROM_CLIENTS = {"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "cidrBlocks": ["10.0.0.0/8"]}
SSH = {"protocol": "tcp", "fromPort": 22, "toPort": 22}
NEW_SSH = {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22}


def forms(direction: str, address_range: str) -> dict[str, Form]:
    """Return every form of a rule about TCP port 22 of an address range."""
    one_way = INGRESS_RULE if direction == "ingress" else EGRESS_RULE
    number = 6 if ":" in address_range else 4
    old = "ipv6CidrBlocks" if number == 6 else "cidrBlocks"
    inline = {direction: [FROM_CLIENTS, {**SSH, old: ["10.1.0.0/16", address_range]}]}
    return {
        "inline": (GROUP, inline),
        "inline, default group": (DEFAULT_GROUP, inline),
        "separate, old": (RULE, {"type": direction, **SSH, old: [address_range]}),
        "separate": (one_way, {**NEW_SSH, f"cidrIpv{number}": address_range}),
    }


RULES: Mapping[str, ResourceValidationPolicy] = {
    "ingress": sg_no_world_ingress,
    "egress": sg_egress_named_ports,
}
SEPARATE = {"ingress": INGRESS_RULE, "egress": EGRESS_RULE}
WORLDS = ("0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1", "8.0.0.0/7", "2000::/3", "2000::/15")
PLACES = ("10.0.0.0/8", "203.0.113.7/32", "11.0.0.0/8", "2630::/16", "fc00::/7", "no range")


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("form", forms("ingress", "::/0"))
@pytest.mark.parametrize("direction", RULES)
def test_the_world_on_a_port_that_is_not_allowed(direction: str, form: str, world: str) -> None:
    token, props = forms(direction, world)[form]
    (message,) = judge(RULES[direction], token, props).violations
    assert message.endswith(f" is {world}, for tcp port 22.")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("form", forms("ingress", "::/0"))
@pytest.mark.parametrize("direction", RULES)
def test_places_in_the_world(direction: str, form: str, place: str) -> None:
    token, props = forms(direction, place)[form]
    verdict = judge(RULES[direction], token, props)
    assert verdict.violations == []
    assert not verdict.unknown


@pytest.mark.parametrize(
    ("direction", "form", "message"),
    [
        (
            "ingress",
            "inline",
            "The security group must let in the internet on allowed ports only (none); "
            "ingress[1].cidrBlocks is 0.0.0.0/0, for tcp port 22.",
        ),
        (
            "ingress",
            "inline, default group",
            "The default security group must let in the internet on allowed ports only (none); "
            "ingress[1].cidrBlocks is 0.0.0.0/0, for tcp port 22.",
        ),
        (
            "egress",
            "separate",
            "The security group rule must reach the internet on allowed ports only (443); "
            "cidrIpv4 is 0.0.0.0/0, for tcp port 22.",
        ),
    ],
)
def test_messages(direction: str, form: str, message: str) -> None:
    token, props = forms(direction, "0.0.0.0/0")[form]
    assert judge(RULES[direction], token, props).violations == [message]


@pytest.mark.parametrize(
    ("traffic", "found"),
    [
        ({"ipProtocol": "-1"}, "all protocols"),
        ({"ipProtocol": -1}, "all protocols"),
        ({"ipProtocol": "all"}, "all protocols"),
        ({"ipProtocol": "tcp", "fromPort": 443, "toPort": 444}, "tcp ports 443 to 444"),
        ({"ipProtocol": "tcp", "fromPort": 0, "toPort": 65535}, "tcp ports 0 to 65535"),
        ({"ipProtocol": "tcp", "fromPort": "442", "toPort": "443"}, "tcp ports 442 to 443"),
        ({"ipProtocol": "6", "fromPort": 80, "toPort": 80}, "tcp port 80"),
        ({"ipProtocol": "17", "fromPort": 53, "toPort": 53}, "udp port 53"),
        ({"ipProtocol": "tcp"}, "tcp"),
        ({"ipProtocol": "icmp", "fromPort": 443, "toPort": 443}, "icmp"),
        ({"ipProtocol": "50"}, "50"),
    ],
)
@pytest.mark.parametrize("direction", RULES)
def test_traffic(direction: str, traffic: Mapping[str, Any], found: str) -> None:
    props = {**traffic, "cidrIpv4": "0.0.0.0/0"}
    config = {"allowedPorts": [443]}
    (message,) = judge(RULES[direction], SEPARATE[direction], props, config).violations
    assert message.endswith(f"for {found}.")


@pytest.mark.parametrize("direction", RULES)
def test_allowed_ports(direction: str) -> None:
    props = {"ipProtocol": "tcp", "fromPort": 80, "toPort": 81, "cidrIpv4": "0.0.0.0/0"}
    rule, token = RULES[direction], SEPARATE[direction]
    assert judge(rule, token, props, {"allowedPorts": [81.0, 80.0]}).violations == []
    (message,) = judge(rule, token, props, {"allowedPorts": [80, 443]}).violations
    assert "(80, 443)" in message


def test_ports_that_are_allowed_by_default() -> None:
    https = {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "0.0.0.0/0"}
    assert judge(sg_egress_named_ports, EGRESS_RULE, https).violations == []
    assert len(judge(sg_no_world_ingress, INGRESS_RULE, https).violations) == 1


@pytest.mark.parametrize(
    ("direction", "other"), [("ingress", "egress"), ("egress", "ingress")], ids=RULES
)
def test_the_other_direction_is_not_judged(direction: str, other: str) -> None:
    found = forms(other, "0.0.0.0/0")
    for form in ("inline", "separate, old"):
        assert judge(RULES[direction], *found[form]).violations == []
    assert not judge(RULES[direction], *found["separate"]).applicable


@pytest.mark.parametrize("direction", RULES)
def test_no_rules(direction: str) -> None:
    verdict = judge(RULES[direction], GROUP, {})
    assert verdict.violations == []
    assert not verdict.unknown


@pytest.mark.parametrize(
    "unknown",
    [
        {**SSH, "cidrBlocks": [UNKNOWN]},
        {**SSH, "cidrBlocks": UNKNOWN},
        {**SSH, "fromPort": UNKNOWN, "cidrBlocks": ["0.0.0.0/0"]},
        {**SSH, "protocol": UNKNOWN, "cidrBlocks": ["0.0.0.0/0"]},
        UNKNOWN,
    ],
    ids=["range", "ranges", "port", "protocol", "rule"],
)
@pytest.mark.parametrize("direction", RULES)
def test_an_unknown_value_hides_no_rule_beside_it(direction: str, unknown: Any) -> None:
    props = {direction: [unknown, {**SSH, "cidrBlocks": ["0.0.0.0/0"]}]}
    verdict = judge(RULES[direction], GROUP, props)
    assert [f"{direction}[1].cidrBlocks" in message for message in verdict.violations] == [True]
    assert verdict.unknown


def test_an_unknown_port_of_a_private_range_does_not_matter() -> None:
    props = {**NEW_SSH, "fromPort": UNKNOWN, "cidrIpv4": "10.0.0.0/8"}
    assert not judge(sg_no_world_ingress, INGRESS_RULE, props).unknown


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_other_types_are_no_security_groups(rule: ResourceValidationPolicy) -> None:
    assert not judge(rule, VPC, {}).applicable


MANY = [f"{number}.0.0.0/8" for number in range(1, 224)]
TOGETHER = {
    "all of IPv4": MANY,
    "two ranges": ["11.0.0.0/8", "203.0.113.7/32"],
    "two ranges of IPv6": ["2630::/16", "2001:db8::/32"],
    "private ranges beside": ["11.0.0.0/8", "10.0.0.0/8", "12.0.0.0/8"],
}
PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"]
APART = {
    "one range in pieces": [f"11.{number}.0.0/16" for number in range(256)],
    "one range twice": ["11.0.0.0/8", "11.1.0.0/16"],
    "private ranges": PRIVATE,
    "private ranges and another": [*PRIVATE, "11.0.0.0/8"],
    "one of each version": ["11.0.0.0/8", "2630::/16"],
}


def of_group(direction: str, ranges: list[str]) -> dict[str, Any]:
    """Return a group with a rule for each range."""
    key = {True: "ipv6CidrBlocks", False: "cidrBlocks"}
    return {direction: [{**SSH, key[":" in one]: [one]} for one in ranges]}


@pytest.mark.parametrize("ranges", TOGETHER.values(), ids=TOGETHER)
@pytest.mark.parametrize("direction", RULES)
def test_ranges_that_are_the_world_together(direction: str, ranges: list[str]) -> None:
    verdict = judge(RULES[direction], GROUP, of_group(direction, ranges))
    way, allowed = {"ingress": ("let in", "none"), "egress": ("reach", "443")}[direction]
    assert verdict.violations == [
        f"The security group must {way} the internet on allowed ports only ({allowed}); its "
        "address ranges on other ports are, together, larger than an IPv4 /8 or an IPv6 /16."
    ]


@pytest.mark.parametrize("ranges", APART.values(), ids=APART)
@pytest.mark.parametrize("direction", RULES)
def test_ranges_that_are_not(direction: str, ranges: list[str]) -> None:
    verdict = judge(RULES[direction], GROUP, of_group(direction, ranges))
    assert verdict.violations == []
    assert not verdict.unknown


def test_ranges_of_one_separate_rule_together() -> None:
    props = {"type": "ingress", **SSH, "cidrBlocks": MANY}
    (message,) = judge(sg_no_world_ingress, RULE, props).violations
    assert message.startswith("The security group rule must let in the internet ")


def test_ranges_on_allowed_ports_do_not_count() -> None:
    props = of_group("ingress", MANY)
    assert judge(sg_no_world_ingress, GROUP, props, {"allowedPorts": [22]}).violations == []


def test_the_world_is_not_reported_twice() -> None:
    (message,) = judge(
        sg_no_world_ingress, GROUP, of_group("ingress", ["0.0.0.0/0", *MANY])
    ).violations
    assert "ingress[0].cidrBlocks is 0.0.0.0/0" in message


def test_an_unknown_rule_does_not_hide_what_the_others_are_together() -> None:
    props = of_group("ingress", MANY)
    props["ingress"].append(UNKNOWN)
    verdict = judge(sg_no_world_ingress, GROUP, props)
    assert verdict.unknown
    assert len(verdict.violations) == 1


PREFIX_LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"
PREFIX_LIST_ENTRY = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"
HELD = "The managed prefix list must not hold the internet, which rules that name it let in; "


def entries(*ranges: str) -> dict[str, Any]:
    return {"entries": [{"cidr": one} for one in ranges]}


@pytest.mark.parametrize("world", WORLDS)
def test_a_prefix_list_of_the_world(world: str) -> None:
    verdict = judge(sg_no_world_ingress, PREFIX_LIST, entries("10.0.0.0/8", world))
    assert verdict.violations == [f"{HELD}entries[1].cidr is {world}."]
    verdict = judge(sg_no_world_ingress, PREFIX_LIST_ENTRY, {"cidr": world})
    assert verdict.violations == [f"{HELD}cidr is {world}."]


def test_a_prefix_list_whose_entries_are_the_world_together() -> None:
    assert judge(sg_no_world_ingress, PREFIX_LIST, entries(*MANY)).violations == [
        f"{HELD}its entries are, together, larger than an IPv4 /8 or an IPv6 /16."
    ]


@pytest.mark.parametrize("place", PLACES)
def test_prefix_lists_of_places(place: str) -> None:
    for token, props in ((PREFIX_LIST, entries(place)), (PREFIX_LIST_ENTRY, {"cidr": place})):
        assert judge(sg_no_world_ingress, token, props).violations == []
    assert judge(sg_no_world_ingress, PREFIX_LIST, {}).violations == []
    assert not judge(sg_egress_named_ports, PREFIX_LIST, {}).applicable


def test_an_unknown_entry_hides_no_other() -> None:
    verdict = judge(sg_no_world_ingress, PREFIX_LIST, entries(UNKNOWN, "0.0.0.0/0"))
    assert verdict.unknown
    assert verdict.violations == [f"{HELD}entries[1].cidr is 0.0.0.0/0."]
    assert judge(sg_no_world_ingress, PREFIX_LIST_ENTRY, {"cidr": UNKNOWN}).unknown


@pytest.mark.parametrize("preview", [False, True], ids=["made", "previewed"])
@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_prod_passes(rule: ResourceValidationPolicy, preview: bool) -> None:
    for one in deploy_stack("prod", preview=preview).registrations:
        props = properties(one, preview=True) if preview else one.inputs
        verdict = judge(rule, one.type, props)
        assert verdict.violations == []
        assert not verdict.unknown
