"""Services with interface endpoints: in which zones they are, and what is refused elsewhere."""

from typing import Any

import pytest

from rehearsal.provider import Created, RefusedError
from rehearsal.provider.resource_type import NoSingleMatchError
from tests.rehearsal.provider import networks as net

TOKEN = "aws:ec2/getVpcEndpointService:getVpcEndpointService"
MAIL = "com.amazonaws.us-east-1.email-smtp"


def zones(rig: Any, name: str, kind: str = "Interface") -> list[str]:
    answer = rig.provider.invoke(TOKEN, {"serviceName": name, "serviceType": kind})
    assert answer["serviceName"] == name
    return list(answer["availabilityZones"])


def test_a_service_tells_its_zones(rig: Any) -> None:
    every = [f"us-east-1{letter}" for letter in "abcdef"]
    for kind in ("Interface", "Gateway"):
        assert zones(rig, "com.amazonaws.us-east-1.s3", kind) == every
    assert zones(rig, "com.amazonaws.us-east-1.ecs-agent") == every
    # use1-az2, use1-az3 and use1-az5 are left out.
    assert zones(rig, MAIL) == ["us-east-1a", "us-east-1b", "us-east-1d"]


def test_services_of_other_partitions(rig: Any) -> None:
    china, government = net.in_region(rig, "cn-north-1"), net.in_region(rig, "us-gov-west-1")
    for name in ("cn.com.amazonaws.cn-north-1.ecr.api", "com.amazonaws.cn-north-1.logs"):
        assert zones(china, name) == ["cn-north-1a", "cn-north-1b"]
    for name in ("com.amazonaws.cn-north-1.sts", "cn.com.amazonaws.cn-north-1.logs"):
        with pytest.raises(NoSingleMatchError):
            zones(china, name)
    assert zones(government, "com.amazonaws.us-gov-west-1.logs") == []


def test_a_service_that_is_not_there(rig: Any) -> None:
    with pytest.raises(NoSingleMatchError, match="couldn't find resource"):
        zones(rig, "com.amazonaws.us-east-1.nothing")
    with pytest.raises(NoSingleMatchError, match="no matching EC2 VPC Endpoint Service found"):
        zones(rig, MAIL, "Gateway")


@pytest.fixture
def vpc(rig: Any) -> Created:
    return net.vpc(rig, enableDnsHostnames=True)


def test_an_endpoint_in_a_zone_without_the_service(rig: Any, vpc: Created) -> None:
    good, bad = (
        net.subnet(rig, vpc, third, availabilityZone=f"us-east-1{letter}")
        for third, letter in enumerate("bc")
    )
    inputs = {"vpcId": vpc.id, "serviceName": MAIL, "vpcEndpointType": "Interface"}
    reason = (
        f"InvalidParameter: The VPC endpoint service {MAIL} does not support the availability zone "
        f"of the subnet: {bad.id}"
    )
    with pytest.raises(RefusedError, match=reason):
        rig.create(net.ENDPOINT, "mail", **inputs, subnetIds=[good.id, bad.id])
    made = rig.create(net.ENDPOINT, "mail", **inputs, subnetIds=[good.id])
    with pytest.raises(RefusedError, match=reason):
        rig.update(net.ENDPOINT, "mail", made, **inputs, subnetIds=[good.id, bad.id])


def test_an_endpoint_of_no_service(rig: Any, vpc: Created) -> None:
    name = "com.amazonaws.us-east-1.nothing"
    inputs = {"vpcId": vpc.id, "serviceName": name, "vpcEndpointType": "Interface"}
    with pytest.raises(RefusedError, match=f"The Vpc Endpoint Service '{name}' does not exist"):
        rig.create(net.ENDPOINT, "nothing", **inputs)
