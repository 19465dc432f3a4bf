"""Rules of security groups, each a resource of its own."""

from functools import partial
from typing import Any

from rehearsal.provider.cloud import Cloud
from rehearsal.provider.ec2_calls import (
    first,
    ipv4_network,
    put_tags,
    tag_outputs,
    tag_specifications,
)
from rehearsal.provider.plan_checks import between, problems
from rehearsal.provider.resource_type import Input, ResourceType, Values
from rehearsal.provider.shapes import found, given
from rehearsal.provider.unfinished import made

_LAST_PORT = 65535
_ALL_PROTOCOLS = "-1"
_NO_RULE = "InvalidSecurityGroupRuleId.NotFound"
_NO_GROUP, _NO_GROUP_ID = "InvalidGroup.NotFound", "InvalidGroupId.NotFound"

# terraform-provider-aws internal/service/ec2/vpc_security_group_ingress_rule.go normalises these.
_PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": _ALL_PROTOCOLS}

_RULE = {"ipProtocol": "IpProtocol", "fromPort": "FromPort", "toPort": "ToPort"}
_PEERS = {
    "cidrIpv4": "CidrIpv4",
    "prefixListId": "PrefixListId",
    "referencedSecurityGroupId": "ReferencedGroupId",
}


def _peers(inputs: Values) -> list[str]:
    """Return which of the inputs name who may connect."""
    return [name for name in _PEERS if inputs.get(name)]


def _check_rule(inputs: Values) -> list[str]:
    port = between(-1, _LAST_PORT)
    refused = problems(inputs, {"cidrIpv4": ipv4_network, "fromPort": port, "toPort": port})
    peers = _peers(inputs)
    if len(peers) != 1:
        refused.append(
            f"{' and '.join(peers) or 'no peer'} is given; a rule takes exactly one of "
            f"{', '.join(_PEERS)}"
        )
    for name in ("fromPort", "toPort"):
        if inputs.get(name) is not None and _protocol(inputs) == _ALL_PROTOCOLS:
            refused.append(
                f"{name} is {inputs[name]} with ipProtocol -1; AWS answers -1 and the provider "
                "then finds a difference for ever, so it must be left out"
            )
    return refused


def _protocol(inputs: Values) -> str:
    name = str(inputs["ipProtocol"]).lower()
    return _PROTOCOLS.get(name, name)


def _permission(inputs: Values) -> dict[str, Any]:
    """Return a rule as the authorising and revoking calls take it."""
    note = given(inputs, {"description": "Description"})
    members_of = {
        "cidrIpv4": ("IpRanges", "CidrIp"),
        "prefixListId": ("PrefixListIds", "PrefixListId"),
        "referencedSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
    }
    permission: dict[str, Any] = given({**inputs, "ipProtocol": _protocol(inputs)}, _RULE)
    for name, (members, key) in members_of.items():
        if inputs.get(name) is not None:
            permission[members] = [{key: inputs[name], **note}]
    return permission


def _authorize(cloud: Cloud, inputs: Values, *, egress: bool) -> str:
    client = cloud.client("ec2")
    call = (
        client.authorize_security_group_egress
        if egress
        else client.authorize_security_group_ingress
    )
    answer = call(
        GroupId=inputs["securityGroupId"],
        IpPermissions=[_permission(inputs)],
        **tag_specifications(inputs, "security-group-rule"),
    )
    return str(answer["SecurityGroupRules"][0]["SecurityGroupRuleId"])


def _revoke(cloud: Cloud, rule_id: str, state: Values, *, egress: bool) -> None:
    client = cloud.client("ec2")
    call = client.revoke_security_group_egress if egress else client.revoke_security_group_ingress
    found(
        call,
        _NO_RULE,
        _NO_GROUP,
        _NO_GROUP_ID,
        "InvalidPermission.NotFound",
        GroupId=state["securityGroupId"],
        SecurityGroupRuleIds=[rule_id],
    )


def _rule_id(resource_id: str, state: Values) -> str:
    return str(state.get("securityGroupRuleId", resource_id))


def _create_rule(cloud: Cloud, inputs: Values, *, egress: bool) -> tuple[str, Values]:
    rule_id = made(_authorize(cloud, inputs, egress=egress))
    return rule_id, _read_rule(cloud, rule_id, inputs) or {}


def _read_rule(cloud: Cloud, resource_id: str, state: Values) -> Values | None:
    rule_id = _rule_id(resource_id, state)
    call = cloud.client("ec2").describe_security_group_rules
    rule = first(call, "SecurityGroupRules", _NO_RULE, SecurityGroupRuleIds=[rule_id])
    if rule is None:
        return None
    return {
        "arn": cloud.arn("ec2", f"security-group-rule/{rule_id}"),
        "securityGroupRuleId": rule_id,
        "securityGroupId": rule["GroupId"],
        **_protocol_and_ports(rule, state),
        **_described_peer(rule),
        "description": _described_text(rule, state),
        **tag_outputs(rule["Tags"]),
    }


def _protocol_and_ports(rule: Any, state: Values) -> dict[str, Any]:
    """Return what AWS reports; spelled as in the state where that means the same."""
    outputs: dict[str, Any] = {"ipProtocol": rule["IpProtocol"]}
    if "ipProtocol" in state and _protocol(state) == rule["IpProtocol"]:
        outputs["ipProtocol"] = state["ipProtocol"]
    for name, key in (("fromPort", "FromPort"), ("toPort", "ToPort")):
        if rule[key] != -1 or state.get(name) is not None:
            outputs[name] = rule[key]
    return outputs


def _described_peer(rule: Any) -> dict[str, Any]:
    group = rule.get("ReferencedGroupInfo", {}).get("GroupId")
    return given({**rule, "ReferencedGroupId": group}, {key: name for name, key in _PEERS.items()})


def _described_text(rule: Any, state: Values) -> str | None:
    # The emulator reports the description of a rule only where its peer is a network.
    return rule.get("Description") or (None if "CidrIpv4" in rule else state.get("description"))


def _peer_of_another_kind(state: Values, inputs: Values) -> bool:
    return _peers(state) != _peers(inputs)


def _update_rule(
    cloud: Cloud, resource_id: str, state: Values, inputs: Values, *, egress: bool
) -> Values:
    rule_id = _rule_id(resource_id, state)
    cloud.client("ec2").modify_security_group_rules(
        GroupId=inputs["securityGroupId"],
        SecurityGroupRules=[
            {"SecurityGroupRuleId": rule_id, "SecurityGroupRule": _modified(inputs)}
        ],
    )
    put_tags(cloud, rule_id, state.get("tags"), inputs.get("tags"))
    described = _read_rule(cloud, rule_id, {**inputs, "securityGroupRuleId": rule_id}) or {}
    kept = [name for name in _peers(inputs) if described.get(name) == inputs[name]]
    if not kept:
        # The emulator leaves a group or prefix list as it was, so a new rule stands in for AWS's
        # modified one; its id differs, which on AWS it would not.
        new_rule_id = _authorize(cloud, inputs, egress=egress)
        _revoke(cloud, rule_id, state, egress=egress)
        rule_id = new_rule_id
    return _read_rule(cloud, rule_id, {**inputs, "securityGroupRuleId": rule_id}) or {}


def _modified(inputs: Values) -> dict[str, Any]:
    """Return a rule as ModifySecurityGroupRules takes it: whole, and without what is left out."""
    rule = given({**inputs, "ipProtocol": _protocol(inputs)}, {**_RULE, **_PEERS})
    if rule["IpProtocol"] == _ALL_PROTOCOLS:
        # The emulator demands ports of every rule; AWS ignores them here.
        rule.update({"FromPort": -1, "ToPort": -1})
    return {**rule, "Description": inputs.get("description") or ""}


def _delete_rule(cloud: Cloud, resource_id: str, state: Values, *, egress: bool) -> None:
    _revoke(cloud, _rule_id(resource_id, state), state, egress=egress)


def _row(direction: str, *, egress: bool) -> ResourceType:
    return ResourceType(
        token=f"aws:vpc/securityGroup{direction}Rule:SecurityGroup{direction}Rule",
        inputs={
            "securityGroupId": Input(required=True),
            "ipProtocol": Input(required=True),
            "fromPort": Input(),
            "toPort": Input(),
            **dict.fromkeys(_PEERS, Input()),
            "description": Input(),
            "tags": Input(),
        },
        check=_check_rule,
        create=partial(_create_rule, egress=egress),
        read=_read_rule,
        update=partial(_update_rule, egress=egress),
        conditions={"peer of another kind": _peer_of_another_kind},
        delete=partial(_delete_rule, egress=egress),
    )


RESOURCE_TYPES = (
    _row("Ingress", egress=False),
    _row("Egress", egress=True),
)
"""The rows of this module."""
