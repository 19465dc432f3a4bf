"""What AWS refuses of a network although the emulator accepts it, with the exact reason."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.provider import Created, RefusedError
from rehearsal.provider.refusals import network
from tests.rehearsal.provider import networks as net

S3 = "com.amazonaws.us-east-1.s3"
LOGS = "com.amazonaws.us-east-1.logs"


@pytest.fixture
def vpc(rig: Any) -> Created:
    return net.vpc(rig)


def refused(action: Callable[..., Any], *arguments: Any, reason: str, **inputs: Any) -> None:
    with pytest.raises(RefusedError, match=f"AWS refuses .*{re.escape(reason)} \\(https://"):
        action(*arguments, **inputs)


def test_a_subnet_smaller_than_aws_allows(rig: Any, vpc: Created) -> None:
    refused(
        rig.create,
        net.SUBNET,
        "tiny",
        vpcId=vpc.id,
        cidrBlock="10.0.0.0/29",
        reason="10.0.0.0/29 is given; a subnet has a prefix length from /16 to /28",
    )


def test_a_subnet_in_a_zone_of_another_region(rig: Any) -> None:
    china = net.in_region(rig, "cn-north-1")
    vpc = net.vpc(china)
    reason = (
        "the zone us-east-1a is given; subnets of cn-north-1 can be in cn-north-1a, cn-north-1b"
    )
    refused(net.subnet, china, vpc, availabilityZone="us-east-1a", reason=reason)


def test_host_names_without_dns_support(rig: Any) -> None:
    vpc = net.vpc(rig, enableDnsSupport=False)
    inputs = {"cidrBlock": "10.0.0.0/16", "enableDnsSupport": False, "enableDnsHostnames": True}
    reason = f"DNS host names are enabled for {vpc.id} whose DNS support is disabled"
    refused(rig.update, net.VPC, "vpc", vpc, **inputs, reason=reason)


def test_a_second_internet_gateway(rig: Any, vpc: Created) -> None:
    first = rig.create(net.INTERNET_GATEWAY, "one", vpcId=vpc.id)
    reason = f"{vpc.id} already has the internet gateway {first.id}"
    refused(rig.create, net.INTERNET_GATEWAY, "two", vpcId=vpc.id, reason=reason)


def test_an_address_of_ec2_classic(rig: Any) -> None:
    reason = "the domain 'standard' is given; EC2-Classic is retired and only 'vpc' is left"
    refused(rig.create, net.EIP, "address", domain="standard", reason=reason)


def test_a_public_nat_gateway_without_an_address(rig: Any, vpc: Created) -> None:
    rig.create(net.INTERNET_GATEWAY, "internet", vpcId=vpc.id)
    public = net.subnet(rig, vpc)
    reason = "a public NAT gateway is given no AllocationId; it needs one"
    refused(rig.create, net.NAT_GATEWAY, "nat", subnetId=public.id, reason=reason)


def test_a_public_nat_gateway_before_the_internet_gateway(rig: Any, vpc: Created) -> None:
    """The edge that a program must state: no property carries it."""
    address = rig.create(net.EIP, "address", domain="vpc")
    inputs = {"subnetId": net.subnet(rig, vpc).id, "allocationId": address.id}
    reason = f"{vpc.id} has no internet gateway; a public NAT gateway needs it"
    refused(rig.create, net.NAT_GATEWAY, "nat", **inputs, reason=reason)
    rig.create(net.INTERNET_GATEWAY, "internet", vpcId=vpc.id)
    rig.create(net.NAT_GATEWAY, "nat", **inputs)


def test_a_route_to_an_internet_gateway_of_another_vpc(rig: Any, vpc: Created) -> None:
    elsewhere = rig.create(net.INTERNET_GATEWAY, "other", vpcId=net.vpc(rig, "other").id)
    table = rig.create(net.ROUTE_TABLE, "table", vpcId=vpc.id)
    route = {"routeTableId": table.id, "destinationCidrBlock": "0.0.0.0/0"}
    reason = (
        f"route table {table.id} and network gateway {elsewhere.id} belong to different networks"
    )
    refused(rig.create, net.ROUTE, "out", **route, gatewayId=elsewhere.id, reason=reason)


def test_a_route_to_a_nat_gateway_that_is_not_there(rig: Any, vpc: Created) -> None:
    table = rig.create(net.ROUTE_TABLE, "table", vpcId=vpc.id)
    route = {"routeTableId": table.id, "destinationCidrBlock": "0.0.0.0/0"}
    reason = "the NAT gateway nat-1 does not exist"
    refused(rig.create, net.ROUTE, "out", **route, natGatewayId="nat-1", reason=reason)
    *_, nat = net.nat_gateway(rig, net.vpc(rig, "other"))
    reason = f"route table {table.id} and NAT gateway {nat.id} belong to different networks"
    refused(rig.create, net.ROUTE, "out", **route, natGatewayId=nat.id, reason=reason)


def test_a_second_route_table_for_a_subnet(rig: Any, vpc: Created) -> None:
    subnet = net.subnet(rig, vpc)
    tables = [rig.create(net.ROUTE_TABLE, name, vpcId=vpc.id) for name in "ab"]
    rig.create(net.ASSOCIATION, "one", subnetId=subnet.id, routeTableId=tables[0].id)
    inputs = {"subnetId": subnet.id, "routeTableId": tables[1].id}
    reason = f"the subnet {subnet.id} already uses the route table {tables[0].id}"
    refused(rig.create, net.ASSOCIATION, "two", **inputs, reason=reason)


def test_a_route_table_of_another_vpc(rig: Any, vpc: Created) -> None:
    subnet = net.subnet(rig, vpc)
    table = rig.create(net.ROUTE_TABLE, "other", vpcId=net.vpc(rig, "other").id)
    reason = f"route table {table.id} and subnet {subnet.id} belong to different networks"
    inputs = {"subnetId": subnet.id, "routeTableId": table.id}
    refused(rig.create, net.ASSOCIATION, "a", **inputs, reason=reason)


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        (
            {"serviceName": "com.amazonaws.eu-west-1.s3"},
            "com.amazonaws.eu-west-1.s3 is given; services here start with "
            "com.amazonaws.us-east-1.",
        ),
        (
            {"serviceName": LOGS},
            "logs has no endpoint of the type Gateway; only s3, dynamodb, s3express have",
        ),
        (
            {"serviceName": S3, "subnetIds": ["subnet-1"], "privateDnsEnabled": True},
            "a Gateway endpoint takes no SubnetIds, PrivateDnsEnabled",
        ),
    ],
)
def test_endpoints(rig: Any, vpc: Created, inputs: dict[str, Any], reason: str) -> None:
    refused(rig.create, net.ENDPOINT, "endpoint", vpcId=vpc.id, **inputs, reason=reason)


def test_an_interface_endpoint_twice_in_a_zone(rig: Any, vpc: Created) -> None:
    pair = [net.subnet(rig, vpc, third, availabilityZone="us-east-1b").id for third in (1, 2)]
    inputs = {"vpcId": vpc.id, "serviceName": LOGS, "vpcEndpointType": "Interface"}
    reason = "DuplicateSubnetsInSameZone: several subnets are in us-east-1b"
    refused(rig.create, net.ENDPOINT, "logs", **inputs, subnetIds=pair, reason=reason)
    rig.create(net.ENDPOINT, "logs", **inputs, subnetIds=pair[:1])


def private_dns(vpc: Created) -> dict[str, Any]:
    return {
        "vpcId": vpc.id,
        "serviceName": LOGS,
        "vpcEndpointType": "Interface",
        "privateDnsEnabled": True,
    }


def test_private_dns_in_a_vpc_without_host_names(rig: Any, vpc: Created) -> None:
    reason = f"private DNS is enabled in {vpc.id}, whose enableDnsHostnames is off; it must be on"
    refused(rig.create, net.ENDPOINT, "logs", **private_dns(vpc), reason=reason)


def test_private_dns_twice_for_one_service(rig: Any) -> None:
    vpc = net.vpc(rig, enableDnsHostnames=True)
    first = rig.create(net.ENDPOINT, "one", **private_dns(vpc))
    reason = f"{first.id} already answers the DNS names of {LOGS}"
    refused(rig.create, net.ENDPOINT, "two", **private_dns(vpc), reason=reason)
    rig.delete(net.ENDPOINT, first)
    rig.create(net.ENDPOINT, "two", **private_dns(vpc))


def test_flow_logs(rig: Any, vpc: Created) -> None:
    rig.cloud.client("s3").create_bucket(Bucket="flow")
    inputs = {
        "vpcId": vpc.id,
        "logDestination": "arn:aws:s3:::flow",
        "logDestinationType": "s3",
    }
    reason = "no TrafficType is given; a VPC needs one"
    refused(rig.create, net.FLOW_LOG, "flow", **inputs, reason=reason)
    role = "arn:aws:iam::123456789012:role/flow"
    reason = "DeliverLogsPermissionArn is given; the destination type s3 takes none"
    inputs["trafficType"] = "ALL"
    refused(rig.create, net.FLOW_LOG, "flow", **inputs, iamRoleArn=role, reason=reason)
    rig.create(net.FLOW_LOG, "flow", **inputs)


def test_user_data_that_is_not_base64(rig: Any) -> None:
    reason = "the user data is not in base64; the API takes that only"
    refused(rig.create, net.LAUNCH_TEMPLATE, "jobs", userData="#!/bin/sh", reason=reason)
    created = rig.create(net.LAUNCH_TEMPLATE, "jobs")
    keep = {"name": created.outputs["name"], "userData": "#!/bin/sh"}
    refused(rig.update, net.LAUNCH_TEMPLATE, "jobs", created, **keep, reason=reason)


def test_tags_of_what_no_template_launches(rig: Any) -> None:
    tags = [{"resourceType": "vpc", "tags": {"a": "b"}}]
    reason = (
        "a launch template tags vpc; it can tag instance, volume, elastic-gpu, network-interface, "
        "spot-instances-request"
    )
    refused(rig.create, net.LAUNCH_TEMPLATE, "jobs", tagSpecifications=tags, reason=reason)


@pytest.mark.parametrize("text", ["jobs' group", "Jobs — outbound", "größer"])
def test_descriptions_of_groups_and_rules(rig: Any, vpc: Created, text: str) -> None:
    allowed = "AWS allows at most 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*"
    reason = f"Description is {text!r}; {allowed}"
    refused(rig.create, net.GROUP, "g", vpcId=vpc.id, description=text, reason=reason)
    group = rig.create(net.GROUP, "g", vpcId=vpc.id)
    rule = {"securityGroupId": group.id, "ipProtocol": "-1", "cidrIpv4": "10.0.0.0/8"}
    reason = f"a rule's description is {text!r}; {allowed}"
    refused(rig.create, net.EGRESS, "out", **rule, description=text, reason=reason)
    created = rig.create(net.EGRESS, "out", **rule, description="out")
    refused(rig.update, net.EGRESS, "out", created, **rule, description=text, reason=reason)


@pytest.mark.parametrize(
    ("ports", "reason"),
    [
        ({"fromPort": 80}, "a rule of tcp must have both of its ports"),
        ({}, "a rule of tcp must have both of its ports"),
        ({"fromPort": 81, "toPort": 80}, "a rule's ports are 81 to 80, backwards"),
    ],
)
def test_ports(rig: Any, vpc: Created, ports: dict[str, int], reason: str) -> None:
    group = rig.create(net.GROUP, "g", vpcId=vpc.id)
    rule = {"securityGroupId": group.id, "ipProtocol": "tcp", "cidrIpv4": "10.0.0.0/8"}
    refused(rig.create, net.INGRESS, "in", **rule, **ports, reason=reason)


def test_deletion_waits_for_a_nat_gateway(rig: Any, vpc: Created) -> None:
    internet, address, public, nat = net.nat_gateway(rig, vpc)
    reason = f"{vpc.id} has a mapped public address, of {nat.id}"
    refused(rig.delete, net.INTERNET_GATEWAY, internet, reason=reason)
    reason = f"{nat.id} is still in {public.id}"
    refused(rig.delete, net.SUBNET, public, reason=reason)
    reason = f"the address belongs to {nat.id}, which must be deleted first"
    refused(rig.delete, net.EIP, address, reason=reason)


def test_a_subnet_with_an_endpoint_or_a_load_balancer_stays(rig: Any) -> None:
    vpc = net.vpc(rig, enableDnsHostnames=True)
    one, two = net.subnet(rig, vpc, 1), net.subnet(rig, vpc, 2)
    endpoint = rig.create(net.ENDPOINT, "logs", **private_dns(vpc), subnetIds=[one.id])
    refused(rig.delete, net.SUBNET, one, reason=f"{endpoint.id} is still in {one.id}")
    balancer = rig.cloud.client("elbv2").create_load_balancer(
        Name="nlb", Type="network", Scheme="internal", Subnets=[two.id]
    )["LoadBalancers"][0]["LoadBalancerArn"]
    refused(rig.delete, net.SUBNET, two, reason=f"{balancer} is still in {two.id}")


def test_a_group_in_use_stays(rig: Any) -> None:
    vpc = net.vpc(rig, enableDnsHostnames=True)
    one, two = (rig.create(net.GROUP, name, vpcId=vpc.id) for name in ("one", "two"))
    rule = {"securityGroupId": two.id, "ipProtocol": "-1", "referencedSecurityGroupId": one.id}
    created = rig.create(net.INGRESS, "in", **rule)
    refused(rig.delete, net.GROUP, one, reason=f"a rule of {two.id} still uses {one.id}")
    rig.delete(net.INGRESS, created)
    endpoint = rig.create(net.ENDPOINT, "l", **private_dns(vpc), securityGroupIds=[one.id])
    refused(rig.delete, net.GROUP, one, reason=f"{endpoint.id} still uses {one.id}")
    rig.delete(net.ENDPOINT, endpoint)
    rig.delete(net.GROUP, one)


def test_a_vpc_that_is_not_empty_stays(rig: Any, vpc: Created) -> None:
    for token, inputs in (
        (net.INTERNET_GATEWAY, {}),
        (net.ENDPOINT, {"serviceName": S3}),
        (net.GROUP, {}),
    ):
        part = rig.create(token, "part", vpcId=vpc.id, **inputs)
        refused(rig.delete, net.VPC, vpc, reason=f"{part.id} is still in {vpc.id}")
        rig.delete(token, part)
    rig.delete(net.VPC, vpc)


def test_every_refusal_names_a_page_of_aws() -> None:
    for refusal in network.REFUSALS:
        assert refusal.source.startswith("https://docs.aws.amazon.com/")
