"""Which address ranges are the world, alone or together."""

import ipaddress
from collections.abc import Iterable

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# The largest ranges that one organisation has: IANA, "IPv4 Address Space Registry"; ARIN's
# allocation 2630::/16.
_LARGEST_IPV4 = ipaddress.ip_network("0.0.0.0/8").num_addresses
_LARGEST_IPV6 = ipaddress.ip_network("::/16").num_addresses

LARGER = "larger than an IPv4 /8 or an IPv6 /16"
"""What `are_world` says of ranges, in words."""

# RFC 1918 and RFC 6598; RFC 4193.
_PRIVATE_IPV4 = tuple(
    ipaddress.IPv4Network(one)
    for one in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)
_PRIVATE_IPV6 = ipaddress.IPv6Network("fc00::/7")


def public_network(text: str) -> Network | None:
    """Return an address range; None for a private one, and for what AWS refuses."""
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
    if isinstance(network, ipaddress.IPv6Network):
        return None if network.subnet_of(_PRIVATE_IPV6) else network
    return None if any(network.subnet_of(one) for one in _PRIVATE_IPV4) else network


def are_world(networks: Iterable[Network]) -> bool:
    """Say whether public ranges are together larger than any that one organisation has."""
    found = list(networks)
    old = [one for one in found if isinstance(one, ipaddress.IPv4Network)]
    new = [one for one in found if isinstance(one, ipaddress.IPv6Network)]
    size = sum(one.num_addresses for one in ipaddress.collapse_addresses(old))
    new_size = sum(one.num_addresses for one in ipaddress.collapse_addresses(new))
    return size > _LARGEST_IPV4 or new_size > _LARGEST_IPV6
