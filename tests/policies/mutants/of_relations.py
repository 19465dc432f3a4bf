"""Faults in relations: guards removed, ways to the internet and into security groups added."""

from collections.abc import Iterator, Mapping

from rehearsal.registrations import Registration
from tests.policies.mutants.mutant import Mutant, Recorded, label, new, with_input

NO_GUARD: Mapping[str, str] = {
    "apigateway/account": "logging",
    "apigateway/restApiPolicy": "an API without a policy is open as well; its methods ask for keys",
    "apigateway/usagePlan": "a key of no plan opens nothing",
    "apigateway/usagePlanKey": "a key of no plan opens nothing",
    "batch/jobQueue": "nobody can submit",
    "cloudwatch/eventTarget": "a rule without a target does nothing",
    "ec2/flowLog": "logging",
    "ec2/natGateway": "less reaches the internet",
    "ec2/route": "less reaches the internet",
    "ec2/routeTableAssociation": "moved to the main table, which has no route",
    "ec2/vpcEndpoint": "traffic to S3 takes the NAT gateway, encrypted all the same",
    "ecs/service": "nothing runs",
    "iam/rolePolicy": "less is allowed",
    "iam/rolePolicyAttachment": "less is allowed",
    "lb/listener": "nothing is reached",
    "s3/bucketLifecycleConfiguration": "housekeeping of old versions",
    "secretsmanager/secretRotation": "RDS rotates the secret of its own accord every 7 days",
    "sfn/stateMachine": "nothing runs",
    "vpc/securityGroupEgressRule": "less is let through",
    "vpc/securityGroupIngressRule": "less is let through",
}
"""Types of resources that keep nobody out and nothing safe."""

WORLD = ("0.0.0.0/0", "::/0", "0.0.0.0/1", "8.0.0.0/6")
PORTS = ((22, 22), (443, 443), (5432, 5432), (8080, 8080), (0, 65535))


def removed_guards(stack: Recorded) -> Iterator[Mutant]:
    """Yield a mutant for each resource that no other one's inputs need, and that guards."""
    needed = {urn for one in stack for urns in one.property_dependencies.values() for urn in urns}
    for one in stack:
        if one.custom and one.urn not in needed and one.type.split(":")[1] not in NO_GUARD:
            yield Mutant("remove a resource", label(one), removed=(one.urn,))


def opened_groups(stack: Recorded) -> Iterator[Mutant]:
    """Yield mutants that let the world into each security group, and each out to the world."""
    for group in _of(stack, "aws:ec2/securityGroup:SecurityGroup"):
        for network in WORLD:
            for first, last in PORTS:
                ports = {"ipProtocol": "tcp", "fromPort": first, "toPort": last}
                yield _rule(group, "Ingress", network, ports)
                if (first, last) != (443, 443):  # the way to AWS's own services
                    yield _rule(group, "Egress", network, ports)
            yield _rule(group, "Ingress", network, {"ipProtocol": "-1"})
            yield _rule(group, "Egress", network, {"ipProtocol": "-1"})
        inline = {
            "protocol": "tcp",
            "fromPort": 22,
            "toPort": 22,
            "cidrBlocks": ["0.0.0.0/0"],
        }
        pieces = {**inline, "cidrBlocks": [f"{number}.0.0.0/8" for number in range(1, 224)]}
        for how, rule in (("inline", inline), ("in pieces", pieces)):
            yield Mutant(
                "open a security group",
                f"{group.name} {how}",
                changed=(with_input(group, "ingress", [rule]),),
            )
        yield Mutant(
            "open a security group",
            f"{group.name} by the older resource",
            added=(
                new(
                    "aws:ec2/securityGroupRule:SecurityGroupRule",
                    "added",
                    {**inline, "type": "ingress", "securityGroupId": group.id},
                    group,
                ),
            ),
        )
        yield Mutant(
            "open a security group",
            f"{group.name} to the VPC",
            added=(_added(group, "Ingress", {"cidrIpv4": "10.20.0.0/16", "ipProtocol": "-1"}),),
        )


def _added(group: Registration, direction: str, inputs: Mapping[str, object]) -> Registration:
    kind = f"SecurityGroup{direction}Rule"
    token = f"aws:vpc/s{kind[1:]}:{kind}"
    return new(token, "added", {"securityGroupId": group.id, **inputs}, group)


def _rule(group: Registration, direction: str, network: str, ports: Mapping[str, object]) -> Mutant:
    address = "cidrIpv6" if ":" in network else "cidrIpv4"
    what = f"{ports.get('fromPort', 'all')}-{ports.get('toPort', 'all')}"
    return Mutant(
        "open a security group",
        f"{group.name} {direction.lower()} {what} {network}",
        added=(_added(group, direction, {address: network, **ports}),),
    )


def internet_routes(stack: Recorded) -> Iterator[Mutant]:
    """Yield a mutant for each route table that gets a way to and from the internet."""
    (gateway,) = _of(stack, "aws:ec2/internetGateway:InternetGateway")
    open_already = {
        one.inputs["routeTableId"]
        for one in _of(stack, "aws:ec2/route:Route")
        if one.inputs.get("gatewayId") == gateway.id
    }
    for table in _of(stack, "aws:ec2/routeTable:RouteTable"):
        if table.id in open_already:
            continue
        for destination in ("0.0.0.0/0", "::/0"):
            key = "destinationIpv6CidrBlock" if ":" in destination else "destinationCidrBlock"
            inputs = {"routeTableId": table.id, "gatewayId": gateway.id, key: destination}
            yield Mutant(
                "add a way to the internet",
                f"{table.name} {destination}",
                added=(new("aws:ec2/route:Route", "added", inputs, table),),
            )


def public_subnets(stack: Recorded) -> Iterator[Mutant]:
    """Yield a mutant for each resource that is moved into the public subnets."""
    public = [one.id for one in _of(stack, "aws:ec2/subnet:Subnet") if "-public-" in one.name]
    for one in stack:
        for key in ("subnetIds", "subnets"):
            if one.inputs.get(key) and one.inputs[key] != public:
                yield Mutant(
                    "move to public subnets", label(one), changed=(with_input(one, key, public),)
                )


def _of(stack: Recorded, token: str) -> list[Registration]:
    return [one for one in stack if one.type == token]
