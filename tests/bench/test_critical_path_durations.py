"""The table of durations: which row a resource has, and that every row has a use and a source."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from bench.timing.durations import (
    DRAWS,
    Duration,
    MissingDurationError,
    read_durations,
    read_rows,
)

OPERATIONS = ("create", "delete")
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
ENVIRONMENT = "aws:batch/computeEnvironment:ComputeEnvironment"
FUNCTION = "aws:lambda/function:Function"
SERVICE = "aws:ecs/service:Service"

SLOW: Mapping[tuple[str, str, str], tuple[int, int, int]] = {
    ("create", "aws:acm/certificateValidation:CertificateValidation", ""): (89, 107, 532),
    ("create", "aws:apigateway/vpcLink:VpcLink", ""): (120, 240, 600),
    ("create", "aws:apigatewayv2/domainName:DomainName", ""): (2, 10, 60),
    ("create", "aws:apigatewayv2/vpcLink:VpcLink", ""): (60, 90, 240),
    ("create", "aws:batch/computeEnvironment:ComputeEnvironment", ""): (10, 20, 45),
    ("create", "aws:batch/jobQueue:JobQueue", ""): (6, 12, 30),
    ("create", "aws:cognito/userPoolDomain:UserPoolDomain", "certificateArn=*"): (180, 900, 3600),
    ("create", "aws:ec2/instance:Instance", ""): (13, 32, 43),
    ("create", "aws:ec2/natGateway:NatGateway", ""): (84, 97, 146),
    ("create", "aws:ec2/subnet:Subnet", "mapPublicIpOnLaunch=true"): (10, 11, 14),
    ("create", "aws:ec2/vpc:Vpc", "enableDnsHostnames=true"): (11, 12, 22),
    ("create", "aws:ec2/vpcEndpoint:VpcEndpoint", "vpcEndpointType=GatewayLoadBalancer"): (
        120,
        135,
        150,
    ),
    ("create", "aws:ec2/vpcEndpoint:VpcEndpoint", "vpcEndpointType=Interface"): (20, 90, 150),
    ("create", "aws:ecs/cluster:Cluster", ""): (10, 10, 12),
    ("create", "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders", ""): (10, 11, 12),
    ("create", "aws:ecs/service:Service", "waitForSteadyState=true"): (67, 120, 300),
    ("create", "aws:kms/key:Key", ""): (12, 22, 29),
    ("create", "aws:lambda/function:Function", ""): (7, 13, 30),
    ("create", "aws:lambda/function:Function", "vpcConfig.subnetIds=*"): (20, 90, 300),
    ("create", "aws:lb/loadBalancer:LoadBalancer", "loadBalancerType=application"): (139, 165, 180),
    ("create", "aws:lb/loadBalancer:LoadBalancer", "loadBalancerType=network"): (142, 157, 180),
    ("create", "aws:rds/cluster:Cluster", ""): (45, 61, 120),
    ("create", "aws:rds/clusterInstance:ClusterInstance", ""): (509, 760, 955),
    ("create", "aws:rds/instance:Instance", ""): (173, 300, 480),
    ("create", "aws:rds/instance:Instance", "multiAz=true"): (420, 600, 850),
    ("create", "aws:route53/record:Record", ""): (20, 40, 60),
    ("create", "aws:route53/zone:Zone", ""): (35, 45, 60),
    ("create", "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", ""): (1, 30, 60),
    ("create", "aws:sagemaker/notebookInstance:NotebookInstance", ""): (180, 300, 900),
    ("create", "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace", ""): (40, 45, 60),
    ("delete", "aws:apigateway/vpcLink:VpcLink", ""): (60, 150, 300),
    ("delete", "aws:apigatewayv2/vpcLink:VpcLink", ""): (60, 120, 300),
    ("delete", "aws:batch/computeEnvironment:ComputeEnvironment", ""): (55, 90, 120),
    ("delete", "aws:batch/computeEnvironment:ComputeEnvironment", "computeResources.minVcpus>0"): (
        115,
        210,
        300,
    ),
    ("delete", "aws:batch/jobQueue:JobQueue", ""): (40, 60, 90),
    ("delete", "aws:ec2/instance:Instance", ""): (30, 40, 90),
    ("delete", "aws:ec2/internetGateway:InternetGateway", ""): (1, 10, 60),
    ("delete", "aws:ec2/natGateway:NatGateway", ""): (37, 56, 79),
    ("delete", "aws:ec2/networkInterface:NetworkInterface", ""): (600, 1105, 2100),
    ("delete", "aws:ec2/vpcEndpoint:VpcEndpoint", "vpcEndpointType=GatewayLoadBalancer"): (
        30,
        60,
        180,
    ),
    ("delete", "aws:ec2/vpcEndpoint:VpcEndpoint", "vpcEndpointType=Interface"): (30, 60, 180),
    ("delete", "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders", ""): (10, 11, 12),
    ("delete", "aws:ecs/service:Service", ""): (15, 160, 330),
    ("delete", "aws:lambda/function:Function", "tool=cloudformation vpcConfig.subnetIds=*"): (
        600,
        1200,
        2700,
    ),
    ("delete", "aws:lb/loadBalancer:LoadBalancer", "loadBalancerType=application"): (15, 30, 153),
    ("delete", "aws:lb/loadBalancer:LoadBalancer", "loadBalancerType=network"): (10, 20, 60),
    ("delete", "aws:rds/cluster:Cluster", ""): (30, 60, 300),
    ("delete", "aws:rds/clusterInstance:ClusterInstance", ""): (240, 300, 600),
    ("delete", "aws:rds/instance:Instance", ""): (400, 560, 800),
    ("delete", "aws:rds/instance:Instance", "skipFinalSnapshot=true"): (240, 265, 300),
    ("delete", "aws:rds/instance:Instance", "skipFinalSnapshot=true multiAz=true"): (300, 385, 450),
    ("delete", "aws:route53/record:Record", ""): (20, 40, 60),
    ("delete", "aws:route53/zone:Zone", ""): (35, 45, 60),
    ("delete", "aws:sagemaker/notebookInstance:NotebookInstance", ""): (60, 120, 300),
    ("delete", "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace", ""): (40, 45, 60),
}
"""Seconds at least, typically and at most of all that takes 10 s or more: what makes a chain."""

A_LOOK = "one API call and a look at what it made"
AS_CREATED = "as long as its creation"
NO_CALL = ("leaves the state only", "nothing in AWS", "no call to AWS")


def test_a_type_without_a_row_is_refused_by_its_name() -> None:
    with pytest.raises(MissingDurationError, match=r"^aws:mq/broker:Broker has no row for delete"):
        read_durations().of("delete", "aws:mq/broker:Broker", {})


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        ("aws:lb/loadBalancer:LoadBalancer", {"loadBalancerType": "gateway"}),
        ("aws:ec2/vpcEndpoint:VpcEndpoint", {"vpcEndpointType": "Resource"}),
    ],
    ids=["load balancer", "endpoint"],
)
def test_a_kind_without_a_row_does_not_take_the_row_of_another(token: str, inputs: Any) -> None:
    for operation in OPERATIONS:
        with pytest.raises(MissingDurationError, match="with such inputs"):
            read_durations().of(operation, token, inputs)


@pytest.mark.parametrize(
    ("operation", "token", "inputs", "words"),
    [
        (
            "create",
            "aws:rds/instance:Instance",
            {"multiAz": "yes"},
            "multiAz is 'yes', and its duration needs true or false",
        ),
        (
            "delete",
            ENVIRONMENT,
            {"computeResources": {"minVcpus": "many"}},
            "computeResources.minVcpus is 'many', and its duration needs a number",
        ),
    ],
    ids=["boolean", "number"],
)
def test_an_input_that_no_condition_understands_is_refused(
    operation: Any, token: str, inputs: Any, words: str
) -> None:
    with pytest.raises(MissingDurationError, match=words):
        read_durations().of(operation, token, inputs)


@pytest.mark.parametrize(
    ("operation", "token", "inputs", "typical"),
    [
        ("create", "aws:rds/instance:Instance", {"multiAz": False}, 300),
        ("create", "aws:rds/instance:Instance", {"multiAz": True}, 600),
        ("delete", "aws:rds/instance:Instance", {}, 560),
        ("delete", "aws:rds/instance:Instance", {"multiAz": True}, 560),
        ("delete", "aws:rds/instance:Instance", {"skipFinalSnapshot": True}, 265),
        (
            "delete",
            "aws:rds/instance:Instance",
            {"skipFinalSnapshot": True, "multiAz": True},
            385,
        ),
        ("create", "aws:ec2/subnet:Subnet", {"mapPublicIpOnLaunch": False}, 1),
        ("create", "aws:ec2/subnet:Subnet", {"mapPublicIpOnLaunch": True}, 11),
        ("create", "aws:ec2/vpc:Vpc", {}, 2),
        ("create", "aws:ec2/vpc:Vpc", {"enableDnsHostnames": True}, 12),
        ("create", "aws:ecs/service:Service", {}, 2),
        ("create", "aws:ecs/service:Service", {"waitForSteadyState": True}, 120),
        ("create", SERVICE, {"waitForSteadyState": True, "desiredCount": 0}, 2),
        ("create", ENDPOINT, {"vpcEndpointType": "Gateway"}, 6),
        ("create", ENDPOINT, {"vpcEndpointType": "Interface"}, 90),
        ("create", ENDPOINT, {"vpcEndpointType": "GatewayLoadBalancer"}, 135),
        ("delete", ENVIRONMENT, {"computeResources": {"minVcpus": 0}}, 90),
        ("delete", ENVIRONMENT, {"computeResources": {"minVcpus": 8}}, 210),
        ("create", "aws:lb/loadBalancer:LoadBalancer", {"loadBalancerType": "network"}, 157),
        ("create", "aws:lb/loadBalancer:LoadBalancer", {"loadBalancerType": "application"}, 165),
        ("delete", "aws:lambda/function:Function", {}, 2),
        ("create", FUNCTION, {"vpcConfig": {}}, 13),
        ("create", FUNCTION, {"vpcConfig": {"subnetIds": []}}, 13),
        ("create", FUNCTION, {"vpcConfig": {"subnetIds": ["a"]}}, 90),
        ("delete", FUNCTION, {"vpcConfig": {"subnetIds": ["a"]}, "tool": "pulumi"}, 2),
        ("delete", FUNCTION, {"vpcConfig": {"subnetIds": ["a"]}, "tool": "cloudformation"}, 1200),
    ],
    ids=str,
)
def test_row_of_a_resource(operation: Any, token: str, inputs: Any, typical: int) -> None:
    assert read_durations().of(operation, token, inputs).typical == typical


def test_table_is_sound() -> None:
    rows = read_rows()
    assert [one for one in rows if not 0 <= one.low <= one.typical <= one.high] == []
    assert {one.evidence for one in rows} == {"documented", "guess", "measured"}
    assert [one for one in rows if not one.source.strip()] == []
    keys = Counter((one.operation, one.type, one.when) for one in rows)
    assert [key for key, count in keys.items() if count > 1] == []
    assert list(keys) == sorted(keys)


def test_what_takes_long_takes_as_long_as_was_collected() -> None:
    """Nothing on a chain gets faster or slower by a slip in the table, nor does anything new."""
    found = {
        (one.operation, one.type, one.when): (one.low, one.typical, one.high)
        for one in read_rows()
        if one.typical >= 10
    }
    assert found == SLOW


def test_what_is_quick_is_as_quick_as_its_source_says() -> None:
    rows = {(one.operation, one.type, one.when): one for one in read_rows()}
    for key, one in rows.items():
        if one.source == "one API call":
            assert (one.low, one.typical) == (1, 1), key
            assert one.high <= 5, key
        if one.source == A_LOOK:
            assert (one.low, one.typical) == (1, 2), key
        if one.source == AS_CREATED:
            assert one.typical == rows["create", *key[1:]].typical, key
        if any(words in one.source for words in NO_CALL):
            assert one.typical == 0, key
    sources = {one.source for one in rows.values()}
    assert {"one API call", A_LOOK, AS_CREATED} <= sources


def test_every_type_that_can_be_created_can_be_deleted() -> None:
    types = {
        name: {one.type for one in read_rows() if one.operation == name} for name in OPERATIONS
    }
    assert types["create"] == types["delete"]


def test_draws_stay_within_the_row() -> None:
    row = Duration(
        operation="create",
        type="a",
        when="",
        low=10,
        typical=20,
        high=60,
        evidence="guess",
        source="a test",
    )
    drawn = row.draws()
    assert len(drawn) == DRAWS
    assert 10 <= min(drawn) < 12
    assert 55 < max(drawn) <= 60
    assert sum(drawn) / DRAWS == pytest.approx(30, abs=1)
    assert drawn == row.draws()
