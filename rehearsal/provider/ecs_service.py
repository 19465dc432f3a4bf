"""ECS services."""

import re
from typing import Any

from rehearsal.provider.changes import as_given, same_set, with_tags
from rehearsal.provider.cloud import Cloud
from rehearsal.provider.ecs_common import api_tags, update_tags
from rehearsal.provider.import_ids import parts
from rehearsal.provider.resource_type import AutoName, Input, ResourceType, Values
from rehearsal.provider.shapes import found, given, reported, tag_map
from rehearsal.provider.unfinished import made

_NAME = re.compile(r"[0-9A-Za-z_-]{1,255}")
_LAST_PORT = 65535
_ENUMERATIONS = {
    "launchType": ("EC2", "FARGATE", "EXTERNAL"),
    "propagateTags": ("SERVICE", "TASK_DEFINITION", "NONE"),
    "availabilityZoneRebalancing": ("ENABLED", "DISABLED"),
}
_PARAMETERS = {
    "taskDefinition": "taskDefinition",
    "platformVersion": "platformVersion",
    "loadBalancers": "loadBalancers",
    "healthCheckGracePeriodSeconds": "healthCheckGracePeriodSeconds",
    "enableExecuteCommand": "enableExecuteCommand",
    "enableEcsManagedTags": "enableECSManagedTags",
    "propagateTags": "propagateTags",
    "availabilityZoneRebalancing": "availabilityZoneRebalancing",
}
_REMOVED: Values = {
    "loadBalancers": [],
    "serviceRegistries": [],
    "healthCheckGracePeriodSeconds": 0,
}
"""What the provider sends for what is no longer given; see resourceServiceUpdate."""

_DEPLOYMENT = {
    "deploymentMaximumPercent": "maximumPercent",
    "deploymentMinimumHealthyPercent": "minimumHealthyPercent",
    "deploymentCircuitBreaker": "deploymentCircuitBreaker",
}


def _parameters(inputs: Values) -> dict[str, Any]:
    """Return what creating and updating calls have in common; no desired count means none."""
    registry = inputs.get("serviceRegistries")
    parameters = {
        **given(inputs, _PARAMETERS),
        **({"serviceRegistries": [dict(registry)]} if registry else {}),
        "desiredCount": inputs.get("desiredCount") or 0,
        "deploymentConfiguration": given(inputs, _DEPLOYMENT),
    }
    if inputs.get("networkConfiguration"):
        parameters["networkConfiguration"] = _network(inputs["networkConfiguration"])
    return parameters


def _strategy(inputs: Values) -> dict[str, Any]:
    strategies = inputs.get("capacityProviderStrategies")
    return {"capacityProviderStrategy": strategies} if strategies else {}


def _launch_output(service: Values, state: Values) -> dict[str, Any]:
    """Return how tasks are launched; the emulator forgets a strategy, the state answers for it."""
    strategies = state.get("capacityProviderStrategies")
    if strategies:
        return {"capacityProviderStrategies": strategies}
    return reported(state, {"launchType": service.get("launchType")})


def _network(configuration: Values) -> dict[str, Any]:
    public = "ENABLED" if configuration.get("assignPublicIp") else "DISABLED"
    return {
        "awsvpcConfiguration": {
            "subnets": configuration["subnets"],
            "securityGroups": configuration.get("securityGroups") or [],
            "assignPublicIp": public,
        }
    }


def _create(cloud: Cloud, inputs: Values) -> tuple[str, Values]:
    answer = cloud.client("ecs").create_service(
        serviceName=inputs["name"],
        **given(inputs, {"cluster": "cluster", "launchType": "launchType"}),
        **_strategy(inputs),
        **_parameters(inputs),
        **api_tags(inputs),
    )
    arn = made(answer["service"]["serviceArn"])
    return arn, _outputs(cloud, arn, inputs) or {}


def _outputs(cloud: Cloud, resource_id: str, state: Values) -> Values | None:
    place = {"service": resource_id, **state} if state else parts(resource_id, "cluster", "service")
    answer = found(
        cloud.client("ecs").describe_services,
        "ClusterNotFoundException",
        services=[place["service"]],
        include=["TAGS"],
        **given(place, {"cluster": "cluster"}),
    )
    services = answer["services"] if answer else []
    if not services or services[0]["status"] == "INACTIVE":
        return None
    service = services[0]
    # The emulator forgets the deployment's settings, the grace period and the switches: the state
    # answers for them.
    return {
        "id": service["serviceArn"],
        "arn": service["serviceArn"],
        "name": service["serviceName"],
        "cluster": state.get("cluster", service["clusterArn"]),
        **_launch_output(service, state),
        "taskDefinition": service["taskDefinition"],
        "desiredCount": service["desiredCount"],
        **_balancer_output(service, state),
        **_registry_output(service, state),
        **_network_output(service, state),
        **with_tags(state, tag_map(service.get("tags"))),
    }


def _balancer_output(service: Values, state: Values) -> dict[str, Any]:
    current = as_given(state.get("loadBalancers"), service["loadBalancers"])
    return {"loadBalancers": current} if current or "loadBalancers" in state else {}


def _registry_output(service: Values, state: Values) -> dict[str, Any]:
    registries = service.get("serviceRegistries") or [{}]
    current = as_given(state.get("serviceRegistries"), registries[0])
    return {"serviceRegistries": current} if current else {}


def _network_output(service: Values, state: Values) -> dict[str, Any]:
    configuration = service.get("networkConfiguration", {}).get("awsvpcConfiguration")
    if not configuration:
        return {}
    stated = state.get("networkConfiguration") or {}
    current = {
        "subnets": same_set(stated.get("subnets"), configuration["subnets"]),
        "securityGroups": same_set(
            stated.get("securityGroups"), configuration.get("securityGroups", [])
        ),
        "assignPublicIp": configuration.get("assignPublicIp") == "ENABLED",
    }
    return {"networkConfiguration": current}


def _update(cloud: Cloud, arn: str, state: Values, inputs: Values) -> Values:
    force = {"forceNewDeployment": True} if inputs.get("forceNewDeployment") else {}
    emptied = {
        name: empty for name, empty in _REMOVED.items() if state.get(name) and not inputs.get(name)
    }
    cloud.client("ecs").update_service(
        service=arn,
        **given(inputs, {"cluster": "cluster"}),
        **{**emptied, **_parameters(inputs)},
        **force,
    )
    update_tags(cloud, arn, state, inputs)
    return _outputs(cloud, arn, inputs) or {}


def _delete(cloud: Cloud, arn: str, state: Values) -> None:
    ecs, cluster = cloud.client("ecs"), given(state, {"cluster": "cluster"})
    ecs.update_service(service=arn, desiredCount=0, **cluster)
    ecs.delete_service(service=arn, **cluster)


def _no_forced_deployment(_: Values, inputs: Values) -> bool:
    return not inputs.get("forceNewDeployment")


def _circuit_breaker_left_out(_: Values, inputs: Values) -> bool:
    return not inputs.get("deploymentCircuitBreaker")


def _check(inputs: Values) -> list[str]:
    problems = []
    if inputs.get("launchType") and inputs.get("capacityProviderStrategies"):
        problems.append("launchType and capacityProviderStrategies exclude each other")
    if not _NAME.fullmatch(inputs["name"]):
        problems.append(
            f"name is {inputs['name']!r}; 1 to 255 letters, digits, - and _ are allowed"
        )
    for name, allowed in _ENUMERATIONS.items():
        if inputs.get(name) not in (None, *allowed):
            problems.append(f"{name} is {inputs[name]!r}; {', '.join(allowed)} are allowed")
    for balancer in inputs.get("loadBalancers") or ():
        if not 0 <= balancer["containerPort"] <= _LAST_PORT:
            problems.append(f"containerPort is {balancer['containerPort']}; 0 to 65535 are allowed")
    if (inputs.get("healthCheckGracePeriodSeconds") or 0) < 0:
        problems.append(
            f"healthCheckGracePeriodSeconds is {inputs['healthCheckGracePeriodSeconds']}; "
            "0 to 2147483647 are allowed"
        )
    return problems


ROW = ResourceType(
    token="aws:ecs/service:Service",
    inputs={
        "name": Input(),
        "cluster": Input(),
        "launchType": Input(),
        "capacityProviderStrategies": Input(),
        "taskDefinition": Input(),
        "desiredCount": Input(),
        "platformVersion": Input(),
        "networkConfiguration": Input(),
        "loadBalancers": Input(),
        "serviceRegistries": Input(),
        "deploymentCircuitBreaker": Input(),
        "deploymentMinimumHealthyPercent": Input(default=100),
        "deploymentMaximumPercent": Input(default=200),
        "healthCheckGracePeriodSeconds": Input(),
        "enableExecuteCommand": Input(),
        "enableEcsManagedTags": Input(),
        "propagateTags": Input(),
        "availabilityZoneRebalancing": Input(),
        "waitForSteadyState": Input(default=False),
        "forceNewDeployment": Input(),
        "triggers": Input(),
        "tags": Input(),
    },
    auto_name=AutoName(max_length=255),
    check=_check,
    create=_create,
    read=_outputs,
    update=_update,
    delete=_delete,
    conditions={
        "no forced deployment": _no_forced_deployment,
        "circuit breaker left out": _circuit_breaker_left_out,
    },
)
"""The row of this module."""
