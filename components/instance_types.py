"""Which types of the queues' instances region and zones offer, of which AWS is asked first."""

from collections.abc import Mapping, Sequence, Set

import pulumi
import pulumi_aws as aws

from components import aws_environment
from components.job_queue import Queue
from components.placement import NodePlace, SubnetZones


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


def look_up_nodes(
    opts: pulumi.ResourceOptions | None,
    queues: Sequence[Queue],
    offered: Set[str],
    zones: SubnetZones,
) -> dict[str, NodePlace]:
    """Return by name where the queues stand whose jobs have several nodes; registers nothing.

    They stand in one zone, and not every zone of a region offers every type: without one of theirs
    their jobs would stay RUNNABLE. The first subnet is taken whose zone has all types that the
    queue names, or one of those that it has by default.

    Args:
        opts: the options of the component that is about to be registered, whose provider is asked.
        queues: all queues.
        offered: the types of all queues that the region offers.
        zones: the zones of the subnets.

    Raises:
        pulumi.RunError: no zone offers a queue's types, with what to set.
    """
    several = {place: queue for place, queue in enumerate(queues) if queue.multi_node}
    if not several:
        return {}
    chosen = {place: frozenset(queue.chosen_types) & offered for place, queue in several.items()}
    there = _by_zone(opts, sorted(frozenset[str]().union(*chosen.values())))
    found: dict[str, NodePlace] = {}
    problems = []
    for place, queue in several.items():
        least = len(chosen[place]) if queue.instance_types else 1
        usable = [chosen[place] & there.get(zone, frozenset()) for zone in zones.tasks]
        subnet = next((at for at, types in enumerate(usable) if len(types) >= least), None)
        if subnet is None:
            problems.append(_no_zone(place, queue, zones, usable))
        else:
            found[queue.name] = NodePlace(subnet=subnet, types=usable[subnet])
    if problems:
        raise pulumi.RunError("\n".join(problems))
    return found


def _by_zone(
    opts: pulumi.ResourceOptions | None, types: Sequence[str]
) -> Mapping[str, frozenset[str]]:
    """Return which of some types each zone of the region offers."""
    answer = aws.ec2.get_instance_type_offerings(
        location_type="availability-zone",
        filters=[{"name": "instance-type", "values": types}],
        opts=aws_environment.invoke_options(opts),
    )
    pairs = list(zip(answer.locations, answer.instance_types, strict=True))
    return {
        zone: frozenset(name for where, name in pairs if where == zone) for zone in answer.locations
    }


def _no_zone(place: int, queue: Queue, zones: SubnetZones, usable: Sequence[Set[str]]) -> str:
    key = f"queues[{place}].instanceTypes"
    named = f"has {', '.join(queue.instance_types)}" if queue.instance_types else "is empty"
    offers = ", ".join(
        f"{' and '.join(sorted(types)) or 'none'} in {zone}"
        for zone, types in zip(zones.tasks, usable, strict=True)
    )
    return (
        f"{key} {named}, and a multiNode queue stands in one zone; AWS offers {offers}. Set "
        f"subnets of other zones with {zones.tasks_key}, or other types with: pulumi config set "
        f"--path '{key}[0]' <type>"
    )
