"""Where the rules of security groups stand: inside a group, or as resources of their own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from rules.flags import shown
from rules.reading import elements, judge_each, mapping, number

GROUP = "aws:ec2/securityGroup:SecurityGroup"
DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"

GROUPS = (GROUP, DEFAULT_GROUP)
SEPARATE_RULES = (RULE, INGRESS_RULE, EGRESS_RULE)
"""Types of rules that name their group in `securityGroupId`."""

KINDS: Mapping[str, str] = {
    GROUP: "security group",
    DEFAULT_GROUP: "default security group",
    RULE: "security group rule",
    INGRESS_RULE: "security group rule",
    EGRESS_RULE: "security group rule",
}
"""What messages call each type."""

_ONE_WAY: Mapping[str, str] = {INGRESS_RULE: "ingress", EGRESS_RULE: "egress"}

_RANGES = ("cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6")
_PREFIX_LISTS = ("prefixListIds", "prefixListId")

_EVERY_PROTOCOL = ("-1", "all")
_PROTOCOLS: Mapping[str, str] = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}
_WITH_PORTS = ("tcp", "udp")


@dataclass(frozen=True)
class GroupRule:
    """One rule of a security group.

    Attributes:
        where: its place, such as `ingress[0]`; empty for a resource of its own.
        props: the rule's properties.
    """

    where: str
    props: Mapping[str, Any]

    def judge_ranges(self, judge: Callable[[str, str], None], *, prefix_lists: bool) -> None:
        """Judge every address range that the rule names, by its place and value.

        Args:
            judge: judges one.
            prefix_lists: whether lists of ranges count as well, by their ids.

        Raises:
            UnknownValueError: one is known after the update only.
        """
        keys = (*_RANGES, *_PREFIX_LISTS) if prefix_lists else _RANGES
        place = f"{self.where}." if self.where else ""
        judge_each(
            keys,
            lambda key: judge_each(
                elements(self.props.get(key)), lambda value: judge(f"{place}{key}", str(value))
            ),
        )

    @property
    def protocol(self) -> str:
        """`tcp`, `udp` or another name or number; `-1` for all protocols."""
        given = self.props.get("protocol")
        text = shown(self.props.get("ipProtocol") if given is None else given).lower()
        return "-1" if text in _EVERY_PROTOCOL else _PROTOCOLS.get(text, text)

    @property
    def ports(self) -> range:
        """The TCP or UDP ports; empty for a protocol without ports, and where none is given."""
        first, last = number(self.props.get("fromPort")), number(self.props.get("toPort"))
        if self.protocol not in _WITH_PORTS or first is None or last is None:
            return range(0)
        return range(int(first), int(last) + 1)

    def only_on(self, allowed: frozenset[int]) -> bool:
        """Say whether the rule is about allowed ports only."""
        return bool(self.ports) and all(port in allowed for port in self.ports)

    @property
    def traffic(self) -> str:
        """What the rule is about, in words: `tcp port 22`."""
        if self.protocol == "-1":
            return "all protocols"
        if not self.ports:
            return self.protocol
        first, last = self.ports[0], self.ports[-1]
        return f"{self.protocol} port{f' {first}' if first == last else f's {first} to {last}'}"


def judge_rules(
    type_token: str,
    props: Mapping[str, Any],
    direction: str,
    judge: Callable[[GroupRule], None],
) -> None:
    """Judge every rule in a resource, and then raise the first unknown value met.

    Args:
        type_token: the resource's type.
        props: its properties.
        direction: `ingress` or `egress`.
        judge: judges one rule.

    Raises:
        UnknownValueError: a rule is known after the update only.
    """
    if type_token in GROUPS:
        # zip, unlike enumerate, counts on when an unknown element raises.
        judge_each(
            zip(count(), elements(props.get(direction))),
            lambda found: judge(GroupRule(f"{direction}[{found[0]}]", mapping(found[1]))),
        )
    elif (_ONE_WAY.get(type_token) or props.get("type")) == direction:
        judge(GroupRule("", props))
