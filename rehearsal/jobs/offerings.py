"""Which instance types EC2 offers in which zones."""

from functools import cache

from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS


@cache
def offered(region: str, zones: frozenset[str]) -> frozenset[str] | None:
    """Return the types that some zones of a region offer.

    Returns:
        Their names, or None of regions of which the emulator knows no offerings.
    """
    listed = INSTANCE_TYPE_OFFERINGS["availability-zone"].get(region)
    if listed is None:
        return None
    return frozenset(one["InstanceType"] for one in listed if one["Location"] in zones)
