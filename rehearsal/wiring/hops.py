"""The hops from each part of a stack to the next: which are wanted, and which are open."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rehearsal.registrations import Registration
from rehearsal.wiring import endpoints, http_gateway, rest_gateway
from rehearsal.wiring.network import (
    EVERYWHERE,
    HTTPS_PORT,
    LOAD_BALANCER,
    VPC_LINK,
    DeployedNetwork,
    Party,
    Values,
)

_INTERNET = "internet"
_AWS = "endpoint of"
_ANYBODY_ELSE = "anybody else"
_EXPECTED = (("jobs", "load balancer"), ("load balancer", "service"), ("service", "database"))
_BY_NAME = (("jobs", "service"), ("VPC link", "service"), ("service", "database"))
_FROM_LINK = ("VPC link", "load balancer")
"""The connections inside the VPC that must be open, by role: with a load balancer, where the
service is found by its name, and more where a VPC link stands in the VPC before the load balancer;
every other one must be closed."""

_CALLING_AWS = tuple(endpoints.INTERFACES)

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
    hops = [_rest_gateway_hop(network)] if network.all("aws:apigateway/restApi:RestApi") else []
    if network.all("aws:apigatewayv2/api:Api"):
        hops.append(_http_gateway_hop(network))
    hops += [
        _hop(network, parties, source, target)
        for source in parties
        for target in parties
        if source != target
    ]
    if endpoints.stand(network):
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
    if not network.all(LOAD_BALANCER):
        return _BY_NAME
    return (*_EXPECTED, _FROM_LINK) if network.all(VPC_LINK) else _EXPECTED


def _forwarding_problems(network: DeployedNetwork) -> list[str]:
    """Follow the load balancer's listener to the port of a container."""
    balancer = network.first(LOAD_BALANCER)
    if network.where("aws:lb/listener:Listener", loadBalancerArn=balancer["arn"]) is None:
        return ["the load balancer has no listener"]
    service = network.first("aws:ecs/service:Service")
    wire = network.forwarded(balancer)
    if wire is None:
        return ["the service is not registered with the listener's target group"]
    problems = _health_problems(network, service, wire)
    if wire["containerPort"] not in network.container_ports(service, wire["containerName"]):
        problems.append(f"no container {wire['containerName']} has port {wire['containerPort']}")
    if service.get("desiredCount", 0) < 1:
        problems.append("the service runs no task")
    return problems


def _health_problems(network: DeployedNetwork, service: Values, wire: Values) -> list[str]:
    """Check that the load balancer asks after health where it forwards to: port and path."""
    port, group_arn = wire["containerPort"], wire["targetGroupArn"]
    group = network.where("aws:lb/targetGroup:TargetGroup", arn=group_arn) or {}
    check = group.get("healthCheck", {})
    prefix = network.container_variables(service, wire["containerName"]).get("PATH_PREFIX", "")
    asked, path = check.get("port", "traffic-port"), check.get("path", f"{prefix}/ping")
    problems = []
    if asked not in ("traffic-port", str(port)):
        problems.append(f"the load balancer's health check asks port {asked}, not {port}")
    if path != f"{prefix}/ping":
        problems.append(f"the load balancer's health check asks {path}, not {prefix}/ping")
    return problems


def _rest_gateway_hop(network: DeployedNetwork) -> Hop:
    """Follow the REST API's integration through its VPC link to the load balancer."""
    port, problems = rest_gateway.problems(network)
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
    found = http_gateway.problems(network)
    return Hop(
        source="gateway",
        target="service",
        port=network.parties()["service"].port,
        open=not found,
        expected=True,
        reason="; ".join(found),
    )


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
        for service, problems in endpoints.ways(network, party).items()
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
        expected=party.role in _CALLING_AWS and (let_out or not endpoints.stand(network)),
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
