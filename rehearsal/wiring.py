"""Checks the wires of a deployed stack: what must be connected is, and nothing else is."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from rehearsal import endpoint_wiring, http_gateway_wiring
from rehearsal.deployed_network import (
    EVERYWHERE,
    HTTP_PORT,
    HTTPS_PORT,
    VPC_LINK,
    DeployedNetwork,
    Party,
    Values,
)
from rehearsal.registrations import Registration

_INTERNET = "internet"
_AWS = "endpoint of"
_ANYBODY_ELSE = "anybody else"
_EXPECTED = (("jobs", "load balancer"), ("load balancer", "service"), ("service", "database"))
_BY_NAME = (("jobs", "service"), ("VPC link", "service"), ("service", "database"))
"""The connections inside the VPC that must be open, by role, with a load balancer and where the
service is found by its name; every other one must be closed."""

_CALLING_AWS = tuple(endpoint_wiring.INTERFACES)

_PEERS = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")


@dataclass(frozen=True, kw_only=True)
class Hop:
    """One connection: whether it is open, and whether it is meant to be.

    Attributes:
        source: who connects.
        target: to whom.
        port: TCP port.
        open: whether the deployed resources let it through.
        expected: whether they should.
        reason: what closes it, or who comes in that should not.
    """

    source: str
    target: str
    port: int
    open: bool
    expected: bool
    reason: str = ""

    @property
    def holds(self) -> bool:
        """Whether the connection is as it is meant to be."""
        return self.open == self.expected

    def __str__(self) -> str:
        """Return the connection in words."""
        state = "open" if self.open else "closed"
        why = f": {self.reason}" if self.reason else ""
        return f"{self.source} to {self.target} on port {self.port} is {state}{why}"

    def as_json(self) -> dict[str, Any]:
        """Return the hop as the report has it."""
        return {
            "from": self.source,
            "to": self.target,
            "port": self.port,
            "open": self.open,
            "expected": self.expected,
        }


def check(registrations: Sequence[Registration]) -> list[Hop]:
    """Check every connection of a deployed stack.

    Args:
        registrations: the stack's resources, of any engine.

    Returns:
        The connections that must be open, then those that must be closed.

    Raises:
        WiringError: load balancer or VPC link, service or database is missing.
    """
    network = DeployedNetwork(registrations)
    parties = network.parties()
    hops = [_gateway_hop(network)] if network.all("aws:apigateway/restApi:RestApi") else []
    if network.all(VPC_LINK):
        hops.append(_http_gateway_hop(network))
    hops += [
        _hop(network, parties, source, target)
        for source in parties
        for target in parties
        if source != target
    ]
    if endpoint_wiring.stand(network):
        hops += [hop for name, one in parties.items() for hop in _private(network, name, one)]
    if network.has_adopted_database():
        hops.append(_adopted_database_hop(network, parties))
    hops += [_outward(network, name, party) for name, party in parties.items()]
    hops += [_inward(network, name, parties) for name in parties]
    return sorted(hops, key=lambda hop: not hop.expected)


def _hop(network: DeployedNetwork, parties: Mapping[str, Party], source: str, target: str) -> Hop:
    sender, receiver = parties[source], parties[target]
    problems = []
    if not network.lets(network.rules("Egress", sender.groups, receiver.port), receiver):
        problems.append(f"no rule lets {source} out to {target}")
    if not network.lets(network.rules("Ingress", receiver.groups, receiver.port), sender):
        problems.append(f"no rule lets {source} into {target}")
    if (sender.role, receiver.role) == ("load balancer", "service"):
        problems += _forwarding_problems(network)
    return Hop(
        source=source,
        target=target,
        port=receiver.port,
        open=not problems,
        expected=(sender.role, receiver.role) in _expected(network),
        reason="; ".join(problems),
    )


def _expected(network: DeployedNetwork) -> Sequence[tuple[str, str]]:
    return _BY_NAME if network.all(VPC_LINK) else _EXPECTED


def _forwarding_problems(network: DeployedNetwork) -> list[str]:
    """Follow the load balancer's listener to the port of a container."""
    balancer = network.first("aws:lb/loadBalancer:LoadBalancer")
    listener = network.where("aws:lb/listener:Listener", loadBalancerArn=balancer["arn"])
    if listener is None:
        return ["the load balancer has no listener"]
    group_arn = listener["defaultActions"][0].get("targetGroupArn")
    service = network.first("aws:ecs/service:Service")
    wire = next((w for w in service["loadBalancers"] if w["targetGroupArn"] == group_arn), None)
    if wire is None:
        return ["the service is not registered with the listener's target group"]
    problems = _health_problems(network, group_arn, wire["containerPort"])
    if wire["containerPort"] not in network.container_ports(service, wire["containerName"]):
        problems.append(f"no container {wire['containerName']} has port {wire['containerPort']}")
    if service.get("desiredCount", 0) < 1:
        problems.append("the service runs no task")
    return problems


def _health_problems(network: DeployedNetwork, group_arn: str, port: int) -> list[str]:
    """Check that the load balancer asks the port whose traffic it forwards after its health."""
    group = network.where("aws:lb/targetGroup:TargetGroup", arn=group_arn) or {}
    asked = group.get("healthCheck", {}).get("port", "traffic-port")
    if asked in ("traffic-port", str(port)):
        return []
    return [f"the load balancer's health check asks port {asked}, not {port}"]


def _gateway_hop(network: DeployedNetwork) -> Hop:
    """Follow the gateway's integration through its VPC link to the load balancer."""
    integration = network.first("aws:apigateway/integration:Integration")
    address = urlsplit(integration["uri"])
    link = network.where("aws:apigateway/vpcLink:VpcLink", id=integration.get("connectionId")) or {}
    balancer = network.where("aws:lb/loadBalancer:LoadBalancer", arn=link.get("targetArn"))
    problems = []
    port = HTTP_PORT
    if balancer is None:
        problems.append("the integration's VPC link leads to no load balancer of the stack")
    else:
        # In the rehearsal a DNS name carries the port of the loopback listener behind port 80.
        port = HTTP_PORT if address.netloc == balancer["dnsName"] else address.port or HTTP_PORT
        problems = _entrance_problems(network, balancer, address.netloc, port)
    return Hop(
        source="gateway",
        target="load balancer",
        port=port,
        open=not problems,
        expected=True,
        reason="; ".join(problems),
    )


def _http_gateway_hop(network: DeployedNetwork) -> Hop:
    """Follow the HTTP API's integration; the VPC link's own way is a connection like others."""
    found = http_gateway_wiring.problems(network)
    return Hop(
        source="gateway",
        target="service",
        port=network.parties()["service"].port,
        open=not found,
        expected=True,
        reason="; ".join(found),
    )


def _entrance_problems(
    network: DeployedNetwork, balancer: Values, host: str, port: int
) -> list[str]:
    problems = []
    if host.removesuffix(f":{port}") != balancer["dnsName"]:
        problems.append(f"the integration calls {host}, not {balancer['dnsName']}")
    if not network.where("aws:lb/listener:Listener", loadBalancerArn=balancer["arn"], port=port):
        problems.append(f"the load balancer does not listen on port {port}")
    enforced = balancer.get("enforceSecurityGroupInboundRulesOnPrivateLinkTraffic") != "off"
    if balancer["securityGroups"] and enforced:
        problems.append("the load balancer's group is enforced on the VPC link's PrivateLink")
    return problems


def _private(network: DeployedNetwork, name: str, party: Party) -> list[Hop]:
    """Check the ways to AWS by the stack's own endpoints."""
    return [
        Hop(
            source=name,
            target=f"{_AWS} {service}",
            port=HTTPS_PORT,
            open=not problems,
            expected=True,
            reason="; ".join(problems),
        )
        for service, problems in endpoint_wiring.ways(network, party).items()
    ]


def _adopted_database_hop(network: DeployedNetwork, parties: Mapping[str, Party]) -> Hop:
    """Check that the service is let out to the port that it calls, and to no party of the stack."""
    service = network.first("aws:ecs/service:Service")
    task = network.where("aws:ecs/taskDefinition:TaskDefinition", arn=service["taskDefinition"])
    [environment, *_] = [
        {one["name"]: one["value"] for one in container["environment"]}
        for container in json.loads((task or {}).get("containerDefinitions", "[]"))
    ]
    port = int(environment["MF_METADATA_DB_PORT"])
    own = {group for party in parties.values() for group in party.groups}
    rules = [
        rule
        for rule in network.rules("Egress", parties["service"].groups, port)
        if rule.get("referencedSecurityGroupId") not in own
    ]
    return Hop(
        source="service",
        target="adopted database",
        port=port,
        open=bool(rules),
        expected=True,
        reason="" if rules else "no rule lets service out to the adopted database",
    )


def _outward(network: DeployedNetwork, name: str, party: Party) -> Hop:
    """Check the way to HTTPS anywhere: a rule, a route, and an address the route can use.

    Who reaches AWS by endpoints may have that way or not, as the rules that let it out say.
    """
    rules = network.rules("Egress", party.groups, HTTPS_PORT)
    problems = []
    let_out = any(rule.get("cidrIpv4") == EVERYWHERE for rule in rules)
    if not let_out:
        problems.append(f"no rule lets {name} out to the internet")
    ways = [network.way_out(subnet, party.public_address) for subnet in sorted(party.subnets)]
    problems += dict.fromkeys(problem for problem in ways if problem)
    return Hop(
        source=name,
        target=_INTERNET,
        port=HTTPS_PORT,
        open=not problems,
        expected=party.role in _CALLING_AWS and (let_out or not endpoint_wiring.stand(network)),
        reason="; ".join(problems),
    )


def _inward(network: DeployedNetwork, name: str, parties: Mapping[str, Party]) -> Hop:
    """Check that no rule lets in anybody but the party that is meant to connect."""
    party = parties[name]
    allowed = party.circles | {
        group
        for sender in parties.values()
        if (sender.role, party.role) in _expected(network)
        for group in sender.groups
    }
    strangers = [
        str(next((rule[peer] for peer in _PEERS if rule.get(peer)), "a rule without a peer"))
        for rule in network.rules("Ingress", party.groups)
        if rule.get("referencedSecurityGroupId") not in allowed
    ]
    # Tasks and jobs without NAT need public addresses, for the way out; a database never does.
    if party.role == "database" and party.public_address:
        strangers.append("the internet, by a public address")
    return Hop(
        source=_ANYBODY_ELSE,
        target=name,
        port=party.port,
        open=bool(strangers),
        expected=False,
        reason=f"let in: {', '.join(strangers)}" if strangers else "",
    )
