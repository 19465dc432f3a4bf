"""Which subnets of a stack get what AWS does not offer in every zone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi


@dataclass(frozen=True, kw_only=True)
class SubnetZones:
    """The zones of a stack's subnets, in the order of the subnets; plain values.

    Attributes:
        tasks: names of the zones of the subnets of tasks and jobs.
        isolated: names of the zones of the subnets of database, load balancer and VPC link.
        isolated_ids: their ids, which are the same in every account.
        tasks_key: the setting that decides on the former.
        isolated_key: the setting that decides on the latter.
    """

    tasks: tuple[str, ...]
    isolated: tuple[str, ...]
    isolated_ids: tuple[str, ...]
    tasks_key: str = "availabilityZones"
    isolated_key: str = "availabilityZones"


@dataclass(frozen=True, kw_only=True)
class NodePlace:
    """Where the instances of a queue with several nodes stand; plain values.

    Attributes:
        subnet: position of their subnet among those of tasks and jobs, from 0.
        types: the EC2 instance types of the queue that the subnet's zone offers.
    """

    subnet: int
    types: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class EndpointPlace:
    """What AWS tells of a service's interface endpoints; plain values.

    Attributes:
        subnets: positions of the endpoint's subnets among those of tasks and jobs, from 0.
        takes_policy: whether the endpoint takes a policy.
    """

    subnets: tuple[int, ...]
    takes_policy: bool


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Subnets by their positions, from 0; plain values.

    Attributes:
        link: isolated subnets of a VPC link of version 2; none without one.
        endpoints: the interface endpoint of each service, by its whole name.
        nodes: where the nodes of each queue that has several stand, by its name.
    """

    link: tuple[int, ...]
    endpoints: Mapping[str, EndpointPlace]
    nodes: Mapping[str, NodePlace]


def at(
    subnet_ids: Sequence[pulumi.Output[str]], positions: Sequence[int]
) -> list[pulumi.Output[str]]:
    """Return the subnets at some positions."""
    return [subnet_ids[one] for one in positions]
