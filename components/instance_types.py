"""Which instance types of the queues the region offers; AWS is asked before anything is made."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components import aws_environment
from components.job_queue import Queue


def look_up(
    opts: pulumi.ResourceOptions | None, region: str, queues: Sequence[Queue]
) -> frozenset[str]:
    """Return the types of all queues that the region offers; registers nothing.

    Batch refuses an environment that names a type which its region does not know. Types that a
    queue names must all be there; of those that it has by default, one is enough.

    Args:
        opts: the options of the component that is about to be registered, whose provider is asked.
        region: the stack's region.
        queues: the queues.

    Raises:
        pulumi.RunError: a queue has types that the region does not offer, with what to set.
    """
    wanted = sorted({one for queue in queues for one in queue.chosen_types})
    if not wanted:
        return frozenset()
    answer = aws.ec2.get_instance_type_offerings(
        location_type="region",
        filters=[{"name": "instance-type", "values": wanted}],
        opts=aws_environment.invoke_options(opts),
    )
    offered = frozenset(answer.instance_types)
    problems = [
        problem
        for place, queue in enumerate(queues)
        if (problem := _problem(place, queue, region, offered))
    ]
    if problems:
        raise pulumi.RunError("\n".join(problems))
    return offered


def _problem(place: int, queue: Queue, region: str, offered: frozenset[str]) -> str | None:
    missing = [one for one in queue.chosen_types if one not in offered]
    command = f"pulumi config set --path 'queues[{place}].instanceTypes[0]' <type>"
    if queue.instance_types and missing:
        found = f"queues[{place}].instanceTypes has {', '.join(missing)}; {region} does not offer"
        return f"{found} {'it' if len(missing) == 1 else 'them'}. Set others with: {command}"
    if missing and len(missing) == len(queue.chosen_types):
        return (
            f"queues[{place}].instanceTypes is empty; {region} offers none of the types of a "
            f"{queue.kind} queue by default. Set some with: {command}"
        )
    return None
