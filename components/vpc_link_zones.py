"""The zones in which a VPC link of version 2 can have a network interface."""

from collections.abc import Mapping

import pulumi

from components.placement import SubnetZones

_OFFERED: Mapping[str, str] = {
    "use2": "123",
    "use1": "12456",
    "usw1": "13",
    "usw2": "1234",
    "ape1": "23",
    "aps1": "123",
    "apne2": "123",
    "apse1": "123",
    "apse2": "123",
    "apne1": "124",
    "cac1": "12",
    "euc1": "123",
    "euw1": "123",
    "euw2": "123",
    "euw3": "13",
    "eus2": "123",
    "eun1": "123",
    "mes1": "123",
    "sae1": "123",
    "usgw1": "123",
}
"""Numbers of the zones by what the ids of a region's zones begin with: `use1-az3` is not offered.

Source: Amazon API Gateway Developer Guide, "Set up VPC links V2 in API Gateway", "Availability by
Region". Of a region that the page does not list nothing is known.
"""


def offered(zone_id: str) -> bool:
    """Say whether a VPC link can be in a zone, as far as AWS tells.

    Args:
        zone_id: such as `use1-az1`; a zone's name means another zone in another account.
    """
    region, _, number = zone_id.partition("-az")
    return number in _OFFERED.get(region, number)


def positions(zones: SubnetZones) -> tuple[int, ...]:
    """Return which isolated subnets a VPC link of version 2 can be in.

    API Gateway refuses a link of which one subnet is elsewhere; one subnet is enough.

    Raises:
        pulumi.RunError: it can be in none of them.
    """
    found = tuple(place for place, one in enumerate(zones.isolated_ids) if offered(one))
    if not found:
        pairs = zip(zones.isolated, zones.isolated_ids, strict=True)
        raise pulumi.RunError(
            "API Gateway has no VPC links of version 2 in "
            f"{', '.join(f'{name} ({one})' for name, one in pairs)}. Set other ones with "
            f"{zones.isolated_key}, or use gateway rest with vpcLinkVersion 1"
        )
    return found
