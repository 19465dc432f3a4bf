"""Endpoints in the internet's place: which ones a stack gets, and who may use them."""

import json
from dataclasses import replace
from typing import Any

import pytest
from pulumi import RunError

from components import interface_endpoints, service_image
from rehearsal.mocks import Deployment, DeploymentError
from settings.adopted_network import AdoptedNetworkSettings
from tests import deployed
from tests.adopted_vpc import PRIVATE
from tests.components.tiers import ENVIRONMENT
from tests.settings.test_network import CLOSED, IMAGE

ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
_FARGATE = {"name": "default", "kind": "fargate"}
ON_FARGATE = {"queues": [_FARGATE]}
ON_FARGATE_TWICE = {"queues": [_FARGATE, {"name": "cheap", "kind": "fargate-spot"}]}
INSTANCES_BEHIND = {"queues": [_FARGATE, {"name": "large"}]}
FARGATE_BEHIND = {"queues": [{"name": "default"}, {**_FARGATE, "name": "small"}]}
OF_TASKS = {"ecr.api", "ecr.dkr", "logs", "secretsmanager"}
OF_INSTANCES = {"ecs", "ecs-agent", "ecs-telemetry"}
NAMES = "com.amazonaws.us-east-1."


def closed(**settings: Any) -> Deployment:
    """Return prod without a way to the internet."""
    return deployed.deploy_stack("prod", **{**CLOSED, **settings})


def services(deployment: Deployment, kind: str = "Interface") -> set[str]:
    return {
        one.inputs["serviceName"].removeprefix(NAMES)
        for one in deployment.of_type(ENDPOINT)
        if one.inputs["vpcEndpointType"] == kind
    }


def egress(deployment: Deployment) -> dict[str, str]:
    """Return where each egress rule leads, by its name."""
    keys = ("cidrIpv4", "prefixListId", "referencedSecurityGroupId")
    return {
        one.name.removeprefix("metaflow-groups-"): next(
            one.inputs[key] for key in keys if key in one.inputs
        )
        for one in deployment.of_type(EGRESS)
    }


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, OF_TASKS | OF_INSTANCES),
        (ON_FARGATE, OF_TASKS),
        (ON_FARGATE_TWICE, OF_TASKS),
        (INSTANCES_BEHIND, OF_TASKS | OF_INSTANCES),
        (FARGATE_BEHIND, OF_TASKS | OF_INSTANCES),
        (
            {"jobAssumableRoleArns": ["arn:aws:iam::123456789012:role/deployer"]},
            OF_TASKS | OF_INSTANCES | {"sts"},
        ),
    ],
    ids=[
        "instances",
        "fargate",
        "fargate only",
        "instances behind fargate",
        "fargate behind instances",
        "assumed roles",
    ],
)
def test_what_runs_decides_which_services_get_an_endpoint(
    settings: dict[str, Any], expected: set[str]
) -> None:
    assert services(closed(**settings)) == expected
    assert services(closed(**settings), "Gateway") == {"s3", "dynamodb"}


def test_a_service_of_the_users_own_gets_an_endpoint_and_no_service_two() -> None:
    extra = [f"{NAMES}athena", f"{NAMES}logs"]
    found = closed(extraEndpoints=extra)
    assert services(found) == OF_TASKS | OF_INSTANCES | {"athena"}
    assert len(found.of_type(ENDPOINT)) == len(OF_TASKS | OF_INSTANCES) + 3


def test_each_endpoint_answers_the_services_own_name_in_every_zone() -> None:
    prod = closed()
    for one in prod.of_type(ENDPOINT):
        if one.inputs["vpcEndpointType"] == "Interface":
            assert one.inputs["privateDnsEnabled"] is True
            assert one.inputs["securityGroupIds"] == ["SecurityGroup:metaflow-groups-endpoints.id"]
            assert one.inputs["subnetIds"] == [
                f"Subnet:metaflow-net-private-us-east-1{letter}.id" for letter in "abc"
            ]
    vpc = deployed.inputs(prod, "aws:ec2/vpc:Vpc")
    assert vpc["enableDnsHostnames"] is True


def test_credentials_of_another_account_do_not_pass() -> None:
    """A job that brings an attacker's credentials along cannot send data to the attacker."""
    for one in closed(extraEndpoints=[f"{NAMES}athena"]).of_type(ENDPOINT):
        name = one.inputs["serviceName"].removeprefix(NAMES)
        if name in {"ecs-agent", "ecs-telemetry"}:
            assert "policy" not in one.inputs
            continue
        own, *layers = json.loads(one.inputs["policy"])["Statement"]
        assert own["Condition"] == {"StringEquals": {"aws:PrincipalAccount": "123456789012"}}
        assert [(each["Action"], each["Resource"]) for each in layers] == (
            [(["s3:GetObject"], ["arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*"])]
            if name == "s3"
            else []
        )


def test_an_endpoint_that_takes_no_policy_has_none() -> None:
    found = closed(extraEndpoints=[f"{NAMES}email-smtp"])
    mail = deployed.inputs(found, ENDPOINT, "metaflow-endpoints-us-east-1-email-smtp")
    assert "policy" not in mail


@pytest.mark.parametrize("service", ["s3", "dynamodb"])
def test_a_second_way_to_a_service_with_a_guarded_endpoint_is_refused(service: str) -> None:
    words = f"extraEndpoints has {NAMES}{service}, which tasks and jobs reach by a gateway endpoint"
    with pytest.raises(DeploymentError, match=words):
        closed(extraEndpoints=[f"{NAMES}{service}"])


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        ({}, False),
        ({"interfaceEndpoints": True}, False),
        ({"interfaceEndpoints": True, "jobEgressCidrs": ["203.0.113.0/24"]}, True),
        (dict(PRIVATE), False),
        (
            {**PRIVATE, "interfaceEndpoints": True, "jobEgressCidrs": ["203.0.113.0/24"]},
            True,
        ),
    ],
    ids=str,
)
def test_s3_leads_not_around_what_jobs_are_kept_to(settings: dict[str, Any], kept: bool) -> None:
    found = deployed.deploy_stack("dev", **settings)
    gateways = [one for one in found.of_type(ENDPOINT) if one.name.startswith("metaflow-net-")]
    assert ["policy" in one.inputs for one in gateways] == [kept, kept]


def test_without_nat_there_is_no_way_to_the_internet() -> None:
    prod = closed()
    for token in (
        "aws:ec2/internetGateway:InternetGateway",
        "aws:ec2/natGateway:NatGateway",
        "aws:ec2/eip:Eip",
        "aws:ec2/route:Route",
    ):
        assert prod.of_type(token) == []
    assert prod.outputs["publicSubnetIds"] == []
    assert len(prod.outputs["privateSubnetIds"]) == 3
    assert {key: end for key, end in egress(prod).items() if "0.0.0.0/0" in end} == {}


def test_tasks_and_jobs_get_to_the_endpoints_and_nowhere_else() -> None:
    own = "SecurityGroup:metaflow-groups-"
    assert egress(closed()) == {
        "jobs-to-balancer": f"{own}balancer.id",
        "balancer-to-service": f"{own}service.id",
        "service-to-database": f"{own}database.id",
        "service-to-endpoints": f"{own}endpoints.id",
        "service-to-s3": "VpcEndpoint:metaflow-net-s3.prefixListId",
        "jobs-to-endpoints": f"{own}endpoints.id",
        "jobs-to-s3": "VpcEndpoint:metaflow-net-s3.prefixListId",
        "jobs-to-dynamodb": "VpcEndpoint:metaflow-net-dynamodb.prefixListId",
    }


def test_endpoints_beside_a_nat_gateway_leave_the_internet_open() -> None:
    ends = egress(deployed.deploy_stack("prod", interfaceEndpoints=True))
    assert ends["jobs-to-internet"] == ends["service-to-internet"] == "0.0.0.0/0"
    assert "jobs-to-s3" not in ends


def test_jobs_are_kept_to_networks_and_the_service_is_not() -> None:
    networks = ["10.0.0.0/8", "203.0.113.0/24"]
    ends = egress(deployed.deploy_stack("prod", interfaceEndpoints=True, jobEgressCidrs=networks))
    assert ends["service-to-internet"] == "0.0.0.0/0"
    assert {key: end for key, end in ends.items() if key.startswith("jobs-to-")} == {
        "jobs-to-balancer": "SecurityGroup:metaflow-groups-balancer.id",
        "jobs-to-endpoints": "SecurityGroup:metaflow-groups-endpoints.id",
        "jobs-to-s3": "VpcEndpoint:metaflow-net-s3.prefixListId",
        "jobs-to-dynamodb": "VpcEndpoint:metaflow-net-dynamodb.prefixListId",
        "jobs-to-10-0-0-0-8": "10.0.0.0/8",
        "jobs-to-203-0-113-0-24": "203.0.113.0/24",
    }


def test_descriptions_have_no_character_that_ec2_refuses() -> None:
    # Amazon EC2 API Reference, SecurityGroupRuleDescription.
    allowed = set(" ._-:/()#,@[]+=&;{}!$*")
    for one in closed().of_type(EGRESS):
        text = one.inputs["description"]
        assert {letter for letter in text if not letter.isalnum()} <= allowed


@pytest.mark.parametrize(
    "label", ["Service:metaflow-service-service", "ComputeEnvironment:metaflow-compute-default"]
)
def test_nothing_starts_before_it_reaches_aws(label: str) -> None:
    before = deployed.waits_for(closed())[label]
    needed = {
        *(f"VpcEndpoint:metaflow-endpoints-{one.replace('.', '-')}" for one in OF_TASKS),
        "VpcEndpoint:metaflow-net-s3",
        "SecurityGroupIngressRule:metaflow-groups-endpoints-from-jobs",
        "SecurityGroupIngressRule:metaflow-groups-endpoints-from-service",
        "RouteTableAssociation:metaflow-net-private-us-east-1a",
    }
    assert needed <= before


def test_jobs_are_in_more_groups_than_their_own() -> None:
    groups = ["sg-0123456789abcdef0", "sg-0123456789abcdef1"]
    dev = deployed.deploy_stack("dev", jobSecurityGroupIds=groups)
    resources = deployed.inputs(dev, "aws:batch/computeEnvironment:ComputeEnvironment")
    assert resources["computeResources"]["securityGroupIds"] == [
        "SecurityGroup:metaflow-groups-jobs.id",
        *groups,
    ]
    service = deployed.inputs(dev, "aws:ecs/service:Service")["networkConfiguration"]
    assert service["securityGroups"] == ["SecurityGroup:metaflow-groups-service.id"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (
            {"serviceImage": IMAGE.replace("us-east-1", "eu-west-1")},
            "serviceImage is .*eu-west-1.*, and tasks have no way to the internet; allowed: an "
            "image in a private ECR repository of us-east-1",
        ),
        (
            {"extraEndpoints": ["com.amazonaws.eu-west-1.athena"]},
            "extraEndpoints has com.amazonaws.eu-west-1.athena; allowed: services of the stack's "
            "region, such as com.amazonaws.us-east-1.athena",
        ),
    ],
    ids=["image", "service"],
)
def test_what_is_of_another_region_is_refused(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(DeploymentError, match=words) as refused:
        closed(**changed)
    assert "Traceback" not in str(refused.value)


def test_an_image_of_the_region_may_be_pulled_by_the_tasks() -> None:
    service_image.require_reach("us-east-1", IMAGE)
    with pytest.raises(RunError):
        service_image.require_reach("us-east-1", "netflixoss/metaflow_metadata_service:v2.5.1")
    document = deployed.documents(closed(), "aws:iam/rolePolicy:RolePolicy", "policy")
    [_, pull] = document["metaflow-service-execution-image"]["Statement"]
    assert pull["Resource"] == [
        "arn:aws:ecr:us-east-1:123456789012:repository/metaflow_metadata_service"
    ]


def test_the_settings_and_the_table_name_the_same_services() -> None:
    info = AdoptedNetworkSettings.model_fields["omitted_endpoints"]
    named = {one for item in info.annotation.__args__ for one in getattr(item, "__args__", ())}
    assert named == {"s3", "dynamodb", *interface_endpoints.SERVICES}


@pytest.mark.parametrize(
    ("partition", "service", "name"),
    [
        ("aws", "ecr.api", "com.amazonaws.us-east-1.ecr.api"),
        ("aws-us-gov", "ecr.api", "com.amazonaws.us-gov-west-1.ecr.api"),
        ("aws-cn", "ecr.api", "cn.com.amazonaws.cn-north-1.ecr.api"),
        ("aws-cn", "sts", "cn.com.amazonaws.cn-north-1.sts"),
        ("aws-cn", "logs", "com.amazonaws.cn-north-1.logs"),
    ],
)
def test_names_of_services_in_each_partition(partition: str, service: str, name: str) -> None:
    region = {"aws": "us-east-1", "aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1"}[partition]
    environment = replace(ENVIRONMENT, partition=partition, region=region)
    assert interface_endpoints.service_name(environment, service) == name


@pytest.mark.parametrize(
    ("region", "partition", "domain", "ecr"),
    [
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com", "com.amazonaws"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn", "cn.com.amazonaws"),
    ],
)
def test_a_closed_stack_in_each_partition(
    region: str, partition: str, domain: str, ecr: str
) -> None:
    image = f"123456789012.dkr.ecr.{region}.{domain}/metaflow_metadata_service:v2.5.1"
    found = deployed.deploy_stack("prod", region=region, **{**CLOSED, "serviceImage": image})
    names = {one.inputs["serviceName"] for one in found.of_type(ENDPOINT)}
    assert {f"{ecr}.{region}.ecr.api", f"{ecr}.{region}.ecr.dkr"} < names
    assert {f"com.amazonaws.{region}.{one}" for one in ("s3", "dynamodb", "logs", "ecs")} < names
    policy = json.loads(deployed.inputs(found, ENDPOINT, "metaflow-net-s3")["policy"])
    assert policy["Statement"][1]["Resource"] == [
        f"arn:{partition}:s3:::prod-{region}-starport-layer-bucket/*"
    ]
