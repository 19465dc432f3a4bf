"""Job queues and the compute environments behind them, as the scheduler sees them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Environment:
    """A compute environment.

    Attributes:
        name: its name.
        arn: its ARN.
        cluster: name of the ECS cluster that Batch made for it.
        resources: the API's `computeResources`.
        offered: the instance types that EC2 offers in its subnets' zones; None where that is not
            known.
    """

    name: str
    arn: str
    cluster: str
    resources: Mapping[str, Any]
    offered: frozenset[str] | None = None

    @property
    def fargate(self) -> bool:
        """Whether jobs run on Fargate."""
        return str(self.resources["type"]).startswith("FARGATE")

    @property
    def max_vcpus(self) -> int:
        """The vCPUs at which it stops growing."""
        return int(self.resources["maxvCpus"])


@dataclass(frozen=True)
class Queue:
    """A job queue.

    Attributes:
        name: its name.
        arn: its ARN.
        priority: queues of a higher one are served first.
        environments: the enabled environments, in the queue's order.
        limits: seconds after which a blocked job is cancelled, by the reason that blocks it.
    """

    name: str
    arn: str
    priority: int
    environments: tuple[Environment, ...]
    limits: Mapping[str, float]
