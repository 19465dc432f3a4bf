"""What replaces, updates or is ignored under a condition only, and in which order it goes."""

from typing import Any

import pytest

from rehearsal.provider import Cloud, Provider, RefusedError
from rehearsal.provider.resource_type import OnChange

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
BUCKET = "aws:s3/bucket:Bucket"
DEPLOYMENT = "aws:apigateway/deployment:Deployment"
EIP = "aws:ec2/eip:Eip"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
EVENT_TARGET = "aws:cloudwatch/eventTarget:EventTarget"
INSTANCE = "aws:rds/instance:Instance"
NAT = "aws:ec2/natGateway:NatGateway"
POLICY = "aws:iam/policy:Policy"
QUEUE = "aws:batch/jobQueue:JobQueue"
RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
SERVICE = "aws:ecs/service:Service"
TARGETS = "aws:lb/targetGroup:TargetGroup"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
VPC = "aws:ec2/vpc:Vpc"


@pytest.fixture
def provider() -> Provider:
    """Return a provider whose AWS cannot be reached: a difference must not need it."""
    return Provider(Cloud("http://127.0.0.1:9", "us-east-1"))


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        ("dedicated", "default", OnChange.IN_PLACE),
        ("default", "dedicated", OnChange.REPLACE),
    ],
    ids=["dedicated-to-default", "default-to-dedicated"],
)
def test_a_tenancy_can_only_be_loosened_in_place(
    provider: Provider, before: str, after: str, effect: OnChange
) -> None:
    state = {"cidrBlock": "10.0.0.0/16", "instanceTenancy": before}
    found = provider.diff(VPC, state, {**state, "instanceTenancy": after})
    assert found.changes == {"instanceTenancy": effect}


@pytest.mark.parametrize(
    ("kind", "effect"),
    [("Interface", OnChange.IN_PLACE), ("Gateway", OnChange.REPLACE)],
    ids=["interface", "gateway"],
)
def test_private_dns_changes_in_place_at_interfaces_only(
    provider: Provider, kind: str, effect: OnChange
) -> None:
    state = {"vpcId": "vpc-1", "vpcEndpointType": kind, "privateDnsEnabled": False}
    found = provider.diff(ENDPOINT, state, {**state, "privateDnsEnabled": True})
    assert found.changes == {"privateDnsEnabled": effect}


@pytest.mark.parametrize(
    ("kind", "changed", "effect"),
    [
        ("network", {"subnets": ["a", "b", "c"]}, OnChange.IN_PLACE),
        ("network", {"subnets": ["a"]}, OnChange.REPLACE),
        ("network", {"subnets": ["a", "c"]}, OnChange.REPLACE),
        ("application", {"subnets": ["a"]}, OnChange.IN_PLACE),
        ("network", {"securityGroups": ["sg-2"]}, OnChange.IN_PLACE),
        ("network", {"securityGroups": []}, OnChange.REPLACE),
        ("application", {"securityGroups": []}, OnChange.IN_PLACE),
    ],
    ids=[
        "more-subnets",
        "fewer-subnets",
        "other-subnets",
        "fewer-subnets-of-an-application-balancer",
        "other-groups",
        "no-groups",
        "no-groups-of-an-application-balancer",
    ],
)
def test_a_network_load_balancer_only_gains_subnets_and_keeps_groups(
    provider: Provider, kind: str, changed: dict[str, Any], effect: OnChange
) -> None:
    state = {"loadBalancerType": kind, "subnets": ["a", "b"], "securityGroups": ["sg-1"]}
    found = provider.diff(BALANCER, state, {**state, **changed})
    assert found.changes == dict.fromkeys(changed, effect)


@pytest.mark.parametrize(
    ("kind", "changes"),
    [("ip", {"port": OnChange.REPLACE, "vpcId": OnChange.REPLACE}), ("lambda", {})],
    ids=["ip", "lambda"],
)
def test_a_target_group_of_a_function_has_no_port(
    provider: Provider, kind: str, changes: dict[str, OnChange]
) -> None:
    state = {"targetType": kind, "port": 80, "vpcId": "vpc-1"}
    inputs = {"targetType": kind, "port": 81, "vpcId": "vpc-2"}
    assert provider.diff(TARGETS, state, inputs).changes == changes


@pytest.mark.parametrize(
    ("peers", "replacing"),
    [
        ({"cidrIpv4": "10.1.0.0/16"}, []),
        ({"prefixListId": "pl-1"}, ["cidrIpv4", "prefixListId"]),
        ({"referencedSecurityGroupId": "sg-2"}, ["cidrIpv4", "referencedSecurityGroupId"]),
    ],
    ids=["another-network", "a-prefix-list", "a-group"],
)
def test_a_rule_is_replaced_for_a_peer_of_another_kind(
    provider: Provider, peers: dict[str, str], replacing: list[str]
) -> None:
    rule = {"securityGroupId": "sg-1", "ipProtocol": "tcp", "fromPort": 1, "toPort": 1}
    found = provider.diff(RULE, {**rule, "cidrIpv4": "10.0.0.0/16"}, {**rule, **peers})
    assert sorted(found.replacing) == replacing
    assert set(peers) <= set(found.changes)


def test_an_address_and_what_stands_on_it_are_replaced_together(provider: Provider) -> None:
    assert provider.diff(EIP, {"domain": "vpc"}, {"domain": "standard"}).replacing == ["domain"]
    gateway = {"subnetId": "subnet-1", "allocationId": "eip-1", "connectivityType": "public"}
    moved = {**gateway, "allocationId": "eip-2", "tags": {"Team": "data"}}
    found = provider.diff(NAT, gateway, moved)
    assert (found.replacing, found.delete_first) == (["allocationId"], False)


@pytest.mark.parametrize("before", ["Enabled", "Suspended"])
def test_versioning_never_becomes_disabled_again(provider: Provider, before: str) -> None:
    state = {"bucket": "data", "versioningConfiguration": {"status": before}}
    disabled = {"bucket": "data", "versioningConfiguration": {"status": "Disabled"}}
    with pytest.raises(RefusedError, match=r"Configuration\.status: versioning that was ever on"):
        provider.diff(VERSIONING, state, disabled)
    other = "Enabled" if before == "Suspended" else "Suspended"
    inputs = {"bucket": "data", "versioningConfiguration": {"status": other}}
    assert provider.diff(VERSIONING, state, inputs).replacing == []


@pytest.mark.parametrize(
    ("token", "state", "changed", "order"),
    [
        (POLICY, {"name": "p", "path": "/"}, {"path": "/jobs/"}, (True, False)),
        (POLICY, {"name": "p", "path": "/"}, {"name": "other"}, (True, False)),
        (BUCKET, {"bucket": "data"}, {"bucket": "other"}, (True, False)),
        (SERVICE, {"name": "s", "launchType": "EC2"}, {"launchType": "FARGATE"}, (True, False)),
        (EVENT_TARGET, {"targetId": "t", "rule": "a"}, {"rule": "b"}, (True, False)),
        (INSTANCE, {"identifier": "db", "engine": "postgres"}, {"engine": "mysql"}, (False, False)),
        (QUEUE, {"name": "jobs"}, {"name": "other"}, (False, False)),
        (DEPLOYMENT, {"triggers": {"a": "1"}}, {"triggers": {"a": "2"}}, (False, False)),
        ("aws:apigateway/vpcLink:VpcLink", {"name": "l"}, {"targetArn": "arn"}, (True, False)),
        ("aws:apigateway/integration:Integration", {}, {"type": "MOCK"}, (True, True)),
        ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {}, {"policyArn": "a"}, (True, True)),
    ],
    ids=[
        "policy",
        "policy-renamed",
        "bucket",
        "service",
        "event-target",
        "database",
        "queue",
        "deployment",
        "vpc-link",
        "integration",
        "attachment",
    ],
)
def test_the_order_of_a_replacement(
    provider: Provider,
    token: str,
    state: dict[str, Any],
    changed: dict[str, Any],
    order: tuple[bool, bool],
) -> None:
    """AWS has one resource of a name; with an automatic one, the new comes before the old goes."""
    inputs = {**state, **changed}
    named, unnamed = (provider.diff(token, state, inputs, frozenset(one)) for one in ((), inputs))
    assert named.replacing
    assert (named.delete_first, unnamed.delete_first) == order
