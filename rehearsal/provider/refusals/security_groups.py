"""Refusals of security groups and their rules."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rehearsal.provider.refusals.refusal import Parameters, Refusal

if TYPE_CHECKING:
    from rehearsal.provider.cloud import Cloud

_API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference"
_ALLOWED = re.compile(r"[0-9A-Za-z ._\-:/()#,@\[\]+=&;{}!$*]{0,255}")
_ALLOWED_WORDS = "at most 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*"
_WITH_PORTS = ("tcp", "udp", "6", "17")


def _text(_: "Cloud", parameters: Parameters) -> str | None:
    for name in ("GroupName", "Description"):
        if not _ALLOWED.fullmatch(parameters.get(name, "")):
            return f"{name} is {parameters[name]!r}; AWS allows {_ALLOWED_WORDS}"
    return None


def _rules(parameters: Parameters) -> Iterator[Any]:
    """Return the rules of an authorising or of a modifying call."""
    yield from parameters.get("IpPermissions", ())
    for item in parameters.get("SecurityGroupRules", ()):
        yield item["SecurityGroupRule"]


def _descriptions(rule: Any) -> Iterator[str]:
    yield rule.get("Description", "")
    for members in ("IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs"):
        for member in rule.get(members, ()):
            yield member.get("Description", "")


def _rule_text(_: "Cloud", parameters: Parameters) -> str | None:
    for rule in _rules(parameters):
        for description in _descriptions(rule):
            if not _ALLOWED.fullmatch(description):
                return f"a rule's description is {description!r}; AWS allows {_ALLOWED_WORDS}"
    return None


def _ports(_: "Cloud", parameters: Parameters) -> str | None:
    for rule in _rules(parameters):
        protocol, ports = rule.get("IpProtocol"), (rule.get("FromPort"), rule.get("ToPort"))
        if protocol not in _WITH_PORTS:
            continue
        if None in ports:
            return f"InvalidParameterValue: a rule of {protocol} must have both of its ports"
        if ports[0] > ports[1]:
            return f"InvalidParameterValue: a rule's ports are {ports[0]} to {ports[1]}, backwards"
    return None


_RULE_CALLS = (
    "AuthorizeSecurityGroupIngress",
    "AuthorizeSecurityGroupEgress",
    "ModifySecurityGroupRules",
)

REFUSALS: tuple[Refusal, ...] = (
    Refusal(
        service="ec2",
        operations=("CreateSecurityGroup",),
        source=f"{_API}/API_CreateSecurityGroup.html",
        problem=_text,
    ),
    Refusal(
        service="ec2",
        operations=_RULE_CALLS,
        source=f"{_API}/API_IpRange.html",
        problem=_rule_text,
    ),
    Refusal(
        service="ec2",
        operations=_RULE_CALLS,
        source=f"{_API}/API_IpPermission.html",
        problem=_ports,
    ),
)
