"""Every setting that changes the idle cost is a switch, and changes it by what the bench says."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from pydantic.alias_generators import to_camel

from bench import cost, results_file
from bench.cost import StackCost, total
from bench.pricing.switches import SWITCHES
from bench.stacks import STACKS
from settings import Settings
from tests.adopted_vpc import PRIVATE, PUBLIC
from tests.bench.priced import alone, changed, lines, priced
from tests.deployed import (
    ADOPTED,
    ADOPTED_DATABASE,
    GATEWAY_DOMAIN,
    IMAGES,
    JOB_PERMISSIONS,
    OTHER_VALUES,
    ROOT,
    WEB_ACL,
    deploy_stack,
)

WITHOUT_PRICE: Mapping[str, Any] = {
    **{key: value for key, value in OTHER_VALUES.items() if key != "serviceArchitecture"},
    "jobSecurityGroupIds": ["sg-12345678"],
    "deletionProtection": True,
    "logRetentionDays": 7,
    "datastoreRetained": True,
    "dbMaxAllocatedStorage": 500,
    "dbBackupRetentionDays": 30,
    "dbFinalSnapshot": True,
    "dbApplyImmediately": False,
    "apiAllowedCidrs": ["203.0.113.0/24"],
    **GATEWAY_DOMAIN,
    "apiWebAclArn": WEB_ACL,
    "apiQuotaLimit": 100,
    "apiQuotaPeriod": "day",
    "apiAccessLog": True,
    "manageApiGatewayAccount": True,
    "jobImageRepositories": [],
    "jobSecretArns": ["arn:aws:secretsmanager:us-east-1:123456789012:secret:team/token-AbCdEf"],
    "executionLog": True,
}
"""A value other than dev's of every setting that changes no idle cost, but for the gateway."""

NO_GATEWAY = {"gateway": "off"}
BOUNDED = {
    "permissionsBoundaryArn": "arn:aws:iam::123456789012:policy/boundary",
    "dbMaintenanceWindow": "sun:04:00-sun:05:00",
    "dbBackupWindow": "02:00-03:00",
    "dbSnapshotIdentifier": "before-move",
    "dbName": "flows",
}
OF_YOURS = {
    key: value
    for key, value in ADOPTED.items()
    if key not in {*ADOPTED_DATABASE, "datastoreKmsKey"}
}
JOBS = {
    **JOB_PERMISSIONS,
    "distributedMap": True,
    "compressStateMachines": True,
    "jobTags": {"team": "science"},
}
IMAGES_OF_JOBS = {
    **IMAGES,
    "imageRepositoryKmsKeyArn": JOB_PERMISSIONS["jobKmsKeyArns"][0],
    "imageRepositoryKeep": 5,
    "imageRepositoryUntaggedDays": 3,
    "imageRepositoryForceDelete": True,
}
"""An empty repository costs nothing."""

APART: Mapping[str, Mapping[str, Any]] = {
    "no gateway": NO_GATEWAY,
    "a VPC link of version 2": {"vpcLinkVersion": 2},
    "a snapshot and bounds": BOUNDED,
    "bucket, key and role of yours": OF_YOURS,
    "what jobs may do": JOBS,
    "images": IMAGES_OF_JOBS,
}
"""Settings that do not go together with those above."""

DATABASE_OF_YOURS = {
    **ADOPTED_DATABASE,
    "dbSecurityGroupId": "",
    "dbCidr": "10.1.0.0/16",
    "dbPort": 6543,
    "dbSecretKmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/of-secrets",
}
"""Settings that take the stack's database and its price away."""

FIREWALL_LIMIT = {"apiWafRateLimit": 2000}
"""A setting of what another one makes, without a price of its own."""

ADOPTING = {*PUBLIC, *PRIVATE, "omittedEndpoints"} - {"privateSubnets"}
"""The settings of an adopted VPC, whose price is its owner's."""


def dev_values() -> dict[str, Any]:
    """Return the value that each setting has in dev."""
    text = (ROOT / "Pulumi.dev.yaml").read_text(encoding="utf-8")
    own = {key.partition(":")[2]: value for key, value in yaml.safe_load(text)["config"].items()}
    return {**{to_camel(name): value for name, value in Settings().as_args().items()}, **own}


def test_every_setting_is_a_switch_or_without_a_price() -> None:
    switched = {key for one in SWITCHES for stack in STACKS for key in one.of(stack)}
    without = {*WITHOUT_PRICE, *ADOPTING, *DATABASE_OF_YOURS, *FIREWALL_LIMIT}.union(
        *APART.values()
    )
    assert switched | without == {to_camel(name) for name in Settings.model_fields}
    assert switched & without == {"gateway", "manageApiGatewayAccount", "serviceImage"}
    dev = dev_values()
    assert [key for key, value in WITHOUT_PRICE.items() if value == dev[key]] == []


@pytest.mark.parametrize("settings", [WITHOUT_PRICE, *APART.values()], ids=["most", *APART])
def test_settings_without_a_price_change_nothing(settings: Mapping[str, Any]) -> None:
    assert lines(priced("dev", **settings)) == lines(priced("dev"))


def test_the_limit_of_a_firewall_changes_nothing() -> None:
    assert lines(priced("dev", apiWaf=True, **FIREWALL_LIMIT)) == lines(priced("dev", apiWaf=True))


def test_dev_with_an_http_api_costs_25_dollars_at_most() -> None:
    """Its task runs on Spot, whose price floats: it may save half of what AWS's words let hope."""
    found = total(priced("dev", gateway="http"))
    on_demand = total(priced("dev", gateway="http", serviceSpot=False))
    assert found <= on_demand - (on_demand - found) / 2 <= 25
    assert found == total(priced("dev")) - Decimal("16.43") + Decimal("0.90")
    bought = {one.price.item for one in priced("dev", gateway="http")}
    assert {one for one in bought if one.startswith("load balancer")} == set()


@pytest.mark.parametrize("settings", [PUBLIC, PRIVATE], ids=["public", "private"])
@pytest.mark.parametrize("omitted", [[], ["s3", "dynamodb"]], ids=["with", "without endpoints"])
def test_an_adopted_vpc_costs_its_owner(settings: Mapping[str, Any], omitted: list[str]) -> None:
    addresses = Decimal("3.65") if settings == PRIVATE else 0
    found = priced("dev", **settings, omittedEndpoints=omitted)
    assert total(found) == total(priced("dev")) - addresses


def test_endpoints_cost_by_service_and_zone() -> None:
    """Seven services in three zones cost more than three NAT gateways; for Fargate they do not."""
    [switch] = [one for one in SWITCHES if next(iter(one.prod)) == "interfaceEndpoints"]
    fargate = [{"name": "default", "kind": "fargate"}]
    nat = total(priced("prod", queues=fargate))
    closed = total(priced("prod", **switch.prod, queues=fargate))
    assert closed - nat == Decimal("-21.90")


def test_a_database_of_yours_saves_the_stacks() -> None:
    with_own, with_yours = priced("dev"), priced("dev", **DATABASE_OF_YOURS)
    assert total(with_own) - total(with_yours) > Decimal(10)
    assert set(lines(with_yours)) < set(lines(with_own))


def test_one_nat_gateway_saves_two_with_their_addresses() -> None:
    (switch,) = [one for one in SWITCHES if next(iter(one.prod)) == "natGateways"]
    assert total(priced("prod")) - total(priced("prod", **switch.prod)) == Decimal("73.00")


DIFFERENCES: Mapping[str, Mapping[str, float]] = {
    "dev": {
        "privateSubnets": 32.85,
        "natGateways": 69.35,
        "availabilityZoneCount": 0,
        "availabilityZones": 0,
        "interfaceEndpoints": 102.2,
        "extraEndpoints": 116.8,
        "flowLogs": 0.16,
        "datastoreKmsKey": 3,
        "dbInstanceClass": 11.68,
        "dbMultiAz": 13.98,
        "dbAllocatedStorage": 3.45,
        "serviceArchitecture": -0.55,
        "serviceCpu": 2.69,
        "serviceCount": 6.34,
        "serviceSpot": 6.3,
        "gateway": -15.53,
        "apiWaf": 9,
        "containerInsights": 7.5,
        "queues": 81.73,
    },
    "prod": {
        "privateSubnets": -102.2,
        "natGateways": -73,
        "availabilityZoneCount": -36.65,
        "availabilityZones": -36.65,
        "interfaceEndpoints": 43.8,
        "extraEndpoints": 175.2,
        "flowLogs": -0.47,
        "datastoreKmsKey": -3,
        "dbInstanceClass": -151.11,
        "dbMultiAz": -134.87,
        "dbAllocatedStorage": -18.4,
        "serviceArchitecture": -7.2,
        "serviceCpu": -18.02,
        "serviceCount": -18.25,
        "serviceSpot": -25.22,
        "gateway": -16,
        "apiWaf": 9,
        "containerInsights": -7.5,
        "queues": 78.08,
    },
}
"""USD of an idle month that each switch changes, by the first of its settings."""

DATABASE = "aws:rds/instance:Instance"
ENVIRONMENT = "aws:batch/computeEnvironment:ComputeEnvironment"
SERVICE = "aws:ecs/service:Service"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
ARM = {"operatingSystemFamily": "LINUX", "cpuArchitecture": "ARM64"}
INSIGHTS = [{"name": "containerInsights", "value": "enabled"}]
TWO_VCPUS = {
    "minVcpus": 2,
    "instanceTypes": ["m6i.large"],
    "ec2Configurations": [{"imageType": "ECS_AL2023"}],
}


@pytest.mark.parametrize("stack", STACKS)
def test_what_is_committed_is_what_each_switch_changes(stack: str) -> None:
    """The README's table is made of it."""
    found = results_file.committed()["cost"]["stacks"][stack]
    assert [one["settings"] for one in found["switches"]] == [one.of(stack) for one in SWITCHES]
    assert {
        next(iter(one["settings"])): one["difference"] for one in found["switches"]
    } == DIFFERENCES[stack]
    now = total(priced(stack))
    assert Decimal(str(found["usd"])) == now
    assert all(
        Decimal(str(one["usd"])) == now + Decimal(str(one["difference"]))
        for one in found["switches"]
    )


@pytest.mark.parametrize(
    ("switch", "token", "inputs"),
    [
        ("dbInstanceClass", DATABASE, {"instanceClass": "db.t4g.small"}),
        ("dbMultiAz", DATABASE, {"multiAz": True}),
        ("dbAllocatedStorage", DATABASE, {"allocatedStorage": 50}),
        ("serviceArchitecture", TASK, {"runtimePlatform": ARM}),
        ("serviceCpu", TASK, {"cpu": "512", "memory": "1024"}),
        ("serviceCount", SERVICE, {"desiredCount": 2}),
        ("serviceSpot", SERVICE, {"capacityProviderStrategies": [], "launchType": "FARGATE"}),
        ("containerInsights", "aws:ecs/cluster:Cluster", {"settings": INSIGHTS}),
    ],
)
def test_the_input_behind_a_switch_changes_as_much(
    switch: str, token: str, inputs: dict[str, Any]
) -> None:
    difference = total(changed(token, **inputs)) - total(priced("dev"))
    assert float(difference) == DIFFERENCES["dev"][switch]


@pytest.mark.parametrize(
    ("usd", "token", "inputs"),
    [
        (32.85, "aws:ec2/natGateway:NatGateway", {}),
        (3.65, "aws:ec2/eip:Eip", {}),
        # Seven services in two zones are the 102.20 of dev's interface endpoints.
        (
            14.6,
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            {"vpcEndpointType": "Interface", "subnetIds": ["a", "b"]},
        ),
        (0, "aws:ec2/vpcEndpoint:VpcEndpoint", {"vpcEndpointType": "Gateway"}),
        (3, "aws:kms/key:Key", {"enableKeyRotation": True}),
        (0.5, "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace", {}),
        (0.4, "aws:secretsmanager/secret:Secret", {}),
        (9, "aws:wafv2/webAcl:WebAcl", {"rules": [{}] * 4}),
        # On the volume of the image, which is smaller than that of the template.
        (72.48, ENVIRONMENT, {"computeResources": TWO_VCPUS}),
        (
            16.43,
            "aws:lb/loadBalancer:LoadBalancer",
            {"loadBalancerType": "network", "internal": True},
        ),
        (
            16.43,
            "aws:lb/loadBalancer:LoadBalancer",
            {"loadBalancerType": "application", "internal": True},
        ),
    ],
)
def test_what_one_resource_costs(usd: float, token: str, inputs: dict[str, Any]) -> None:
    assert float(total(alone(token, **inputs))) == usd


def test_each_stack_is_priced_with_each_switch_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two switches over placeholders; the test of all on the emulated AWS takes long."""
    asked: list[tuple[str, Mapping[str, Any], bool]] = []

    def deploy(stack: str, settings: Mapping[str, Any], *, preview: bool) -> Any:
        asked.append((stack, settings, preview))
        return deploy_stack(stack, **settings)

    @contextmanager
    def emulated(_region: str) -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(deploy=deploy)

    monkeypatch.setattr(cost, "emulated", emulated)
    chosen = [one for one in SWITCHES if next(iter(one.prod)) in {"natGateways", "serviceCount"}]
    monkeypatch.setattr(cost.switches, "SWITCHES", chosen)
    for stack, found in cost.measured().items():
        assert total(found.listed) == total(priced(stack))
        for one in found.savings:
            assert float(one.difference) == DIFFERENCES[stack][next(iter(one.settings))]
            assert one.total == total(found.listed) + one.difference
    assert asked == [
        (stack, settings, True)
        for stack in STACKS
        for settings in ({}, *(one.of(stack) for one in chosen))
    ]


@pytest.fixture(scope="module")
def measured() -> Mapping[str, StackCost]:
    return cost.measured()


@pytest.mark.thorough
@pytest.mark.parametrize("stack", STACKS)
def test_what_each_switch_changes(stack: str, measured: Mapping[str, StackCost]) -> None:
    found = measured[stack]
    now = total(found.listed)
    assert now == total(priced(stack))
    assert {
        next(iter(one.settings)): float(one.difference) for one in found.savings
    } == DIFFERENCES[stack]
    assert all(one.total == now + one.difference for one in found.savings)
