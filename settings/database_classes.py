"""The instance classes of RDS for PostgreSQL: their sizes, and the versions that they need.

Sources: Amazon RDS User Guide, "Supported DB engines for DB instance classes"; what RDS answers to
DescribeOrderableDBInstanceOptions and asks prices for, as cfn-lint 1.58.0 keeps it
(`data/schemas/extensions/aws_rds_dbinstance`). These also have db.r6idn.large and the families m8a,
m9g and r8a, announced in June and September 2026. The family c6gd is for clusters only.
"""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

_BURSTABLE = ("micro", "small", "medium", "large", "xlarge", "2xlarge")
_TO_16 = ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge")
_TO_24 = (*_TO_16, "24xlarge")
_TO_32 = (*_TO_24, "32xlarge")
_TO_48 = (*_TO_24, "48xlarge")

SIZES: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        **dict.fromkeys(("t3", "t4g"), _BURSTABLE),
        **dict.fromkeys(("m5", "m5d"), _TO_24),
        **dict.fromkeys(("m6g", "m6gd"), _TO_16),
        **dict.fromkeys(("m6i", "m6id", "m6idn", "m6in"), _TO_32),
        "m7g": _TO_16,
        **dict.fromkeys(("m7i", "m8a", "m8g", "m8gd", "m9g"), _TO_48),
        **dict.fromkeys(("r5", "r5b", "r5d"), _TO_24),
        **dict.fromkeys(("r6g", "r6gd"), _TO_16),
        **dict.fromkeys(("r6i", "r6id", "r6idn", "r6in"), _TO_32),
        "r7g": _TO_16,
        **dict.fromkeys(("r7i", "r8a", "r8g", "r8gd"), _TO_48),
        "x2g": _TO_16,
        "x2idn": ("16xlarge", "24xlarge", "32xlarge"),
        "x2iedn": ("xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge", "24xlarge", "32xlarge"),
    }
)
"""Sizes by family."""

_LEAST_MINORS: Mapping[tuple[str, ...], Mapping[int, int]] = MappingProxyType(
    {
        ("m6in", "r6in"): {14: 3},
        ("m5d", "m6id", "m6idn", "m7g", "r5d", "r6gd", "r6id", "r6idn", "r7g", "x2iedn"): {14: 5},
        ("x2idn",): {14: 6},
        ("m7i", "m8g", "r7i", "r8g"): {14: 9, 15: 4},
        ("m8gd", "r8gd"): {14: 17, 15: 10, 16: 6, 17: 2},
    }
)
"""The oldest minor versions that families run, by major version, as far as the guide's table goes.

Majors that the table leaves out are allowed: it names 18 for m8gd and r8gd only, and us-east-1 has
18 for all its families. The row of x2idn, which us-east-1 has not, ends at 15.
"""


def problem_of_database_class(instance_class: str) -> str | None:
    """Name why an instance class cannot run the database: RDS has no such family or size."""
    match = re.fullmatch(r"db\.([a-z0-9]+)\.([a-z0-9]+)", instance_class)
    if match is None:
        return "it has not the form db.<family>.<size>"
    family, size = match.groups()
    if family not in SIZES:
        return f"RDS for PostgreSQL has no family {family}; it has {', '.join(SIZES)}"
    if size not in SIZES[family]:
        return f"{family} has the sizes {', '.join(SIZES[family])} on RDS"
    return None


def least_version(instance_class: str, version: str) -> str | None:
    """Return the oldest version of PostgreSQL that a class needs; None where it runs this one.

    Args:
        instance_class: a class that there is.
        version: a major version, alone or with a minor one. Alone, it stands for RDS's default
            minor version, which every class runs.
    """
    major, _, minor = version.partition(".")
    family = instance_class.split(".")[1]
    for families, least_minors in _LEAST_MINORS.items():
        least = least_minors.get(int(major), 0)
        if family in families and minor and int(minor) < least:
            return f"{major}.{least}"
    return None
