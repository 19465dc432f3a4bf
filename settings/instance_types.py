"""EC2's instance types that can run Metaflow's jobs: their vCPUs, memory, GPUs and adapters."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

_GIB_PER_VCPU = {"c": 2, "m": 4, "r": 8}
_COMMON_TYPE = re.compile(
    r"(?P<family>[cmr])[4-9][a-z]*(-flex)?\."
    r"(?P<size>medium|large|(?P<times>|2|4|8|9|10|12|16|18|24|32|48|96)xlarge)"
)
"""Types of the m, c and r families from the fourth generation on, in the sizes that exist."""

_LARGE = 0.5

_MEMORY_AND_DISK_SIZES: Mapping[str, Sequence[float]] = MappingProxyType(
    {
        "d3": (1, 2, 4, 8),
        "d3en": (1, 2, 4, 6, 8, 12),
        "i3": (_LARGE, 1, 2, 4, 8, 16),
        "i3en": (_LARGE, 1, 2, 3, 6, 12, 24),
        "i4i": (_LARGE, 1, 2, 4, 8, 12, 16, 24, 32),
        "i7i": (_LARGE, 1, 2, 4, 8, 12, 16, 24, 48),
        "i7ie": (_LARGE, 1, 2, 3, 6, 12, 18, 24, 48),
        "x1": (16, 32),
        "x1e": (1, 2, 4, 8, 16, 32),
        "x2idn": (16, 24, 32),
        "x2iedn": (1, 2, 4, 8, 16, 24, 32),
        "x2iezn": (2, 4, 6, 8, 12),
        "x8aedz": (_LARGE, 1, 3, 6, 12, 24),
        "x8i": (_LARGE, 1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96),
        "z1d": (_LARGE, 1, 2, 3, 6, 12),
    }
)
"""Sizes of x86_64 families for much memory, or with local disks, in xlarge; each xlarge has 4
vCPUs, and the smallest 15 GiB (Amazon EC2 Instance Types guide, "Memory optimized" and "Storage
optimized")."""

_GPU_SIZES: Mapping[str, Sequence[float]] = MappingProxyType(
    {
        "g4dn": (1, 2, 4, 8, 12, 16),
        **dict.fromkeys(("g5", "g6", "g6e"), (1, 2, 4, 8, 12, 16, 24, 48)),
        **dict.fromkeys(("g7", "g7e"), (2, 4, 8, 12, 24, 48)),
        "gr6": (4, 8),
        **dict.fromkeys(("p4d", "p4de"), (24,)),
        "p5": (4, 48),
        **dict.fromkeys(("p5e", "p5en", "p6-b200", "p6-b300"), (48,)),
    }
)
"""Sizes by x86_64 family with whole NVIDIA GPUs, in xlarge; each xlarge has 4 vCPUs (Amazon EC2
Instance Types guide, "Accelerated computing"). Batch's image for GPUs does not support older ones
(AWS Batch User Guide, "EC2 configurations")."""

_EFA_SIZES: Mapping[str, Sequence[float]] = MappingProxyType(
    {
        **dict.fromkeys(("c8i", "c8ib", "c8id", "c8in", "m8i", "m8ib", "m8id", "m8in"), (48, 96)),
        **dict.fromkeys(("m8idb", "m8idn", "r8i", "r8ib", "r8id", "r8in"), (48, 96)),
        **dict.fromkeys(("r8idb", "r8idn"), (48, 96)),
        **dict.fromkeys(("c6a", "c7a", "c7i", "c8a", "m6a", "m7a", "m7i", "m8a"), (48,)),
        **dict.fromkeys(("r6a", "r7a", "r7i", "r8a"), (48,)),
        **dict.fromkeys(("c6i", "c6id", "c6in", "m6i", "m6id", "m6idn", "m6in"), (32,)),
        **dict.fromkeys(("r6i", "r6id", "r6idn", "r6in", "r7iz"), (32,)),
        **dict.fromkeys(("m5dn", "m5n", "m8azn", "r5dn", "r5n"), (24,)),
        **dict.fromkeys(("g5", "g6", "g6e"), (8, 12, 16, 24, 48)),
        **dict.fromkeys(("g7", "g7e"), (8, 12, 24, 48)),
        **dict.fromkeys(("p4d", "p4de", "x8aedz"), (24,)),
        **dict.fromkeys(("p5e", "p5en", "p6-b200", "p6-b300", "i7ie"), (48,)),
        **dict.fromkeys(("i4i", "x2idn", "x2iedn"), (32,)),
        **dict.fromkeys(("m5zn", "x2iezn"), (12,)),
        "c5n": (9, 18),
        "g4dn": (8, 12, 16),
        "gr6": (8,),
        "i3en": (12, 24),
        "i7i": (24, 48),
        "p5": (4, 48),
        "x8i": (48, 64, 96),
    }
)
"""Sizes with an Elastic Fabric Adapter by family, in xlarge: x86_64 types for which EC2's
DescribeInstanceTypes says EfaSupported."""

_TYPE = re.compile(r"(?P<family>[a-z0-9-]+)\.(?P<size>large|(?P<times>\d*)xlarge)")


def has_gpu(instance_type: str) -> bool:
    """Say whether an instance type has NVIDIA GPUs that Batch supports."""
    return _times(instance_type, _GPU_SIZES) is not None


def has_efa(instance_type: str) -> bool:
    """Say whether an instance type has an Elastic Fabric Adapter."""
    return _times(instance_type, _EFA_SIZES) is not None


def stands_in_clusters(instance_type: str) -> bool:
    """Say whether a cluster placement group takes an instance type: all but the Flex ones.

    Source: PlacementGroupInfo of EC2's DescribeInstanceTypes.
    """
    return not instance_type.partition(".")[0].endswith("-flex")


def _times(instance_type: str, sizes: Mapping[str, Sequence[float]]) -> float | None:
    """Return the size in xlarge of a type that a table has, None for another type."""
    match = _TYPE.fullmatch(instance_type)
    if match is None:
        return None
    times = _LARGE if match["size"] == "large" else int(match["times"] or 1)
    return times if times in sizes.get(match["family"], ()) else None


def vcpus(instance_type: str) -> int | None:
    """Return an instance type's vCPUs, or None for a type of another family than those known here.

    Their sizes double: medium has 1 vCPU, large 2, xlarge 4, Nxlarge 4 N, but for one of them
    (Amazon EC2 Instance Types guide, specifications of each category).
    """
    for sizes in (_GPU_SIZES, _MEMORY_AND_DISK_SIZES):
        times = _times(instance_type, sizes)
        if times is not None:
            return int(4 * times)
    match = _COMMON_TYPE.fullmatch(instance_type)
    if match is None:
        return None
    if instance_type == "c4.8xlarge":
        return 36
    if match["size"] in ("medium", "large"):
        return 1 if match["size"] == "medium" else 2
    return 4 * int(match["times"] or 1)


def gibibytes(instance_type: str) -> int | None:
    """Return the memory in GiB of an instance type of the m, c and r families, None for another.

    The families give 2 (c), 4 (m) and 8 (r) GiB a vCPU, with slightly more or less in the oldest
    generations.
    """
    match = _COMMON_TYPE.fullmatch(instance_type)
    return (vcpus(instance_type) or 0) * _GIB_PER_VCPU[match["family"]] if match else None
