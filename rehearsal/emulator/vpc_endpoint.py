"""What the emulator's EC2 gets wrong of the services with VPC endpoints.

`services` stands in the place of a method of moto 5.2.5 (pinned exactly), which loads the backends
of a dozen services to ask them, names none as AWS in China does, and offers each in every zone.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from moto.core.base_backend import BaseBackend
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend
from moto.ec2.models.vpcs import AWS_ENDPOINT_SERVICES, VPCBackend
from moto.utilities.utils import get_partition

_GATEWAYS = ("s3", "dynamodb")

_LACKING_ZONES: Mapping[str, frozenset[str]] = {
    "email-smtp": frozenset(
        {
            "use1-az2",
            "use1-az3",
            "use1-az5",
            "usw1-az2",
            "usw2-az4",
            "apne2-az4",
            "cac1-az3",
            "cac1-az4",
        }
    ),
}
"""Zones without endpoints by service (Amazon SES Developer Guide, "Setting up VPC endpoints with
Amazon SES")."""


@cache
def apply() -> None:
    """Give moto's EC2 the services as AWS lists them."""
    VPCBackend._collect_default_endpoint_services = staticmethod(services)  # type: ignore[method-assign, assignment]


def services(_account_id: str, region: str) -> list[dict[str, Any]]:
    """Return the services of a region, each with the zones in which it has endpoints."""
    return _services(region)


@cache
def _services(region: str) -> list[dict[str, Any]]:
    found = []
    zones = RegionsAndZonesBackend.zones[region]
    for name in sorted(set(AWS_ENDPOINT_SERVICES)):
        lacking = _LACKING_ZONES.get(name, frozenset())
        usable = [one.name for one in zones if one.zone_id not in lacking]
        make = BaseBackend.default_vpc_endpoint_service_factory
        found += make(region, usable, name)
        if name in _GATEWAYS:
            found += make(region, usable, name, service_type="Gateway")
    if get_partition(region) == "aws-cn":
        # Which services begin with cn. there is not known: all have both names.
        found += [{**one, "ServiceName": f"cn.{one['ServiceName']}"} for one in found]
    return found
