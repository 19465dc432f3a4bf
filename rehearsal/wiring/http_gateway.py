"""Follows an HTTP API's integration through its VPC link and Cloud Map to the service's tasks."""

from rehearsal.wiring.network import VPC_LINK, DeployedNetwork, Values

_NAMESPACE = "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace"
_NAMES = {"enableDnsSupport": True, "enableDnsHostnames": False}
"""Inputs of a VPC that names need, with AWS's defaults."""

_REGISTRY = "aws:servicediscovery/service:Service"


def problems(network: DeployedNetwork) -> list[str]:
    """List what is in the way from the HTTP API to a container.

    Raises:
        WiringError: integration or service is missing.
    """
    integration = network.first("aws:apigatewayv2/integration:Integration")
    found = []
    if network.where(VPC_LINK, id=integration.get("connectionId")) is None:
        found.append("the integration leads to no VPC link of the stack")
    registry = network.where(_REGISTRY, arn=integration.get("integrationUri"))
    if registry is None:
        return [*found, "the integration leads to no Cloud Map service of the stack"]
    return [
        *found,
        *_records(registry),
        *_resolution(network, registry),
        *_registration(network, registry["arn"]),
    ]


def _resolution(network: DeployedNetwork, registry: Values) -> list[str]:
    """Demand what a private hosted zone needs of its VPC.

    Amazon Route 53 Developer Guide, "Considerations when working with a private hosted zone".
    """
    namespace_id = registry["dnsConfig"].get("namespaceId")
    namespace = network.where(_NAMESPACE, id=namespace_id) or {}
    vpc = network.where("aws:ec2/vpc:Vpc", id=namespace.get("vpc"))
    return [
        f"the VPC has not {setting}, without which no job resolves the service's name"
        for setting, default in _NAMES.items()
        if vpc is not None and not vpc.get(setting, default)
    ]


def _records(registry: Values) -> list[str]:
    """Demand a port for API Gateway, and an address for jobs."""
    given = {one["type"] for one in registry["dnsConfig"]["dnsRecords"]}
    return [
        f"the Cloud Map service has no {kind} record, by which {who}"
        for kind, who in (("SRV", "API Gateway learns the port"), ("A", "jobs find the service"))
        if kind not in given
    ]


def _registration(network: DeployedNetwork, registry_arn: str) -> list[str]:
    service = network.first("aws:ecs/service:Service")
    wire = service.get("serviceRegistries") or {}
    if wire.get("registryArn") != registry_arn:
        return ["the service does not register its tasks in the integration's Cloud Map service"]
    found = []
    name, port = wire.get("containerName"), wire.get("containerPort")
    if port not in network.container_ports(service, str(name)):
        found.append(f"no container {name} has port {port}")
    if service.get("desiredCount", 0) < 1:
        found.append("the service runs no task")
    return found
