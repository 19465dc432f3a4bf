"""The instances that a Batch environment keeps without any job."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from math import ceil

from bench.dependency_graph import Graph, Resource
from bench.pricing.inputs import flag, given, listed, number, objects, text
from bench.pricing.prices import PriceTable, UnpricedError
from bench.pricing.usage import ADDRESS, Usage, awaited
from settings.instance_types import vcpus

_LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
_SUBNET = "aws:ec2/subnet:Subnet"

_IMAGE_VOLUMES: Mapping[str, str] = {"ECS_AL2": "gp2", "ECS_AL2023": "gp3"}
"""Volume types of the ECS-optimized images (aws/amazon-ecs-ami, al2.pkr.hcl, al2023.pkr.hcl)."""


def compute_environment(one: Resource, graph: Graph, table: PriceTable) -> Iterator[Usage]:
    """Price the instances that run without any job.

    They are those of `minVcpus`: whatever `desiredVcpus` says at first, Batch scales down to the
    minimum when nothing runs (AWS Batch User Guide, "Compute environment parameters").
    """
    least = number(one, "computeResources.minVcpus", default=0)
    if not least:
        return
    instance_type, count = _cheapest(one, least, table)
    volume, size = _volume(one, graph, table)
    what, share = _market(one)
    yield Usage(what, f"EC2 {instance_type}", count * table.hours * share)
    yield Usage("volumes", f"EBS {volume} volume", count * size)
    subnets = awaited(one, graph, _SUBNET)
    if any(flag(subnet, "mapPublicIpOnLaunch") for subnet in subnets):
        yield Usage("addresses", ADDRESS, count * table.hours)


def _market(one: Resource) -> tuple[str, Decimal]:
    """Return what the instances are, and how much of the price on demand they cost.

    What Spot costs changes all the time. Batch takes instances of at most `bidPercentage` of the
    price on demand, which is all of it unless it is given (AWS Batch API Reference,
    ComputeResource), so that this share is the most they cost.
    """
    if text(one, "computeResources.type", default="EC2") != "SPOT":
        return "instances", Decimal(1)
    percent = number(one, "computeResources.bidPercentage", default=100)
    return f"Spot instances, at most {percent} % of the price on demand", percent / 100


def _cheapest(one: Resource, least: Decimal, table: PriceTable) -> tuple[str, int]:
    """Return the instance type and count that give the least vCPUs most cheaply.

    Batch chooses the types that fit best at the lowest price (AWS Batch User Guide, "Allocation
    strategies"); types larger than what is asked for are left out unless all are, and one of two
    equally cheap choices is that with fewer instances.
    """
    given(one, "computeResources.instanceTypes")
    types = listed(one, "computeResources.instanceTypes")
    sizes = {str(each): vcpus(str(each)) for each in types}
    known = {each: size for each, size in sizes.items() if size is not None}
    if not known:
        raise UnpricedError(
            f"{one.name} ({one.type}): computeResources.instanceTypes is {types!r}, none of whose "
            "sizes is known; name types, not families."
        )
    largest = max(least, Decimal(min(known.values())))
    counts = {each: ceil(least / size) for each, size in known.items() if size <= largest}
    best = min(
        counts, key=lambda each: (counts[each] * table.price(f"EC2 {each}").usd, counts[each])
    )
    return best, counts[best]


def _volume(one: Resource, graph: Graph, table: PriceTable) -> tuple[str, Decimal]:
    """Return the type and size in GiB of each instance's volume: the template's, or the image's."""
    for template in awaited(one, graph, _LAUNCH_TEMPLATE):
        for mapping in objects(template, "blockDeviceMappings"):
            return text(mapping, "ebs.volumeType"), number(mapping, "ebs.volumeSize")
    images = [
        text(each, "imageType") for each in objects(one, "computeResources.ec2Configurations")
    ]
    volumes = {_IMAGE_VOLUMES.get(each) for each in images}
    if len(volumes) != 1 or None in volumes:
        raise UnpricedError(
            f"{one.name} ({one.type}): computeResources.ec2Configurations has the images "
            f"{', '.join(images) or 'none'}; its price needs images of one volume type, of "
            f"{', '.join(_IMAGE_VOLUMES)}."
        )
    return str(volumes.pop()), table.quantity("volume of an ECS-optimized image")
