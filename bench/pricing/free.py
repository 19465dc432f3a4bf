"""The resource types that cost nothing in an idle month, each with the reason."""

from collections.abc import Mapping

_BY_REASON: Mapping[str, tuple[str, ...]] = {
    "AWS charges requests, and an idle month has none (Amazon API Gateway pricing); a VPC link is "
    "free, the load balancer behind that of a REST API is not": (
        "aws:apigateway/account:Account",
        "aws:apigateway/apiKey:ApiKey",
        "aws:apigateway/deployment:Deployment",
        "aws:apigateway/integration:Integration",
        "aws:apigateway/method:Method",
        "aws:apigateway/resource:Resource",
        "aws:apigateway/restApi:RestApi",
        "aws:apigateway/restApiPolicy:RestApiPolicy",
        "aws:apigateway/stage:Stage",
        "aws:apigateway/usagePlan:UsagePlan",
        "aws:apigateway/usagePlanKey:UsagePlanKey",
        "aws:apigateway/vpcLink:VpcLink",
        "aws:apigatewayv2/api:Api",
        "aws:apigatewayv2/apiMapping:ApiMapping",
        "aws:apigatewayv2/authorizer:Authorizer",
        "aws:apigatewayv2/domainName:DomainName",
        "aws:apigatewayv2/integration:Integration",
        "aws:apigatewayv2/route:Route",
        "aws:apigatewayv2/stage:Stage",
        "aws:apigatewayv2/vpcLink:VpcLink",
    ),
    "Batch charges nothing beyond the instances of its environments (AWS Batch pricing)": (
        "aws:batch/jobQueue:JobQueue",
        "aws:batch/schedulingPolicy:SchedulingPolicy",
        "aws:ec2/placementGroup:PlacementGroup",
        "aws:ec2/launchTemplate:LaunchTemplate",
    ),
    "a month has one or two rotations, whose event comes from AWS and whose execution is one step "
    "(AWS Step Functions pricing: 0.000025 USD)": (
        "aws:cloudwatch/eventRule:EventRule",
        "aws:cloudwatch/eventTarget:EventTarget",
        "aws:secretsmanager/secretRotation:SecretRotation",
        "aws:sfn/stateMachine:StateMachine",
    ),
    "AWS charges what is written; what writes when nothing runs is priced where it is switched on: "
    "flow logs, enhanced monitoring, Container Insights": ("aws:cloudwatch/logGroup:LogGroup",),
    "on demand, AWS charges requests and what is stored, and an idle table has neither (Amazon "
    "DynamoDB pricing)": ("aws:dynamodb/table:Table",),
    "AWS charges no networks, routes, groups and internet gateways (Amazon VPC pricing)": (
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "aws:ec2/internetGateway:InternetGateway",
        "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment",
        "aws:ec2/route:Route",
        "aws:ec2/routeTable:RouteTable",
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "aws:ec2/securityGroup:SecurityGroup",
        "aws:ec2/subnet:Subnet",
        "aws:ec2/vpc:Vpc",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    ),
    "AWS charges what images take, and a new repository has none (Amazon ECR pricing)": (
        "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        "aws:ecr/pullThroughCacheRule:PullThroughCacheRule",
        "aws:ecr/repository:Repository",
        "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate",
    ),
    "its tasks are priced with the service": (
        "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
        "aws:ecs/taskDefinition:TaskDefinition",
    ),
    "IAM is free (AWS IAM User Guide)": (
        "aws:iam/instanceProfile:InstanceProfile",
        "aws:iam/policy:Policy",
        "aws:iam/role:Role",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    ),
    "AWS charges calls, and an idle month has none (AWS Lambda pricing)": (
        "aws:lambda/function:Function",
        "aws:lambda/permission:Permission",
    ),
    "the load balancer's hours are priced; its capacity units count traffic, and the checks of "
    "targets make less than a cent of it (Elastic Load Balancing pricing)": (
        "aws:lb/listener:Listener",
        "aws:lb/targetGroup:TargetGroup",
    ),
    "the database is priced, its groups are free (Amazon RDS pricing)": (
        "aws:rds/parameterGroup:ParameterGroup",
        "aws:rds/subnetGroup:SubnetGroup",
    ),
    "AWS charges requests and what is stored, and an idle bucket has neither (Amazon S3 pricing)": (
        "aws:s3/bucket:Bucket",
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "aws:s3/bucketVersioning:BucketVersioning",
    ),
    "the secret is priced": (
        "AWS::SecretsManager::SecretTargetAttachment",
        "aws:secretsmanager/secretVersion:SecretVersion",
    ),
    "the namespace is priced; AWS charges what is registered, but not what ECS registers (AWS "
    "Cloud Map pricing)": ("aws:servicediscovery/service:Service",),
    "an alias of an AWS service's name is free; the zone is somebody else's (Amazon Route 53 "
    "pricing)": ("aws:route53/record:Record",),
    "the web ACL is priced (AWS WAF pricing)": ("aws:wafv2/webAclAssociation:WebAclAssociation",),
    'it stands in the stack\'s state only (Pulumi documentation, "Stash")': ("pulumi:index:Stash",),
    "its notebook is priced": (
        "aws:sagemaker/notebookInstanceLifecycleConfiguration:NotebookInstanceLifecycleConfiguration",
    ),
}

FREE: Mapping[str, str] = {
    token: reason for reason, tokens in _BY_REASON.items() for token in tokens
}
"""The reason of each type, by Pulumi's type token, or CloudFormation's where Pulumi has none."""
