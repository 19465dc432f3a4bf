"""The table of durations: which row a resource has, and that every row has a use and a source."""

from collections import Counter
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
