"""A deployed stack's network as its resources describe it: who stands in it, rules and routes."""

import ipaddress
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rehearsal.registrations import Registration

HTTP_PORT, HTTPS_PORT = 80, 443
EVERYWHERE = "0.0.0.0/0"
VPC_LINK = "aws:apigatewayv2/vpcLink:VpcLink"
LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"

Values = Mapping[str, Any]


class WiringError(Exception):
    """A stack has no wires to check; the message is one line."""


@dataclass(frozen=True, kw_only=True)
class Party:
    """Somebody in the VPC.

    Attributes:
        role: what it is.
        groups: the security groups it stands in.
        subnets: the subnets it stands in.
        port: TCP port on which it is called.
        public_address: whether it has one.
        circles: those of its groups in which the nodes of a job may talk to each other.
    """

    role: str
    groups: frozenset[str]
    subnets: frozenset[str]
    port: int
    public_address: bool = False
    circles: frozenset[str] = frozenset()
    on_instances: bool = False


class DeployedNetwork:
    """The deployed resources, looked up by type and attribute."""

    def __init__(self, registrations: Sequence[Registration]) -> None:
        """Look at a stack's resources, of any engine."""
        self._by_type: dict[str, list[Registration]] = {}
        for registration in registrations:
            self._by_type.setdefault(registration.type, []).append(registration)

    def all(self, token: str) -> list[Values]:
        """Return the outputs of all resources of a type, with their ids."""
        return [{**one.outputs, "id": one.id} for one in self._by_type.get(token, ())]

    def first(self, token: str) -> Values:
        """Return the first resource of a type.

        Raises:
            WiringError: there is none.
        """
        found = self.all(token)
        if not found:
            raise WiringError(f"the stack has no {token}, so its wires cannot be checked")
        return found[0]

    def where(self, token: str, **attributes: Any) -> Values | None:
        """Return the first resource of a type with these attributes, or None."""
        for values in self.all(token):
            if all(values.get(name) == value for name, value in attributes.items()):
                return values
        return None

    def parties(self) -> dict[str, Party]:
        """Return who stands in the VPC, by name; each compute environment's jobs are a party.

        Raises:
            WiringError: load balancer or VPC link, service or database is missing.
        """
        environments = self.all("aws:batch/computeEnvironment:ComputeEnvironment")
        several = len(environments) > 1
        return {
            **self._entrance(),
            "service": self._service(),
            **({} if self.has_adopted_database() else {"database": self._database()}),
            **{
                f"jobs of {one['name']}" if several else "jobs": self._jobs(one["computeResources"])
                for one in environments
            },
        }

    def _entrance(self) -> dict[str, Party]:
        """Return what stands before the service: a VPC link, a load balancer, or both."""
        found = {}
        if self.all(VPC_LINK):
            found["VPC link"] = self._vpc_link(self.first(VPC_LINK))
        if self.all(LOAD_BALANCER) or not found:
            found["load balancer"] = self._load_balancer()
        return found

    def _vpc_link(self, link: Values) -> Party:
        return Party(
            role="VPC link",
            groups=frozenset(link["securityGroupIds"]),
            subnets=frozenset(link["subnetIds"]),
            port=HTTP_PORT,
        )

    def has_adopted_database(self) -> bool:
        """Say whether the service's database is not of the stack, which has no subnets for one."""
        return not self.all("aws:rds/subnetGroup:SubnetGroup")

    def _load_balancer(self) -> Party:
        balancer = self.first(LOAD_BALANCER)
        listener = self.where("aws:lb/listener:Listener", loadBalancerArn=balancer["arn"]) or {}
        return Party(
            role="load balancer",
            groups=frozenset(balancer["securityGroups"]),
            subnets=frozenset(balancer["subnets"]),
            port=listener.get("port", HTTP_PORT),
        )

    def _service(self) -> Party:
        service = self.first("aws:ecs/service:Service")
        network = service["networkConfiguration"]
        return Party(
            role="service",
            groups=frozenset(network["securityGroups"]),
            subnets=frozenset(network["subnets"]),
            port=_service_port(service),
            public_address=network.get("assignPublicIp", False),
        )

    def _database(self) -> Party:
        database = self.first("aws:rds/instance:Instance")
        name = database["dbSubnetGroupName"]
        subnet_group = self.where("aws:rds/subnetGroup:SubnetGroup", name=name) or {}
        return Party(
            role="database",
            groups=frozenset(database["vpcSecurityGroupIds"]),
            subnets=frozenset(subnet_group.get("subnetIds", ())),
            port=database["port"],
            public_address=database.get("publiclyAccessible", False),
        )

    def _jobs(self, compute: Values) -> Party:
        subnets = [self.where("aws:ec2/subnet:Subnet", id=one) or {} for one in compute["subnets"]]
        return Party(
            role="jobs",
            groups=frozenset(self._groups(compute)),
            subnets=frozenset(compute["subnets"]),
            port=HTTPS_PORT,
            public_address=all(one.get("mapPublicIpOnLaunch", False) for one in subnets),
            circles=self._circles(compute) if compute.get("placementGroup") else frozenset(),
            on_instances=not str(compute["type"]).startswith("FARGATE"),
        )

    def container_ports(self, service: Values, container_name: str) -> set[int]:
        """Return the ports that a container of an ECS service's tasks maps."""
        return {
            mapping["containerPort"]
            for mapping in self._container(service, container_name).get("portMappings", ())
        }

    def container_variables(self, service: Values, container_name: str) -> dict[str, str]:
        """Return the environment of a container of an ECS service's tasks."""
        given = self._container(service, container_name).get("environment", ())
        return {one["name"]: one["value"] for one in given}

    def _container(self, service: Values, name: str) -> Values:
        arn = service["taskDefinition"]
        task = self.where("aws:ecs/taskDefinition:TaskDefinition", arn=arn) or {}
        containers = json.loads(task.get("containerDefinitions", "[]"))
        return next((one for one in containers if one["name"] == name), {})

    def forwarded(self, balancer: Values) -> Values | None:
        """Return how the ECS service is registered behind a load balancer, or None."""
        listener = self.where("aws:lb/listener:Listener", loadBalancerArn=balancer["arn"]) or {}
        (action, *_) = listener.get("defaultActions") or [{}]
        group_arn = action.get("targetGroupArn")
        registered = self.first("aws:ecs/service:Service").get("loadBalancers") or ()
        return next((one for one in registered if one["targetGroupArn"] == group_arn), None)

    def _circles(self, compute: Values) -> frozenset[str]:
        """Return the groups from which nothing leads anywhere but to themselves."""
        found = []
        for group in self._groups(compute):
            rules = [*self.rules("Ingress", [group]), *self.rules("Egress", [group])]
            if rules and all(one.get("referencedSecurityGroupId") == group for one in rules):
                found.append(group)
        return frozenset(found)

    def _groups(self, compute: Values) -> Sequence[str]:
        """Return the groups of instances: the environment's, or their interfaces' where it has."""
        if "securityGroupIds" in compute:
            own: Sequence[str] = compute["securityGroupIds"]
            return own
        template_id = (compute.get("launchTemplate") or {}).get("launchTemplateId")
        template = self.where("aws:ec2/launchTemplate:LaunchTemplate", id=template_id) or {}
        interfaces = template.get("networkInterfaces") or ()
        return [group for one in interfaces for group in one.get("securityGroups", ())]

    def rules(self, direction: str, groups: Iterable[str], port: int | None = None) -> list[Values]:
        """Return the rules of groups; those that let a TCP port through, where one is given.

        Args:
            direction: `Ingress` or `Egress`.
            groups: ids of security groups.
            port: TCP port.
        """
        token = f"aws:vpc/securityGroup{direction}Rule:SecurityGroup{direction}Rule"
        return [
            rule
            for rule in self.all(token)
            if rule["securityGroupId"] in groups and (port is None or _covers(rule, port))
        ]

    def lets(self, rules: Iterable[Values], peer: Party) -> bool:
        """Tell whether one of the rules names the peer: its group, or a range with its subnets."""
        return any(
            rule.get("referencedSecurityGroupId") in peer.groups or self._contains(rule, peer)
            for rule in rules
        )

    def _contains(self, rule: Values, peer: Party) -> bool:
        if not rule.get("cidrIpv4"):
            return False
        network = ipaddress.IPv4Network(rule["cidrIpv4"])
        ranges = [
            ipaddress.IPv4Network(subnet["cidrBlock"])
            for subnet in self.all("aws:ec2/subnet:Subnet")
            if subnet["id"] in peer.subnets
        ]
        return any(one.subnet_of(network) for one in ranges)

    def way_out(self, subnet: str, public_address: bool) -> str:
        """Say why what stands in a subnet cannot reach the internet; empty where it can."""
        route = self._default_route(subnet)
        if route is None:
            return "a subnet has no route to the internet"
        if route.get("natGatewayId"):
            nat = self.where("aws:ec2/natGateway:NatGateway", id=route["natGatewayId"]) or {}
            beyond = self._default_route(nat.get("subnetId", "")) or {}
            return "" if beyond.get("gatewayId") else "the NAT gateway has no way to the internet"
        return "" if public_address else "a route without NAT, and no public address"

    def _default_route(self, subnet: str) -> Values | None:
        table = self.route_table(subnet)
        if table is None:
            return None
        return self.where(
            "aws:ec2/route:Route", routeTableId=table, destinationCidrBlock=EVERYWHERE
        )

    def route_table(self, subnet: str) -> str | None:
        """Return the id of a subnet's route table; None where the stack gives it none."""
        association = self.where(
            "aws:ec2/routeTableAssociation:RouteTableAssociation", subnetId=subnet
        )
        return association["routeTableId"] if association else None


def _service_port(service: Values) -> int:
    """Return the port of the container that is reached, by a load balancer or by name."""
    given = service.get("loadBalancers") or [service.get("serviceRegistries") or {}]
    return int(given[0].get("containerPort", HTTP_PORT))


def _covers(rule: Values, port: int) -> bool:
    if str(rule["ipProtocol"]) == "-1":
        return True
    return rule["ipProtocol"] in ("tcp", "6") and rule["fromPort"] <= port <= rule["toPort"]
