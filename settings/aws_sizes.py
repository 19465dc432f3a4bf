"""Sizes that AWS offers: Fargate's pairs of CPU and memory, and EC2's instance sizes."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

_GIB = 1024

FARGATE_MEMORY: Mapping[int, Sequence[int]] = MappingProxyType(
    {
        256: (512, 1 * _GIB, 2 * _GIB),
        512: tuple(range(1 * _GIB, 4 * _GIB + 1, _GIB)),
        1024: tuple(range(2 * _GIB, 8 * _GIB + 1, _GIB)),
        2048: tuple(range(4 * _GIB, 16 * _GIB + 1, _GIB)),
        4096: tuple(range(8 * _GIB, 30 * _GIB + 1, _GIB)),
        8192: tuple(range(16 * _GIB, 60 * _GIB + 1, 4 * _GIB)),
        16384: tuple(range(32 * _GIB, 120 * _GIB + 1, 8 * _GIB)),
    }
)
"""Memory sizes in MiB by CPU units (Amazon ECS Developer Guide, "Task CPU and memory")."""

_GIB_PER_VCPU = {"c": 2, "m": 4, "r": 8}
_INSTANCE_TYPE = re.compile(
    r"(?P<family>[cmr])[4-9][a-z]*(-flex)?\."
    r"(?P<size>medium|large|(?P<times>|2|4|8|9|10|12|16|18|24|32|48|96)xlarge)"
)
"""Types from the fourth generation on, in the sizes that exist."""

_GPU_SIZES: Mapping[str, Sequence[int]] = MappingProxyType(
    {
        "g4dn": (1, 2, 4, 8, 12, 16),
        "g5": (1, 2, 4, 8, 12, 16, 24, 48),
        "g6": (1, 2, 4, 8, 12, 16, 24, 48),
        "g6e": (1, 2, 4, 8, 12, 16, 24, 48),
        "gr6": (4, 8),
        "p4d": (24,),
        "p4de": (24,),
        "p5": (4, 48),
    }
)
"""Sizes by family with NVIDIA GPUs, in xlarge; each xlarge has 4 vCPUs (Amazon EC2 Instance Types
guide, "Accelerated computing"). The image for GPUs does not support older ones (AWS Batch User
Guide, "Amazon ECS optimized AMI")."""

_EFA_SIZES: Mapping[str, Sequence[int]] = MappingProxyType(
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
        "c5n": (9, 18),
        "m5zn": (12,),
        "g4dn": (8, 12, 16),
        "gr6": (8,),
        "p4d": (24,),
        "p4de": (24,),
        "p5": (4, 48),
    }
)
"""Sizes with an Elastic Fabric Adapter by family, in xlarge: x86_64 types for which EC2's
DescribeInstanceTypes says EfaSupported."""

_TYPE = re.compile(r"(?P<family>[a-z0-9]+)\.(?P<times>\d*)xlarge")

DATABASE_FAMILIES = (
    "t3", "t4g", "m5", "m5d", "m6g", "m6gd", "m6i", "m6id", "m6idn", "m6in", "m7g", "m7i", "m8g",
    "m8gd", "r5", "r5b", "r5d", "r6g", "r6gd", "r6i", "r6id", "r6idn", "r6in", "r7g", "r7i", "r8g",
    "r8gd", "x2g", "x2idn", "x2iedn",
)  # fmt: skip
DATABASE_SIZES = (
    "micro", "small", "medium", "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge",
    "16xlarge", "24xlarge", "32xlarge", "48xlarge",
)  # fmt: skip
"""Families and sizes of RDS for PostgreSQL (Amazon RDS User Guide, "DB instance class types")."""


def has_gpu(instance_type: str) -> bool:
    """Say whether an instance type has NVIDIA GPUs that Batch supports."""
    return _gpu_times(instance_type) is not None


def _gpu_times(instance_type: str) -> int | None:
    """Return the size in xlarge of a type with GPUs, None for another type."""
    return _times(instance_type, _GPU_SIZES)


def has_efa(instance_type: str) -> bool:
    """Say whether an instance type has an Elastic Fabric Adapter."""
    return _times(instance_type, _EFA_SIZES) is not None


def _times(instance_type: str, sizes: Mapping[str, Sequence[int]]) -> int | None:
    """Return the size in xlarge of a type that a table has, None for another type."""
    match = _TYPE.fullmatch(instance_type)
    times = int(match["times"] or 1) if match else 0
    return times if match and times in sizes.get(match["family"], ()) else None


def vcpus(instance_type: str) -> int | None:
    """Return an instance type's vCPUs, or None for a type of another family than those known here.

    Their sizes double: medium has 1 vCPU, large 2, xlarge 4, Nxlarge 4 N (Amazon EC2 Instance
    Types guide, general purpose, compute optimized and memory optimized specifications).
    """
    times = _gpu_times(instance_type)
    if times is not None:
        return 4 * times
    match = _INSTANCE_TYPE.fullmatch(instance_type)
    if match is None:
        return None
    if match["size"] in ("medium", "large"):
        return 1 if match["size"] == "medium" else 2
    return 4 * int(match["times"] or 1)


def gibibytes(instance_type: str) -> int:
    """Return the memory in GiB of an instance type of the m, c and r families.

    The families give 2 (c), 4 (m) and 8 (r) GiB a vCPU, with slightly more or less in the oldest
    generations.

    Raises:
        KeyError: the type is of another family.
    """
    return (vcpus(instance_type) or 0) * _GIB_PER_VCPU[instance_type[:1]]
