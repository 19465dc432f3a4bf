"""Which job fits on which compute environment."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from moto.ec2.models.instance_types import INSTANCE_TYPES

from rehearsal.jobs.queues import Environment, Queue
from rehearsal.jobs.specification import Resources

RESOURCE_REQUIREMENT = "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"
MAX_RESOURCE = "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE"
UNSUPPORTED = "MISCONFIGURATION:EC2_INSTANCE_CONFIGURATION_UNSUPPORTED"
"""Reasons of a blocked queue (Batch API Reference, JobDetail, statusReason).

The last one, where no zone of the subnets offers the types (AWS Batch User Guide, "Jobs stuck in a
RUNNABLE status").
"""

_X86_64 = ("m6i", "c6i", "r6i", "c7i")
_GROUPS = {
    "default_x86_64": _X86_64,
    "optimal": _X86_64,
    "default_arm64": ("m6g", "c6g", "r6g", "c7g"),
}
"""Families that a word stands for (Batch API Reference, ComputeResource, instanceTypes)."""

_KNOWN_TOTAL_MIB, _KNOWN_INSTALLED_MIB = 7985, 8192
_RESERVED_MIB = 32
"""Memory that an instance does not have for jobs: platform, kernel and ECS agent.

An m4.large has 7985 of its 8192 MiB, and the agent keeps 32 of those (AWS Batch User Guide,
"Compute resource memory management"). There is no such number for other types: the same share.
"""

_FARGATE_LARGEST = (16.0, 122_880)
"""vCPUs and MiB (AWS Batch API Reference, ResourceRequirement)."""


def blocking_reason(resources: Sequence[Resources], queue: Queue) -> str | None:
    """Return why no environment of a queue can ever run a job, or None when one can.

    Args:
        resources: what the job needs, or each of its nodes at once.
        queue: the queue.
    """
    large = [one for one in queue.environments if all_fit(resources, replace(one, offered=None))]
    if not large:
        return RESOURCE_REQUIREMENT
    fitting = [one for one in large if all_fit(resources, one)]
    if not fitting:
        return UNSUPPORTED
    if all(one.max_vcpus < sum(each.vcpus for each in resources) for one in fitting):
        return MAX_RESOURCE
    return None


def all_fit(resources: Sequence[Resources], environment: Environment) -> bool:
    """Tell whether instances of an environment are large enough for each of several nodes."""
    return all(fits(one, environment) for one in resources)


def fits(resources: Resources, environment: Environment) -> bool:
    """Tell whether an instance of an environment, which its zones offer, is large enough."""
    if environment.fargate:
        vcpus, memory = _FARGATE_LARGEST
        return resources.vcpus <= vcpus and resources.memory <= memory and not resources.gpus
    names = tuple(environment.resources["instanceTypes"])
    return any(
        resources.vcpus <= vcpus and resources.memory <= memory and resources.gpus <= gpus
        for vcpus, memory, gpus in _offers(names, environment.offered)
    )


@cache
def _offers(
    names: tuple[str, ...], offered: frozenset[str] | None
) -> tuple[tuple[int, int, int], ...]:
    """Return vCPUs, MiB for jobs and GPUs of each instance type that is meant and offered."""
    meant = {found for name in names for found in _types(name)}
    usable = meant if offered is None else meant & offered
    return tuple(_offer(name) for name in sorted(usable))


def _types(name: str) -> Iterator[str]:
    """Return the instance types that a type, a family or a word for families stands for."""
    if name in INSTANCE_TYPES:
        yield name
    for family in _GROUPS.get(name, (name,)):
        yield from (one for one in INSTANCE_TYPES if one.startswith(f"{family}."))


def _offer(name: str) -> tuple[int, int, int]:
    described = INSTANCE_TYPES[name]
    installed = described["MemoryInfo"]["SizeInMiB"]
    total = installed * _KNOWN_TOTAL_MIB // _KNOWN_INSTALLED_MIB
    gpus = sum(one["Count"] for one in described.get("GpuInfo", {}).get("Gpus", ()))
    return described["VCpuInfo"]["DefaultVCpus"], total - _RESERVED_MIB, gpus
