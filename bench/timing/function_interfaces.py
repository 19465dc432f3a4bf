"""The network interfaces of functions inside a VPC, which no tool names and AWS releases late."""

from dataclasses import replace

from bench.dependency_graph import Graph, Resource

INTERFACE = "aws:ec2/networkInterface:NetworkInterface"

_FUNCTION = "aws:lambda/function:Function"
_HELD = ("aws:ec2/securityGroup:SecurityGroup", "aws:ec2/subnet:Subnet")


def with_interfaces(graph: Graph) -> Graph:
    """Return a graph in which the interfaces stand between a function and what they hold.

    AWS deletes such a function at once and its interfaces much later. Pulumi and Terraform wait for
    that when they delete the security group and the subnets, CloudFormation with the function whose
    row has its time.
    """
    if graph.tool == "cloudformation":
        return graph
    resources = dict(graph.resources)
    for key, one in graph.resources.items():
        if one.type == _FUNCTION and (one.inputs.get("vpcConfig") or {}).get("subnetIds"):
            interfaces = f"{key}, its network interfaces"
            held = (other for other in one.waits_for if graph.resources[other].type in _HELD)
            resources[interfaces] = Resource(
                name=f"{one.name}, its network interfaces",
                type=INTERFACE,
                inputs={},
                waits_for=frozenset(held),
            )
            resources[key] = replace(one, waits_for=one.waits_for | {interfaces})
    return replace(graph, resources=resources)
