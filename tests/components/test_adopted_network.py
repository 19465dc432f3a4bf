"""A stack in an adopted VPC: what it makes there, and what it leaves alone."""

from typing import Any

import pytest

from rehearsal.mocks import Deployment, DeploymentError
from tests import adopted_vpc, deployed
from tests.adopted_vpc import PRIVATE, PUBLIC, VPC, subnet
from tests.components.test_interface_endpoints import OF_INSTANCES, OF_TASKS, egress, services
from tests.placeholder import Place, PlaceholderProvider
from tests.settings.test_network import IMAGE

ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
OF_THE_VPC = {
    "Vpc",
    "Subnet",
    "RouteTable",
    "Route",
    "RouteTableAssociation",
    "InternetGateway",
    "NatGateway",
    "Eip",
    "DefaultSecurityGroup",
}


@pytest.mark.parametrize("settings", [PUBLIC, PRIVATE], ids=["public", "private"])
def test_nothing_of_the_vpc_itself_is_made_or_changed(settings: dict[str, Any]) -> None:
    found = deployed.deploy_stack("dev", **settings)
    kinds = {one.type.rsplit(":", 1)[-1] for one in found.registrations}
    assert kinds.isdisjoint(OF_THE_VPC)
    groups = found.of_type("aws:ec2/securityGroup:SecurityGroup")
    assert {one.inputs["vpcId"] for one in groups} == {VPC}


@pytest.mark.parametrize(
    ("settings", "tier", "public"),
    [(PUBLIC, "public", True), (PRIVATE, "private", False)],
    ids=["public", "private"],
)
def test_everything_stands_in_the_subnets_that_were_named(
    settings: dict[str, Any], tier: str, public: bool
) -> None:
    found = deployed.deploy_stack("dev", **settings)
    tasks = [subnet(tier, "a"), subnet(tier, "b")]
    database = [subnet("database", "a"), subnet("database", "b")]
    service = deployed.inputs(found, "aws:ecs/service:Service")["networkConfiguration"]
    assert (service["subnets"], service["assignPublicIp"]) == (tasks, public)
    compute = deployed.inputs(found, "aws:batch/computeEnvironment:ComputeEnvironment")
    assert compute["computeResources"]["subnets"] == tasks
    assert deployed.inputs(found, "aws:rds/subnetGroup:SubnetGroup")["subnetIds"] == database
    assert deployed.inputs(found, "aws:lb/loadBalancer:LoadBalancer")["subnets"] == database
    names = {"public": "publicSubnetIds", "private": "privateSubnetIds"}
    assert found.outputs["vpcId"] == VPC
    assert found.outputs["databaseSubnetIds"] == database
    assert {key: found.outputs[key] for key in names.values()} == {
        key: tasks if one == tier else [] for one, key in names.items()
    }


def test_gateway_endpoints_are_for_the_tasks_subnets() -> None:
    found = deployed.deploy_stack("dev", **PUBLIC)
    assert services(found, "Gateway") == {"s3", "dynamodb"}
    for one in found.of_type(ENDPOINT):
        assert one.inputs["routeTableIds"] == ["rtb-public"]


def test_what_the_vpc_has_is_not_made_twice() -> None:
    settings = {**PRIVATE, "interfaceEndpoints": True, "omittedEndpoints": ["s3", "logs", "ecs"]}
    found = deployed.deploy_stack("dev", **settings)
    assert services(found, "Gateway") == {"dynamodb"}
    assert services(found) == (OF_TASKS | OF_INSTANCES) - {"logs", "ecs"}


def with_endpoint(monkeypatch: pytest.MonkeyPatch, service: str, **found: Any) -> None:
    """Give the VPC an endpoint for a service."""
    answer = adopted_vpc.answer

    def answered(function: str, arguments: Any, region: str) -> dict[str, Any]:
        name = str(arguments.get("serviceName"))
        if function == "getVpcEndpoint" and name.endswith(f".{service}"):
            tables: list[str] = []
            values = {"routeTableIds": tables, "privateDnsEnabled": False, "tags": {}}
            return {"id": "vpce-1", **values, **found}
        return answer(function, arguments, region)

    monkeypatch.setattr(adopted_vpc, "answer", answered)


def test_tasks_and_jobs_may_use_the_vpcs_own_interface_endpoints(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without_nat(monkeypatch)
    with_endpoint(monkeypatch, "logs", privateDnsEnabled=True)
    settings = {**PRIVATE, "interfaceEndpoints": True, "omittedEndpoints": ["logs"]}
    ends = egress(stack(**settings, serviceImage=IMAGE))
    assert ends["jobs-to-10-99-0-0-16"] == ends["service-to-10-99-0-0-16"] == "10.99.0.0/16"
    assert "0.0.0.0/0" not in ends.values()


def test_jobs_that_are_kept_to_networks_reach_s3_by_the_vpcs_own_endpoint(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = {
        **PRIVATE,
        "interfaceEndpoints": True,
        "jobEgressCidrs": ["10.0.0.0/8"],
        "omittedEndpoints": ["s3"],
    }
    with_endpoint(monkeypatch, "s3", routeTableIds=["rtb-private"])
    ends = egress(stack(**settings))
    assert ends["jobs-to-s3"] == "pl-of-com.amazonaws.us-east-1.s3"
    assert ends["jobs-to-10-0-0-0-8"] == "10.0.0.0/8"
    assert "jobs-to-internet" not in ends


def test_the_vpcs_traffic_is_logged_where_that_is_wanted() -> None:
    found = deployed.deploy_stack("dev", **PUBLIC, flowLogs=True)
    assert deployed.inputs(found, "aws:ec2/flowLog:FlowLog")["vpcId"] == VPC


def without_nat(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the private subnets' default route away."""
    answer = adopted_vpc.answer

    def closed(function: str, arguments: Any, region: str) -> dict[str, Any]:
        return (
            {"routes": []} if function == "getRouteTable" else answer(function, arguments, region)
        )

    monkeypatch.setattr(adopted_vpc, "answer", closed)


def stack(**settings: Any) -> Deployment:
    return deployed.run("dev", PlaceholderProvider(Place()), settings=settings)


def test_without_a_way_out_endpoints_and_an_image_in_the_region_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without_nat(monkeypatch)
    endpoints = {**PRIVATE, "interfaceEndpoints": True}
    with pytest.raises(DeploymentError, match=r"serviceImage is netflixoss/.*, and tasks have no"):
        stack(**endpoints)
    ends = egress(stack(**endpoints, serviceImage=IMAGE))
    assert "0.0.0.0/0" not in ends.values()


def test_a_refusal_is_told_before_anything_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    without_nat(monkeypatch)
    made: list[str] = []
    provider = PlaceholderProvider(Place())
    with pytest.raises(DeploymentError, match="The stack cannot stand in this VPC") as refused:
        deployed.run(
            "dev", provider, settings=dict(PRIVATE), on_resource=lambda one: made.append(one.type)
        )
    assert "Traceback" not in str(refused.value)
    assert [one for one in made if one != "pulumi:pulumi:Stack"] == []
