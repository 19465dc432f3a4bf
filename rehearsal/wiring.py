"""Checks the wires of a deployed stack: what must be connected is, and nothing else is."""

import ipaddress
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from rehearsal.registrations import Registration

_HTTP_PORT, _HTTPS_PORT = 80, 443
_EVERYWHERE = "0.0.0.0/0"
_INTERNET = "internet"
_ANYBODY_ELSE = "anybody else"
_EXPECTED = (("jobs", "load balancer"), ("load balancer", "service"), ("service", "database"))
"""The connections inside the VPC that must be open; every other one must be closed."""

Values = Mapping[str, Any]


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


@dataclass(frozen=True, kw_only=True)
class _Party:
    """Somebody in the VPC: the security groups and subnets it stands in."""

    groups: frozenset[str]
    subnets: frozenset[str]
    port: int
    public_address: bool = False


def check(registrations: Sequence[Registration]) -> list[Hop]:
    """Check every connection of a deployed stack.

    Args:
        registrations: the stack's resources, of any engine.

    Returns:
        The connections that must be open, then those that must be closed.
    """
    view = _View(registrations)
    parties = view.parties()
    hops = [_gateway_hop(view)] if view.all("aws:apigateway/restApi:RestApi") else []
    for source in parties:
        for target in parties:
            if source != target:
                hops.append(_hop(view, parties, source, target, (source, target) in _EXPECTED))
    hops += [_outward(view, name, party) for name, party in parties.items()]
    hops += [_inward(view, name, parties) for name in parties]
    return sorted(hops, key=lambda hop: not hop.expected)


class _View:
    """The deployed resources, looked up by type and attribute."""

    def __init__(self, registrations: Sequence[Registration]) -> None:
        self._by_type: dict[str, list[Registration]] = {}
        for registration in registrations:
            self._by_type.setdefault(registration.type, []).append(registration)

    def all(self, token: str) -> list[Values]:
        """Return the outputs of all resources of a type, with their ids."""
        return [{**one.outputs, "id": one.id} for one in self._by_type.get(token, ())]

    def where(self, token: str, **attributes: Any) -> Values | None:
        """Return the first resource of a type with these attributes, or None."""
        for values in self.all(token):
            if all(values.get(name) == value for name, value in attributes.items()):
                return values
        return None

    def parties(self) -> dict[str, _Party]:
        """Return who stands in the VPC."""
        balancer = self.all("aws:lb/loadBalancer:LoadBalancer")[0]
        service = self.all("aws:ecs/service:Service")[0]
        network = service["networkConfiguration"]
        database = self.all("aws:rds/instance:Instance")[0]
        subnet_group = self.where(
            "aws:rds/subnetGroup:SubnetGroup", name=database["dbSubnetGroupName"]
        )
        compute = [
            one["computeResources"]
            for one in self.all("aws:batch/computeEnvironment:ComputeEnvironment")
        ]
        listener = self.where("aws:lb/listener:Listener", loadBalancerArn=balancer["arn"]) or {}
        return {
            "load balancer": _Party(
                groups=frozenset(balancer["securityGroups"]),
                subnets=frozenset(balancer["subnets"]),
                port=listener.get("port", _HTTP_PORT),
            ),
            "service": _Party(
                groups=frozenset(network["securityGroups"]),
                subnets=frozenset(network["subnets"]),
                port=service["loadBalancers"][0]["containerPort"],
                public_address=network.get("assignPublicIp", False),
            ),
            "database": _Party(
                groups=frozenset(database["vpcSecurityGroupIds"]),
                subnets=frozenset((subnet_group or {}).get("subnetIds", ())),
                port=database["port"],
                public_address=database.get("publiclyAccessible", False),
            ),
            "jobs": _Party(
                groups=frozenset(group for one in compute for group in one["securityGroupIds"]),
                subnets=frozenset(subnet for one in compute for subnet in one["subnets"]),
                port=_HTTPS_PORT,
                public_address=all(
                    (self.where("aws:ec2/subnet:Subnet", id=subnet) or {}).get(
                        "mapPublicIpOnLaunch", False
                    )
                    for one in compute
                    for subnet in one["subnets"]
                ),
            ),
        }

    def rules(self, direction: str, groups: Iterable[str], port: int) -> list[Values]:
        """Return the rules of groups that let a TCP port through; `Ingress` or `Egress`."""
        token = f"aws:vpc/securityGroup{direction}Rule:SecurityGroup{direction}Rule"
        return [
            rule
            for rule in self.all(token)
            if rule["securityGroupId"] in groups and _covers(rule, port)
        ]

    def default_route(self, subnet: str) -> Values | None:
        """Return the route by which a subnet reaches the internet, or None."""
        association = self.where(
            "aws:ec2/routeTableAssociation:RouteTableAssociation", subnetId=subnet
        )
        if association is None:
            return None
        return self.where(
            "aws:ec2/route:Route",
            routeTableId=association["routeTableId"],
            destinationCidrBlock=_EVERYWHERE,
        )


def _covers(rule: Values, port: int) -> bool:
    if str(rule["ipProtocol"]) == "-1":
        return True
    return rule["ipProtocol"] in ("tcp", "6") and rule["fromPort"] <= port <= rule["toPort"]


def _lets(view: _View, rules: Iterable[Values], peer: _Party) -> bool:
    """Tell whether one of the rules names the peer: its group, or a range with its subnets."""
    return any(
        rule.get("referencedSecurityGroupId") in peer.groups or _contains(view, rule, peer)
        for rule in rules
    )


def _contains(view: _View, rule: Values, peer: _Party) -> bool:
    if not rule.get("cidrIpv4"):
        return False
    network = ipaddress.IPv4Network(rule["cidrIpv4"])
    ranges = [
        ipaddress.IPv4Network(subnet["cidrBlock"])
        for subnet in view.all("aws:ec2/subnet:Subnet")
        if subnet["id"] in peer.subnets
    ]
    return any(one.subnet_of(network) for one in ranges)


def _hop(
    view: _View, parties: Mapping[str, _Party], source: str, target: str, expected: bool
) -> Hop:
    sender, receiver = parties[source], parties[target]
    problems = []
    if not _lets(view, view.rules("Egress", sender.groups, receiver.port), receiver):
        problems.append(f"no rule lets {source} out to {target}")
    if not _lets(view, view.rules("Ingress", receiver.groups, receiver.port), sender):
        problems.append(f"no rule lets {source} into {target}")
    if (source, target) == ("load balancer", "service"):
        problems += _forwarding_problems(view)
    return Hop(
        source=source,
        target=target,
        port=receiver.port,
        open=not problems,
        expected=expected,
        reason="; ".join(problems),
    )


def _forwarding_problems(view: _View) -> list[str]:
    """Follow the load balancer's listener to the port of a container."""
    balancer = view.all("aws:lb/loadBalancer:LoadBalancer")[0]
    listener = view.where("aws:lb/listener:Listener", loadBalancerArn=balancer["arn"])
    if listener is None:
        return ["the load balancer has no listener"]
    group_arn = listener["defaultActions"][0].get("targetGroupArn")
    service = view.all("aws:ecs/service:Service")[0]
    wire = next((w for w in service["loadBalancers"] if w["targetGroupArn"] == group_arn), None)
    if wire is None:
        return ["the service is not registered with the listener's target group"]
    task = view.where("aws:ecs/taskDefinition:TaskDefinition", arn=service["taskDefinition"]) or {}
    containers = json.loads(task.get("containerDefinitions", "[]"))
    ports = [
        mapping["containerPort"]
        for container in containers
        if container["name"] == wire["containerName"]
        for mapping in container.get("portMappings", ())
    ]
    if wire["containerPort"] not in ports:
        return [f"no container {wire['containerName']} has port {wire['containerPort']}"]
    return [] if service.get("desiredCount", 0) > 0 else ["the service runs no task"]


def _gateway_hop(view: _View) -> Hop:
    """Follow the gateway's integration through its VPC link to the load balancer."""
    integration = view.all("aws:apigateway/integration:Integration")[0]
    address = urlsplit(integration["uri"])
    link = view.where("aws:apigateway/vpcLink:VpcLink", id=integration.get("connectionId")) or {}
    balancer = view.where("aws:lb/loadBalancer:LoadBalancer", arn=link.get("targetArn"))
    problems = []
    port = _HTTP_PORT
    if balancer is None:
        problems.append("the integration's VPC link leads to no load balancer of the stack")
    else:
        # In the rehearsal a DNS name carries the port of the loopback listener behind port 80.
        port = _HTTP_PORT if address.netloc == balancer["dnsName"] else address.port or _HTTP_PORT
        problems = _entrance_problems(view, balancer, address.netloc, port)
    return Hop(
        source="gateway",
        target="load balancer",
        port=port,
        open=not problems,
        expected=True,
        reason="; ".join(problems),
    )


def _entrance_problems(view: _View, balancer: Values, host: str, port: int) -> list[str]:
    problems = []
    if host.removesuffix(f":{port}") != balancer["dnsName"]:
        problems.append(f"the integration calls {host}, not {balancer['dnsName']}")
    if not view.where("aws:lb/listener:Listener", loadBalancerArn=balancer["arn"], port=port):
        problems.append(f"the load balancer does not listen on port {port}")
    enforced = balancer.get("enforceSecurityGroupInboundRulesOnPrivateLinkTraffic") != "off"
    if balancer["securityGroups"] and enforced:
        problems.append("the load balancer's group is enforced on the VPC link's PrivateLink")
    return problems


def _outward(view: _View, name: str, party: _Party) -> Hop:
    """Check the way to HTTPS anywhere: a rule, a route, and an address the route can use."""
    rules = view.rules("Egress", party.groups, _HTTPS_PORT)
    problems = []
    if not any(rule.get("cidrIpv4") == _EVERYWHERE for rule in rules):
        problems.append(f"no rule lets {name} out to the internet")
    routes = [view.default_route(subnet) for subnet in party.subnets]
    if not routes or None in routes:
        problems.append("a subnet has no route to the internet")
    elif not party.public_address and not all(
        route and route.get("natGatewayId") for route in routes
    ):
        problems.append("a route without NAT, and no public address")
    return Hop(
        source=name,
        target=_INTERNET,
        port=_HTTPS_PORT,
        open=not problems,
        expected=name in ("service", "jobs"),
        reason="; ".join(problems),
    )


def _inward(view: _View, name: str, parties: Mapping[str, _Party]) -> Hop:
    """Check that no rule lets in anybody but the party that is meant to connect."""
    senders = [parties[source].groups for source, target in _EXPECTED if target == name]
    allowed = frozenset[str]().union(*senders)
    party = parties[name]
    strangers = [
        rule.get("cidrIpv4") or rule.get("prefixListId") or rule.get("referencedSecurityGroupId")
        for rule in _all_ingress(view, party.groups)
        if rule.get("referencedSecurityGroupId") not in allowed
    ]
    return Hop(
        source=_ANYBODY_ELSE,
        target=name,
        port=party.port,
        open=bool(strangers),
        expected=False,
        reason=f"let in: {', '.join(map(str, strangers))}" if strangers else "",
    )


def _all_ingress(view: _View, groups: Iterable[str]) -> list[Values]:
    ingress = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    return [rule for rule in view.all(ingress) if rule["securityGroupId"] in groups]
