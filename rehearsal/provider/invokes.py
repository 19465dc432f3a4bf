"""The functions that a program may call."""

from collections.abc import Mapping
from types import MappingProxyType

from botocore.session import Session

from rehearsal.provider import (
    database_invokes,
    existence_invokes,
    instance_invokes,
    network_invokes,
    route53,
)
from rehearsal.provider.cloud import DNS_SUFFIX, Cloud
from rehearsal.provider.resource_type import InvokeFunction, RefusedError, Values, taught
from rehearsal.provider.shapes import found

_REVERSE_DNS_PREFIX = {
    "aws": "com.amazonaws",
    "aws-us-gov": "com.amazonaws",
    "aws-cn": "cn.com.amazonaws",
}

# The emulator has no Local or Wavelength Zones, and so no filter for what must be opted into.
_OPT_IN_STATUS = "opt-in-status"
_OF_EVERY_ZONE = "opt-in-not-required"
_ZONE_FILTERS = ("region-name", "state", "zone-id", "zone-name", "zone-type", _OPT_IN_STATUS)


def _availability_zones(cloud: Cloud, arguments: Values) -> Values:
    """Answer aws.getAvailabilityZones.

    Source: internal/service/ec2/ec2_availability_zones_data_source.go.
    """
    given = taught("getAvailabilityZones", arguments, "state", "filters")
    wanted = [(item["name"], list(item["values"])) for item in arguments.get("filters") or ()]
    for name, _ in wanted:
        if name not in _ZONE_FILTERS:
            raise RefusedError(
                f"getAvailabilityZones: the filter {name} was not taught; it takes "
                f"{', '.join(_ZONE_FILTERS)}."
            )
    if "state" in given:
        wanted.append(("state", [given["state"]]))
    opted = all(_OF_EVERY_ZONE in values for name, values in wanted if name == _OPT_IN_STATUS)
    zones = cloud.client("ec2").describe_availability_zones(
        Filters=[
            {"Name": name, "Values": values} for name, values in wanted if name != _OPT_IN_STATUS
        ]
    )["AvailabilityZones"]
    zones = sorted(zones, key=lambda zone: str(zone["ZoneName"])) if opted else []
    return {
        **given,
        "id": cloud.region,
        "region": cloud.region,
        "groupNames": sorted({zone["RegionName"] for zone in zones}),
        "names": [zone["ZoneName"] for zone in zones],
        "zoneIds": [zone["ZoneId"] for zone in zones],
    }


def _bucket(cloud: Cloud, arguments: Values) -> Values:
    """Answer aws.s3.getBucket; source: internal/service/s3/bucket_data_source.go."""
    name = str(taught("getBucket", arguments, "bucket")["bucket"])
    client = cloud.client("s3")
    if found(client.head_bucket, "404", "NoSuchBucket", Bucket=name) is None:
        raise RefusedError(f"getBucket: no bucket {name}")
    region = client.get_bucket_location(Bucket=name)["LocationConstraint"] or "us-east-1"
    return {
        "id": name,
        "bucket": name,
        "arn": f"arn:{cloud.partition}:s3:::{name}",
        "bucketRegion": region,
    }


def _key(cloud: Cloud, arguments: Values) -> Values:
    """Answer aws.kms.getKey; source: internal/service/kms/key_data_source.go."""
    given = taught("getKey", arguments, "keyId")
    answer = found(cloud.client("kms").describe_key, "NotFoundException", KeyId=given["keyId"])
    if answer is None:
        raise RefusedError(f"getKey: no key {given['keyId']}")
    key = answer["KeyMetadata"]
    return {
        **given,
        "id": key["KeyId"],
        "arn": key["Arn"],
        "enabled": key["Enabled"],
        "keySpec": key["KeySpec"],
        "keyState": key["KeyState"],
    }


def _caller_identity(cloud: Cloud, arguments: Values) -> Values:
    """Answer aws.getCallerIdentity; source: internal/service/sts/caller_identity_data_source.go."""
    taught("getCallerIdentity", arguments)
    identity = cloud.client("sts").get_caller_identity()
    return {
        "id": identity["Account"],
        "accountId": identity["Account"],
        "arn": identity["Arn"],
        "userId": identity["UserId"],
    }


def _partition(cloud: Cloud, arguments: Values) -> Values:
    """Answer aws.getPartition; source: internal/service/meta/partition_data_source.go."""
    taught("getPartition", arguments)
    return {
        "id": cloud.partition,
        "partition": cloud.partition,
        "dnsSuffix": DNS_SUFFIX[cloud.partition],
        "reverseDnsPrefix": _REVERSE_DNS_PREFIX[cloud.partition],
    }


def _region(cloud: Cloud, arguments: Values) -> Values:
    """Answer aws.getRegion; source: internal/service/meta/region_data_source.go."""
    taught("getRegion", arguments)
    partitions = Session().get_data("endpoints")["partitions"]
    regions = {name: item for one in partitions for name, item in one["regions"].items()}
    return {
        "id": cloud.region,
        "name": cloud.region,
        "region": cloud.region,
        "description": regions[cloud.region]["description"],
        "endpoint": f"ec2.{cloud.region}.{DNS_SUFFIX[cloud.partition]}",
    }


INVOKES: Mapping[str, InvokeFunction] = MappingProxyType(
    {
        "aws:index/getAvailabilityZones:getAvailabilityZones": _availability_zones,
        "aws:index/getCallerIdentity:getCallerIdentity": _caller_identity,
        "aws:index/getPartition:getPartition": _partition,
        "aws:index/getRegion:getRegion": _region,
        **database_invokes.INVOKES,
        **existence_invokes.INVOKES,
        **instance_invokes.INVOKES,
        **network_invokes.INVOKES,
        **route53.INVOKES,
        "aws:kms/getKey:getKey": _key,
        "aws:s3/getBucket:getBucket": _bucket,
    }
)
