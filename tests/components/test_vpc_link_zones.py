"""The VPC link of an HTTP API leaves out the zones in which API Gateway has none."""

from typing import Any

import pytest

from components import vpc_link_zones
from rehearsal.mocks import DeploymentError
from tests import deployed
from tests.adopted_vpc import PUBLIC, subnet
from tests.placeholder import Place, PlaceholderProvider

LINK = "aws:apigatewayv2/vpcLink:VpcLink"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"


def subnets(region: str, letters: str, token: str = LINK, **settings: Any) -> list[str]:
    zones = [f"{region}{one}" for one in letters]
    provider = PlaceholderProvider(Place(region))
    chosen = {"gateway": "http", "availabilityZones": zones, **settings}
    found = deployed.run("dev", provider, settings=chosen)
    prefix = f"Subnet:metaflow-net-isolated-{region}"
    ids = deployed.inputs(found, token)["subnetIds" if token == LINK else "subnets"]
    return [one.removeprefix(prefix).removesuffix(".id") for one in ids]


@pytest.mark.parametrize(
    ("zone_id", "offered"),
    [
        ("use1-az2", True),
        ("use1-az3", False),
        ("euw3-az2", False),
        ("euw3-az3", True),
        ("cac1-az4", False),
        # A region that the page does not list.
        ("afs1-az1", True),
    ],
)
def test_the_page_decides_where_it_lists_a_region(zone_id: str, offered: bool) -> None:
    assert vpc_link_zones.offered(zone_id) is offered


@pytest.mark.parametrize(
    ("region", "letters", "expected"),
    [
        ("us-east-1", "abc", ["a", "b"]),
        ("us-east-1", "cd", ["d"]),
        ("eu-west-3", "abc", ["a", "c"]),
        ("af-south-1", "abc", ["a", "b", "c"]),
    ],
)
def test_subnets_of_other_zones_are_left_out(
    region: str, letters: str, expected: list[str]
) -> None:
    assert subnets(region, letters) == expected


def test_a_load_balancer_stands_in_every_zone() -> None:
    assert subnets("us-east-1", "abc", BALANCER, gateway="rest") == ["a", "b", "c"]


def adopted(**answers: str) -> Any:
    class Company(PlaceholderProvider):
        """Its zones have other ids by their names than those of the region."""

        def invoke(self, token: str, arguments: Any) -> dict[str, Any]:
            found = super().invoke(token, arguments)
            if token.endswith(":getSubnet"):
                found["availabilityZoneId"] = answers[found["availabilityZone"][-1]]
            return found

    return deployed.run("dev", Company(Place()), settings={**PUBLIC, "gateway": "http"})


def test_subnets_that_are_adopted_tell_their_zones() -> None:
    found = adopted(a="use1-az3", b="use1-az4")
    assert deployed.inputs(found, LINK)["subnetIds"] == [subnet("database", "b")]


def test_a_link_that_can_stand_nowhere_is_refused() -> None:
    with pytest.raises(DeploymentError) as refused:
        adopted(a="use1-az3", b="euw3-az2")
    assert str(refused.value).splitlines() == [
        "API Gateway has no VPC links of version 2 in us-east-1a (use1-az3), us-east-1b "
        "(euw3-az2). Set other ones with databaseSubnetIds, or use gateway rest with "
        "vpcLinkVersion 1"
    ]
