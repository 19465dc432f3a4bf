"""A stack in zones that lack something: it deploys, and what needs that stands in the others."""

from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.provider import Cloud
from rehearsal.stage import stage
from tests.rehearsal.standing import deployed

REGION = "us-east-1"
MAIL = f"com.amazonaws.{REGION}.email-smtp"
SETTINGS: dict[str, Any] = {
    # us-east-1e is use1-az3: no VPC links, no email endpoints, few types of instances.
    "availabilityZones": [f"{REGION}{letter}" for letter in "abe"],
    "gateway": "http",
    "privateSubnets": True,
    "interfaceEndpoints": True,
    "extraEndpoints": [MAIL],
    "queues": [
        {"name": "default"},
        # EC2 offers it in us-east-1b and us-east-1c.
        {
            "name": "large",
            "kind": "gpu",
            "multiNode": True,
            "instanceTypes": ["p4de.24xlarge"],
            "maxVcpus": 192,
        },
    ],
}


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    with stage(REGION, None) as stands:
        deployed(stands, "dev", settings=SETTINGS)
        yield stands.cloud


def letters(cloud: Cloud, subnet_ids: list[str]) -> str:
    """Return the zones of subnets, by their letters."""
    found = cloud.client("ec2").describe_subnets(SubnetIds=subnet_ids)["Subnets"]
    return "".join(sorted(one["AvailabilityZone"][-1] for one in found))


def test_a_vpc_link_is_where_api_gateway_has_them(cloud: Cloud) -> None:
    [link] = cloud.client("apigatewayv2").get_vpc_links()["Items"]
    assert letters(cloud, link["SubnetIds"]) == "ab"


def test_each_endpoint_is_where_its_service_is(cloud: Cloud) -> None:
    zones = {
        one["ServiceName"]: letters(cloud, one["SubnetIds"])
        for one in cloud.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
        if one["VpcEndpointType"] == "Interface"
    }
    assert zones.pop(MAIL) == "ab"
    assert set(zones.values()) == {"abe"}


def test_nodes_are_where_ec2_offers_their_type(cloud: Cloud) -> None:
    found = cloud.client("batch").describe_compute_environments()["computeEnvironments"]
    zones = {
        tuple(one["computeResources"]["instanceTypes"][:1]): letters(
            cloud, one["computeResources"]["subnets"]
        )
        for one in found
    }
    assert zones == {("m6i.large",): "abe", ("p4de.24xlarge",): "b"}
