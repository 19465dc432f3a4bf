"""Whether a stack can stand in a VPC: each reason against it, found in the emulated AWS."""

from collections.abc import Callable
from typing import Any

import pytest

from components import adopted_vpc, aws_environment
from components.adopted_vpc import AdoptedVpc, Wanted
from components.interface_endpoints import SERVICES
from rehearsal.mocks import DeploymentError, deploy
from rehearsal.provider import Provider
from tests.rehearsal.company_vpc import CompanyVpc, company_vpc

S3 = "com.amazonaws.us-east-1.s3"
OWN_TAGS = {"Stack": "dev", "ManagedBy": "pulumi", "Name": "metaflow-*"}


def looked_up(company: CompanyVpc, tier: str, **changed: Any) -> AdoptedVpc:
    """Ask about the VPC as a program does."""
    found: list[AdoptedVpc] = []
    key = "publicSubnetIds" if tier == "public" else "privateSubnetIds"
    subnets = {key: company.subnets(tier), "databaseSubnetIds": company.subnets("isolated")}
    wanted: dict[str, Any] = {
        "vpc_id": company.id,
        "subnet_ids": {**subnets, **changed.pop("subnet_ids", {})},
        "job_group_ids": (),
        "instances": True,
        "assumed_roles": True,
        "load_balancer": True,
        "jobs_are_kept": False,
        "interface_endpoints": (),
        "omitted_endpoints": (),
        "own_tags": OWN_TAGS,
    }

    def program() -> None:
        environment = aws_environment.look_up(None, zone_count=2)
        found.append(adopted_vpc.look_up(None, environment, Wanted(**{**wanted, **changed})))

    deploy(program, Provider(company.cloud), project="p", stack_name="dev", config={})
    return found[0]


def problems(company: CompanyVpc, tier: str, **changed: Any) -> list[str]:
    with pytest.raises(DeploymentError) as refused:
        looked_up(company, tier, **changed)
    head, *lines = str(refused.value).splitlines()
    assert head == "The stack cannot stand in this VPC:"
    assert all(line.endswith(".") for line in lines)
    return [line.strip().rstrip(".") for line in lines]


@pytest.fixture
def company(rig: Any) -> CompanyVpc:
    return company_vpc(rig.cloud).without_endpoints()


def test_what_fits_is_taken_with_what_is_there(company: CompanyVpc) -> None:
    found = looked_up(company, "private")
    assert found.id == company.id
    assert found.private_subnet_ids == company.subnets("private")
    assert found.public_subnet_ids == ()
    assert found.database_subnet_ids == company.subnets("isolated")
    assert found.reaches_internet
    assert found.gateway_endpoints == ["s3", "dynamodb"]
    assert len(found.route_table_ids) == 1
    assert all(one.startswith("pl-") for one in found.prefix_list_ids.values())


def test_public_subnets_fit_too(rig: Any) -> None:
    company = company_vpc(rig.cloud, private_subnets=False).without_endpoints()
    found = looked_up(company, "public")
    assert found.public_subnet_ids == company.subnets("public")
    assert found.reaches_internet


def test_a_vpc_that_is_not_there(company: CompanyVpc) -> None:
    assert problems(company, "private", vpc_id="vpc-0123456789abcdef0") == [
        "vpcId is vpc-0123456789abcdef0, which the account has not in this region"
    ]


def test_dns_that_is_off(company: CompanyVpc) -> None:
    ec2 = company.cloud.client("ec2")
    for name in ("EnableDnsHostnames", "EnableDnsSupport"):
        ec2.modify_vpc_attribute(VpcId=company.id, **{name: {"Value": False}})
    assert problems(company, "private") == [
        f"vpcId is {company.id}, whose enableDnsSupport is off; it must be on",
        f"vpcId is {company.id}, whose enableDnsHostnames is off; it must be on",
    ]


def test_subnets_and_groups_of_another_vpc(company: CompanyVpc) -> None:
    other = company_vpc(company.cloud)
    strangers = other.subnets("isolated")
    ec2 = company.cloud.client("ec2")
    group = ec2.create_security_group(GroupName="g", Description="g", VpcId=other.id)["GroupId"]
    found = problems(
        company, "private", subnet_ids={"databaseSubnetIds": strangers}, job_group_ids=(group,)
    )
    assert found == [
        *(f"databaseSubnetIds has {one}, which is no subnet of {company.id}" for one in strangers),
        f"jobSecurityGroupIds has {group}, which is no security group of {company.id}",
    ]


def another_subnet(company: CompanyVpc, cidr: str, zone: str) -> str:
    subnet = company.cloud.client("ec2").create_subnet(
        VpcId=company.id, CidrBlock=cidr, AvailabilityZone=f"us-east-1{zone}"
    )
    return str(subnet["Subnet"]["SubnetId"])


def test_two_subnets_in_one_zone(company: CompanyVpc) -> None:
    first = company.subnets("isolated")[0]
    twice = [first, another_subnet(company, "10.99.200.0/24", "a"), company.subnets("isolated")[1]]
    assert problems(company, "private", subnet_ids={"databaseSubnetIds": twice}) == [
        "databaseSubnetIds has several subnets in us-east-1a; allowed: one in each zone"
    ]


def test_tasks_where_the_load_balancer_is_not(company: CompanyVpc) -> None:
    isolated = company.subnets("isolated")[0]
    pair = [isolated, another_subnet(company, "10.99.200.0/24", "c")]
    second = company.subnets("private")[1]
    assert problems(company, "private", subnet_ids={"databaseSubnetIds": pair}) == [
        f"privateSubnetIds has {second} in us-east-1b, in which databaseSubnetIds has none; the "
        "load balancer needs one there"
    ]
    found = looked_up(
        company, "private", subnet_ids={"databaseSubnetIds": pair}, load_balancer=False
    )
    assert found.database_subnet_ids == pair


def test_subnets_of_the_wrong_kind(company: CompanyVpc) -> None:
    public = company.subnets("public")
    swapped = problems(company, "private", subnet_ids={"privateSubnetIds": public})
    assert len(swapped) == 2
    assert all(
        one.startswith(f"privateSubnetIds has {subnet}, whose default route leads to the internet")
        for one, subnet in zip(swapped, public, strict=True)
    )
    database = problems(company, "private", subnet_ids={"databaseSubnetIds": public})
    assert [one.split()[0] for one in database] == ["databaseSubnetIds"] * 2


def test_public_subnets_without_public_addresses_or_a_gateway(company: CompanyVpc) -> None:
    # Behind NAT, and where instances are given no public address.
    found = problems(company, "public", subnet_ids={"publicSubnetIds": company.subnets("private")})
    assert [one.split("; ")[1] for one in found] == [
        "allowed: subnets with a default route to an internet gateway",
        "mapPublicIpOnLaunch must be on",
    ] * 2


def test_subnets_without_room(company: CompanyVpc) -> None:
    small = [
        another_subnet(company, "10.99.200.0/28", "a"),
        another_subnet(company, "10.99.200.16/28", "b"),
    ]
    private = company.subnets("private")
    ec2 = company.cloud.client("ec2")
    tables = ec2.describe_route_tables(
        Filters=[{"Name": "association.subnet-id", "Values": [private[0]]}]
    )["RouteTables"]
    for one in small:
        ec2.associate_route_table(SubnetId=one, RouteTableId=tables[0]["RouteTableId"])
    changed = {"privateSubnetIds": small}
    assert problems(company, "private", subnet_ids=changed) == [
        f"privateSubnetIds has {one} with 11 free addresses; allowed: at least 16" for one in small
    ]
    # A stack that stands there already has filled them itself, and can still be changed.
    ec2.create_security_group(
        GroupName="own",
        Description="own",
        VpcId=company.id,
        TagSpecifications=[
            {
                "ResourceType": "security-group",
                "Tags": [
                    {"Key": "Stack", "Value": "dev"},
                    {"Key": "ManagedBy", "Value": "pulumi"},
                    {"Key": "Name", "Value": "metaflow-service"},
                ],
            }
        ],
    )
    assert looked_up(company, "private", subnet_ids=changed).private_subnet_ids == small


def closed(company: CompanyVpc) -> None:
    ec2 = company.cloud.client("ec2")
    for table in ec2.describe_route_tables(
        Filters=[{"Name": "association.subnet-id", "Values": company.subnets("private")}]
    )["RouteTables"]:
        ec2.delete_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock="0.0.0.0/0")


def test_private_subnets_without_a_way_out(company: CompanyVpc) -> None:
    closed(company)
    found = problems(company, "private")
    assert len(found) == len(SERVICES)
    subnets = ", ".join(company.subnets("private"))
    assert found[0] == (
        f"privateSubnetIds has {subnets} without a default route, and {company.id} has no endpoint "
        "that serves ecr.api there; allowed: subnets with a NAT or transit gateway, or "
        "interfaceEndpoints true"
    )
    taken = looked_up(company, "private", interface_endpoints=list(SERVICES))
    assert not taken.reaches_internet
    assert taken.endpoint_networks == ()


def test_jobs_that_are_kept_from_the_internet_need_endpoints(company: CompanyVpc) -> None:
    found = problems(company, "private", jobs_are_kept=True, interface_endpoints=["logs"])
    assert len(found) == len(SERVICES) - 1
    assert found[0] == (
        f"jobEgressCidrs keeps jobs from the internet, and {company.id} has no endpoint that "
        "serves ecr.api there; allowed: interfaceEndpoints true"
    )


def test_subnets_without_a_table_of_their_own_follow_the_main_one(company: CompanyVpc) -> None:
    new = [
        another_subnet(company, "10.99.200.0/24", "a"),
        another_subnet(company, "10.99.201.0/24", "b"),
    ]
    services = list(SERVICES)
    found = looked_up(
        company, "private", subnet_ids={"privateSubnetIds": new}, interface_endpoints=services
    )
    ec2 = company.cloud.client("ec2")
    [main] = [
        table["RouteTableId"]
        for table in ec2.describe_route_tables()["RouteTables"]
        if table["VpcId"] == company.id and any(one["Main"] for one in table["Associations"])
    ]
    assert found.route_table_ids == [main]
    assert not found.reaches_internet


def gateway_endpoint(company: CompanyVpc, tables: list[str], **tags: str) -> str:
    made = company.cloud.client("ec2").create_vpc_endpoint(
        VpcId=company.id,
        ServiceName=S3,
        VpcEndpointType="Gateway",
        RouteTableIds=tables,
        TagSpecifications=[
            {
                "ResourceType": "vpc-endpoint",
                "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
            }
        ],
    )
    return str(made["VpcEndpoint"]["VpcEndpointId"])


def test_an_endpoint_that_is_there_already_must_be_named(company: CompanyVpc) -> None:
    tables = list(looked_up(company, "private").route_table_ids)
    # Another program's, whose stack is called the same.
    there = gateway_endpoint(company, tables, **{**OWN_TAGS, "Name": "network-s3"})
    assert problems(company, "private") == [
        f"omittedEndpoints lacks s3, for which {company.id} has the endpoint {there}"
    ]
    found = looked_up(company, "private", omitted_endpoints=("s3",))
    assert found.gateway_endpoints == ["dynamodb"]


@pytest.mark.parametrize("whose", ["its own", "of other subnets"])
def test_an_endpoint_that_is_not_in_the_way(company: CompanyVpc, whose: str) -> None:
    own = list(looked_up(company, "private").route_table_ids)
    if whose == "its own":
        gateway_endpoint(company, own, **{**OWN_TAGS, "Name": "metaflow-net-s3"})
    else:
        gateway_endpoint(company, [], Team="network")
    assert looked_up(company, "private").gateway_endpoints == ["s3", "dynamodb"]


def test_closed_subnets_need_their_own_tables_in_the_endpoint(company: CompanyVpc) -> None:
    closed(company)
    services = list(SERVICES)
    wanted = {"interface_endpoints": services, "omitted_endpoints": ("s3",)}
    gateway_endpoint(company, [], Team="network")
    [problem] = problems(company, "private", **wanted)
    assert "has no endpoint that serves s3 there" in problem


@pytest.mark.parametrize(("dns", "fits"), [(True, True), (False, False)])
def test_an_interface_endpoint_serves_under_the_services_own_name(
    company: CompanyVpc, dns: bool, fits: bool
) -> None:
    closed(company)
    company.cloud.client("ec2").create_vpc_endpoint(
        VpcId=company.id,
        ServiceName="com.amazonaws.us-east-1.logs",
        VpcEndpointType="Interface",
        SubnetIds=company.subnets("private"),
        PrivateDnsEnabled=dns,
    )
    others = [one for one in SERVICES if one != "logs"]
    ask: Callable[..., Any] = looked_up if fits else problems
    found = ask(company, "private", interface_endpoints=others, omitted_endpoints=("logs",))
    if fits:
        # Its network interfaces are somewhere in the VPC.
        assert found.endpoint_networks == ["10.99.0.0/16"]
    else:
        assert "that serves logs there" in found[0]
