"""Who may talk to whom: the full table of rules."""

import pytest

from rehearsal.registrations import Registration
from tests import deployed

INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"

RULES = {
    # direction, group, other side, protocol, first and last port
    ("out", "jobs", "balancer", "tcp", 80, 80),
    ("in", "balancer", "jobs", "tcp", 80, 80),
    ("out", "balancer", "service", "tcp", 8080, 8080),
    ("in", "service", "balancer", "tcp", 8080, 8080),
    ("out", "service", "database", "tcp", 5432, 5432),
    ("in", "database", "service", "tcp", 5432, 5432),
    ("out", "service", "0.0.0.0/0", "tcp", 443, 443),
    ("out", "jobs", "0.0.0.0/0", "tcp", 443, 443),
}


def group(security_group_id: str) -> str:
    return security_group_id.removeprefix("SecurityGroup:metaflow-groups-").removesuffix(".id")


def row(rule: Registration) -> tuple[str, str, str, str, int, int]:
    given = {key: value for key, value in rule.inputs.items() if key not in {"tags", "description"}}
    other = given.pop("cidrIpv4", None) or group(given.pop("referencedSecurityGroupId"))
    direction = {INGRESS: "in", EGRESS: "out"}[rule.type]
    found = (
        direction,
        group(given.pop("securityGroupId")),
        other,
        given.pop("ipProtocol"),
        given.pop("fromPort"),
        given.pop("toPort"),
    )
    assert given == {}
    return found


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_these_connections_are_allowed_and_no_others(stack: str) -> None:
    deployment = deployed.deploy_stack(stack)
    rules = [*deployment.of_type(INGRESS), *deployment.of_type(EGRESS)]
    assert sorted(map(row, rules)) == sorted(RULES)


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_no_group_has_rules_of_its_own(stack: str) -> None:
    groups = deployed.deploy_stack(stack).of_type("aws:ec2/securityGroup:SecurityGroup")
    assert {tuple(sorted(one.inputs)) for one in groups} == {("description", "tags", "vpcId")}


def test_every_part_stands_in_its_own_group() -> None:
    dev = deployed.deploy_stack("dev")
    stands_in = {
        "balancer": deployed.inputs(dev, "aws:lb/loadBalancer:LoadBalancer")["securityGroups"],
        "service": deployed.inputs(dev, "aws:ecs/service:Service")["networkConfiguration"][
            "securityGroups"
        ],
        "database": deployed.inputs(dev, "aws:rds/instance:Instance")["vpcSecurityGroupIds"],
        "jobs": deployed.inputs(dev, "aws:batch/computeEnvironment:ComputeEnvironment")[
            "computeResources"
        ]["securityGroupIds"],
    }
    assert stands_in == {name: [f"SecurityGroup:metaflow-groups-{name}.id"] for name in stands_in}
