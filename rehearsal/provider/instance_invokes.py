"""The function that asks which instance types a region or its zones offer."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from rehearsal.provider.cloud import Cloud
from rehearsal.provider.resource_type import InvokeFunction, RefusedError, Values, taught

_FILTER = "instance-type"


def _offerings(cloud: Cloud, arguments: Values) -> Values:
    """Answer aws.ec2.getInstanceTypeOfferings.

    Source: internal/service/ec2/ec2_instance_type_offerings_data_source.go. The emulator has no
    offerings of the regions in China and of GovCloud: there every type that is asked for is one, in
    every zone.
    """
    given = taught("getInstanceTypeOfferings", arguments, "filters", "locationType")
    asked: Sequence[Values] = arguments.get("filters") or ()
    filters = [{"Name": one["name"], "Values": list(one["values"])} for one in asked]
    for one in filters:
        if one["Name"] != _FILTER:
            raise RefusedError(
                f"getInstanceTypeOfferings: the filter {one['Name']} was not taught; it takes "
                f"{_FILTER}."
            )
    location = arguments.get("locationType") or "region"
    if cloud.partition != "aws":
        names = [name for one in filters for name in one["Values"]]
        found = [(name, place) for name in names for place in _places(cloud, location)]
    else:
        pages = cloud.client("ec2").get_paginator("describe_instance_type_offerings")
        answer = pages.paginate(LocationType=location, Filters=filters).build_full_result()
        offerings = answer["InstanceTypeOfferings"]
        found = [(one["InstanceType"], one["Location"]) for one in offerings]
    return {
        **given,
        "id": cloud.region,
        "instanceTypes": [name for name, _ in found],
        "locations": [place for _, place in found],
        "locationTypes": [location] * len(found),
    }


def _places(cloud: Cloud, location: str) -> list[str]:
    if location == "region":
        return [cloud.region]
    zones = cloud.client("ec2").describe_availability_zones()["AvailabilityZones"]
    return [str(one["ZoneName"]) for one in zones]


INVOKES: Mapping[str, InvokeFunction] = MappingProxyType(
    {"aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": _offerings}
)
"""The functions of this module."""
