"""What AWS refuses and the emulator does not: one row a reason, each with its source."""

from typing import TYPE_CHECKING

from rehearsal.provider.refusals import (
    containers,
    data,
    gateway,
    gateway_front,
    interface_endpoints,
    network,
    tags,
    vpc_links,
)
from rehearsal.provider.refusals.refusal import Parameters, Refusal

if TYPE_CHECKING:
    from rehearsal.provider.cloud import Cloud

REFUSALS: tuple[Refusal, ...] = (
    *network.REFUSALS,
    *interface_endpoints.REFUSALS,
    *data.REFUSALS,
    *containers.REFUSALS,
    *gateway.REFUSALS,
    *gateway_front.REFUSALS,
    *vpc_links.REFUSALS,
)


def of(cloud: "Cloud", service: str, operation: str, parameters: Parameters) -> list[str]:
    """List why AWS would refuse a call that the emulator accepts."""
    found = [f"{problem} ({tags.SOURCE})" for problem in tags.problems(parameters)]
    for refusal in REFUSALS:
        if refusal.service == service and operation in refusal.operations:
            problem = refusal.problem(cloud, parameters)
            if problem:
                found.append(f"{problem} ({refusal.source})")
    return found
