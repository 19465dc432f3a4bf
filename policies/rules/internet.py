"""Rules about what security groups let in from the internet, and let out to it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from pulumi_policy import ResourceValidationPolicy, Severity

from rules.address_ranges import LARGER, Network, are_world, public_network
from rules.reading import elements, judge_each, mapping
from rules.rule import About, Report, Subject, resource_rule
from rules.security_groups import (
    EGRESS_RULE,
    GROUPS,
    INGRESS_RULE,
    KINDS,
    RULE,
    GroupRule,
    judge_rules,
)

_VPC = "https://docs.aws.amazon.com/vpc/latest/userguide"

_PREFIX_LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"
_PREFIX_LIST_ENTRY = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"
_PREFIX_LISTS = (_PREFIX_LIST, _PREFIX_LIST_ENTRY)

_WAYS: Mapping[str, str] = {"ingress": "let in", "egress": "reach"}


@dataclass
class _Ranges:
    """The public ranges in one resource, of which each is judged alone, and all together.

    Attributes:
        is_world: whether one of them is the world alone.
        others: the others.
    """

    is_world: bool = False
    others: list[Network] = field(default_factory=list)

    def add(self, address_range: str) -> bool:
        """Take note of a range, and say whether it is the world alone."""
        network = public_network(address_range)
        if network is None:
            return False
        if are_world([network]):
            self.is_world = True
            return True
        self.others.append(network)
        return False

    @property
    def are_world(self) -> bool:
        """Whether no range is the world alone, and all together are."""
        return not self.is_world and are_world(self.others)


def _world_rule(
    described: About,
    types: Collection[str],
    direction: str,
) -> ResourceValidationPolicy:
    """Make a rule about the ports on which security groups meet the whole internet."""

    def check(subject: Subject, report: Report) -> None:
        if subject.type in _PREFIX_LISTS:
            _prefix_list_bounded(subject, report)
        else:
            _groups_bounded(subject, report, direction)

    return resource_rule(described, types, check)


def _groups_bounded(subject: Subject, report: Report, direction: str) -> None:
    ports = [int(one) for one in subject.thresholds["allowedPorts"]]
    allowed = ", ".join(str(one) for one in ports) or "none"
    must = (
        f"The {KINDS[subject.type]} must {_WAYS[direction]} the internet on allowed ports only "
        f"({allowed}); "
    )
    ranges = _Ranges()

    def judge_range(rule: GroupRule, where: str, value: str) -> None:
        if public_network(value) is None or rule.only_on(frozenset(ports)):
            return
        if ranges.add(value):
            report(f"{must}{where} is {value}, for {rule.traffic}.")

    def judge(rule: GroupRule) -> None:
        rule.judge_ranges(lambda where, value: judge_range(rule, where, value), prefix_lists=False)

    def judge_all() -> None:
        if ranges.are_world:
            report(f"{must}its address ranges on other ports are, together, {LARGER}.")

    judge_each(
        (lambda: judge_rules(subject.type, subject.props, direction, judge), judge_all),
        lambda step: step(),
    )


def _prefix_list_bounded(subject: Subject, report: Report) -> None:
    must = "The managed prefix list must not hold the internet, which rules that name it let in; "
    ranges = _Ranges()

    def judge_entry(where: str, entry: Mapping[str, Any]) -> None:
        if ranges.add(str(entry.get("cidr"))):
            report(f"{must}{where}cidr is {entry.get('cidr')}.")

    def judge_entries() -> None:
        if subject.type == _PREFIX_LIST_ENTRY:
            judge_entry("", subject.props)
        else:
            judge_each(
                zip(count(), elements(subject.props.get("entries"))),
                lambda found: judge_entry(f"entries[{found[0]}].", mapping(found[1])),
            )

    def judge_all() -> None:
        if ranges.are_world:
            report(f"{must}its entries are, together, {LARGER}.")

    judge_each((judge_entries, judge_all), lambda step: step())


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
        description="Security groups let in the internet on allowed ports only, and prefix lists "
        "do not hold it.",
        severity=Severity.HIGH,
        remediation="Name the client's security group, or its own address range, in the rule.",
        url=f"{_VPC}/security-group-rules.html",
        control="EC2.18",
        thresholds=_allowed_ports("TCP and UDP ports that the internet may reach.", []),
    ),
    (*GROUPS, RULE, INGRESS_RULE, *_PREFIX_LISTS),
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


POLICIES = [sg_no_world_ingress, sg_egress_named_ports]
