"""Load balancers, target groups and listeners."""

import re
from typing import Any

from rehearsal.provider.changes import as_given, same_set, tag_changes, with_tags
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.elbv2_target_group import ROW as TARGET_GROUP
from rehearsal.provider.resource_type import AutoName, Input, ResourceType, Values
from rehearsal.provider.shapes import found, given, pascal, tag_list, tag_map
from rehearsal.provider.unfinished import made

_NAME = re.compile(r"[0-9A-Za-z]([0-9A-Za-z-]{0,30}[0-9A-Za-z])?")
_LAST_PORT = 65535
_ATTRIBUTES = {
    "enableDeletionProtection": "deletion_protection.enabled",
    "enableCrossZoneLoadBalancing": "load_balancing.cross_zone.enabled",
}
_ENFORCE = "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic"


def _tags(inputs: Values) -> dict[str, Any]:
    return {"Tags": tag_list(inputs["tags"])} if inputs.get("tags") else {}


def _create_load_balancer(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    names = {"name": "Name", "subnets": "Subnets", "securityGroups": "SecurityGroups"}
    answer = cloud.client("elbv2").create_load_balancer(
        **given(inputs, names),
        Type=inputs["loadBalancerType"],
        Scheme="internal" if inputs["internal"] else "internet-facing",
        **_tags(inputs),
    )
    arn = made(answer["LoadBalancers"][0]["LoadBalancerArn"])
    _put_load_balancer(cloud, arn, inputs)
    return arn, _load_balancer_outputs(cloud, arn, inputs) or {}


def _put_load_balancer(cloud: Cloud, arn: str, inputs: Values) -> None:
    """Make the calls that follow the creation: attributes, and the rules on PrivateLink traffic."""
    elb = cloud.client("elbv2")
    elb.modify_load_balancer_attributes(
        LoadBalancerArn=arn,
        Attributes=[
            {"Key": key, "Value": str(inputs[name]).lower()} for name, key in _ATTRIBUTES.items()
        ],
    )
    if inputs.get(_ENFORCE):
        elb.set_security_groups(
            LoadBalancerArn=arn,
            SecurityGroups=inputs.get("securityGroups") or [],
            EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic=inputs[_ENFORCE],
        )


def _load_balancer_outputs(cloud: Cloud, arn: str, state: Values) -> Values | None:
    elb = cloud.client("elbv2")
    answer = found(elb.describe_load_balancers, "LoadBalancerNotFound", LoadBalancerArns=[arn])
    if answer is None:
        return None
    balancer = answer["LoadBalancers"][0]
    attributes = elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
    values = {each["Key"]: each["Value"] for each in attributes}
    tags = elb.describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"]
    zones = [zone["SubnetId"] for zone in balancer["AvailabilityZones"]]
    # The emulator forgets the enforcement of rules on PrivateLink traffic: the state answers.
    return {
        "arn": arn,
        "name": balancer["LoadBalancerName"],
        "loadBalancerType": balancer["Type"],
        "arnSuffix": arn.split(":loadbalancer/", 1)[1],
        "dnsName": cloud.addresses.load_balancer(balancer["LoadBalancerName"], arn),
        "zoneId": balancer["CanonicalHostedZoneId"],
        "vpcId": balancer["VpcId"],
        "internal": balancer["Scheme"] == "internal",
        "subnets": same_set(state.get("subnets"), zones),
        "securityGroups": same_set(
            state.get("securityGroups"), balancer.get("SecurityGroups") or []
        ),
        **{name: values[key] == "true" for name, key in _ATTRIBUTES.items()},
        **with_tags(state, tag_map(tags)),
    }


def _update_load_balancer(cloud: Cloud, arn: str, state: Values, inputs: Values) -> Values:
    elb = cloud.client("elbv2")
    _put_load_balancer(cloud, arn, inputs)
    if state.get("securityGroups") != inputs.get("securityGroups") and not inputs.get(_ENFORCE):
        elb.set_security_groups(
            LoadBalancerArn=arn, SecurityGroups=inputs.get("securityGroups") or []
        )
    if state.get("subnets") != inputs.get("subnets"):
        elb.set_subnets(LoadBalancerArn=arn, Subnets=inputs["subnets"])
    update_tags(cloud, arn, state, inputs)
    return _load_balancer_outputs(cloud, arn, inputs) or {}


def update_tags(cloud: Cloud, arn: str, state: Values, inputs: Values) -> None:
    """Bring the tags of a load balancer, target group or listener to the inputs'."""
    elb = cloud.client("elbv2")
    changed, removed = tag_changes(state.get("tags"), inputs.get("tags"))
    if removed:
        elb.remove_tags(ResourceArns=[arn], TagKeys=removed)
    if changed:
        elb.add_tags(ResourceArns=[arn], Tags=tag_list(changed))


def _network_without_more_subnets(state: Values, inputs: Values) -> bool:
    before, after = set(state.get("subnets") or ()), set(inputs.get("subnets") or ())
    is_network = inputs["loadBalancerType"] == "network"
    return is_network and before != after and len(after) <= len(before)


def _network_with_groups_on_or_off(state: Values, inputs: Values) -> bool:
    switched = bool(state.get("securityGroups")) != bool(inputs.get("securityGroups"))
    return inputs["loadBalancerType"] == "network" and switched


def _check_load_balancer(inputs: Values) -> list[str]:
    problems = []
    name, kind = inputs["name"], inputs["loadBalancerType"]
    if not _NAME.fullmatch(name) or name.startswith("internal-"):
        problems.append(
            f"name is {name!r}; up to 32 letters, digits and inner hyphens are allowed, "
            "not beginning with internal-"
        )
    if kind not in ("application", "network", "gateway"):
        problems.append(f"loadBalancerType is {kind!r}; application, gateway, network are allowed")
    if not inputs.get("subnets"):
        problems.append("one of subnets and subnetMappings must be given")
    if inputs.get(_ENFORCE) not in (None, "on", "off"):
        problems.append(f"{_ENFORCE} is {inputs[_ENFORCE]!r}; on and off are allowed")
    return problems


def _create_listener(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    answer = cloud.client("elbv2").create_listener(
        LoadBalancerArn=inputs["loadBalancerArn"], **_listener_parameters(inputs), **_tags(inputs)
    )
    arn = made(answer["Listeners"][0]["ListenerArn"])
    return arn, _listener_outputs(cloud, arn, inputs) or {}


def _listener_parameters(inputs: Values) -> dict[str, Any]:
    parameters = given(inputs, {"port": "Port", "protocol": "Protocol"})
    return {**parameters, "DefaultActions": pascal(inputs["defaultActions"])}


def _listener_outputs(cloud: Cloud, arn: str, state: Values) -> Values | None:
    elb = cloud.client("elbv2")
    answer = found(elb.describe_listeners, "ListenerNotFound", ListenerArns=[arn])
    if answer is None or not answer["Listeners"]:
        return None
    listener = answer["Listeners"][0]
    actions = [
        {"type": action["Type"], "targetGroupArn": action.get("TargetGroupArn")}
        for action in listener["DefaultActions"]
    ]
    tags = elb.describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"]
    return {
        "arn": arn,
        "loadBalancerArn": listener["LoadBalancerArn"],
        "port": listener["Port"],
        "protocol": listener["Protocol"],
        "defaultActions": as_given(state.get("defaultActions"), actions),
        **with_tags(state, tag_map(tags)),
    }


def _update_listener(cloud: Cloud, arn: str, state: Values, inputs: Values) -> Values:
    cloud.client("elbv2").modify_listener(ListenerArn=arn, **_listener_parameters(inputs))
    update_tags(cloud, arn, state, inputs)
    return _listener_outputs(cloud, arn, inputs) or {}


def _check_listener(inputs: Values) -> list[str]:
    problems = []
    if not 1 <= inputs.get("port", 1) <= _LAST_PORT:
        problems.append(f"port is {inputs['port']}; 1 to 65535 are allowed")
    for action in inputs["defaultActions"]:
        if action["type"] != "forward":
            problems.append(f"the emulated provider was taught forward, not {action['type']}")
        elif not action.get("targetGroupArn"):
            problems.append("an action of type forward needs a targetGroupArn")
    return problems


RESOURCE_TYPES: tuple[ResourceType, ...] = (
    ResourceType(
        token="aws:lb/loadBalancer:LoadBalancer",
        inputs={
            "name": Input(),
            "internal": Input(default=False),
            "loadBalancerType": Input(default="application"),
            "subnets": Input(),
            "securityGroups": Input(),
            _ENFORCE: Input(),
            "enableCrossZoneLoadBalancing": Input(default=False),
            "enableDeletionProtection": Input(default=False),
            "tags": Input(),
        },
        auto_name=AutoName(max_length=32),
        check=_check_load_balancer,
        create=_create_load_balancer,
        read=_load_balancer_outputs,
        update=_update_load_balancer,
        delete=lambda cloud, arn, _: cloud.client("elbv2").delete_load_balancer(
            LoadBalancerArn=arn
        ),
        conditions={
            "network without more subnets": _network_without_more_subnets,
            "network with groups on or off": _network_with_groups_on_or_off,
        },
    ),
    TARGET_GROUP,
    ResourceType(
        token="aws:lb/listener:Listener",
        inputs={
            "loadBalancerArn": Input(required=True),
            "port": Input(),
            "protocol": Input(),
            "defaultActions": Input(required=True),
            "tags": Input(),
        },
        check=_check_listener,
        create=_create_listener,
        read=_listener_outputs,
        update=_update_listener,
        delete=lambda cloud, arn, _: cloud.client("elbv2").delete_listener(ListenerArn=arn),
    ),
)
"""The rows of this module."""
