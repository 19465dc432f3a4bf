"""VPC endpoints and flow logs: their life, their checks, and drift."""

import json
from typing import Any

import pytest

from rehearsal.provider import Created, RefusedError, replacements
from rehearsal.provider.resource_type import OnChange
from tests.rehearsal.provider import networks as net

S3 = "com.amazonaws.us-east-1.s3"
LOGS = "com.amazonaws.us-east-1.logs"
GROUP_ARN = "arn:aws:logs:us-east-1:123456789012:log-group:flow"
ROLE_ARN = "arn:aws:iam::123456789012:role/flow"
ONLY_READ = json.dumps(
    {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:Get*", "Resource": "*"}]}
)


@pytest.fixture
def vpc(rig: Any) -> Created:
    return net.vpc(rig, enableDnsHostnames=True)


def endpoint_routes(rig: Any, table: Created) -> list[str]:
    answer = rig.cloud.client("ec2").describe_route_tables(RouteTableIds=[table.id])
    routes = answer["RouteTables"][0]["Routes"]
    return [route["GatewayId"] for route in routes if "DestinationPrefixListId" in route]


def test_a_gateway_endpoint_routes_its_tables_and_no_others(rig: Any, vpc: Created) -> None:
    tables = [rig.create(net.ROUTE_TABLE, name, vpcId=vpc.id) for name in "ab"]
    inputs = {"vpcId": vpc.id, "serviceName": S3}
    created = rig.create(net.ENDPOINT, "s3", **inputs, routeTableIds=[tables[0].id])
    assert rig.read(net.ENDPOINT, created) == created.outputs
    assert [endpoint_routes(rig, table) for table in tables] == [[created.id], []]
    moved = rig.update(net.ENDPOINT, "s3", created, **inputs, routeTableIds=[tables[1].id])
    assert rig.read(net.ENDPOINT, moved) == moved.outputs
    assert moved.outputs["routeTableIds"] == [tables[1].id]
    assert [endpoint_routes(rig, table) for table in tables] == [[], [created.id]]
    rig.delete(net.ENDPOINT, moved)
    assert rig.read(net.ENDPOINT, moved) is None
    assert endpoint_routes(rig, tables[1]) == []


def test_a_gateway_endpoint_tells_the_prefix_list_that_a_rule_can_name(
    rig: Any, vpc: Created
) -> None:
    created = rig.create(net.ENDPOINT, "s3", vpcId=vpc.id, serviceName=S3)
    listed = rig.cloud.client("ec2").describe_prefix_lists(
        PrefixListIds=[created.outputs["prefixListId"]]
    )
    assert [item["PrefixListName"] for item in listed["PrefixLists"]] == [S3]
    group = rig.create(net.GROUP, "group", vpcId=vpc.id)
    ports = {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443}
    rule = rig.create(
        net.EGRESS,
        "to-s3",
        securityGroupId=group.id,
        prefixListId=created.outputs["prefixListId"],
        **ports,
    )
    assert rig.read(net.EGRESS, rule)["prefixListId"] == created.outputs["prefixListId"]


def test_life_of_an_interface_endpoint(rig: Any, vpc: Created) -> None:
    subnets = [net.subnet(rig, vpc, third).id for third in (1, 2)]
    group = rig.create(net.GROUP, "group", vpcId=vpc.id)
    inputs = {"vpcId": vpc.id, "serviceName": LOGS, "vpcEndpointType": "Interface"}
    created = rig.live(
        net.ENDPOINT,
        "logs",
        {**inputs, "subnetIds": subnets[:1], "securityGroupIds": [group.id]},
        {**inputs, "subnetIds": subnets, "privateDnsEnabled": True, "tags": {"a": "b"}},
    )
    assert created.outputs["subnetIds"] == subnets
    assert created.outputs["securityGroupIds"] == [group.id]
    assert created.outputs["privateDnsEnabled"] is True
    assert len(created.outputs["networkInterfaceIds"]) == 1


def test_an_interface_endpoint_without_a_group_gets_the_default_one(rig: Any, vpc: Created) -> None:
    subnet = net.subnet(rig, vpc)
    created = rig.create(
        net.ENDPOINT,
        "logs",
        vpcId=vpc.id,
        serviceName=LOGS,
        vpcEndpointType="Interface",
        subnetIds=[subnet.id],
    )
    assert created.outputs["securityGroupIds"] == [vpc.outputs["defaultSecurityGroupId"]]


def test_a_policy_replaced_behind_the_back_shows(rig: Any, vpc: Created) -> None:
    created = rig.create(net.ENDPOINT, "s3", vpcId=vpc.id, serviceName=S3, policy=ONLY_READ)
    assert created.outputs["policy"] == ONLY_READ
    everything = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*"}]}
    rig.cloud.client("ec2").modify_vpc_endpoint(
        VpcEndpointId=created.id, PolicyDocument=json.dumps(everything)
    )
    assert json.loads(rig.read(net.ENDPOINT, created)["policy"]) == everything


def test_private_dns_of_a_gateway_endpoint_replaces_it(rig: Any, vpc: Created) -> None:
    inputs = {"vpcId": vpc.id, "serviceName": S3}
    created = rig.create(net.ENDPOINT, "s3", **inputs)
    with pytest.raises(RefusedError, match="a change of privateDnsEnabled replaces the resource"):
        rig.update(net.ENDPOINT, "s3", created, **inputs, privateDnsEnabled=True)


@pytest.mark.parametrize(
    ("inputs", "problem"),
    [
        ({"vpcEndpointType": "gateway"}, "vpcEndpointType is 'gateway'; the provider allows"),
        ({"policy": "{"}, "policy is not valid JSON"),
    ],
)
def test_the_provider_refuses_an_endpoint(rig: Any, inputs: dict[str, Any], problem: str) -> None:
    with pytest.raises(RefusedError, match=problem):
        rig.create(net.ENDPOINT, "s3", vpcId="vpc-1", serviceName=S3, **inputs)


def flow_log(vpc: Created, **inputs: Any) -> dict[str, Any]:
    return {
        "vpcId": vpc.id,
        "trafficType": "ALL",
        "logDestination": GROUP_ARN,
        "iamRoleArn": ROLE_ARN,
        **inputs,
    }


def test_life_of_a_flow_log(rig: Any, vpc: Created) -> None:
    created = rig.live(
        net.FLOW_LOG, "flow", flow_log(vpc, tags={"a": "b"}), flow_log(vpc, tags={"a": "c"})
    )
    assert created.outputs["logDestinationType"] == "cloud-watch-logs"
    assert created.outputs["maxAggregationInterval"] == 600
    assert created.outputs["tags"] == {"a": "c"}


def test_the_provider_trims_the_suffix_of_a_log_group(rig: Any, vpc: Created) -> None:
    created = rig.create(net.FLOW_LOG, "flow", **flow_log(vpc, logDestination=f"{GROUP_ARN}:*"))
    assert created.outputs["logDestination"] == GROUP_ARN


def test_a_flow_log_to_a_bucket_that_is_not_there_is_refused(rig: Any, vpc: Created) -> None:
    inputs = {"logDestinationType": "s3", "logDestination": "arn:aws:s3:::absent"}
    with pytest.raises(RefusedError, match="absent does not exist"):
        rig.create(net.FLOW_LOG, "flow", **flow_log(vpc, iamRoleArn=None, **inputs))


@pytest.mark.parametrize(
    ("inputs", "problem"),
    [
        ({"trafficType": "all"}, "trafficType is 'all'; the provider allows ACCEPT, REJECT, ALL"),
        ({"logDestinationType": "logs"}, "allows cloud-watch-logs, s3, kinesis-data-firehose"),
        ({"maxAggregationInterval": 300}, "Interval is 300; the provider allows 60, 600"),
        ({"iamRoleArn": "flow"}, "iamRoleArn is 'flow'; the provider takes an ARN"),
        ({"logDestination": "flow"}, "logDestination is 'flow'; the provider takes an ARN"),
    ],
)
def test_the_provider_refuses_a_flow_log(rig: Any, inputs: dict[str, Any], problem: str) -> None:
    with pytest.raises(RefusedError, match=problem):
        rig.create(net.FLOW_LOG, "flow", **flow_log(Created("vpc-1", {}), **inputs))


def test_arns_carry_the_partition(rig: Any) -> None:
    government = net.in_region(rig, "us-gov-west-1")
    vpc = net.vpc(government)
    start = "arn:aws-us-gov:ec2:us-gov-west-1:123456789012"
    service = "com.amazonaws.us-gov-west-1.s3"
    endpoint = government.create(net.ENDPOINT, "s3", vpcId=vpc.id, serviceName=service)
    assert endpoint.outputs["arn"] == f"{start}:vpc-endpoint/{endpoint.id}"
    log = government.create(net.FLOW_LOG, "flow", **flow_log(vpc))
    assert log.outputs["arn"] == f"{start}:vpc-flow-log/{log.id}"


@pytest.mark.parametrize(
    ("token", "staying"),
    [
        (
            net.ENDPOINT,
            {
                "routeTableIds",
                "subnetIds",
                "securityGroupIds",
                "privateDnsEnabled",
                "policy",
                "tags",
            },
        ),
        (net.FLOW_LOG, {"tags"}),
    ],
)
def test_what_changes_in_place(token: str, staying: set[str]) -> None:
    entries = replacements.of(token).inputs.items()
    assert {name for name, entry in entries if entry.effect is OnChange.IN_PLACE} == staying
