"""The nodes of a queue stand in a zone that offers their instance types."""

from typing import Any

import pytest

from rehearsal.mocks import DeploymentError
from tests import deployed
from tests.adopted_vpc import PRIVATE, subnet
from tests.placeholder import Place, PlaceholderProvider

ENVIRONMENT = "aws:batch/computeEnvironment:ComputeEnvironment"
P4D, P5 = "p4d.24xlarge", "p5.48xlarge"
G4DN, G5, G6 = (
    [f"{family}.{size}" for size in ("xlarge", "2xlarge")] for family in ("g4dn", "g5", "g6")
)


def nodes(type_zones: dict[str, str], queue: dict[str, Any], **settings: Any) -> dict[str, Any]:
    several = {"name": "several", "kind": "gpu", "multiNode": True, "maxVcpus": 192, **queue}
    provider = PlaceholderProvider(Place(type_zones=type_zones))
    chosen = {"queues": [{"name": "default"}, several], **settings}
    found = deployed.run("dev" if "vpcId" in settings else "prod", provider, settings=chosen)
    name = "metaflow-compute-several-nodes"
    return dict(deployed.inputs(found, ENVIRONMENT, name)["computeResources"])


def private(letter: str) -> list[str]:
    return [f"Subnet:metaflow-net-private-us-east-1{letter}.id"]


@pytest.mark.parametrize(
    ("zones", "letter"), [({}, "a"), ({P4D: "bc"}, "b"), ({P4D: "bc", P5: "ac"}, "c")], ids=str
)
@pytest.mark.parametrize("efa", [False, True], ids=["", "efa"])
def test_the_first_zone_that_offers_all_named_types(
    zones: dict[str, str], letter: str, efa: bool
) -> None:
    found = nodes(zones, {"instanceTypes": [P4D, P5], "efa": efa})
    assert found["subnets"] == private(letter)
    assert found["instanceTypes"] == [P4D, P5]


def test_of_the_types_by_default_those_of_the_zone() -> None:
    zones = {**dict.fromkeys([*G4DN, *G5], "bc"), **dict.fromkeys(G6, "c")}
    found = nodes(zones, {})
    assert found["subnets"] == private("b")
    assert found["instanceTypes"] == [*G4DN, *G5]


def test_subnets_that_are_adopted_tell_their_zones() -> None:
    found = nodes({P4D: "b"}, {"instanceTypes": [P4D]}, **PRIVATE)
    assert found["subnets"] == [subnet("private", "b")]


def test_queues_without_a_zone_are_refused() -> None:
    with pytest.raises(DeploymentError) as refused:
        nodes({P4D: "ad", P5: "bd"}, {"instanceTypes": [P4D, P5]})
    assert str(refused.value).splitlines() == [
        f"queues[1].instanceTypes has {P4D}, {P5}, and a multiNode queue stands in one zone; AWS "
        f"offers {P4D} in us-east-1a, {P5} in us-east-1b, none in us-east-1c. Set subnets of other "
        "zones with availabilityZones, or other types with: pulumi config set --path "
        "'queues[1].instanceTypes[0]' <type>"
    ]
    with pytest.raises(DeploymentError, match=r"^queues\[1\].instanceTypes is empty, and a multi"):
        nodes(dict.fromkeys([*G4DN, *G5, *G6], "d"), {})


def test_other_queues_stand_in_every_zone_and_ask_for_none() -> None:
    class Regional(PlaceholderProvider):
        """Answers nothing about zones."""

        def invoke(self, token: str, arguments: Any) -> dict[str, Any]:
            assert arguments.get("locationType") in (None, "region")
            return super().invoke(token, arguments)

    found = deployed.run("prod", Regional(Place()), settings={})
    resources = deployed.inputs(found, ENVIRONMENT)["computeResources"]
    assert len(resources["subnets"]) == 3
