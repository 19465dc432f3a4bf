"""The table of what each Pulumi resource type of the program is in CloudFormation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.comparison import cloudformation_shapes as shapes

Properties = dict[str, Any]

REF, ARN = "${@}", "${@.Arn}"


@dataclass(frozen=True)
class Resource:
    """A resource type of CloudFormation's.

    Attributes:
        type: its name.
        names: properties that are not called as the input in PascalCase, at any depth; None for
            an input that CloudFormation has no property for.
        outputs: how others refer to its outputs other than `id`, as text of `Fn::Sub` in which
            `@` is the logical id; `arn` is its attribute `Arn` unless told otherwise.
        shape: rearranges the renamed properties.
    """

    type: str
    names: Mapping[str, str | None] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    shape: Callable[[Properties], Properties] = dict


@dataclass(frozen=True)
class Part:
    """A resource type of Pulumi's that is but a property in CloudFormation.

    Attributes:
        owner: the input that names the resource whose property it is.
        names: as a resource's.
        shape: turns the renamed properties into those of the owner.
    """

    owner: str
    names: Mapping[str, str | None]
    shape: Callable[[Properties], Properties]


NO_TAGS: Mapping[str, None] = {"tags": None}
REST_API = {"restApi": "RestApiId"}
GROUP_RULE = {"securityGroupId": "GroupId", "cidrIpv4": "CidrIp", **NO_TAGS}
DATABASE = {
    "identifier": "DBInstanceIdentifier",
    "instanceClass": "DBInstanceClass",
    "dbName": "DBName",
    "username": "MasterUsername",
    "vpcSecurityGroupIds": "VPCSecurityGroups",
    "parameterGroupName": "DBParameterGroupName",
    "dbSubnetGroupName": "DBSubnetGroupName",
    "enabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
    "multiAz": "MultiAZ",
    "performanceInsightsEnabled": "EnablePerformanceInsights",
    # The template says it with its DeletionPolicy; changes wait for no window there.
    "skipFinalSnapshot": None,
    "finalSnapshotIdentifier": None,
    "applyImmediately": None,
}

RESOURCES: Mapping[str, Resource] = {
    "aws:apigateway/account:Account": Resource(
        "AWS::ApiGateway::Account", {"cloudwatchRoleArn": "CloudWatchRoleArn"}
    ),
    "aws:apigateway/apiKey:ApiKey": Resource(
        "AWS::ApiGateway::ApiKey",
        outputs={"arn": "arn:${AWS::Partition}:apigateway:${AWS::Region}::/apikeys/${@}"},
        shape=shapes.api_key,
    ),
    "aws:apigateway/deployment:Deployment": Resource(
        "AWS::ApiGateway::Deployment", {**REST_API, "triggers": None}
    ),
    "aws:apigateway/method:Method": Resource(
        "AWS::ApiGateway::Method", {**REST_API, "authorization": "AuthorizationType"}
    ),
    "aws:apigateway/resource:Resource": Resource("AWS::ApiGateway::Resource", REST_API),
    "aws:apigateway/restApi:RestApi": Resource(
        "AWS::ApiGateway::RestApi",
        # `execute-api:` is what AWS calls an API in its own policy.
        outputs={"rootResourceId": "${@.RootResourceId}", "executionArn": "execute-api:"},
        shape=shapes.rest_api,
    ),
    "aws:apigateway/stage:Stage": Resource(
        "AWS::ApiGateway::Stage",
        {**REST_API, "deployment": "DeploymentId", "accessLogSettings": "AccessLogSetting"},
        {"stageName": REF},
    ),
    "aws:apigateway/usagePlan:UsagePlan": Resource(
        "AWS::ApiGateway::UsagePlan", {"name": "UsagePlanName", "throttleSettings": "Throttle"}
    ),
    "aws:apigateway/usagePlanKey:UsagePlanKey": Resource("AWS::ApiGateway::UsagePlanKey"),
    "aws:apigateway/vpcLink:VpcLink": Resource("AWS::ApiGateway::VpcLink", shape=shapes.vpc_link),
    "aws:batch/computeEnvironment:ComputeEnvironment": Resource(
        "AWS::Batch::ComputeEnvironment",
        {
            "namePrefix": None,
            "minVcpus": "MinvCpus",
            "maxVcpus": "MaxvCpus",
            "desiredVcpus": "DesiredvCpus",
            "ec2Configurations": "Ec2Configuration",
        },
        {"arn": REF},
        shapes.tag_map,
    ),
    "aws:batch/jobQueue:JobQueue": Resource(
        "AWS::Batch::JobQueue",
        {"computeEnvironmentOrders": "ComputeEnvironmentOrder"},
        {"arn": REF},
        shapes.tag_map,
    ),
    "aws:cloudwatch/eventRule:EventRule": Resource("AWS::Events::Rule", outputs={"name": REF}),
    "aws:cloudwatch/logGroup:LogGroup": Resource(
        "AWS::Logs::LogGroup",
        {"name": "LogGroupName"},
        # The attribute Arn ends in `:*`.
        {
            "name": REF,
            "arn": "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${@}",
        },
    ),
    "aws:dynamodb/table:Table": Resource(
        "AWS::DynamoDB::Table", outputs={"name": REF}, shape=shapes.table
    ),
    "aws:ec2/eip:Eip": Resource("AWS::EC2::EIP"),
    "aws:ec2/flowLog:FlowLog": Resource(
        "AWS::EC2::FlowLog",
        {"vpcId": "ResourceId", "iamRoleArn": "DeliverLogsPermissionArn"},
        shape=shapes.flow_log,
    ),
    "aws:ec2/internetGateway:InternetGateway": Resource(
        "AWS::EC2::InternetGateway", {"vpcId": None}
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": Resource(
        "AWS::EC2::LaunchTemplate",
        {"updateDefaultVersion": None, **NO_TAGS},
        {"latestVersion": "${@.LatestVersionNumber}"},
        shapes.launch_template,
    ),
    "aws:ec2/natGateway:NatGateway": Resource("AWS::EC2::NatGateway"),
    "aws:ec2/route:Route": Resource("AWS::EC2::Route"),
    "aws:ec2/routeTable:RouteTable": Resource("AWS::EC2::RouteTable"),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Resource(
        "AWS::EC2::SubnetRouteTableAssociation"
    ),
    "aws:ec2/securityGroup:SecurityGroup": Resource(
        "AWS::EC2::SecurityGroup",
        {"description": "GroupDescription", "name": "GroupName"},
        shape=shapes.security_group,
    ),
    "aws:ec2/subnet:Subnet": Resource("AWS::EC2::Subnet"),
    "aws:ec2/vpc:Vpc": Resource("AWS::EC2::VPC"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": Resource(
        "AWS::EC2::VPCEndpoint", {"policy": "PolicyDocument"}
    ),
    "aws:ecs/cluster:Cluster": Resource(
        "AWS::ECS::Cluster", {"settings": "ClusterSettings"}, {"name": REF}
    ),
    "aws:ecs/service:Service": Resource(
        "AWS::ECS::Service",
        {"enableEcsManagedTags": "EnableECSManagedTags", "waitForSteadyState": None},
        {"arn": REF},
        shapes.ecs_service,
    ),
    "aws:ecs/taskDefinition:TaskDefinition": Resource(
        "AWS::ECS::TaskDefinition", outputs={"arn": REF}
    ),
    "aws:iam/instanceProfile:InstanceProfile": Resource(
        "AWS::IAM::InstanceProfile", {"role": "Roles", **NO_TAGS}, shape=shapes.instance_profile
    ),
    "aws:iam/policy:Policy": Resource(
        "AWS::IAM::ManagedPolicy",
        {"policy": "PolicyDocument", "name": "ManagedPolicyName", **NO_TAGS},
        {"arn": REF},
    ),
    "aws:iam/role:Role": Resource(
        "AWS::IAM::Role",
        {"assumeRolePolicy": "AssumeRolePolicyDocument", "name": "RoleName"},
        {"name": REF},
    ),
    "aws:iam/rolePolicy:RolePolicy": Resource(
        "AWS::IAM::Policy",
        {"policy": "PolicyDocument", "name": "PolicyName", "role": "Roles"},
        shape=shapes.role_policy,
    ),
    "aws:kms/key:Key": Resource(
        "AWS::KMS::Key", {"deletionWindowInDays": "PendingWindowInDays", "policy": "KeyPolicy"}
    ),
    "aws:lb/listener:Listener": Resource(
        "AWS::ElasticLoadBalancingV2::Listener", NO_TAGS, {"arn": REF}
    ),
    "aws:lb/loadBalancer:LoadBalancer": Resource(
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        {"loadBalancerType": "Type"},
        {"arn": REF, "dnsName": "${@.DNSName}"},
        shapes.load_balancer,
    ),
    "aws:lb/targetGroup:TargetGroup": Resource(
        "AWS::ElasticLoadBalancingV2::TargetGroup", {}, {"arn": REF}, shapes.target_group
    ),
    "aws:rds/instance:Instance": Resource(
        "AWS::RDS::DBInstance",
        DATABASE,
        {
            "arn": "${@.DBInstanceArn}",
            "address": "${@.Endpoint.Address}",
            "masterUserSecrets.0.secretArn": "${@.MasterUserSecret.SecretArn}",
        },
        shapes.database,
    ),
    "aws:rds/parameterGroup:ParameterGroup": Resource(
        "AWS::RDS::DBParameterGroup", outputs={"name": REF}, shape=shapes.parameter_group
    ),
    "aws:rds/subnetGroup:SubnetGroup": Resource(
        "AWS::RDS::DBSubnetGroup",
        {"name": "DBSubnetGroupName", "description": "DBSubnetGroupDescription"},
        {"name": REF},
    ),
    "aws:s3/bucket:Bucket": Resource(
        "AWS::S3::Bucket", {"forceDestroy": None, "bucket": "BucketName"}, {"bucket": REF}
    ),
    "aws:s3/bucketPolicy:BucketPolicy": Resource(
        "AWS::S3::BucketPolicy", {"policy": "PolicyDocument"}
    ),
    "aws:secretsmanager/secretRotation:SecretRotation": Resource(
        "AWS::SecretsManager::RotationSchedule",
        {"rotateImmediately": "RotateImmediatelyOnUpdate"},
    ),
    "aws:sfn/stateMachine:StateMachine": Resource(
        "AWS::StepFunctions::StateMachine", {"name": "StateMachineName"}, {"arn": REF}
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": Resource(
        "AWS::EC2::SecurityGroupEgress",
        {**GROUP_RULE, "referencedSecurityGroupId": "DestinationSecurityGroupId"},
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": Resource(
        "AWS::EC2::SecurityGroupIngress",
        {**GROUP_RULE, "referencedSecurityGroupId": "SourceSecurityGroupId"},
    ),
}
"""Resource types that are one in CloudFormation too, by Pulumi's type token."""

BUCKET_NAMES = {
    "bucket": None,
    "rule": "Rules",
    "kmsMasterKeyId": "KMSMasterKeyID",
    "sseAlgorithm": "SSEAlgorithm",
    "applyServerSideEncryptionByDefault": "ServerSideEncryptionByDefault",
}

PARTS: Mapping[str, Part] = {
    "aws:apigateway/integration:Integration": Part(
        "httpMethod",
        {
            "restApi": None,
            "resourceId": None,
            "httpMethod": None,
            "timeoutMilliseconds": "TimeoutInMillis",
            "integrationHttpMethod": "IntegrationHttpMethod",
        },
        lambda properties: {"Integration": properties},
    ),
    "aws:apigateway/restApiPolicy:RestApiPolicy": Part("restApiId", {"restApiId": None}, dict),
    "aws:cloudwatch/eventTarget:EventTarget": Part("rule", {"rule": None}, shapes.event_target),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Part(
        "role", {"role": None}, lambda properties: {"ManagedPolicyArns": [properties["PolicyArn"]]}
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": Part(
        "bucket", BUCKET_NAMES, shapes.bucket_lifecycle
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": Part(
        "bucket", BUCKET_NAMES, shapes.bucket_ownership
    ),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": Part(
        "bucket",
        BUCKET_NAMES,
        lambda properties: {"PublicAccessBlockConfiguration": properties},
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": Part(
        "bucket", BUCKET_NAMES, shapes.bucket_encryption
    ),
    "aws:s3/bucketVersioning:BucketVersioning": Part("bucket", BUCKET_NAMES, dict),
}
"""Resource types that are a property of another resource in CloudFormation."""

LEFT_OUT: Mapping[str, str] = {
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": (
        "CloudFormation cannot take over the group that AWS makes with a VPC."
    ),
    "pulumi:index:Stash": "Pulumi keeps it in its own state, and makes nothing of it.",
}
"""Resource types that CloudFormation has nothing for, each with the reason."""
