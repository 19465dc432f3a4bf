"""Follows a REST API's integration through its VPC link to the load balancer, by its path too."""

from urllib.parse import urlsplit

from rehearsal.wiring.network import (
    HTTP_PORT,
    LOAD_BALANCER,
    VPC_LINK,
    DeployedNetwork,
    Values,
)

_FIRST_LINK = "aws:apigateway/vpcLink:VpcLink"
_STAGE = "aws:apigateway/stage:Stage"


def problems(network: DeployedNetwork) -> tuple[int, list[str]]:
    """List what is in the way from the REST API to the load balancer, after the port it calls.

    Raises:
        WiringError: integration, stage or service is missing.
    """
    integration = network.first("aws:apigateway/integration:Integration")
    second = network.where(VPC_LINK, id=integration.get("connectionId")) is not None
    address = urlsplit(integration["uri"])
    balancer = _destination(network, integration, second=second)
    if balancer is None:
        return HTTP_PORT, ["the integration's VPC link leads to no load balancer of the stack"]
    # In the rehearsal a DNS name carries the port of the loopback listener behind port 80.
    port = HTTP_PORT if address.netloc == balancer["dnsName"] else address.port or HTTP_PORT
    found = _address_problems(network, balancer, address.netloc, port)
    if not second and _is_enforced(balancer):
        found.append("the load balancer's group is enforced on the VPC link's PrivateLink")
    return port, [*found, *_path_problems(network, balancer, second=second)]


def _destination(network: DeployedNetwork, integration: Values, *, second: bool) -> Values | None:
    """Return the load balancer: that of the link, or with version 2 that of the integration."""
    if second:
        return network.where(LOAD_BALANCER, arn=integration.get("integrationTarget"))
    link = network.where(_FIRST_LINK, id=integration.get("connectionId")) or {}
    return network.where(LOAD_BALANCER, arn=link.get("targetArn"))


def _address_problems(
    network: DeployedNetwork, balancer: Values, host: str, port: int
) -> list[str]:
    found = []
    if host.removesuffix(f":{port}") != balancer["dnsName"]:
        found.append(f"the integration calls {host}, not {balancer['dnsName']}")
    if not network.where("aws:lb/listener:Listener", loadBalancerArn=balancer["arn"], port=port):
        found.append(f"the load balancer does not listen on port {port}")
    return found


def _is_enforced(balancer: Values) -> bool:
    enforced = balancer.get("enforceSecurityGroupInboundRulesOnPrivateLinkTraffic") != "off"
    return bool(balancer["securityGroups"]) and enforced


def _path_problems(network: DeployedNetwork, balancer: Values, *, second: bool) -> list[str]:
    """Compare the path that is sent with the one that the service answers under."""
    wire = network.forwarded(balancer)
    if wire is None:
        return []  # the load balancer's own way is at fault
    service = network.first("aws:ecs/service:Service")
    variables = network.container_variables(service, wire["containerName"])
    sent = f"/{network.first(_STAGE)['stageName']}" if second else ""
    served = variables.get("PATH_PREFIX", "")
    if sent == served:
        return []
    below = f"the service answers below {served or '/'}"
    return [f"the gateway sends paths below {sent or '/'}, {below}"]
