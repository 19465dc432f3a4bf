"""VPCs, subnets, gateways and routes: their life, their checks, and drift."""

from typing import Any

import pytest

from rehearsal.provider import RefusedError, replacements
from rehearsal.provider.resource_type import OnChange
from tests.rehearsal.provider import networks as net


def test_life_of_a_vpc(rig: Any) -> None:
    created = rig.live(
        net.VPC,
        "vpc",
        {"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": True, "tags": {"a": "1", "b": "2"}},
        {"cidrBlock": "10.0.0.0/16", "enableDnsSupport": False, "tags": {"a": "3"}},
    )
    assert created.outputs["enableDnsSupport"] is False
    assert created.outputs["enableDnsHostnames"] is False
    assert created.outputs["tags"] == created.outputs["tagsAll"] == {"a": "3"}


def test_a_vpc_by_default_resolves_names_but_gives_none(rig: Any) -> None:
    outputs = net.vpc(rig).outputs
    assert (outputs["enableDnsSupport"], outputs["enableDnsHostnames"]) == (True, False)
    assert outputs["defaultSecurityGroupId"].startswith("sg-")
    assert outputs["mainRouteTableId"].startswith("rtb-")


def test_dns_is_switched_on_in_the_order_aws_demands(rig: Any) -> None:
    vpc = net.vpc(rig, enableDnsSupport=False)
    both = {"enableDnsSupport": True, "enableDnsHostnames": True}
    updated = rig.update(net.VPC, "vpc", vpc, cidrBlock="10.0.0.0/16", **both)
    assert updated.outputs["enableDnsHostnames"] is True


def test_tenancy_only_ever_goes_to_default_in_place(rig: Any) -> None:
    dedicated = net.vpc(rig, instanceTenancy="dedicated")
    shared = rig.update(net.VPC, "vpc", dedicated, cidrBlock="10.0.0.0/16")
    assert shared.outputs["instanceTenancy"] == "default"
    with pytest.raises(RefusedError, match="a change of instanceTenancy replaces the resource"):
        rig.update(net.VPC, "vpc", shared, cidrBlock="10.0.0.0/16", instanceTenancy="dedicated")


@pytest.mark.parametrize(
    ("inputs", "problem"),
    [
        ({"cidrBlock": "10.0.0.1/16"}, "cidrBlock is '10.0.0.1/16'; .* host bits are zero"),
        ({"cidrBlock": "10.0.0.0/8"}, "a prefix length from /16 to /28"),
        ({"cidrBlock": "10.0.0.0/29"}, "a prefix length from /16 to /28"),
        ({"cidrBlock": "ten"}, "the provider takes an IPv4 network"),
        ({"cidrBlock": "10.0.0.0/16", "instanceTenancy": "host"}, "allows default, dedicated"),
        ({"cidrBlock": "10.0.0.0/16", "ipv6CidrBlock": "::/64"}, "not taught the input ipv6Cidr"),
        ({}, "the input cidrBlock is required"),
    ],
)
def test_the_provider_refuses_a_vpc(rig: Any, inputs: dict[str, Any], problem: str) -> None:
    with pytest.raises(RefusedError, match=problem):
        rig.create(net.VPC, "vpc", **inputs)


def test_life_of_a_subnet(rig: Any) -> None:
    inputs = {"vpcId": net.vpc(rig).id, "cidrBlock": "10.0.1.0/24"}
    zone = {"availabilityZone": "us-east-1b"}
    created = rig.live(
        net.SUBNET,
        "subnet",
        {**inputs, **zone, "mapPublicIpOnLaunch": True, "tags": {"tier": "public"}},
        {**inputs, **zone, "tags": {"tier": "private"}},
    )
    assert created.outputs["mapPublicIpOnLaunch"] is False
    assert created.outputs["availabilityZone"] == "us-east-1b"


def test_a_subnet_without_a_zone_lands_in_its_region(rig: Any) -> None:
    china = net.in_region(rig, "cn-north-1")
    subnet = net.subnet(china, net.vpc(china))
    assert subnet.outputs["availabilityZone"] == "cn-north-1a"
    assert subnet.outputs["arn"] == f"arn:aws-cn:ec2:cn-north-1:123456789012:subnet/{subnet.id}"


def test_a_subnet_takes_a_canonical_network_only(rig: Any) -> None:
    with pytest.raises(RefusedError, match=r"cidrBlock is '10.0.1.5/24'; the provider takes"):
        rig.create(net.SUBNET, "s", vpcId="vpc-1", cidrBlock="10.0.1.5/24")


def test_public_addresses_switched_on_behind_the_back_show(rig: Any) -> None:
    subnet = net.subnet(rig, net.vpc(rig))
    rig.cloud.client("ec2").modify_subnet_attribute(
        SubnetId=subnet.id, MapPublicIpOnLaunch={"Value": True}
    )
    assert rig.read(net.SUBNET, subnet)["mapPublicIpOnLaunch"] is True


def test_tags_changed_behind_the_back_show(rig: Any) -> None:
    vpc = net.vpc(rig, tags={"owner": "data"})
    rig.cloud.client("ec2").create_tags(
        Resources=[vpc.id], Tags=[{"Key": "owner", "Value": "nobody"}]
    )
    assert rig.read(net.VPC, vpc)["tags"] == {"owner": "nobody"}


def test_life_of_an_internet_gateway(rig: Any) -> None:
    first, second = net.vpc(rig, "one"), net.vpc(rig, "two")
    created = rig.live(
        net.INTERNET_GATEWAY,
        "internet",
        {"vpcId": first.id},
        {"vpcId": second.id, "tags": {"a": "b"}},
    )
    assert created.outputs["vpcId"] == second.id


def test_life_of_an_address(rig: Any) -> None:
    created = rig.live(net.EIP, "address", {"domain": "vpc"}, {"domain": "vpc", "tags": {"a": "b"}})
    assert created.outputs["allocationId"] == created.id
    name = f"ec2-{created.outputs['publicIp'].replace('.', '-')}.compute-1.amazonaws.com"
    assert created.outputs["publicDns"] == name


def test_an_address_knows_two_domains(rig: Any) -> None:
    with pytest.raises(RefusedError, match="domain is 'classic'; the provider allows vpc, stan"):
        rig.create(net.EIP, "address", domain="classic")


def test_life_of_a_nat_gateway(rig: Any) -> None:
    vpc = net.vpc(rig)
    internet, address, public, nat = net.nat_gateway(rig, vpc)
    assert nat.outputs["publicIp"] == address.outputs["publicIp"]
    assert rig.read(net.EIP, address)["associationId"] == nat.outputs["associationId"]
    keep = {"allocationId": address.id, "subnetId": public.id}
    nat = rig.update(net.NAT_GATEWAY, "nat", nat, **keep, tags={"a": "b"})
    assert rig.read(net.NAT_GATEWAY, nat) == nat.outputs
    rig.delete(net.NAT_GATEWAY, nat)
    assert rig.read(net.NAT_GATEWAY, nat) is None
    assert rig.read(net.EIP, address)["associationId"] == ""
    assert rig.cloud.client("ec2").describe_network_interfaces()["NetworkInterfaces"] == []
    for token, part in (
        (net.EIP, address),
        (net.INTERNET_GATEWAY, internet),
        (net.SUBNET, public),
        (net.VPC, vpc),
    ):
        rig.delete(token, part)


def test_a_private_nat_gateway_takes_no_address(rig: Any) -> None:
    inputs = {"subnetId": "subnet-1", "allocationId": "eipalloc-1", "connectivityType": "private"}
    with pytest.raises(RefusedError, match=r"allocationId is 'eipalloc-1'; .* takes none"):
        rig.create(net.NAT_GATEWAY, "nat", **inputs)


def test_life_of_a_route_table(rig: Any) -> None:
    inputs = {"vpcId": net.vpc(rig).id}
    rig.live(net.ROUTE_TABLE, "table", inputs, {**inputs, "tags": {"a": "b"}})


def test_a_route_changes_its_target_in_place(rig: Any) -> None:
    vpc = net.vpc(rig)
    internet, _, _, nat = net.nat_gateway(rig, vpc)
    table = rig.create(net.ROUTE_TABLE, "table", vpcId=vpc.id)
    route = {"routeTableId": table.id, "destinationCidrBlock": "0.0.0.0/0"}
    created = rig.live(
        net.ROUTE, "out", {**route, "gatewayId": internet.id}, {**route, "natGatewayId": nat.id}
    )
    assert (created.outputs["gatewayId"], created.outputs["natGatewayId"]) == ("", nat.id)


def test_a_route_to_the_internet_made_behind_the_back_shows(rig: Any) -> None:
    vpc = net.vpc(rig)
    internet, _, _, nat = net.nat_gateway(rig, vpc)
    table = rig.create(net.ROUTE_TABLE, "table", vpcId=vpc.id)
    everywhere = "0.0.0.0/0"
    route = {"routeTableId": table.id, "destinationCidrBlock": everywhere}
    created = rig.create(net.ROUTE, "out", **route, natGatewayId=nat.id)
    rig.cloud.client("ec2").replace_route(
        RouteTableId=table.id, DestinationCidrBlock=everywhere, GatewayId=internet.id
    )
    drifted = rig.read(net.ROUTE, created)
    assert (drifted["gatewayId"], drifted["natGatewayId"]) == (internet.id, "")


@pytest.mark.parametrize(
    ("inputs", "problem"),
    [
        ({}, "no target is given; a route takes exactly one of gatewayId, natGatewayId"),
        ({"gatewayId": "igw-1", "natGatewayId": "nat-1"}, "gatewayId and natGatewayId is given"),
        ({"gatewayId": "local"}, "AWS makes that route by itself"),
        ({"gatewayId": "igw-1", "destinationCidrBlock": "10.0.0.1/8"}, "host bits are zero"),
    ],
)
def test_the_provider_refuses_a_route(rig: Any, inputs: dict[str, Any], problem: str) -> None:
    route = {"routeTableId": "rtb-1", "destinationCidrBlock": "0.0.0.0/0", **inputs}
    with pytest.raises(RefusedError, match=problem):
        rig.create(net.ROUTE, "out", **route)


def test_an_association_moves_to_another_table_and_gets_another_id(rig: Any) -> None:
    vpc = net.vpc(rig)
    subnet = net.subnet(rig, vpc)
    tables = [rig.create(net.ROUTE_TABLE, name, vpcId=vpc.id) for name in "ab"]
    created = rig.live(
        net.ASSOCIATION,
        "association",
        {"subnetId": subnet.id, "routeTableId": tables[0].id},
        {"subnetId": subnet.id, "routeTableId": tables[1].id},
    )
    assert created.outputs["routeTableId"] == tables[1].id
    assert created.outputs["id"] != created.id


def test_an_association_moved_behind_the_back_shows(rig: Any) -> None:
    vpc = net.vpc(rig)
    subnet = net.subnet(rig, vpc)
    table = rig.create(net.ROUTE_TABLE, "table", vpcId=vpc.id)
    created = rig.create(net.ASSOCIATION, "a", subnetId=subnet.id, routeTableId=table.id)
    rig.cloud.client("ec2").disassociate_route_table(AssociationId=created.id)
    assert rig.read(net.ASSOCIATION, created) is None


def test_deleting_what_is_gone_already_is_no_error(rig: Any) -> None:
    vpc = net.vpc(rig)
    rig.delete(net.VPC, vpc)
    rig.delete(net.VPC, vpc)


@pytest.mark.parametrize(
    ("token", "replacing"),
    [
        (net.VPC, {"cidrBlock", "instanceTenancy"}),
        (net.SUBNET, {"vpcId", "cidrBlock", "availabilityZone"}),
        (net.INTERNET_GATEWAY, set()),
        (net.EIP, {"domain"}),
        (net.NAT_GATEWAY, {"allocationId", "subnetId", "connectivityType"}),
        (net.ROUTE_TABLE, {"vpcId"}),
        (net.ROUTE, {"routeTableId", "destinationCidrBlock"}),
        (net.ASSOCIATION, {"subnetId"}),
    ],
)
def test_what_replaces(token: str, replacing: set[str]) -> None:
    entries = replacements.of(token).inputs.items()
    assert {name for name, entry in entries if entry.effect is OnChange.REPLACE} == replacing


def test_arns_carry_the_partition(rig: Any) -> None:
    government = net.in_region(rig, "us-gov-west-1")
    vpc = net.vpc(government)
    internet, address, subnet, _ = net.nat_gateway(government, vpc)
    table = government.create(net.ROUTE_TABLE, "table", vpcId=vpc.id)
    for part, kind in (
        (vpc, "vpc"),
        (subnet, "subnet"),
        (internet, "internet-gateway"),
        (address, "elastic-ip"),
        (table, "route-table"),
    ):
        expected = f"arn:aws-us-gov:ec2:us-gov-west-1:123456789012:{kind}/{part.id}"
        assert part.outputs["arn"] == expected
