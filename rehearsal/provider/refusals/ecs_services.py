"""Refusals of ECS clusters and services."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from rehearsal.provider.refusals.refusal import Parameters, Refusal

if TYPE_CHECKING:
    from rehearsal.provider.cloud import Cloud

_REFERENCE = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference"


def _task_definition(cloud: "Cloud", parameters: Parameters) -> Mapping[str, Any] | None:
    """Return the task definition of a call; None where it gives none, or one that AWS lacks."""
    wanted = parameters.get("taskDefinition")
    if not wanted:
        return None
    ecs = cloud.client("ecs")
    try:
        answer = ecs.describe_task_definition(taskDefinition=wanted)
    except ClientError:
        return None  # the call itself says so
    return dict(answer["taskDefinition"])


def _inactive(cloud: "Cloud", parameters: Parameters) -> str | None:
    definition = _task_definition(cloud, parameters)
    if definition is None or definition["status"] == "ACTIVE":
        return None
    return f"TaskDefinition is inactive: {parameters['taskDefinition']}"


def _network(cloud: "Cloud", parameters: Parameters) -> str | None:
    definition = _task_definition(cloud, parameters)
    if definition is None:
        return None
    isolated = definition.get("networkMode") == "awsvpc"
    if isolated and not parameters.get("networkConfiguration"):
        return "Network Configuration must be provided when networkMode 'awsvpc' is specified"
    if not isolated and parameters.get("networkConfiguration"):
        return f"Network Configuration is not valid for the networkMode {definition['networkMode']}"
    return None


def _container_ports(cloud: "Cloud", parameters: Parameters) -> str | None:
    definition = _task_definition(cloud, parameters)
    if definition is None:
        return None
    ports = {
        container["name"]: [each["containerPort"] for each in container.get("portMappings", ())]
        for container in definition["containerDefinitions"]
    }
    for balancer in parameters.get("loadBalancers") or ():
        name, port = balancer["containerName"], balancer["containerPort"]
        if name not in ports:
            return f"The container {name} does not exist in the task definition"
        if port not in ports[name]:
            return f"The container {name} did not have a container port {port} defined"
    return None


def _target_groups(cloud: "Cloud", parameters: Parameters) -> str | None:
    definition = _task_definition(cloud, parameters)
    elb = cloud.client("elbv2")
    for balancer in parameters.get("loadBalancers") or ():
        arn = balancer["targetGroupArn"]
        try:
            group = elb.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"][0]
        except elb.exceptions.TargetGroupNotFoundException:
            return f"The target group {arn} does not exist"
        if not _has_listener(elb, arn):
            return (
                f"The target group with targetGroupArn {arn} does not have an associated load "
                "balancer; make the service depend on the listener"
            )
        if (definition or {}).get("networkMode") == "awsvpc" and group["TargetType"] != "ip":
            return (
                f"The provided target group {arn} has target type {group['TargetType']}, which is "
                "incompatible with the awsvpc network mode specified in the task definition; "
                "use ip"
            )
    return None


def _has_listener(elb: Any, target_group: str) -> bool:
    return any(
        action.get("TargetGroupArn") == target_group
        for balancer in elb.describe_load_balancers()["LoadBalancers"]
        for listener in elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])[
            "Listeners"
        ]
        for action in listener["DefaultActions"]
    )


def _grace_period(_: "Cloud", parameters: Parameters) -> str | None:
    if parameters.get("healthCheckGracePeriodSeconds") is None or parameters.get("loadBalancers"):
        return None
    return "Health check grace period is only valid for services configured to use load balancers"


def _grace_period_before_balancers(cloud: "Cloud", parameters: Parameters) -> str | None:
    """Refuse a grace period for a service that gets, or loses, its load balancers in the call."""
    services = cloud.client("ecs").describe_services(
        services=[parameters["service"]],
        **({"cluster": parameters["cluster"]} if parameters.get("cluster") else {}),
    )["services"]
    balancers = all(one.get("loadBalancers") for one in services)
    if balancers and parameters.get("loadBalancers") != []:
        return None
    return _grace_period(cloud, {**parameters, "loadBalancers": []})


def _same_name(cloud: "Cloud", parameters: Parameters) -> str | None:
    ecs = cloud.client("ecs")
    where = {"cluster": parameters["cluster"]} if parameters.get("cluster") else {}
    try:
        services = ecs.describe_services(services=[parameters["serviceName"]], **where)["services"]
    except ecs.exceptions.ClusterNotFoundException:
        return None  # the call itself says so
    if all(service["status"] == "INACTIVE" for service in services):
        return None
    return f"Creation of service was not idempotent: {parameters['serviceName']} exists"


def _occupied(cloud: "Cloud", parameters: Parameters) -> str | None:
    ecs, cluster = cloud.client("ecs"), parameters["cluster"]
    arns = ecs.list_services(cluster=cluster)["serviceArns"]
    for arn in arns:
        service = ecs.describe_services(cluster=cluster, services=[arn])["services"][0]
        if service["status"] != "INACTIVE":
            return f"The Cluster cannot be deleted while Services are active: {arn}"
    return None


_ISSUES = "https://github.com/hashicorp/terraform-provider-aws"
_BOTH = ("CreateService", "UpdateService")

REFUSALS: tuple[Refusal, ...] = (
    *(
        Refusal(service="ecs", operations=_BOTH, source=source, problem=problem)
        for problem, source in (
            (_inactive, f"{_REFERENCE}/API_CreateService.html"),
            (_network, f"{_REFERENCE}/API_CreateService.html#ECS-CreateService-request"),
            (_container_ports, f"{_REFERENCE}/API_LoadBalancer.html"),
            (_target_groups, f"{_ISSUES} internal/service/ecs/service.go, retryServiceCreate"),
        )
    ),
    Refusal(
        service="ecs",
        operations=("CreateService",),
        source=f"{_REFERENCE}/API_CreateService.html",
        problem=_grace_period,
    ),
    Refusal(
        service="ecs",
        operations=("UpdateService",),
        source="https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1313",
        problem=_grace_period_before_balancers,
    ),
    Refusal(
        service="ecs",
        operations=("CreateService",),
        source=f"{_REFERENCE}/API_CreateService.html",
        problem=_same_name,
    ),
    Refusal(
        service="ecs",
        operations=("DeleteCluster",),
        source=f"{_REFERENCE}/API_DeleteCluster.html",
        problem=_occupied,
    ),
)
"""The rows of this module."""
