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

_CHINA = frozenset(
    """
    application-autoscaling appmesh-envoy-management athena autoscaling awsconnector backup batch
    cassandra cloudcontrolapi cloudformation codedeploy-commands-secure databrew dms ebs ec2 ecr.api
    ecr.dkr eks elasticache elasticbeanstalk elasticfilesystem elasticfilesystem-fips
    emr-containers execute-api fsx imagebuilder iot.data kinesis-streams lambda license-manager
    monitoring rds redshift redshift-data s3 sagemaker.api sagemaker.featurestore-runtime
    sagemaker.runtime securityhub servicecatalog sqs states sts sync-states synthetics
    transcribestreaming transfer xray
    """.split()  # noqa: SIM905
)
"""Services whose interface endpoints begin with `cn.` in both regions of China (aws-cdk,
`aws-ec2/lib/vpc-endpoint.ts`, `getDefaultEndpointPrefix`)."""


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
        found += [_named(one, region, name) for one in make(region, usable, name)]
        if name in _GATEWAYS:
            found += make(region, usable, name, service_type="Gateway")
    return found


def _named(service: dict[str, Any], region: str, name: str) -> dict[str, Any]:
    """Return a service with the name that it has in its region."""
    if get_partition(region) != "aws-cn" or name not in _CHINA:
        return service
    return {**service, "ServiceName": f"cn.{service['ServiceName']}"}
