"""Follows tasks and jobs to AWS by the endpoints that stand in the internet's place."""

from collections.abc import Mapping, Sequence

from rehearsal.wiring.network import (
    EVERYWHERE,
    HTTPS_PORT,
    DeployedNetwork,
    Party,
    Values,
)

INTERFACES: Mapping[str, Sequence[str]] = {
    "service": ("ecr.api", "ecr.dkr", "logs", "secretsmanager"),
    "jobs": (
        "ecr.api",
        "ecr.dkr",
        "logs",
        "secretsmanager",
        "ecs",
        "ecs-agent",
        "ecs-telemetry",
        "sts",
    ),
}
"""What is called by interface endpoints, by role.

Jobs of Fargate do not call ECS, and STS is called by those only that may assume a role.
"""

_GATEWAYS: Mapping[str, Sequence[str]] = {"service": ("s3",), "jobs": ("s3", "dynamodb")}
"""What is called by gateway endpoints."""

_OF_INSTANCES = ("ecs", "ecs-agent", "ecs-telemetry")
_ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
_NO_ENDPOINT = "there is no endpoint"
_NO_RULE = "no rule lets it out to the endpoint"


def stand(network: DeployedNetwork) -> bool:
    """Tell whether the stack has endpoints that stand in the internet's place."""
    return network.where(_ENDPOINT, vpcEndpointType="Interface") is not None


def ways(network: DeployedNetwork, party: Party) -> dict[str, list[str]]:
    """Return why a party cannot reach each service that it calls; nothing where it can."""
    on_fargate = party.role == "jobs" and not party.on_instances
    found = {
        service: _to_interface(network, service, party)
        for service in INTERFACES.get(party.role, ())
        if not (on_fargate and service in _OF_INSTANCES)
        and (service != "sts" or _assume_roles(network))
    }
    for service in _GATEWAYS.get(party.role, ()):
        found[service] = _to_gateway(network, service, party)
    return found


def _assume_roles(network: DeployedNetwork) -> bool:
    """Tell whether a role of the stack may assume another one."""
    return any(
        "sts:AssumeRole" in str(one.get("policy"))
        for token in ("aws:iam/policy:Policy", "aws:iam/rolePolicy:RolePolicy")
        for one in network.all(token)
    )


def _to_interface(network: DeployedNetwork, service: str, party: Party) -> list[str]:
    endpoint = _endpoint(network, service, "Interface")
    if endpoint is None:
        return [_NO_ENDPOINT]
    behind = Party(
        role="endpoint",
        groups=frozenset(endpoint["securityGroupIds"]),
        subnets=frozenset(endpoint["subnetIds"]),
        port=HTTPS_PORT,
    )
    problems = []
    if not endpoint.get("privateDnsEnabled"):
        problems.append("the service's own name does not lead to the endpoint")
    if not network.lets(network.rules("Egress", party.groups, HTTPS_PORT), behind):
        problems.append(_NO_RULE)
    if not network.lets(network.rules("Ingress", behind.groups, HTTPS_PORT), party):
        problems.append("no rule lets it into the endpoint")
    return problems


def _to_gateway(network: DeployedNetwork, service: str, party: Party) -> list[str]:
    endpoint = _endpoint(network, service, "Gateway")
    if endpoint is None:
        return [_NO_ENDPOINT]
    problems = []
    ends = {EVERYWHERE, endpoint.get("prefixListId")}
    rules = network.rules("Egress", party.groups, HTTPS_PORT)
    if not any({rule.get("prefixListId"), rule.get("cidrIpv4")} & ends for rule in rules):
        problems.append(_NO_RULE)
    tables = {network.route_table(subnet) for subnet in party.subnets}
    if not tables <= set(endpoint["routeTableIds"]):
        problems.append("a subnet has no route to the endpoint")
    return problems


def _endpoint(network: DeployedNetwork, service: str, kind: str) -> Values | None:
    """Return an endpoint by the end of its service's name, such as `ecr.api`."""
    found = (one for one in network.all(_ENDPOINT) if one["vpcEndpointType"] == kind)
    return next((one for one in found if one["serviceName"].endswith(f".{service}")), None)
