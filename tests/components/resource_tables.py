"""Tables of the resources that the components register, as the tests expect them.

A table has a block for each component: its logical name, then one line for each child with the
type and the logical name after the component's. `{zone}` stands for each zone in turn.
"""

from collections.abc import Sequence

Children = frozenset[tuple[str, str, str]]
"""Type, logical name, and parent's logical name."""

_SHORT = "metaflow:index:"


def table(text: str, zones: Sequence[str] = ("us-east-1a", "us-east-1b")) -> Children:
    """Read a table."""
    rows = set()
    parent = ""
    for line in filter(str.strip, text.splitlines()):
        if not line.startswith("  "):
            parent = line.strip()
            continue
        token, suffix = line.split()
        full_token = token if ":" in token else _SHORT + token
        for zone in zones if "{zone}" in suffix else [""]:
            rows.add((full_token, f"{parent}-{suffix.format(zone=zone)}", parent))
    return frozenset(rows)


TIERS = """
metaflow
  Network                                                         net
  SecurityGroups                                                  groups
  Datastore                                                       datastore
  MetadataDatabase                                                db
  MetadataService                                                 service
  PasswordRotation                                                rotation
  Compute                                                         compute
  Orchestration                                                   flows
  UserAccess                                                      users
"""

NETWORK = """
metaflow-net
  pulumi:index:Stash                                              fixed
  aws:ec2/vpc:Vpc                                                 vpc
  aws:ec2/defaultSecurityGroup:DefaultSecurityGroup               default
  aws:ec2/internetGateway:InternetGateway                         internet
  aws:ec2/subnet:Subnet                                           public-{zone}
  aws:ec2/subnet:Subnet                                           isolated-{zone}
  aws:ec2/routeTable:RouteTable                                   public
  aws:ec2/routeTable:RouteTable                                   isolated
  aws:ec2/route:Route                                             public
  aws:ec2/routeTableAssociation:RouteTableAssociation             public-{zone}
  aws:ec2/routeTableAssociation:RouteTableAssociation             isolated-{zone}
  aws:ec2/vpcEndpoint:VpcEndpoint                                 s3
  aws:ec2/vpcEndpoint:VpcEndpoint                                 dynamodb
"""

PRIVATE_SUBNETS = """
metaflow-net
  aws:ec2/subnet:Subnet                                           private-{zone}
  aws:ec2/routeTableAssociation:RouteTableAssociation             private-{zone}
"""

NAT = """
metaflow-net
  aws:ec2/eip:Eip                                                 nat-{zone}
  aws:ec2/natGateway:NatGateway                                   nat-{zone}
  aws:ec2/routeTable:RouteTable                                   private-{zone}
  aws:ec2/route:Route                                             private-{zone}
"""
"""What there is for each NAT gateway, in its zone."""

FLOW_LOGS = """
metaflow-net
  FlowLogs                                                        flow-logs
metaflow-net-flow-logs
  aws:cloudwatch/logGroup:LogGroup                                group
  aws:iam/role:Role                                               role
  aws:iam/rolePolicy:RolePolicy                                   policy
  aws:ec2/flowLog:FlowLog                                         log
"""

SECURITY_GROUPS = """
metaflow-groups
  aws:ec2/securityGroup:SecurityGroup                             service
  aws:ec2/securityGroup:SecurityGroup                             database
  aws:ec2/securityGroup:SecurityGroup                             jobs
  aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule         service-to-database
  aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule       database-from-service
  aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule         service-to-internet
  aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule         jobs-to-internet
"""

DATASTORE = """
metaflow-datastore
  aws:s3/bucket:Bucket                                            bucket
  aws:s3/bucketOwnershipControls:BucketOwnershipControls          ownership
  aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock          public-access
  aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration encryption
  aws:s3/bucketVersioning:BucketVersioning                        versioning
  aws:s3/bucketPolicy:BucketPolicy                                policy
  aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration lifecycle
"""

DATASTORE_KEY = """
metaflow-datastore
  aws:kms/key:Key                                                 key
"""

DATABASE = """
metaflow-db
  aws:rds/subnetGroup:SubnetGroup                                 postgres
  aws:rds/parameterGroup:ParameterGroup                           parameters
  aws:iam/role:Role                                               monitoring
  aws:iam/rolePolicy:RolePolicy                                   monitoring
  aws:cloudwatch/logGroup:LogGroup                                postgresql-log
  aws:cloudwatch/logGroup:LogGroup                                upgrade-log
  aws:rds/instance:Instance                                       instance
"""

SERVICE = """
metaflow-service
  aws:cloudwatch/logGroup:LogGroup                                log
  aws:ecs/cluster:Cluster                                         cluster
  aws:iam/role:Role                                               task
  aws:iam/role:Role                                               execution
  aws:iam/rolePolicy:RolePolicy                                   execution-log
  aws:iam/rolePolicy:RolePolicy                                   execution-secret
  aws:ecs/taskDefinition:TaskDefinition                           task
"""

ON_DEMAND = """
metaflow-service
  aws:ecs/service:Service                                         service
"""

SPOT = """
metaflow-service
  aws:ecs/clusterCapacityProviders:ClusterCapacityProviders       spot
  aws:ecs/service:Service                                         service-spot
"""

REGISTERED = """
metaflow-service
  aws:ecs/clusterCapacityProviders:ClusterCapacityProviders       spot
  aws:ecs/service:Service                                         registered-spot
"""

LOAD_BALANCER = """
metaflow-groups
  aws:ec2/securityGroup:SecurityGroup                             balancer
  aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule         jobs-to-balancer
  aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule       balancer-from-jobs
  aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule         balancer-to-service
  aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule       service-from-balancer
metaflow-service
  aws:lb/loadBalancer:LoadBalancer                                lb
  aws:lb/targetGroup:TargetGroup                                  tg
  aws:lb/listener:Listener                                        listener
"""

GATEWAY = """
metaflow
  RestGateway                                                     gateway
metaflow-gateway
  aws:apigateway/vpcLink:VpcLink                                  link
  aws:apigateway/restApi:RestApi                                  api
  aws:apigateway/resource:Resource                                proxy
  aws:apigateway/method:Method                                    method
  aws:apigateway/integration:Integration                          integration
  aws:apigateway/deployment:Deployment                            deployment
  aws:apigateway/stage:Stage                                      stage
  aws:apigateway/apiKey:ApiKey                                    key
  aws:apigateway/usagePlan:UsagePlan                              plan
  aws:apigateway/usagePlanKey:UsagePlanKey                        plan-key
  aws:apigateway/restApiPolicy:RestApiPolicy                      policy
"""

HTTP_GATEWAY = """
metaflow
  ServiceDiscovery                                                discovery
  HttpGateway                                                     gateway
metaflow-groups
  aws:ec2/securityGroup:SecurityGroup                             link
  aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule         jobs-to-service
  aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule       service-from-jobs
  aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule         link-to-service
  aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule       service-from-link
metaflow-discovery
  aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace    domain
  aws:servicediscovery/service:Service                            tasks
metaflow-gateway
  KeyAuthorizer                                                   authorizer
  aws:apigatewayv2/api:Api                                        api
  aws:apigatewayv2/authorizer:Authorizer                          key-check
  aws:lambda/permission:Permission                                key-check
  aws:apigatewayv2/vpcLink:VpcLink                                link
  aws:apigatewayv2/integration:Integration                        integration
  aws:apigatewayv2/route:Route                                    route
  aws:apigatewayv2/stage:Stage                                    stage
metaflow-gateway-authorizer
  aws:apigateway/apiKey:ApiKey                                    key
  aws:secretsmanager/secret:Secret                                secret
  aws:secretsmanager/secretVersion:SecretVersion                  value
  aws:cloudwatch/logGroup:LogGroup                                log
  aws:iam/role:Role                                               role
  aws:iam/rolePolicy:RolePolicy                                   policy
  aws:lambda/function:Function                                    function
"""

GATEWAY_DOMAIN = """
metaflow
  GatewayDomain                                                   domain
metaflow-domain
  aws:apigatewayv2/domainName:DomainName                          name
  aws:apigatewayv2/apiMapping:ApiMapping                          mapping
"""

DOMAIN_RECORD = """
metaflow-domain
  aws:route53/record:Record                                       record
"""

GATEWAY_FIREWALL = """
metaflow
  GatewayFirewall                                                 firewall
metaflow-firewall
  aws:wafv2/webAclAssociation:WebAclAssociation                   association
"""

WEB_ACL = """
metaflow-firewall
  aws:wafv2/webAcl:WebAcl                                         acl
"""

SECOND_LINK = """
metaflow-groups
  aws:ec2/securityGroup:SecurityGroup                             link
  aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule         link-to-balancer
  aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule       balancer-from-link
metaflow-gateway
  aws:apigatewayv2/vpcLink:VpcLink                                link
"""

FIRST_LINK = """
metaflow-gateway
  aws:apigateway/vpcLink:VpcLink                                  link
"""

ACCESS_LOG = """
metaflow-gateway
  aws:cloudwatch/logGroup:LogGroup                                access-log
"""

GATEWAY_ACCOUNT = """
metaflow-gateway
  ApiGatewayAccount                                               account
metaflow-gateway-account
  aws:iam/role:Role                                               role
  aws:iam/rolePolicy:RolePolicy                                   policy
  aws:apigateway/account:Account                                  setting
"""

ROTATION = """
metaflow-rotation
  aws:iam/role:Role                                               redeployment
  aws:iam/rolePolicy:RolePolicy                                   redeployment
  aws:sfn/stateMachine:StateMachine                               redeployment
  aws:cloudwatch/eventRule:EventRule                              rotated
  aws:iam/role:Role                                               start
  aws:iam/rolePolicy:RolePolicy                                   start
  aws:cloudwatch/eventTarget:EventTarget                          target
  aws:secretsmanager/secretRotation:SecretRotation                schedule
"""

COMPUTE = """
metaflow-compute
  aws:iam/role:Role                                               instance
  aws:iam/rolePolicy:RolePolicy                                   instance
  aws:iam/instanceProfile:InstanceProfile                         instance
  aws:iam/role:Role                                               job
  aws:iam/rolePolicy:RolePolicy                                   job-datastore
"""

JOB_SECRETS = """
metaflow-compute
  aws:iam/rolePolicy:RolePolicy                                   job-secrets
metaflow-users
  aws:iam/policy:Policy                                           secrets
  aws:iam/rolePolicyAttachment:RolePolicyAttachment               secrets
"""

JOB_PERMISSIONS = """
metaflow-compute
  aws:iam/rolePolicy:RolePolicy                                   job-permissions
  aws:iam/rolePolicyAttachment:RolePolicyAttachment               job-123456789012-team-jobs
"""

IMAGES = """
metaflow
  Images                                                          images
metaflow-images
  aws:ecr/repository:Repository                                   repository
  aws:ecr/lifecyclePolicy:LifecyclePolicy                         lifecycle
"""

IMAGE_CACHES = """
metaflow-images
  aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate   ecr-public-template
  aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate   team-hub-template
  aws:ecr/pullThroughCacheRule:PullThroughCacheRule               ecr-public
  aws:ecr/pullThroughCacheRule:PullThroughCacheRule               team-hub
"""

PUSHED_IMAGES = """
metaflow-users
  aws:iam/policy:Policy                                           images
  aws:iam/rolePolicyAttachment:RolePolicyAttachment               images
"""

QUEUE = """
metaflow-compute
  aws:ec2/launchTemplate:LaunchTemplate                           {queue}
  aws:batch/computeEnvironment:ComputeEnvironment                 {queue}
  aws:batch/jobQueue:JobQueue                                     {queue}
"""

ORCHESTRATION = """
metaflow-flows
  aws:dynamodb/table:Table                                        table
  aws:iam/rolePolicy:RolePolicy                                   job-foreach
  aws:iam/role:Role                                               state-machine
  aws:iam/rolePolicy:RolePolicy                                   state-machine
  aws:iam/role:Role                                               schedule
  aws:iam/rolePolicy:RolePolicy                                   schedule
"""

EXECUTION_LOG = """
metaflow-flows
  aws:cloudwatch/logGroup:LogGroup                                executions
"""

USER_ACCESS = """
metaflow-users
  aws:iam/policy:Policy                                           policy
  aws:iam/policy:Policy                                           batch
  aws:iam/role:Role                                               role
  aws:iam/rolePolicyAttachment:RolePolicyAttachment               policy
  aws:iam/rolePolicyAttachment:RolePolicyAttachment               batch
"""


def queue(name: str) -> Children:
    """Return what there is for a queue."""
    return table(QUEUE.format(queue=name))


ALWAYS: Children = table(
    TIERS
    + SECURITY_GROUPS
    + DATASTORE
    + DATABASE
    + SERVICE
    + ROTATION
    + COMPUTE
    + ORCHESTRATION
    + USER_ACCESS
)
"""What there is with any settings, beside the network, the gateway and the queues."""
