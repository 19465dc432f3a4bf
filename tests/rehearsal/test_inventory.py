"""Everything that the provider can make is in the inventory, or goes with what is in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from rehearsal import inventory, stack_files
from rehearsal.inventory import Inventory
from rehearsal.provider import Cloud, Provider, registry
from rehearsal.registrations import Registration
from rehearsal.rehearse import ROOT
from rehearsal.stage import stage
from tests.deployed import HTTP_GATEWAY, OF_EVERY_TYPE
from tests.rehearsal.gateway_front import domain_settings
from tests.rehearsal.standing import deployed

KINDS: Mapping[str, str] = {
    "aws:apigateway/apiKey:ApiKey": "apigateway api keys",
    "aws:apigateway/restApi:RestApi": "apigateway rest apis",
    "aws:apigateway/usagePlan:UsagePlan": "apigateway usage plans",
    "aws:apigateway/vpcLink:VpcLink": "apigateway vpc links",
    "aws:apigatewayv2/api:Api": "apigatewayv2 apis",
    "aws:apigatewayv2/domainName:DomainName": "apigatewayv2 domain names",
    "aws:apigatewayv2/vpcLink:VpcLink": "apigatewayv2 vpc links",
    "aws:batch/computeEnvironment:ComputeEnvironment": "batch compute environments",
    "aws:batch/jobQueue:JobQueue": "batch job queues",
    "aws:batch/schedulingPolicy:SchedulingPolicy": "batch scheduling policies",
    "aws:cloudwatch/eventRule:EventRule": "events rules",
    "aws:cloudwatch/eventTarget:EventTarget": "events targets",
    "aws:cloudwatch/logGroup:LogGroup": "logs log groups",
    "aws:dynamodb/table:Table": "dynamodb tables",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "ec2 security groups",
    "aws:ec2/eip:Eip": "ec2 addresses",
    "aws:ec2/flowLog:FlowLog": "ec2 flow logs",
    "aws:ec2/internetGateway:InternetGateway": "ec2 internet gateways",
    "aws:ec2/launchTemplate:LaunchTemplate": "ec2 launch templates",
    "aws:ec2/natGateway:NatGateway": "ec2 nat gateways",
    "aws:ec2/placementGroup:PlacementGroup": "ec2 placement groups",
    "aws:ec2/routeTable:RouteTable": "ec2 route tables",
    "aws:ec2/securityGroup:SecurityGroup": "ec2 security groups",
    "aws:ec2/subnet:Subnet": "ec2 subnets",
    "aws:ec2/vpc:Vpc": "ec2 vpcs",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "ec2 vpc endpoints",
    "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": "ecr pull through cache rules",
    "aws:ecr/repository:Repository": "ecr repositories",
    "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": (
        "ecr repository creation templates"
    ),
    "aws:ecs/cluster:Cluster": "ecs clusters",
    "aws:ecs/service:Service": "ecs services",
    "aws:ecs/taskDefinition:TaskDefinition": "ecs task definitions",
    "aws:iam/instanceProfile:InstanceProfile": "iam instance profiles",
    "aws:iam/policy:Policy": "iam policies",
    "aws:iam/role:Role": "iam roles",
    "aws:kms/key:Key": "kms keys",
    "aws:lambda/function:Function": "lambda functions",
    "aws:lb/listener:Listener": "elbv2 listeners",
    "aws:lb/loadBalancer:LoadBalancer": "elbv2 load balancers",
    "aws:lb/targetGroup:TargetGroup": "elbv2 target groups",
    "aws:rds/instance:Instance": "rds db instances",
    "aws:rds/parameterGroup:ParameterGroup": "rds db parameter groups",
    "aws:rds/subnetGroup:SubnetGroup": "rds db subnet groups",
    "aws:route53/record:Record": "route53 records",
    "aws:s3/bucket:Bucket": "s3 buckets",
    "aws:secretsmanager/secret:Secret": "secretsmanager secrets",
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": "servicediscovery namespaces",
    "aws:servicediscovery/service:Service": "servicediscovery services",
    "aws:sfn/stateMachine:StateMachine": "stepfunctions state machines",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "ec2 security group rules",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "ec2 security group rules",
    "aws:wafv2/webAcl:WebAcl": "wafv2 web acls",
}
"""How the inventory calls the objects of a resource type."""

ACCOUNT = "the account, whose setting it is"
BUCKET = "aws:s3/bucket:Bucket"
HTTP_API = "aws:apigatewayv2/api:Api"
REST_API = "aws:apigateway/restApi:RestApi"
ROLE = "aws:iam/role:Role"
ROUTE_TABLE = "aws:ec2/routeTable:RouteTable"

OWNERS: Mapping[str, str] = {
    "aws:apigateway/account:Account": ACCOUNT,
    "aws:apigateway/deployment:Deployment": REST_API,
    "aws:apigateway/integration:Integration": REST_API,
    "aws:apigateway/method:Method": REST_API,
    "aws:apigateway/resource:Resource": REST_API,
    "aws:apigateway/restApiPolicy:RestApiPolicy": REST_API,
    "aws:apigateway/stage:Stage": REST_API,
    "aws:apigateway/usagePlanKey:UsagePlanKey": "aws:apigateway/usagePlan:UsagePlan",
    "aws:apigatewayv2/apiMapping:ApiMapping": "aws:apigatewayv2/domainName:DomainName",
    "aws:apigatewayv2/authorizer:Authorizer": HTTP_API,
    "aws:apigatewayv2/integration:Integration": HTTP_API,
    "aws:apigatewayv2/route:Route": HTTP_API,
    "aws:apigatewayv2/stage:Stage": HTTP_API,
    "aws:ec2/route:Route": ROUTE_TABLE,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": ROUTE_TABLE,
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": "aws:ecr/repository:Repository",
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": "aws:ecs/cluster:Cluster",
    "aws:iam/rolePolicy:RolePolicy": ROLE,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ROLE,
    "aws:lambda/permission:Permission": "aws:lambda/function:Function",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": BUCKET,
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": BUCKET,
    "aws:s3/bucketPolicy:BucketPolicy": BUCKET,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": BUCKET,
    "aws:s3/bucketServerSideEncryptionConfiguration:"
    "BucketServerSideEncryptionConfiguration": BUCKET,
    "aws:s3/bucketVersioning:BucketVersioning": BUCKET,
    "aws:secretsmanager/secretVersion:SecretVersion": "aws:secretsmanager/secret:Secret",
    "aws:wafv2/webAclAssociation:WebAclAssociation": "aws:wafv2/webAcl:WebAcl",
    # The secret is the one that RDS makes for an instance.
    "aws:secretsmanager/secretRotation:SecretRotation": "aws:rds/instance:Instance",
}
"""What takes a resource along that is no object of its own."""

DISPOSABLE = {
    "deletionProtection": False,
    "datastoreRetained": False,
    "datastoreForceDestroy": True,
    "dbFinalSnapshot": False,
}
"""The settings that let almost everything of the stack `prod` be destroyed."""

SETTINGS = {**DISPOSABLE, **OF_EVERY_TYPE, "apiQuotaLimit": 1000, "apiQuotaPeriod": "week"}

RETAINED = [
    "metaflow-datastore-key",
    "metaflow-db-parameters",
    "metaflow-gateway-account-role",
]
"""What the program has Pulumi keep all the same, by logical names."""


@dataclass
class Seen:
    """The stacks `prod`, and `dev` with an HTTP API, until they were destroyed."""

    registrations: list[Registration]
    made: Inventory
    left: Inventory


@pytest.fixture(scope="module")
def seen() -> Seen:
    with stage(stack_files.read_stack(ROOT, "prod").region, None) as stands:
        empty = inventory.take(stands.cloud)
        front = {**domain_settings(stands.cloud), "apiWaf": True}
        deployments = [
            deployed(stands, "prod", settings={**SETTINGS, **front}),
            deployed(stands, "dev", settings=HTTP_GATEWAY),
        ]
        made = inventory.take(stands.cloud) - empty
        for one in deployments:
            one.destroy(Provider(stands.cloud))
        registrations = [one for each in deployments for one in each.registrations]
        return Seen(registrations, made, inventory.take(stands.cloud) - empty)


def test_every_resource_type_is_listed_or_goes_with_its_owner() -> None:
    assert sorted(registry.RESOURCE_TYPES) == sorted([*KINDS, *OWNERS])
    assert set(OWNERS.values()) <= {*KINDS, ACCOUNT}


@pytest.mark.parametrize("token", sorted(KINDS))
def test_what_is_made_is_listed(seen: Seen, token: str) -> None:
    """Each resource of the type, by its id or its ARN."""
    made = [one for one in seen.registrations if one.type == token]
    assert made
    assert [one.name for one in made if not entries(one) & seen.made] == []


def entries(one: Registration) -> set[str]:
    """Return how the inventory may call a resource: by its id or by its ARN."""
    return {f"{KINDS[one.type]} {name}" for name in (one.id, one.outputs.get("arn"))}


def test_a_destroyed_stack_leaves_what_the_program_retains(seen: Seen) -> None:
    """Nor is anything counted that AWS shows for a while after its deletion."""
    kept = [one for one in seen.registrations if one.retain_on_delete and one.type in KINDS]
    assert sorted(one.name for one in kept) == RETAINED
    assert len(seen.left) == len(kept)
    assert all(entries(one) & seen.left for one in kept)


def test_more_is_listed_than_fits_a_page() -> None:
    with stage("us-east-1", None) as stands:
        made = {f"logs log groups group-{number}" for number in range(51)}
        for name in made:
            stands.cloud.client("logs").create_log_group(logGroupName=name.split()[-1])
        made |= {
            f"ec2 launch templates {make_template(stands.cloud, number)}" for number in range(16)
        }
        assert made <= inventory.take(stands.cloud)


def make_template(cloud: Cloud, number: int) -> Any:
    answer = cloud.client("ec2").create_launch_template(
        LaunchTemplateName=f"template-{number}", LaunchTemplateData={"EbsOptimized": True}
    )
    return answer["LaunchTemplate"]["LaunchTemplateId"]


def test_what_every_account_has_is_not_counted() -> None:
    """A key and an alias that AWS manages, and a key whose deletion is scheduled."""
    with stage("us-east-1", None) as stands:
        empty, kms = inventory.take(stands.cloud), stands.cloud.client("kms")
        kms.describe_key(KeyId="alias/aws/s3")
        gone, own = (kms.create_key()["KeyMetadata"]["KeyId"] for _ in range(2))
        kms.create_alias(AliasName="alias/own", TargetKeyId=own)
        kms.schedule_key_deletion(KeyId=gone, PendingWindowInDays=7)
        assert inventory.take(stands.cloud) - empty == {
            f"kms keys {own}",
            "kms aliases alias/own",
        }
