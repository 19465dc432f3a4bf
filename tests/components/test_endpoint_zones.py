"""Interface endpoints leave out the zones in which AWS does not offer their service."""

from typing import Any

import pytest

from rehearsal.mocks import Deployment, DeploymentError
from tests import deployed
from tests.adopted_vpc import PRIVATE, subnet
from tests.placeholder import Place, PlaceholderProvider

ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
MAIL = "com.amazonaws.us-east-1.email-smtp"


def stack(service_zones: dict[str, str], **settings: Any) -> Deployment:
    provider = PlaceholderProvider(Place(service_zones=service_zones))
    chosen = {"interfaceEndpoints": True, "extraEndpoints": [MAIL], **settings}
    return deployed.run("dev" if "vpcId" in settings else "prod", provider, settings=chosen)


def refusal(service_zones: dict[str, str], **settings: Any) -> list[str]:
    with pytest.raises(DeploymentError) as refused:
        stack(service_zones, **settings)
    return str(refused.value).splitlines()


def subnets(found: Deployment, service: str) -> list[str]:
    name = f"metaflow-endpoints-{service}"
    return list(deployed.inputs(found, ENDPOINT, name)["subnetIds"])


def private(letters: str) -> list[str]:
    return [f"Subnet:metaflow-net-private-us-east-1{one}.id" for one in letters]


def test_subnets_of_other_zones_are_left_out() -> None:
    found = stack({"email-smtp": "fdbaz"})
    assert subnets(found, "us-east-1-email-smtp") == private("ab")
    assert subnets(found, "logs") == private("abc")


def test_subnets_that_are_adopted_tell_their_zones() -> None:
    found = stack({"email-smtp": "b"}, **PRIVATE)
    assert subnets(found, "us-east-1-email-smtp") == [subnet("private", "b")]


def test_a_service_in_none_of_the_zones_is_refused() -> None:
    [line] = refusal({"email-smtp": "fe"})
    assert line == (
        f"extraEndpoints asks for an endpoint of {MAIL}; AWS offers it in us-east-1e, us-east-1f, "
        "and the stack's subnets are in us-east-1a, us-east-1b, us-east-1c. Set subnets of other "
        "zones with availabilityZones."
    )
    [line] = refusal({"email-smtp": "c"}, **PRIVATE)
    assert line.endswith("Set subnets of other zones with privateSubnetIds.")


def test_services_that_are_not_there_are_refused_together() -> None:
    end = "AWS has no interface endpoints of such a service for this account and region. Change"
    assert refusal({"email-smtp": "", "ecs-telemetry": ""}) == [
        f"extraEndpoints asks for an endpoint of {MAIL}; {end} extraEndpoints.",
        "interfaceEndpoints asks for an endpoint of com.amazonaws.us-east-1.ecs-telemetry; "
        f"{end} interfaceEndpoints.",
    ]


def test_without_interface_endpoints_nothing_is_asked() -> None:
    class Deaf(PlaceholderProvider):
        """Answers nothing about endpoints' services."""

        def invoke(self, token: str, arguments: Any) -> dict[str, Any]:
            assert not token.endswith(":getVpcEndpointService")
            return super().invoke(token, arguments)

    assert deployed.run("prod", Deaf(Place()), settings={}).outputs["vpcId"]
