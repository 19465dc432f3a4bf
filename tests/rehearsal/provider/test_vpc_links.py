"""VPC links of HTTP APIs: in which zones API Gateway refuses them."""

from typing import Any

import pytest

from rehearsal.provider import RefusedError
from tests.rehearsal.provider import networks as net

LINK = "aws:apigatewayv2/vpcLink:VpcLink"


@pytest.mark.parametrize(
    ("region", "zone", "zone_id"),
    [
        ("us-east-1", "us-east-1e", "use1-az3"),
        ("eu-west-3", "eu-west-3b", "euw3-az2"),
        ("ca-central-1", "ca-central-1d", "cac1-az4"),
    ],
)
def test_a_link_in_a_zone_without_the_service(
    rig: Any, region: str, zone: str, zone_id: str
) -> None:
    there = net.in_region(rig, region)
    vpc = net.vpc(there)
    good = net.subnet(there, vpc, 1, availabilityZone=f"{region}a")
    bad = net.subnet(there, vpc, 2, availabilityZone=zone)
    reason = f"Subnet '{bad.id}' is in Availability Zone '{zone_id}' where service is not available"
    with pytest.raises(RefusedError, match=reason):
        there.create(LINK, "link", subnetIds=[good.id, bad.id], securityGroupIds=[])
    assert there.create(LINK, "link", subnetIds=[good.id], securityGroupIds=[]).id
