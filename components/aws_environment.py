"""Where a stack is deployed: partition, region, account and zones, and what follows from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import pulumi
import pulumi_aws as aws

_SERVICE_PRINCIPALS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {"ec2": MappingProxyType({"aws-cn": "ec2.amazonaws.com.cn"})}
)
"""Service principals that differ from `<service>.amazonaws.com` in a partition.

Source: `BatchServiceRolePolicy` (AWS Managed Policy Reference), by which Batch passes roles to
`ec2.amazonaws.com.cn` too, and terraform-provider-aws #47141. The region data of aws-cdk has had no
exception for EC2 since #22589. A principal is never derived from the domain of the endpoints: in
China most principals keep amazonaws.com.
"""

_DNS_SUFFIXES: Mapping[str, str] = MappingProxyType(
    {"aws": "amazonaws.com", "aws-us-gov": "amazonaws.com", "aws-cn": "amazonaws.com.cn"}
)
"""Domains of the service endpoints by partition (botocore, `endpoints.json`)."""


@dataclass(frozen=True, kw_only=True)
class AwsEnvironment:
    """Partition, region, account and zones of a stack, and what bounds its roles; plain values.

    Attributes:
        partition: `aws`, `aws-cn` or `aws-us-gov`.
        region: such as `us-east-1`.
        account_id: 12 digits.
        zones: the names of the Availability Zones to use, sorted.
        zone_ids: their ids, in the same order; a name means another zone in another account.
        permissions_boundary: ARN of the managed policy that bounds every role; None for no bound.
    """

    partition: str
    region: str
    account_id: str
    zones: tuple[str, ...]
    zone_ids: tuple[str, ...]
    permissions_boundary: str | None = None

    @property
    def dns_suffix(self) -> str:
        """Domain of the service endpoints.

        Raises:
            pulumi.RunError: the partition is none of the three public ones.
        """
        if self.partition not in _DNS_SUFFIXES:
            raise pulumi.RunError(
                f"The partition {self.partition} is not supported; supported are "
                f"{', '.join(_DNS_SUFFIXES)}."
            )
        return _DNS_SUFFIXES[self.partition]

    @property
    def image_registry(self) -> str:
        """Host of the account's ECR registry in the region.

        Raises:
            pulumi.RunError: the partition is none of the three public ones.
        """
        return f"{self.account_id}.dkr.ecr.{self.region}.{self.dns_suffix}"

    def service_principal(self, service: str) -> str:
        """Return the principal by which a service assumes roles, such as `ecs-tasks`."""
        return _SERVICE_PRINCIPALS.get(service, {}).get(self.partition, f"{service}.amazonaws.com")

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource of this account and region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account_id}:{resource}"


def look_up(
    opts: pulumi.ResourceOptions | None,
    *,
    zone_count: int,
    zones: Sequence[str] = (),
    permissions_boundary: str = "",
) -> AwsEnvironment:
    """Ask AWS where the stack is deployed; registers nothing.

    Args:
        opts: the options of the component that is about to be registered, whose provider is asked.
        zone_count: how many zones to use, the first ones by name.
        zones: the zones to use by name, instead of a count.
        permissions_boundary: ARN of the managed policy that bounds every role; empty for none.

    Raises:
        pulumi.RunError: the region lacks a zone that is asked for.
    """
    options = invoke_options(opts)
    region = aws.get_region(opts=options).region
    partition = aws.get_partition(opts=options).partition
    account_id = aws.get_caller_identity(opts=options).account_id
    offered = _offered_zones(options)
    names = _zones(region, sorted(offered), zone_count, zones)
    return AwsEnvironment(
        partition=partition,
        region=region,
        account_id=account_id,
        zones=names,
        zone_ids=tuple(offered[name] for name in names),
        permissions_boundary=permissions_boundary or None,
    )


def invoke_options(opts: pulumi.ResourceOptions | None) -> pulumi.InvokeOptions:
    """Return the options that ask the provider which a component's children will have."""
    if opts is None:
        return pulumi.InvokeOptions()
    several = opts.providers or ()
    given = [opts.provider, *(several.values() if isinstance(several, Mapping) else several)]
    provider = next((one for one in given if one is not None and one.package == "aws"), None)
    return pulumi.InvokeOptions(parent=opts.parent, provider=provider)


def _offered_zones(options: pulumi.InvokeOptions) -> dict[str, str]:
    """Return the ids of the region's zones by name.

    Local and Wavelength Zones are left out, which RDS and NLB lack. The provider answers with names
    and ids in one order (`internal/service/ec2/ec2_availability_zones_data_source.go`).
    """
    answer = aws.get_availability_zones(
        state="available",
        filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}],
        opts=options,
    )
    return dict(zip(answer.names, answer.zone_ids, strict=True))


def _zones(
    region: str, offered: Sequence[str], count: int, wanted: Sequence[str]
) -> tuple[str, ...]:
    unknown = sorted(set(wanted) - set(offered))
    if unknown:
        raise pulumi.RunError(
            f"availabilityZones has {', '.join(unknown)}; {region} offers {', '.join(offered)}. "
            "Set others with: pulumi config set --path 'availabilityZones[0]' <zone>"
        )
    if count > len(offered) and not wanted:
        raise pulumi.RunError(
            f"availabilityZoneCount is {count}; {region} offers {len(offered)} zones. "
            f"Set it with: pulumi config set availabilityZoneCount {len(offered)}"
        )
    return tuple(sorted(wanted) if wanted else offered[:count])
