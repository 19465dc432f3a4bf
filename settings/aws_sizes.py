"""Sizes that AWS offers: Fargate's pairs of CPU and memory, and RDS's instance classes."""

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
