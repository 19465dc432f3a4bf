"""Target groups of load balancers."""

import re
from typing import Any

from rehearsal.provider.changes import as_given, tag_changes, with_tags
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.resource_type import AutoName, Input, ResourceType, Values
from rehearsal.provider.shapes import found, given, reported, tag_list, tag_map
from rehearsal.provider.unfinished import made

_NAME = re.compile(r"[0-9A-Za-z]([0-9A-Za-z-]{0,30}[0-9A-Za-z])?")
_LONGEST_DELAY = 3600
_TARGET_TYPES = ("instance", "ip", "lambda", "alb")
_HEALTH_CHECK = {
    "enabled": "HealthCheckEnabled",
    "interval": "HealthCheckIntervalSeconds",
    "path": "HealthCheckPath",
    "port": "HealthCheckPort",
    "protocol": "HealthCheckProtocol",
    "timeout": "HealthCheckTimeoutSeconds",
    "healthyThreshold": "HealthyThresholdCount",
    "unhealthyThreshold": "UnhealthyThresholdCount",
}
_HEALTH_CHECK_DEFAULTS = {
    "enabled": True,
    "healthyThreshold": 3,
    "interval": 30,
    "port": "traffic-port",
    "protocol": "HTTP",
    "unhealthyThreshold": 3,
}
"""What the provider fills in where a health check is given; TCP is not among it."""

_HEALTH_CHECK_RANGES = {
    "healthyThreshold": (2, 10),
    "unhealthyThreshold": (2, 10),
    "interval": (5, 300),
    "timeout": (2, 120),
}
_ATTRIBUTES = {
    "deregistrationDelay": "deregistration_delay.timeout_seconds",
    "preserveClientIp": "preserve_client_ip.enabled",
    "connectionTermination": "deregistration_delay.connection_termination.enabled",
}


def _health_check(inputs: Values) -> dict[str, Any]:
    if not inputs.get("healthCheck"):
        return {}
    wanted = {**_HEALTH_CHECK_DEFAULTS, **inputs["healthCheck"]}
    parameters = given(wanted, _HEALTH_CHECK)
    if wanted.get("matcher"):
        parameters["Matcher"] = {"HttpCode": wanted["matcher"]}
    return parameters


def _create(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    names = {
        "name": "Name",
        "port": "Port",
        "protocol": "Protocol",
        "targetType": "TargetType",
        "vpcId": "VpcId",
    }
    answer = cloud.client("elbv2").create_target_group(
        **given(inputs, names),
        **_health_check(inputs),
        **({"Tags": tag_list(inputs["tags"])} if inputs.get("tags") else {}),
    )
    arn = made(answer["TargetGroups"][0]["TargetGroupArn"])
    _put_attributes(cloud, arn, inputs)
    return arn, _outputs(cloud, arn, inputs) or {}


def _put_attributes(cloud: Cloud, arn: str, inputs: Values) -> None:
    cloud.client("elbv2").modify_target_group_attributes(
        TargetGroupArn=arn,
        Attributes=[
            {"Key": key, "Value": str(inputs[name]).lower()}
            for name, key in _ATTRIBUTES.items()
            if inputs.get(name) is not None
        ],
    )


def _outputs(cloud: Cloud, arn: str, state: Values) -> Values | None:
    elb = cloud.client("elbv2")
    answer = found(elb.describe_target_groups, "TargetGroupNotFound", TargetGroupArns=[arn])
    if answer is None:
        return None
    group = answer["TargetGroups"][0]
    tags = elb.describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"]
    return {
        "arn": arn,
        "name": group["TargetGroupName"],
        "targetType": group["TargetType"],
        **given(group, {"Port": "port", "Protocol": "protocol", "VpcId": "vpcId"}),
        "arnSuffix": arn.rsplit(":", 1)[1],
        "loadBalancerArns": _load_balancers(elb, arn),
        **_health_check_output(group, state),
        **_attribute_outputs(elb, arn, state),
        **with_tags(state, tag_map(tags)),
    }


def _load_balancers(elb: Any, arn: str) -> list[str]:
    """Return the load balancers whose listeners forward to a target group."""
    balancers = elb.describe_load_balancers()["LoadBalancers"]
    return sorted(
        balancer["LoadBalancerArn"]
        for balancer in balancers
        if any(
            action.get("TargetGroupArn") == arn
            for listener in elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])[
                "Listeners"
            ]
            for action in listener["DefaultActions"]
        )
    )


def _health_check_output(group: Values, state: Values) -> dict[str, Any]:
    current = {name: group[key] for name, key in _HEALTH_CHECK.items() if group.get(key)}
    if group.get("Matcher"):
        current["matcher"] = group["Matcher"]["HttpCode"]
    if state and not state.get("healthCheck"):
        return {}
    return {"healthCheck": as_given(state.get("healthCheck"), current)}


def _attribute_outputs(elb: Any, arn: str, state: Values) -> dict[str, Any]:
    attributes = elb.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"]
    values = {each["Key"]: each["Value"] for each in attributes}
    ends = values.get(_ATTRIBUTES["connectionTermination"])
    optional = {
        "preserveClientIp": values.get(_ATTRIBUTES["preserveClientIp"]),
        "connectionTermination": None if ends is None else ends == "true",
    }
    # Of an imported group all is told that AWS has, else what the program states.
    asked = [name for name in optional if not state or state.get(name) is not None]
    return {
        "deregistrationDelay": int(values[_ATTRIBUTES["deregistrationDelay"]]),
        **reported(state, {name: optional[name] for name in asked}),
    }


def _update(cloud: Cloud, arn: str, state: Values, inputs: Values) -> Values:
    elb = cloud.client("elbv2")
    if state.get("healthCheck") != inputs.get("healthCheck"):
        elb.modify_target_group(TargetGroupArn=arn, **_health_check(inputs))
    _put_attributes(cloud, arn, inputs)
    changed, removed = tag_changes(state.get("tags"), inputs.get("tags"))
    if removed:
        elb.remove_tags(ResourceArns=[arn], TagKeys=removed)
    if changed:
        elb.add_tags(ResourceArns=[arn], Tags=tag_list(changed))
    return _outputs(cloud, arn, inputs) or {}


def _check(inputs: Values) -> list[str]:
    problems = []
    if not _NAME.fullmatch(inputs["name"]):
        problems.append(
            f"name is {inputs['name']!r}; up to 32 letters, digits and inner hyphens are allowed"
        )
    if inputs["targetType"] not in _TARGET_TYPES:
        problems.append(
            f"targetType is {inputs['targetType']!r}; {', '.join(_TARGET_TYPES)} are allowed"
        )
    if inputs["targetType"] != "lambda":
        problems += [
            f"{name} is needed unless targetType is lambda"
            for name in ("port", "protocol", "vpcId")
            if not inputs.get(name)
        ]
    delay = inputs["deregistrationDelay"]
    if not 0 <= delay <= _LONGEST_DELAY:
        problems.append(f"deregistrationDelay is {delay}; 0 to 3600 seconds are allowed")
    return problems + _health_check_problems(inputs)


def _lambda_target(_: Values, inputs: Values) -> bool:
    return bool(inputs["targetType"] == "lambda")


def _health_check_problems(inputs: Values) -> list[str]:
    check = inputs.get("healthCheck") or {}
    protocol = check.get("protocol", "HTTP")
    problems = [
        f"healthCheck.{name} is {check[name]}; {least} to {most} are allowed"
        for name, (least, most) in _HEALTH_CHECK_RANGES.items()
        if check.get(name) is not None and not least <= check[name] <= most
    ]
    if check.get("path") and not check["path"].startswith("/"):
        problems.append(f"healthCheck.path is {check['path']!r}; it must begin with /")
    if protocol == "TCP":
        problems += [
            f"healthCheck.{name} is given; a health check over TCP takes none"
            for name in ("path", "matcher")
            if check.get(name)
        ]
        if inputs.get("protocol") in ("HTTP", "HTTPS"):
            problems.append(
                f"healthCheck.protocol is TCP; a target group of {inputs['protocol']} takes "
                "HTTP or HTTPS"
            )
    return problems


ROW = ResourceType(
    token="aws:lb/targetGroup:TargetGroup",
    inputs={
        "name": Input(),
        "port": Input(),
        "protocol": Input(),
        "targetType": Input(default="instance"),
        "vpcId": Input(),
        "healthCheck": Input(),
        "deregistrationDelay": Input(default=300),
        "preserveClientIp": Input(),
        "connectionTermination": Input(),
        "tags": Input(),
    },
    auto_name=AutoName(max_length=32),
    check=_check,
    create=_create,
    read=_outputs,
    update=_update,
    delete=lambda cloud, arn, _: cloud.client("elbv2").delete_target_group(TargetGroupArn=arn),
    conditions={"Lambda target": _lambda_target},
)
"""The row of this module."""
