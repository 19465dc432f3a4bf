"""The instance classes in which RDS runs an instance of PostgreSQL.

Source: DescribeOrderableDBInstanceOptions of us-east-1 and the price lists of all regions, as
cfn-lint 1.58.0 keeps them in `data/schemas/extensions/aws_rds_dbinstance`. The first has the same
classes for every version of `rds_versions`. Families that only clusters have (c6gd), and old ones
that only the price lists still name (up to m4, r4 and t2), are left out.
"""

import re

_SIZES = (
    "micro", "small", "medium", "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge",
    "16xlarge", "24xlarge", "32xlarge", "48xlarge",
)  # fmt: skip

_SMALLEST_AND_LARGEST = {
    r"t3|t4g": ("micro", "2xlarge"),
    r"[mr](6g|6gd|7g)|x2g": ("large", "16xlarge"),
    r"[mr](5|5d)|r5b": ("large", "24xlarge"),
    r"[mr](6i|6id|6idn|6in)": ("large", "32xlarge"),
    r"[mr](7i|8a|8g|8gd)|m9g": ("large", "48xlarge"),
    r"x2idn": ("16xlarge", "32xlarge"),
    r"x2iedn": ("xlarge", "32xlarge"),
}
_GAPS = {"48xlarge": "32xlarge", "x2iedn": "12xlarge"}
"""A size that a family does not have, by its largest size or its name."""


def sizes(family: str) -> list[str]:
    """Return the sizes of a family, smallest first; none for a family that RDS has not."""
    for pattern, (smallest, largest) in _SMALLEST_AND_LARGEST.items():
        if re.fullmatch(pattern, family):
            span = _SIZES[_SIZES.index(smallest) : _SIZES.index(largest) + 1]
            gaps = {_GAPS.get(largest), _GAPS.get(family)}
            return [size for size in span if size not in gaps]
    return []


def problem(instance_class: str) -> str | None:
    """Say why RDS would not run PostgreSQL in a class, or None when it would."""
    prefix, _, rest = instance_class.partition(".")
    family, _, size = rest.partition(".")
    offered = sizes(family)
    if prefix == "db" and size in offered:
        return None
    known = f"db.{family} has {', '.join(offered)}" if offered else f"no family is named {family}"
    return f"Invalid DB Instance class: {instance_class}; for postgres, {known}"
