"""Which instance types EC2 offers in which zones."""

from functools import cache

from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS, INSTANCE_TYPES


@cache
def offered(
    region: str, zones: frozenset[str], *, clustered: bool = False
) -> frozenset[str] | None:
    """Return the types that some zones of a region offer.

    Args:
        region: the region.
        zones: names of its zones.
        clustered: whether only those count that a cluster placement group takes.

    Returns:
        Their names, or None of regions of which the emulator knows no offerings.
    """
    listed = INSTANCE_TYPE_OFFERINGS["availability-zone"].get(region)
    if listed is None:
        return None
    found = {one["InstanceType"] for one in listed if one["Location"] in zones}
    return (
        frozenset(one for one in found if _stands_in_clusters(one))
        if clustered
        else frozenset(found)
    )


def _stands_in_clusters(name: str) -> bool:
    placement = INSTANCE_TYPES.get(name, {}).get("PlacementGroupInfo", {})
    return "cluster" in placement.get("SupportedStrategies", ())
