"""Recorded stacks whose wires are cut and joined in memory."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from rehearsal import wiring
from rehearsal.registrations import Registration
from tests.deployed import deploy_stack

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
COMPUTE = "aws:batch/computeEnvironment:ComputeEnvironment"
DATABASE = "aws:rds/instance:Instance"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
INTEGRATION = "aws:apigateway/integration:Integration"
LINK = "aws:apigateway/vpcLink:VpcLink"
LISTENER = "aws:lb/listener:Listener"
NAT = "aws:ec2/natGateway:NatGateway"
REST_API = "aws:apigateway/restApi:RestApi"
ROUTE = "aws:ec2/route:Route"
SERVICE = "aws:ecs/service:Service"
SUBNET = "aws:ec2/subnet:Subnet"
TARGET_GROUP = "aws:lb/targetGroup:TargetGroup"
TASK = "aws:ecs/taskDefinition:TaskDefinition"

_COMPUTED = ("arn", "dnsName", "name")

Stack = list[Registration]
Mutation = Callable[[Stack], Stack]
Finding = tuple[str, str, str]
"""From, to, and what the hop says."""


def recorded(stack: str, **settings: Any) -> Stack:
    """Return a stack's resources as they are once deployed: inputs, and what the wires need."""
    found = []
    for one in deploy_stack(stack, **settings).registrations:
        kept = {key: one.outputs[key] for key in _COMPUTED if key in one.outputs}
        found.append(replace(one, outputs={**kept, **one.inputs}))
    return found


def findings(stack: Sequence[Registration]) -> list[Finding]:
    return [(one.source, one.target, one.reason) for one in wiring.check(stack) if not one.holds]


def named(stack: Stack, token: str, name: str = "") -> Registration:
    (found,) = [one for one in stack if one.type == token and name in one.name]
    return found


def change(token: str, name: str = "", /, **outputs: Any) -> Mutation:
    """Change outputs of the one resource of a type whose name has a part."""

    def mutate(stack: Stack) -> Stack:
        victim = named(stack, token, name)
        changed = replace(victim, outputs={**victim.outputs, **outputs})
        return [changed if one is victim else one for one in stack]

    return mutate


def remove(token: str, name: str = "") -> Mutation:
    def mutate(stack: Stack) -> Stack:
        victim = named(stack, token, name)
        return [one for one in stack if one is not victim]

    return mutate


def add_rule(token: str, group: str, **rule: Any) -> Mutation:
    """Let somebody through a group, named by the part of its rules' names."""

    def mutate(stack: Stack) -> Stack:
        like = next(one for one in stack if one.type == token and group in one.name)
        everything = {"ipProtocol": "-1", "securityGroupId": like.outputs["securityGroupId"]}
        return [*stack, replace(like, name="added", outputs={**everything, **rule})]

    return mutate
